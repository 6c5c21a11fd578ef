//! Stores of older releases are brought up to date when they are opened: nothing in them is lost.

#![cfg(test)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eps_core::ids::PrescriptionId;
use eps_core::model::Timestamp;
use eps_core::record::Periods;
use eps_transport::broker::Broker;
use eps_transport::clock::FixedClock;
use eps_transport::store::sqlite::SqliteStore;
use eps_transport::store::{Store, StoreError};
use eps_transport::{journal, schedule};

/// The prescription of the journey that the first schema stored: released, dispensed twice and claimed.
const ID: &str = "5D1B7C-Y90217-3E42AY";

fn copy(folder: &Path) -> PathBuf {
    let path = folder.join("eps.db");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/store-1.db"), &path).unwrap();
    path
}

#[test]
fn a_store_of_the_first_schema_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = copy(folder.path());
    assert!(matches!(SqliteStore::open_read_only(&path), Err(StoreError::Older { found: 1, .. })));
    drop(SqliteStore::open(&path).unwrap());
    // Once and for all.
    let store = SqliteStore::open_read_only(&path).unwrap();
    store.check_integrity().unwrap();
    let verified = journal::verify(&store, &Periods::SPINE).unwrap();
    assert_eq!((verified.entries, verified.records, verified.messages), (5, 1, 5));

    let id: PrescriptionId = ID.parse().unwrap();
    let broker = Broker::new(store, "567456789789".parse().unwrap());
    let record = broker.track(&id).unwrap().unwrap().record;
    assert_eq!((record.current().unwrap().status().code(), record.version()), ("0008", 6));
    for key in record.documents() {
        assert!(broker.document(*key).unwrap().starts_with(b"<"));
        let reply = broker.store().answered(key.message()).unwrap().unwrap().reply;
        assert!(eps_core::hl7v3::read(&reply).is_ok());
    }
    let signed = record.uploaded().unwrap().signed.key;
    assert!(broker.document(signed).unwrap().starts_with(b"<ParentPrescription"));
}

#[test]
fn time_passes_for_what_the_first_schema_stored() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(copy(folder.path())).unwrap();
    let clock = FixedClock(Timestamp::parse_hl7("20270101000000").unwrap());
    let broker = Broker::new(store, "567456789789".parse().unwrap()).clock(Arc::new(clock));
    assert_eq!(schedule::run(&broker).unwrap().deleted, 1);
    let verified = journal::verify(broker.store(), &Periods::SPINE).unwrap();
    assert_eq!((verified.messages, verified.deleted_messages), (0, 5));
}
