//! The published sample records of Spine's store are read, and what happens next to them comes out as documented.

#![cfg(test)]

use eps_core::record::{Periods, Record};
use eps_tests::corpus;

/// File, statuses of the issues, the current one, version, and the next activity by the rules of today.
const RECORDS: [(&str, &str, u8, u32, &str); 6] = [
    // Stored with the deletion of its first issue; today the claims that are still due come first.
    ("7D9625-Z72BF2-11E3A.json", "0009 0006 0006", 3, 10, "createNoClaim_20141005"),
    // The same prescription, marked for purge: a mark that Spine's rules never give.
    ("7D9625-Z72BF2-11E3B.json", "0009 0006 0006", 3, 10, "createNoClaim_20141005"),
    ("0DA698-A83008-F50593.json", "0009 0006 0006", 3, 10, "createNoClaim_20141005"),
    // One item of three is cancelled.
    ("23C1BC-Z75FB1-11EE84.json", "0001", 1, 3, "expire_20241015"),
    // Migrated, without issues 1 and 2.
    ("50EE48-B83002-490F7.json", "0008 0000 9000 9000 9000 9000 9000 9000 9000 9000", 4, 2, "ready_20131227"),
    // Stored when first issues expired after twelve months.
    ("DD0180-ZBED5C-11E3A.json", "0001 9000", 1, 4, "expire_20141107"),
];

#[test]
fn the_sample_records_are_read_and_their_next_activity_is_the_documented_one() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("records");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), RECORDS.len());
    for (file, statuses, current, version, next) in RECORDS {
        let json = std::fs::read(folder.join(file)).unwrap();
        let record = Record::from_spine(&json).unwrap_or_else(|unreadable| panic!("{file}: {unreadable}"));
        let found: Vec<_> = record.issues().iter().map(|(_, issue)| issue.status().code()).collect();
        assert_eq!(found.join(" "), statuses, "{file}");
        assert_eq!((record.issues().current().get(), record.version()), (current, version), "{file}");
        assert_eq!(record.next_activity(&Periods::SPINE).unwrap().term(), next, "{file}");
        // It can be stored here and goes on from there.
        assert_eq!(Record::from_bytes(&record.to_bytes().unwrap()).unwrap(), record, "{file}");
        assert!(!record.timeline().is_empty() && !record.documents().is_empty(), "{file}");
    }
}

#[test]
fn what_a_sample_record_tells_is_kept() {
    let Some(corpus) = corpus() else { return };
    let read = |file: &str| Record::from_spine(&std::fs::read(corpus.join("records").join(file)).unwrap()).unwrap();
    let cancelled = read("23C1BC-Z75FB1-11EE84.json");
    let [cancellation] = cancelled.current().unwrap().cancellations() else { panic!("one cancellation was applied") };
    assert_eq!(cancellation.by.as_str(), "Z99901");
    assert_eq!(cancelled.waits_for().unwrap().as_str(), "FA666");
    let texts: Vec<_> = cancelled.timeline().iter().map(eps_core::record::Entry::text).collect();
    assert_eq!(texts, ["Prescription upload successful", "Prescription/item was cancelled"]);
    let dispensed = read("7D9625-Z72BF2-11E3A.json");
    for (_, issue) in dispensed.issues().iter() {
        assert_eq!(issue.history().len(), 1);
        assert_eq!(issue.history()[0].before.status().code(), "0002");
        assert_eq!(issue.state().dispenser().unwrap().as_str(), "F001M");
    }
    // Each document is that of the message which brought it.
    let messages: Vec<_> = dispensed.timeline().iter().filter_map(|entry| entry.message).collect();
    assert!(dispensed.documents().iter().all(|document| messages.contains(&document.message())));
}
