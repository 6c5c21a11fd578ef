use super::*;
use crate::signature::report::{Entry, StepKind, StepOutcome};
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
    let all_but_the_signer = |entry: &&Entry| entry.check != Check::Signer;
    let passed = |Entry { outcome, .. }: &Entry| *outcome == Outcome::Passed;
    assert!(verified.report().entries().iter().filter(all_but_the_signer).all(passed));
    assert!(verified.report().steps().iter().all(|step| step.outcome == StepOutcome::Passed));
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
    assert_eq!(codes(verdict(|text| text, &policy, true, now())), [Code::Chain, Code::KeySize]);
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
    assert!(people.contains("FAILED       digest: CONTENT"), "{people}");
    assert_eq!(program["codes"], serde_json::json!(["CONTENT"]));
    assert_eq!(program["reasons"], serde_json::json!(["Signature doesn't match prescription"]));
    assert_eq!(program["checks"][3]["failures"][0]["rule"], "signature.content");
    assert_eq!(program["signedAt"], "2026-03-02T09:30:00+00:00");
    for shown in [people, program.to_string(), format!("{refused:?}")] {
        assert!(!shown.contains("Patient") && !shown.contains("PRESCRIBER"), "{shown}");
    }
    assert_eq!(refused.to_string(), "the signature is refused: CONTENT");
}

/// The test prescription in the message of a prescriber with this SDS user id.
fn in_message(text: &str, user: &str) -> String {
    format!(
        "<PORX_IN020101SM31 xmlns=\"urn:hl7-org:v3\"><ControlActEvent><author><AgentPersonSDS><agentPersonSDS>\
         <id root=\"1.2.826.0.1285.0.2.0.65\" extension=\"{user}\"/></agentPersonSDS></AgentPersonSDS></author>\
         <subject>{text}</subject></ControlActEvent></PORX_IN020101SM31>"
    )
}

#[test]
fn the_signer_must_be_the_author_where_the_policy_says_so() {
    const SIGNER: &str = "000000000001";
    let outcome = |user: &'static str, binding| {
        let policy = Policy { signer_binding: binding, ..Policy::production() };
        let verdict = verdict(|text| in_message(&text, user), &policy, true, now());
        let report = match &verdict {
            Ok(verified) => verified.report(),
            Err(refused) => refused.report(),
        };
        report.entry(Check::Signer).unwrap().outcome.clone()
    };
    let differs = Outcome::NotChecked(Unchecked::Signer(SignerDoubt::Differs));
    assert_eq!(outcome(SIGNER, SignerBinding::Enforce), Outcome::Passed);
    assert_eq!(outcome(SIGNER, SignerBinding::Log), Outcome::Passed);
    assert_eq!(outcome("000000000002", SignerBinding::Log), differs);
    assert_eq!(outcome("000000000002", SignerBinding::Off), Outcome::NotChecked(Unchecked::NotAsked));
    let policy = Policy { signer_binding: SignerBinding::Enforce, ..Policy::production() };
    let other = verdict(|text| in_message(&text, "000000000002"), &policy, true, now());
    assert_eq!(codes(other), [Code::SignerMismatch]);
    // A prescription by itself names nobody, as in a release: nothing to compare, unless the directory knows.
    let alone = verdict(|text| text, &policy, true, now()).unwrap();
    let unknown = Outcome::NotChecked(Unchecked::Signer(SignerDoubt::NoAuthor));
    assert_eq!(alone.report().entry(Check::Signer).unwrap().outcome, unknown);
    let pki = testing::shared_pki();
    for provider in providers() {
        let text = signed(provider.as_ref(), pki.signers()[0].as_ref());
        let document = Xml::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
        let (trust, lists) = (TrustAnchors::default(), Crls::none());
        let verifier = Verifier { provider: provider.as_ref(), trust: &trust, lists: &lists, policy: &policy };
        let author = |user: &str| verifier.verify_author(document.root(), now(), &user.parse().unwrap());
        assert_eq!(codes(author(SIGNER)), [Code::Chain]);
        assert_eq!(codes(author("000000000002")), [Code::Chain, Code::SignerMismatch]);
    }
}

#[test]
fn each_step_of_the_path_is_told() {
    let verified = verdict(|text| text, &Policy::production(), true, now()).unwrap();
    let steps = verified.report().steps();
    let of = |certificate| steps.iter().filter(move |step| step.certificate == certificate).map(|step| step.kind);
    use StepKind as Kind;
    let signer =
        [Kind::IssuerSignature, Kind::BasicConstraints, Kind::KeyUsage, Kind::Policies, Kind::CriticalExtensions];
    assert!(of(0).eq(signer));
    let ca =
        [Kind::InForce, Kind::BasicConstraints, Kind::KeyUsage, Kind::PathLength, Kind::Key, Kind::CriticalExtensions];
    assert!(of(1).eq([Kind::IssuerSignature].into_iter().chain(ca)));
    assert!(of(2).eq([Kind::Anchor].into_iter().chain(ca)));
    let pki = testing::shared_pki();
    for provider in providers() {
        let text = signed(provider.as_ref(), pki.signers()[0].as_ref());
        let document = Xml::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
        let lookalike = Pki::lookalike();
        let trust = TrustAnchors::new([lookalike.root.as_slice()], [lookalike.sub_ca.as_slice()], provider.as_ref());
        let (trust, lists, policy) = (trust.unwrap(), Crls::none(), Policy::test_profile());
        let verifier = Verifier { provider: provider.as_ref(), trust: &trust, lists: &lists, policy: &policy };
        let refused = verifier.verify(document.root(), now()).unwrap_err();
        let told: Vec<String> = refused.report().steps().iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "FAILED     signer: signed by its issuer (the certificate was not signed by the CA it names)",
                "passed     signer: basic constraints",
                "not asked  signer: key usage",
                "not asked  signer: policies",
                "passed     signer: critical extensions",
            ]
        );
    }
}

#[test]
fn a_later_revocation_is_told_and_an_old_list_is_refused_even_by_a_policy_that_fails_open() {
    use rcgen::{RevocationReason, RevokedCertParams, SerialNumber};
    let pki = testing::shared_pki();
    let revoked = RevokedCertParams {
        serial_number: SerialNumber::from_slice(testing::PRESCRIBER_SERIAL),
        revocation_time: testing::NOW + time::Duration::minutes(30),
        reason_code: Some(RevocationReason::Superseded),
        invalidity_date: None,
    };
    for provider in providers() {
        let provider = provider.as_ref();
        let text = signed(provider, pki.signers()[0].as_ref());
        let document = Xml::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
        let trust = TrustAnchors::new([pki.root.as_slice()], [pki.sub_ca.as_slice()], provider).unwrap();
        let verify = |list: Vec<u8>, policy: &Policy, occasion| {
            let lists = [list, Pki::root_list()];
            let lists = Crls::new(lists.iter().map(Vec::as_slice), &trust, provider);
            Verifier { provider, trust: &trust, lists: &lists, policy }.verify(document.root(), occasion)
        };
        let later = testing::now().plus_seconds(3600);
        let list = || Pki::list(vec![revoked.clone()]);
        let verified = verify(list(), &Policy::production(), Occasion::receipt_unknown(later)).unwrap();
        assert!(verified.report().rests_on_claimed_time());
        let note = verified.report().revoked_later()[0].to_string();
        assert!(note.contains("(superseded), after the signing time"), "{note}");
        let received = Occasion::received_at(later, testing::now());
        assert!(!verify(list(), &Policy::production(), received).unwrap().report().rests_on_claimed_time());
        let mut open = Policy::production();
        open.revocation_of_certificate = Revocation::FailOpen;
        let aged = |days| Pki::list_by(1, testing::NOW - time::Duration::days(days), Vec::new());
        assert!(verify(aged(3), &open, now()).is_ok());
        assert_eq!(codes(verify(aged(8), &open, now())), [Code::RevocationUnknown]);
        open.fail_open_list_age = None;
        assert!(verify(aged(8), &open, now()).is_ok());
    }
}

/// That a CA signed a certificate is remembered; nothing else is, so that a new list or another time counts at once.
#[test]
fn a_certificate_that_is_remembered_is_judged_by_time_and_lists_each_time() {
    use rcgen::{RevocationReason, RevokedCertParams, SerialNumber};

    let pki = testing::shared_pki();
    let policy = Policy::production();
    let entry = RevokedCertParams {
        serial_number: SerialNumber::from_slice(testing::PRESCRIBER_SERIAL),
        revocation_time: testing::NOW - time::Duration::hours(2),
        reason_code: Some(RevocationReason::Superseded),
        invalidity_date: None,
    };
    for provider in providers() {
        let provider = provider.as_ref();
        let trust = TrustAnchors::new([pki.root.as_slice()], [pki.sub_ca.as_slice()], provider).unwrap();
        let text = signed(provider, pki.signers()[0].as_ref());
        let verify = |text: &str, lists: &[Vec<u8>], occasion| {
            let lists = Crls::new(lists.iter().map(Vec::as_slice), &trust, provider);
            let document = Xml::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
            Verifier { provider, trust: &trust, lists: &lists, policy: &policy }.verify(document.root(), occasion)
        };
        let fresh = [Pki::list(Vec::new()), Pki::root_list()];
        assert!(verify(&text, &fresh, now()).is_ok());
        let revoked = [Pki::list(vec![entry.clone()]), Pki::root_list()];
        assert_eq!(codes(verify(&text, &revoked, now())), [Code::Revoked]);
        assert!(verify(&text, &fresh, now()).is_ok(), "nor is the revocation remembered");
        let days = |days: i64| testing::now().plus_seconds(days * 86_400);
        // The lists are out of date two days later.
        let later = Occasion::received_at(days(2), testing::now());
        assert_eq!(codes(verify(&text, &fresh, later)), [Code::RevocationUnknown]);
        // What is said to be signed after the certificate's end is judged at that time; so is the path 15 years later.
        let signed_at = |day| text.replace(&testing::now().to_hl7(), &days(day).to_hl7());
        let at = |day| codes(verify(&signed_at(day), &fresh, Occasion::on_receipt(days(day))));
        assert!(at(3 * 365).contains(&Code::TimeCertificate) && !at(3 * 365).contains(&Code::Chain));
        assert!(at(15 * 365).contains(&Code::Chain));
        assert!(verify(&text, &fresh, now()).is_ok());
    }
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

mod hostile;
