//! What the benches share: the shipped two-item prescription, unsigned and signed, and the floors.

use eps_core::hl7v3;
use eps_core::model::{Envelope, Message, SignatureText};
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::provider::RustCrypto;
use eps_core::signature::signer::{self, SoftwareSigner};
use eps_core::signature::{Policy, TrustAnchors, embed, prepare};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256};

mod floor;
mod request;

pub(crate) use floor::quick_xml_pass;
pub(crate) use request::{ORDER, context, now};

pub(crate) fn order() -> Envelope {
    eps_core::fhir::read(ORDER, &context()).unwrap()
}

/// A signed message and the CAs that it verifies with.
pub(crate) struct Signed {
    pub(crate) message: Vec<u8>,
    root: Vec<u8>,
    signing_ca: Vec<u8>,
}

impl Signed {
    /// The prescription of the demo, signed with RS256 by a prescriber below a signing CA below a root, all RSA 2048.
    pub(crate) fn new() -> Self {
        let key = || KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        let ca = |name: &str| {
            let mut params = certificate(name);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            params
        };
        let (root_key, ca_key, prescriber_key) = (key(), key(), key());
        let root_params = ca("Bench Root");
        let root = root_params.self_signed(&root_key).unwrap().der().to_vec();
        let root_issuer = Issuer::new(root_params, root_key);
        let ca_params = ca("Bench Signing CA");
        let signing_ca = ca_params.signed_by(&ca_key, &root_issuer).unwrap().der().to_vec();
        let mut params = certificate("555254239107_BENCH");
        params.key_usages = vec![KeyUsagePurpose::ContentCommitment];
        let prescriber = params.signed_by(&prescriber_key, &Issuer::new(ca_params, ca_key)).unwrap();
        let signer = SoftwareSigner::new(prescriber_key.serialized_der(), prescriber.der()).unwrap();
        Self { message: sign(&signer), root, signing_ca }
    }

    pub(crate) fn trust(&self, provider: &dyn eps_core::signature::Provider) -> TrustAnchors {
        TrustAnchors::new([self.root.as_slice()], [self.signing_ca.as_slice()], provider).unwrap()
    }

    /// The certificate's key, signature and payload: what a bare RSA verification needs.
    pub(crate) fn policy() -> Policy {
        let mut policy = Policy::test_profile();
        policy.require_content_commitment = true;
        policy.rsa_min_bits = 2048;
        policy
    }
}

fn certificate(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.use_authority_key_identifier_extension = true;
    params
}

fn sign(signer: &SoftwareSigner) -> Vec<u8> {
    let mut envelope = order();
    let Message::Prescription(prescription) = &mut envelope.message else { panic!("not a prescription") };
    let fragments = hl7v3::write_fragments(prescription);
    let provider = RustCrypto::new();
    let payload = prepare::prepared(&fragments, Algorithm::Rs256, &provider).signed_info;
    let signed = signer::sign(signer, payload, &Signed::policy(), &provider, now()).unwrap();
    let element = String::from_utf8(embed::signature_element(&signed)).unwrap();
    prescription.author.signature = SignatureText::Element(element.into());
    hl7v3::write(&envelope)
}
