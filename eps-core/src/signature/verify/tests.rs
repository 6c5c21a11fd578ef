use super::*;
use crate::signature::report::Entry;
use crate::signature::signer::{Signer, sign};
use crate::signature::testing::{self, Pki, prescription, providers, signed_prescription};
use crate::signature::{embed, prepare};
use crate::xml::{Document as Xml, Limits};

/// The test prescription, signed by the test prescriber.
fn signed(provider: &dyn Provider, signer: &dyn Signer) -> String {
    let text = prescription();
    let document = Xml::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
    let policy = Policy::production();
    let fragments = fragments::fragments(document.root(), &policy).unwrap();
    let payload = prepare::prepared(&fragments, Algorithm::Rs256, provider).signed_info;
    let signed = sign(signer, payload, &policy, provider, testing::now()).unwrap();
    signed_prescription(&embed::signature_element(&signed))
}

/// Verifies with the lists of the test PKI, under every provider; the verdicts are the same.
fn verdict(
    change: impl Fn(String) -> String,
    policy: &Policy,
    with_lists: bool,
    occasion: Occasion,
) -> Result<Verified, Refused> {
    let pki = testing::shared_pki();
    let mut verdicts = Vec::new();
    for provider in providers() {
        let provider = provider.as_ref();
        let intermediates = pki.intermediates.iter().map(Vec::as_slice);
        let trust = TrustAnchors::new([pki.root.as_slice()], intermediates, provider).unwrap();
        let lists = [Pki::list(Vec::new()), Pki::root_list()];
        let given = if with_lists { lists.as_slice() } else { &[] };
        let lists = Crls::new(given.iter().map(Vec::as_slice), &trust, provider);
        for signer in pki.signers() {
            let text = change(signed(provider, signer.as_ref()));
            let document = Xml::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
            let verifier = Verifier { provider, trust: &trust, lists: &lists, policy };
            verdicts.push(verifier.verify(document.root(), occasion));
        }
    }
    verdicts.dedup();
    assert_eq!(verdicts.len(), 1, "{verdicts:?}");
    verdicts.remove(0)
}

fn codes(verdict: Result<Verified, Refused>) -> Vec<Code> {
    let refused = verdict.unwrap_err();
    assert!(refused.report().entries().iter().map(|entry| entry.check).eq(Check::ALL), "every check is reported");
    refused.report().codes()
}

fn now() -> Occasion {
    Occasion::on_receipt(testing::now())
}

#[test]
fn what_is_prepared_signed_and_embedded_verifies_under_the_production_policy() {
    let verified = verdict(|text| text, &Policy::production(), true, now()).unwrap();
    assert_eq!(verified.signed_at(), testing::now());
    assert!(verified.report().entries().iter().all(|Entry { outcome, .. }| *outcome == Outcome::Passed));
    assert_eq!(verified.report().path().count(), 2);
    assert_eq!(verified.report().lists().len(), 2);
}

#[test]
fn a_changed_field_is_refused_as_content() {
    let change = |text: String| text.replace("Drug 2", "Drug 3");
    assert_eq!(codes(verdict(change, &Policy::production(), true, now())), [Code::Content]);
}

#[test]
fn without_revocation_lists_only_a_policy_that_fails_open_accepts() {
    let closed = verdict(|text| text, &Policy::production(), false, now());
    assert_eq!(codes(closed), [Code::RevocationUnknown]);
    let mut policy = Policy::production();
    policy.revocation_of_certificate = Revocation::FailOpen;
    assert_eq!(codes(verdict(|text| text, &policy, false, now())), [Code::RevocationUnknown]);
    policy.revocation_of_ca = Revocation::FailOpen;
    let open = verdict(|text| text, &policy, false, now()).unwrap();
    let outcome = &open.report().entry(Check::RevocationOfCertificate).unwrap().outcome;
    assert_eq!(*outcome, Outcome::NotChecked(Unchecked::Unknown(Unknown::NoList)));
}

#[test]
fn a_signing_time_after_the_receipt_is_refused_but_for_the_skew_of_clocks() {
    let at = |seconds| Occasion::on_receipt(testing::now().plus_seconds(seconds));
    let verify = |seconds| verdict(|text| text, &Policy::production(), true, at(seconds));
    assert!(verify(-300).is_ok());
    assert_eq!(codes(verify(-301)), [Code::TimeFuture]);
}

#[test]
fn a_prescription_that_is_not_signed_is_refused() {
    let change = |_| prescription();
    let refused = verdict(change, &Policy::production(), true, now());
    assert_eq!(codes(refused), [Code::Format]);
}

#[test]
fn a_damaged_certificate_ends_the_checks() {
    let change = |text: String| {
        let at = text.find("<X509Certificate>").unwrap() + "<X509Certificate>".len();
        format!("{}AAAA{}", &text[..at], &text[at + 4..])
    };
    let refused = verdict(change, &Policy::production(), true, now());
    assert_eq!(codes(refused), [Code::CertificateParse]);
}

#[test]
fn a_policy_can_ask_for_larger_keys() {
    let policy = Policy { rsa_min_bits: 3072, ..Policy::production() };
    assert_eq!(codes(verdict(|text| text, &policy, true, now())), [Code::KeySize, Code::Chain]);
}

#[test]
fn a_stranger_is_not_trusted() {
    let pki = testing::shared_pki();
    for provider in providers() {
        let text = signed(provider.as_ref(), pki.signers()[0].as_ref());
        let document = Xml::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
        let (trust, lists) = (TrustAnchors::default(), Crls::none());
        let policy = Policy::test_profile();
        let verifier = Verifier { provider: provider.as_ref(), trust: &trust, lists: &lists, policy: &policy };
        assert_eq!(codes(verifier.verify(document.root(), now())), [Code::Chain]);
    }
}

#[test]
fn the_report_is_readable_for_people_and_programs_and_holds_no_patient() {
    let change = |text: String| text.replace("A. Patient", "B. Patient");
    let refused = verdict(change, &Policy::production(), true, now()).unwrap_err();
    let (people, program) = (refused.report().to_string(), serde_json::to_value(refused.report()).unwrap());
    assert!(people.contains("FAILED       content: CONTENT"), "{people}");
    assert_eq!(program["codes"], serde_json::json!(["CONTENT"]));
    assert_eq!(program["reasons"], serde_json::json!(["Signature doesn't match prescription"]));
    assert_eq!(program["checks"][5]["failures"][0]["rule"], "signature.content");
    assert_eq!(program["signedAt"], "2026-03-02T09:30:00+00:00");
    for shown in [people, program.to_string(), format!("{refused:?}")] {
        assert!(!shown.contains("Patient") && !shown.contains("PRESCRIBER"), "{shown}");
    }
    assert_eq!(refused.to_string(), "the signature is refused: CONTENT");
}

#[cfg(feature = "rustcrypto")]
#[test]
fn sha1_is_accepted_up_to_its_end_and_not_when_the_receipt_contradicts() {
    use crate::signature::policy::Sha1;
    use crate::signature::signer::SoftwareSigner;

    let pki = testing::shared_pki();
    let signer = SoftwareSigner::new(&pki.key.pkcs8, &pki.prescriber).unwrap().with_legacy_sha1();
    let text = prescription();
    let document = Xml::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
    let fragments = fragments::fragments(document.root(), &Policy::production()).unwrap();
    for provider in providers() {
        let provider = provider.as_ref();
        let payload = prepare::prepared(&fragments, Algorithm::Rs1, provider).signed_info;
        let made = sign(&signer, payload, &Policy::production(), provider, testing::now()).unwrap();
        let text = signed_prescription(&embed::signature_element(&made));
        let document = Xml::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
        let (trust, lists) = (TrustAnchors::default(), Crls::none());
        let verify = |end: i64, occasion| {
            let sha1 = Sha1::SignedBefore(testing::now().plus_seconds(end));
            let policy = Policy { sha1, ..Policy::production() };
            let verifier = Verifier { provider, trust: &trust, lists: &lists, policy: &policy };
            codes(verifier.verify(document.root(), occasion))
        };
        let unknown = Occasion::receipt_unknown(testing::now());
        let received = |days: i64| {
            let day = testing::now().plus_seconds(days * 86_400);
            Occasion::received_at(day, day)
        };
        assert_eq!(verify(0, unknown), [Code::Sha1, Code::Chain]);
        assert_eq!(verify(1, unknown), [Code::Chain]);
        assert_eq!(verify(1, received(1)), [Code::Chain]);
        assert_eq!(verify(1, received(2)), [Code::Sha1, Code::Chain]);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, ..Default::default() })]

    #[test]
    fn any_changed_byte_is_refused_or_outside_the_signature(at in 0_usize..4000, to in 0x20_u8..0x7f) {
        static SIGNED: std::sync::OnceLock<String> = std::sync::OnceLock::new();
        let pki = testing::shared_pki();
        let provider = providers().next().unwrap();
        let provider = provider.as_ref();
        let original = SIGNED.get_or_init(|| signed(provider, pki.signers()[0].as_ref()));
        let at = at % original.len();
        proptest::prop_assume!(original.as_bytes()[at] != to);
        let mut changed = original.clone().into_bytes();
        changed[at] = to;
        let Ok(document) = Xml::parse(&changed, &Limits::DEFAULT) else { return Ok(()) };
        let intermediates = pki.intermediates.iter().map(Vec::as_slice);
        let trust = TrustAnchors::new([pki.root.as_slice()], intermediates, provider).unwrap();
        let lists = [Pki::list(Vec::new()), Pki::root_list()];
        let lists = Crls::new(lists.iter().map(Vec::as_slice), &trust, provider);
        let policy = Policy::production();
        let verifier = Verifier { provider, trust: &trust, lists: &lists, policy: &policy };
        if verifier.verify(document.root(), now()).is_ok() {
            let same = fragments::fragments(document.root(), &policy).unwrap();
            let first = Xml::parse(original.as_bytes(), &Limits::DEFAULT).unwrap();
            proptest::prop_assert_eq!(same, fragments::fragments(first.root(), &policy).unwrap());
        }
    }
}
