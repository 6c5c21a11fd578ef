//! The shipped two-item prescription, signed, with all that its verification under the production policy needs.

use eps_core::hl7v3;
use eps_core::model::{Message, SignatureText};
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::provider::RustCrypto;
use eps_core::signature::signer::{self, SoftwareSigner};
use eps_core::signature::{Crls, Policy, Provider, TrustAnchors, embed, prepare};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CustomExtension, DnType, IsCa, Issuer,
    KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, SerialNumber,
};
use time::{Duration, OffsetDateTime};

use crate::request::{ORDER, context, now};

/// DER of the one policy 1.2.826.0.1275.102.0.3.2.0, NHS content commitment.
const CONTENT_COMMITMENT: [u8; 17] =
    [0x30, 0x0F, 0x30, 0x0D, 0x06, 0x0B, 0x2A, 0x86, 0x3A, 0x00, 0x89, 0x7B, 0x66, 0x00, 0x03, 0x02, 0x00];

/// A signed message, its signer's certificate, and the CAs and revocation lists that it verifies with.
pub(crate) struct Signed {
    pub(crate) message: Vec<u8>,
    pub(crate) certificate: Vec<u8>,
    /// The bytes that were hashed.
    pub(crate) fragments: Vec<u8>,
    /// The bytes that were signed, and the signature.
    pub(crate) payload: Vec<u8>,
    pub(crate) value: Vec<u8>,
    root: Vec<u8>,
    signing_ca: Vec<u8>,
    lists: [Vec<u8>; 2],
}

impl Signed {
    /// Signed with RS256 by a prescriber below a signing CA below a root, all RSA 2048.
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
        let ca_issuer = Issuer::new(ca_params, ca_key);
        let mut params = certificate("555254239107_BENCH");
        params.key_usages = vec![KeyUsagePurpose::ContentCommitment];
        let mut policies = CustomExtension::from_oid_content(&[2, 5, 29, 32], CONTENT_COMMITMENT.to_vec());
        policies.set_criticality(true);
        params.custom_extensions = vec![policies];
        let prescriber = params.signed_by(&prescriber_key, &ca_issuer).unwrap().der().to_vec();
        let signer = SoftwareSigner::new(prescriber_key.serialized_der(), &prescriber).unwrap();
        let lists = [empty_list(&root_issuer), empty_list(&ca_issuer)];
        signed_by(&signer, prescriber, (root, signing_ca, lists))
    }

    pub(crate) fn trust(&self, provider: &dyn Provider) -> TrustAnchors {
        TrustAnchors::new([self.root.as_slice()], [self.signing_ca.as_slice()], provider).unwrap()
    }

    pub(crate) fn lists(&self, trust: &TrustAnchors, provider: &dyn Provider) -> Crls {
        Crls::new(self.lists.iter().map(Vec::as_slice), trust, provider)
    }
}

fn at() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(now().unix()).unwrap()
}

fn certificate(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    (params.not_before, params.not_after) = (at() - Duration::days(365), at() + Duration::days(365));
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.use_authority_key_identifier_extension = true;
    params
}

fn empty_list(issuer: &Issuer<'_, KeyPair>) -> Vec<u8> {
    let params = CertificateRevocationListParams {
        this_update: at() - Duration::hours(1),
        next_update: at() + Duration::days(1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: Vec::new(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(issuer).unwrap().der().to_vec()
}

fn signed_by(
    signer: &SoftwareSigner,
    certificate: Vec<u8>,
    (root, signing_ca, lists): (Vec<u8>, Vec<u8>, [Vec<u8>; 2]),
) -> Signed {
    let mut envelope = eps_core::fhir::read(ORDER, &context()).unwrap();
    let Message::Prescription(prescription) = &mut envelope.message else { unreachable!("the order is one") };
    let fragments = hl7v3::write_fragments(prescription);
    let provider = RustCrypto::new();
    let prepared = prepare::prepared(&fragments, Algorithm::Rs256, &provider).signed_info;
    let payload = prepared.as_bytes().to_vec();
    let signed = signer::sign(signer, prepared, &Policy::production(), &provider, now()).unwrap();
    let value = signed.value().to_vec();
    let element = String::from_utf8(embed::signature_element(&signed)).unwrap();
    prescription.author.signature = SignatureText::Element(element.into());
    let message = hl7v3::write(&envelope);
    Signed { message, certificate, fragments, payload, value, root, signing_ca, lists }
}
