//! Interoperability with OpenSSL and xmlsec1.
//!
//! OpenSSL works on the very bytes of a prescription's `SignedInfo`. xmlsec1 cannot: its `Reference` has no URI, which
//! xmlsec1 takes for the whole document, the signature included. There the `Reference` names the file that holds the
//! canonical fragments, and nothing else differs.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail and report like the tests themselves")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eps_core::fhir::{self, Context, IdentifierReferences};
use eps_core::hl7v3;
use eps_core::ids::CheckCharacters;
use eps_core::model::{Message, Timestamp};
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::certificate::Certificate;
use eps_core::signature::prepare::{Prepared, prepared};
use eps_core::signature::provider::{AwsLc, Hash, RustCrypto};
use eps_core::signature::signer::{self, AwsLcSigner, Signed, Signer, SoftwareSigner};
use eps_core::signature::{Crls, Occasion, Policy, Provider, TrustAnchors, Verifier, embed};
use eps_core::xml::{Document, Limits, c14n};
use eps_transport::pki::{ThrowAwayPki, pem};
use rsa::pkcs8::DecodePrivateKey as _;
use sha2::Digest as _;

const ORDER: &[u8] = include_bytes!("../../eps-transport/data/prescription-order.json");
const PROVIDERS: [&dyn Provider; 2] = [&RustCrypto::new(), &AwsLc::new()];

fn now() -> Timestamp {
    Timestamp::parse_hl7("20260302094000").unwrap()
}

/// A prescription, ready to be signed, in a folder with the files that the tools need.
struct Scene {
    folder: tempfile::TempDir,
    pki: ThrowAwayPki,
    unsigned: Vec<u8>,
    fragments: Vec<u8>,
    prepared: Prepared,
}

impl Scene {
    /// Nothing where a tool is missing.
    fn new(tools: &[&str]) -> Option<Self> {
        for tool in tools {
            if Command::new(tool).arg("--version").output().is_err() {
                eps_tests::skip(&format!("no {tool} (apt-get install {tool})"));
                return None;
            }
        }
        let context = Context {
            now: now(),
            from: "200000001285".parse().unwrap(),
            to: "567456789789".parse().unwrap(),
            author: None,
            identifier_references: IdentifierReferences::Refused,
            check_characters: CheckCharacters::Required,
            release_ids: None,
        };
        let mut envelope = fhir::read(ORDER, &context).unwrap();
        let Message::Prescription(prescription) = &mut envelope.message else { panic!("not an order") };
        prescription.author.time = now();
        let fragments = hl7v3::write_fragments(prescription);
        let prepared = prepared(&fragments, Algorithm::Rs256, &AwsLc::new());
        let unsigned = hl7v3::write(&envelope);
        let pki = ThrowAwayPki::generate(now(), "555254239107", "INTEROP").unwrap();
        let folder = tempfile::tempdir().unwrap();
        pki.write_trust(folder.path()).unwrap();
        pki.write_prescriber(folder.path()).unwrap();
        let scene = Self { folder, pki, unsigned, fragments, prepared };
        scene.write("fragments.xml", &scene.fragments);
        scene.write("signed-info.bin", scene.prepared.signed_info.as_bytes());
        Some(scene)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.at(name), bytes).unwrap();
    }

    fn run(&self, tool: &str, arguments: &[&str]) -> Output {
        Command::new(tool).args(arguments).current_dir(self.folder.path()).output().unwrap()
    }

    /// What a tool that must succeed writes.
    fn output(&self, tool: &str, arguments: &[&str]) -> Vec<u8> {
        let output = self.run(tool, arguments);
        assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn sign_with(&self, signer: &dyn Signer) -> Signed {
        let payload = self.prepared.signed_info.clone();
        signer::sign(signer, payload, &Policy::production(), &AwsLc::new(), now()).unwrap()
    }

    /// What both providers make of a message under the production policy.
    fn verify(&self, message: &[u8]) {
        for provider in PROVIDERS {
            let trust = TrustAnchors::new([self.pki.root()], [self.pki.signing_ca()], provider).unwrap();
            let lists = Crls::new(self.pki.revocation_lists().iter().map(Vec::as_slice), &trust, provider);
            let policy = Policy::production();
            let verifier = Verifier { provider, trust: &trust, lists: &lists, policy: &policy };
            let document = Document::parse(message, &Limits::DEFAULT).unwrap();
            let verified = verifier.verify(document.root(), Occasion::on_receipt(now()));
            assert!(verified.is_ok(), "{provider:?}: {}", verified.unwrap_err().report());
        }
    }

    /// The message with a `Signature` given as text.
    fn with_signature(&self, signature: &str) -> Vec<u8> {
        let text = String::from_utf8(self.unsigned.clone()).unwrap();
        let unsigned = "<signatureText nullFlavor=\"NA\"></signatureText>";
        assert!(text.contains(unsigned));
        text.replace(unsigned, &format!("<signatureText>{signature}</signatureText>")).into_bytes()
    }
}

#[test]
fn openssl_verifies_what_we_sign_and_makes_the_same_signature() {
    let Some(scene) = Scene::new(&["openssl"]) else { return };
    let (key, certificate) = (scene.pki.prescriber_key(), scene.pki.prescriber());
    let signers: [Box<dyn Signer>; 2] = [
        Box::new(SoftwareSigner::new(key, certificate).unwrap()),
        Box::new(AwsLcSigner::new(key, certificate).unwrap()),
    ];
    let public = scene.output("openssl", &["x509", "-in", "prescriber.pem", "-pubkey", "-noout"]);
    scene.write("public.pem", &public);
    let same = scene.output("openssl", &["dgst", "-sha256", "-sign", "prescriber.key", "signed-info.bin"]);
    for signer in signers {
        let signed = scene.sign_with(signer.as_ref());
        assert_eq!(signed.value(), same);
        scene.write("signature.bin", signed.value());
        let verify = ["dgst", "-sha256", "-verify", "public.pem", "-signature", "signature.bin", "signed-info.bin"];
        scene.output("openssl", &verify);
        let message = embed::into_message(&scene.unsigned, &signed, &AwsLc::new()).unwrap();
        scene.verify(&message);
    }
    scene.write("signature.bin", &[1; 256]);
    let wrong = ["dgst", "-sha256", "-verify", "public.pem", "-signature", "signature.bin", "signed-info.bin"];
    assert!(!scene.run("openssl", &wrong).status.success(), "openssl must be able to refuse");
    let digest = scene.output("openssl", &["dgst", "-sha256", "-binary", "fragments.xml"]);
    assert_eq!(STANDARD.encode(digest), scene.prepared.digest.to_base64());
}

#[test]
fn openssl_finds_the_path_and_reads_the_revocation_lists() {
    let Some(scene) = Scene::new(&["openssl"]) else { return };
    let lists = [std::fs::read(scene.at("root.crl")).unwrap(), std::fs::read(scene.at("signing-ca.crl")).unwrap()];
    scene.write("all.crl", &lists.concat());
    let time = now().unix().to_string();
    let mut path = vec!["verify", "-attime", &time, "-CAfile", "root.pem", "-untrusted", "signing-ca.pem"];
    path.extend(["-CRLfile", "all.crl", "-crl_check_all", "-x509_strict", "-policy", "1.2.826.0.1275.102.0.3.2.0"]);
    let accepted = scene.run("openssl", &[path.as_slice(), &["prescriber.pem"]].concat());
    assert!(accepted.status.success(), "{}", String::from_utf8_lossy(&accepted.stderr));
    assert!(
        !scene.run("openssl", &["verify", "-attime", &time, "-CAfile", "root.pem", "prescriber.pem"]).status.success()
    );
}

/// A `Signature` whose `Reference` names the file with the fragments.
fn for_xmlsec(digest: &str, value: &str, certificate: &str) -> String {
    let signed_info = signed_info_for_xmlsec(digest).replace(" xmlns=\"http://www.w3.org/2000/09/xmldsig#\"", "");
    format!(
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">{signed_info}<SignatureValue>{value}</SignatureValue>\
         <KeyInfo><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></Signature>"
    )
}

/// The template of a prescription's `SignedInfo` with a URI.
fn signed_info_for_xmlsec(digest: &str) -> String {
    let template = eps_core::signature::algorithm::signed_info(eps_core::signature::algorithm::Digest::Sha256([0; 32]));
    let zero = eps_core::signature::algorithm::Digest::Sha256([0; 32]).to_base64();
    String::from_utf8(template)
        .unwrap()
        .replace(&zero, digest)
        .replace("<Reference>", "<Reference URI=\"fragments.xml\">")
}

const XMLSEC_VERIFY: [&str; 7] = [
    "--verify",
    "--trusted-pem",
    "root.pem",
    "--untrusted-pem",
    "signing-ca.pem",
    "--verification-gmt-time",
    "2026-03-02 09:40:00",
];

#[test]
fn xmlsec1_accepts_our_digest_canonical_forms_signature_and_path() {
    let Some(scene) = Scene::new(&["xmlsec1"]) else { return };
    let digest = scene.prepared.digest.to_base64();
    let key = rsa::PrivateKey::from_pkcs8_der(scene.pki.prescriber_key()).unwrap();
    let hash = sha2::Sha256::digest(signed_info_for_xmlsec(&digest));
    let value = STANDARD.encode(key.sign(rsa::Pkcs1v15Sign::new::<sha2::Sha256>(), &hash).unwrap());
    let certificate = STANDARD.encode(scene.pki.prescriber());
    let verify = [XMLSEC_VERIFY.as_slice(), &["signature.xml"]].concat();
    scene.write("signature.xml", for_xmlsec(&digest, &value, &certificate).as_bytes());
    scene.output("xmlsec1", &verify);
    // It canonicalises the fragments itself: indented or not, they have our digest or they do not.
    let reordered = String::from_utf8(scene.fragments.clone()).unwrap();
    let reordered = reordered.replacen(
        "<recordTarget xmlns=\"urn:hl7-org:v3\" typeCode",
        "<recordTarget typeCode=\"RCT\" xmlns=\"urn:hl7-org:v3\" x",
        1,
    );
    assert!(reordered.contains("x=\"RCT\""));
    let same = reordered.replacen(" x=\"RCT\"", "", 1);
    scene.write("fragments.xml", same.as_bytes());
    scene.output("xmlsec1", &verify);
    scene.write("fragments.xml", reordered.as_bytes());
    assert!(!scene.run("xmlsec1", &verify).status.success(), "xmlsec1 must be able to refuse");
}

#[test]
fn what_xmlsec1_signs_we_verify() {
    let Some(scene) = Scene::new(&["xmlsec1", "openssl"]) else { return };
    scene.write("template.xml", for_xmlsec("", "", "").as_bytes());
    let made = scene.output("xmlsec1", &["--sign", "--privkey-pem", "prescriber.key,prescriber.pem", "template.xml"]);
    let document = Document::parse(&made, &Limits::DEFAULT).unwrap();
    let element = |name: &str| document.root().descendants().find(|element| element.name() == name).unwrap();
    // The digest that xmlsec1 computes is the one we prepare.
    assert_eq!(element("DigestValue").text(), scene.prepared.digest.to_base64());
    // Its signature verifies over the SignedInfo that we canonicalise, which is the template with a URI.
    let canonical = c14n::canonicalise(element("SignedInfo"), &c14n::Options::EXCLUSIVE);
    assert_eq!(
        String::from_utf8(canonical.clone()).unwrap(),
        signed_info_for_xmlsec(&scene.prepared.digest.to_base64())
    );
    let octets = |name: &str| {
        let text: String = element(name).text().split_whitespace().collect();
        STANDARD.decode(text).unwrap()
    };
    let certificate = Certificate::from_der(octets("X509Certificate")).unwrap();
    assert_eq!(certificate.as_der(), scene.pki.prescriber());
    for provider in PROVIDERS {
        let verdict =
            provider.rsa_verify(&certificate.key().unwrap(), Hash::Sha256, &canonical, &octets("SignatureValue"));
        assert!(verdict.is_ok(), "{provider:?}");
    }
    // A whole prescription, with OpenSSL's signature over the very SignedInfo and the certificate as xmlsec1 writes it,
    // in lines.
    let value = scene.output("openssl", &["dgst", "-sha256", "-sign", "prescriber.key", "signed-info.bin"]);
    let lines = element("X509Certificate").text().into_owned();
    assert!(lines.contains('\n'));
    let signature = for_xmlsec(&scene.prepared.digest.to_base64(), &STANDARD.encode(value), &lines);
    scene.verify(&scene.with_signature(&signature.replace(" URI=\"fragments.xml\"", "")));
}

#[test]
fn the_files_of_a_throw_away_pki_are_pem_as_openssl_reads_it() {
    let Some(scene) = Scene::new(&["openssl"]) else { return };
    let der = scene.output("openssl", &["x509", "-in", "root.pem", "-outform", "DER"]);
    assert_eq!(der, scene.pki.root());
    let der = scene.output("openssl", &["crl", "-in", "root.crl", "-outform", "DER"]);
    assert_eq!(der, scene.pki.revocation_lists()[0]);
    let der = scene.output("openssl", &["pkey", "-in", "prescriber.key", "-check", "-noout"]);
    assert!(String::from_utf8_lossy(&der).contains("valid"));
    assert!(pem("X", &[0; 100]).lines().all(|line| line.len() <= 64));
    assert!(Path::new(&scene.at("prescriber.key")).is_file());
}
