//! A disk that is full and one that can only be read: a clear error, and nothing of what was answered is lost.
//!
//! The disks are real: the test starts itself again in a namespace of its own, over a small file system.

#![cfg(test)]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use eps_core::record::Periods;
use eps_tests::{messages::*, skip};
use eps_transport::broker::{Broker, BrokerError};
use eps_transport::clock::FixedClock;
use eps_transport::journal;
use eps_transport::store::StoreError;
use eps_transport::store::sqlite::SqliteStore;

/// The small disk: only the child has it.
const DISK: &str = "EPS_FAULTS_DISK";
const SIZE: &str = "3m";
/// What is removed to make room again.
const BALLAST: usize = 1 << 20;

fn broker(path: &Path) -> Broker<SqliteStore> {
    let store = SqliteStore::open(path).unwrap();
    Broker::new(store, "200000001285".parse().unwrap()).clock(Arc::new(FixedClock(time(NOW))))
}

fn is_full(error: &BrokerError) -> bool {
    matches!(error, BrokerError::Store(StoreError::Full))
}

/// Submits until the disk is full; gives the replies, and which message was refused.
fn fill(broker: &Broker<SqliteStore>) -> (Vec<Vec<u8>>, u32) {
    let mut replies = Vec::new();
    for number in 0..5000 {
        match broker.submit(&upload(number, PHARMACY)) {
            Ok(reply) => replies.push(reply),
            Err(error) => {
                assert!(is_full(&error), "{error:?}");
                return (replies, number);
            }
        }
    }
    panic!("the disk does not get full");
}

/// The child: does nothing when the test is run as usual.
#[test]
fn child() {
    let Some(disk) = std::env::var_os(DISK) else { return };
    let (ballast, path) = (Path::new(&disk).join("ballast"), Path::new(&disk).join("eps.db"));
    std::fs::write(&ballast, vec![1; BALLAST]).unwrap();
    let full = broker(&path);
    let (replies, refused) = fill(&full);
    assert!(replies.len() > 50, "{}", replies.len());
    // It goes on reading: what was answered is answered again, and no more than that is there.
    let again = |broker: &Broker<SqliteStore>| {
        for (number, reply) in (0..).zip(&replies) {
            assert_eq!(broker.submit(&upload(number, PHARMACY)).unwrap(), *reply);
        }
    };
    again(&full);
    assert!(full.track(&prescription_id(refused)).unwrap().is_none());
    // Where there is room again, it goes on by itself.
    std::fs::remove_file(&ballast).unwrap();
    let accepted = full.submit(&upload(refused, PHARMACY)).unwrap();
    assert_eq!(outcome(&accepted), "AA");
    drop(full);

    let reopened = broker(&path);
    again(&reopened);
    reopened.store().check_integrity().unwrap();
    let verified = journal::verify(reopened.store(), &Periods::SPINE).unwrap();
    assert_eq!(verified.messages, replies.len() as u64 + 1);
    let before = std::fs::read(&path).unwrap();

    // While it is open, the disk becomes one that can only be read, as a disk with errors does.
    let remounted = Command::new("mount").args(["-o", "remount,ro"]).arg(&disk).status().unwrap();
    if remounted.success() {
        let refused = reopened.submit(&upload(refused + 1, PHARMACY)).unwrap_err();
        assert!(matches!(refused, BrokerError::Store(StoreError::ReadOnly)), "{refused:?}");
    }
    drop(reopened);
    if !remounted.success() {
        // Files were open to write; now none is.
        assert!(Command::new("mount").args(["-o", "remount,ro"]).arg(&disk).status().unwrap().success());
    }
    let opened = SqliteStore::open(&path).map(drop);
    assert!(matches!(opened, Err(StoreError::ReadOnly)), "{opened:?}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    println!("{} answered before the disk was full", replies.len());
}

#[test]
fn a_full_disk_and_one_that_can_only_be_read_are_told_and_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mount = format!("mount -t tmpfs -o size={SIZE} tmpfs \"$1\"");
    let in_namespace = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", script, "sh"]).arg(folder.path());
        command
    };
    if !in_namespace(&mount).output().is_ok_and(|probe| probe.status.success()) {
        skip("no file systems can be mounted here");
        return;
    }
    let output = in_namespace(&format!("{mount} && exec \"$2\" --exact child --nocapture"))
        .arg(std::env::current_exe().unwrap())
        .env(DISK, folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("answered before the disk was full"), "{told}");
}
