use eps_core::signature::TrustAnchors;
use eps_core::signature::provider::AwsLc;

use super::*;

fn now() -> Timestamp {
    Timestamp::parse_hl7("20260302094000").unwrap()
}

#[test]
fn a_seed_gives_the_same_pki_again_byte_for_byte() {
    let make = || ThrowAwayPki::generate_from(Randomness::Seed(7), now(), "555254239107", "INVENTED").unwrap();
    let (first, second) = (make(), make());
    assert_eq!(first.root(), second.root());
    assert_eq!(first.signing_ca(), second.signing_ca());
    assert_eq!(first.prescriber(), second.prescriber());
    assert_eq!(first.prescriber_key(), second.prescriber_key());
    assert_eq!(first.revocation_lists(), second.revocation_lists());
}

#[test]
fn new_keys_are_new_each_time_and_the_files_are_for_their_owner() {
    let make = || ThrowAwayPki::generate(now(), "555254239107", "INVENTED").unwrap();
    let (first, second) = (make(), make());
    assert_ne!(first.root(), second.root());
    assert_ne!(first.prescriber_key(), second.prescriber_key());
    let folder = tempfile::tempdir().unwrap();
    first.write_trust(folder.path()).unwrap();
    first.write_prescriber(folder.path()).unwrap();
    let written = std::fs::read_to_string(folder.path().join("root.pem")).unwrap();
    assert!(TrustAnchors::from_pem(&written, None, &AwsLc::new()).is_ok());
    assert!(second.write_prescriber(folder.path()).is_err(), "a key must not be overwritten");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(folder.path().join("prescriber.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
