use rcgen::{RevocationReason as Why, RevokedCertParams, SerialNumber};
use time::OffsetDateTime;
use time::macros::datetime;

use super::*;
use crate::signature::testing::{self, NOW, PRESCRIBER_SERIAL, Pki, providers};

const REVOKED: OffsetDateTime = datetime!(2026-03-01 00:00 UTC);
const BEFORE: OffsetDateTime = datetime!(2026-02-28 12:00 UTC);
const AFTER: OffsetDateTime = datetime!(2026-03-01 00:00 UTC);

fn entry(reason_code: Option<Why>) -> RevokedCertParams {
    RevokedCertParams {
        serial_number: SerialNumber::from_slice(PRESCRIBER_SERIAL),
        revocation_time: REVOKED,
        reason_code,
        invalidity_date: None,
    }
}

fn at(signed: OffsetDateTime) -> Instants {
    Instants { signed: signed.unix_timestamp(), received: None, now: NOW.unix_timestamp() }
}

/// What the lists say of the prescriber's certificate, under every provider.
fn standing(lists: &[Vec<u8>], instants: Instants) -> Standing {
    let pki = testing::shared_pki();
    let certificate = Certificate::from_der(pki.prescriber.clone()).unwrap();
    let mut said: Vec<Standing> = providers()
        .map(|provider| {
            let intermediates = pki.intermediates.iter().map(Vec::as_slice);
            let trust = TrustAnchors::new([pki.root.as_slice()], intermediates, provider.as_ref()).unwrap();
            let store = Crls::new(lists.iter().map(Vec::as_slice), &trust, provider.as_ref());
            store.standing(&certificate, 1, instants, &Policy::production())
        })
        .collect();
    said.dedup();
    assert_eq!(said.len(), 1, "providers disagree");
    said[0]
}

#[test]
fn a_reason_that_reaches_back_revokes_earlier_signatures() {
    let reaching = [Why::KeyCompromise, Why::CaCompromise, Why::AaCompromise];
    let others = [
        Why::Unspecified,
        Why::AffiliationChanged,
        Why::Superseded,
        Why::CessationOfOperation,
        Why::CertificateHold,
        Why::PrivilegeWithdrawn,
    ];
    for reason in reaching {
        let list = [Pki::list(vec![entry(Some(reason))])];
        assert!(matches!(standing(&list, at(BEFORE)), Standing::Revoked { .. }), "{reason:?}");
    }
    for reason in others.map(Some).into_iter().chain([None]) {
        let list = [Pki::list(vec![entry(reason)])];
        assert!(matches!(standing(&list, at(BEFORE)), Standing::RevokedLater { .. }), "{reason:?}");
        assert!(matches!(standing(&list, at(AFTER)), Standing::Revoked { .. }), "equality counts as after: {reason:?}");
    }
}

#[test]
fn remove_from_crl_in_a_full_list_says_nothing() {
    let list = [Pki::list(vec![entry(Some(Why::RemoveFromCrl))])];
    assert_eq!(standing(&list, at(AFTER)), Standing::Unknown(Unknown::Unsupported));
}

#[test]
fn an_invalidity_date_before_the_revocation_replaces_it() {
    let early =
        RevokedCertParams { invalidity_date: Some(datetime!(2026-02-01 00:00 UTC)), ..entry(Some(Why::Superseded)) };
    let since = datetime!(2026-02-01 00:00 UTC).unix_timestamp();
    let expected = Standing::Revoked { reason: RevocationReason::Superseded, since };
    assert_eq!(standing(&[Pki::list(vec![early])], at(BEFORE)), expected);
}

#[test]
fn a_claim_to_have_signed_before_is_believed_for_one_day() {
    let list = [Pki::list(vec![entry(Some(Why::Superseded))])];
    let received = |time: OffsetDateTime| Instants { received: Some(time.unix_timestamp()), ..at(BEFORE) };
    let in_time = standing(&list, received(datetime!(2026-03-01 12:00 UTC)));
    assert!(matches!(in_time, Standing::RevokedLater { .. }));
    assert!(matches!(standing(&list, received(datetime!(2026-03-01 12:01 UTC))), Standing::Revoked { .. }));
}

#[test]
fn an_empty_list_says_good_and_other_serials_do_not_matter() {
    assert_eq!(standing(&[Pki::list(Vec::new())], at(AFTER)), Standing::Good);
    let other = RevokedCertParams { serial_number: SerialNumber::from(7), ..entry(Some(Why::KeyCompromise)) };
    assert_eq!(standing(&[Pki::list(vec![other])], at(AFTER)), Standing::Good);
}

#[test]
fn without_a_usable_list_the_standing_is_unknown() {
    assert_eq!(standing(&[], at(AFTER)), Standing::Unknown(Unknown::NoList));
    let stale = Pki::list_by(1, NOW - Duration::days(3), Vec::new());
    assert_eq!(standing(&[stale], at(AFTER)), Standing::Unknown(Unknown::Stale));
    let old = Pki::list_by(1, NOW - Duration::days(8), Vec::new());
    assert_eq!(standing(&[old], at(AFTER)), Standing::Unknown(Unknown::TooOld));
    let future = Pki::list_by(1, NOW + Duration::days(3), Vec::new());
    assert_eq!(standing(&[future], at(AFTER)), Standing::Unknown(Unknown::NotYetValid));
    let forged = Pki::list_by(3, NOW - Duration::hours(1), Vec::new());
    assert_eq!(standing(&[forged], at(AFTER)), Standing::Unknown(Unknown::NotSigned));
}

#[test]
fn of_two_usable_lists_the_newer_one_is_believed() {
    let held = Pki::list_by(1, NOW - Duration::hours(9), vec![entry(Some(Why::CertificateHold))]);
    let released = Pki::list_by(1, NOW - Duration::hours(1), Vec::new());
    assert_eq!(standing(&[released.clone(), held.clone()], at(AFTER)), Standing::Good);
    assert_eq!(standing(&[held, released], at(AFTER)), Standing::Good);
}

#[test]
fn a_list_that_is_not_used_is_told() {
    let pki = testing::shared_pki();
    for provider in providers() {
        let trust = TrustAnchors::new([pki.root.as_slice()], [], provider.as_ref()).unwrap();
        let (list, junk) = (Pki::list(Vec::new()), vec![0x30, 0x01, 0x00]);
        let store = Crls::new([list.as_slice(), junk.as_slice()], &trust, provider.as_ref());
        let expected = [
            UnusedList { position: 0, why: UnusedListReason::UnknownIssuer },
            UnusedList { position: 1, why: UnusedListReason::Malformed },
        ];
        assert_eq!(store.unused(), expected);
    }
}

proptest::proptest! {
    #[test]
    fn a_damaged_list_is_read_or_refused(at in 0_usize..700, to: u8) {
        static LIST: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let mut der = LIST.get_or_init(|| Pki::list(vec![entry(Some(Why::Superseded))])).clone();
        if let Some(byte) = der.get_mut(at) {
            *byte = to;
        }
        if let Ok(signed) = list::Signed::read(&der) {
            let _read_or_refused = signed.into_list().is_ok();
        }
    }
}
