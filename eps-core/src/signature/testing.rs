//! A throw-away PKI for the tests of this module: keys are made once for each run, none is stored.

use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair as AwsKey, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CustomExtension, DnType, IsCa, Issuer,
    KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber,
};
use time::OffsetDateTime;
use time::macros::datetime;

use super::key::RsaKey;
use super::provider::{Hash, Provider};
use super::signer::{SignError, Signer};
use crate::model::Timestamp;

/// The time of the tests; the certificates of [`Pki`] are in force around it.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-03-02 09:30 UTC);

/// The same as the library takes it.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_unix(NOW.unix_timestamp())
}

/// Every provider that this build has.
pub(crate) fn providers() -> impl Iterator<Item = Box<dyn Provider>> {
    let all: Vec<Box<dyn Provider>> = vec![
        #[cfg(feature = "rustcrypto")]
        Box::new(super::provider::RustCrypto::new()),
        #[cfg(feature = "aws-lc-rs")]
        Box::new(super::provider::AwsLc::new()),
    ];
    assert!(!all.is_empty(), "the tests need a provider");
    all.into_iter()
}

/// Every software signer that this build has, over this key and certificate.
pub(crate) fn software_signers(key: &TestKey, certificate: &[u8]) -> Vec<Result<Box<dyn Signer>, SignError>> {
    fn boxed<S: Signer + 'static>(made: Result<S, SignError>) -> Result<Box<dyn Signer>, SignError> {
        made.map(|signer| Box::new(signer) as Box<dyn Signer>)
    }
    vec![
        #[cfg(feature = "rustcrypto")]
        boxed(super::signer::SoftwareSigner::new(&key.pkcs8, certificate)),
        #[cfg(feature = "aws-lc-rs")]
        boxed(super::signer::AwsLcSigner::new(&key.pkcs8, certificate)),
    ]
}

/// An RSA key pair.
#[derive(Clone)]
pub(crate) struct TestKey {
    pub(crate) pkcs8: Vec<u8>,
    public: Vec<u8>,
}

impl TestKey {
    fn generate(size: KeySize) -> Self {
        let pair = AwsKey::generate(size).unwrap();
        Self { pkcs8: pair.as_der().unwrap().as_ref().to_vec(), public: pair.public_key().as_ref().to_vec() }
    }

    fn numbered(number: usize) -> Self {
        static KEYS: [OnceLock<TestKey>; 8] = [const { OnceLock::new() }; 8];
        let size = match number {
            6 => KeySize::Rsa3072,
            7 => KeySize::Rsa4096,
            _ => KeySize::Rsa2048,
        };
        KEYS[number].get_or_init(|| Self::generate(size)).clone()
    }

    /// A key of 2048, 3072 or 4096 bits.
    pub(crate) fn rsa(bits: u32) -> Self {
        Self::numbered(match bits {
            3072 => 6,
            4096 => 7,
            _ => 5,
        })
    }

    /// A key that is in no certificate.
    pub(crate) fn another_rsa(_bits: u32) -> Self {
        Self::numbered(4)
    }

    pub(crate) fn public(&self) -> RsaKey<'_> {
        RsaKey::from_pkcs1(&self.public).unwrap()
    }

    pub(crate) fn sign(&self, hash: Hash, data: &[u8]) -> Vec<u8> {
        let pair = AwsKey::from_pkcs8(&self.pkcs8).unwrap();
        let encoding = match hash {
            Hash::Sha256 => &RSA_PKCS1_SHA256,
            Hash::Sha384 => &RSA_PKCS1_SHA384,
            Hash::Sha512 => &RSA_PKCS1_SHA512,
            Hash::Sha1 => panic!("the library under the tests makes no SHA-1 signatures"),
        };
        let mut made = vec![0; pair.public_modulus_len()];
        pair.sign(encoding, &aws_lc_rs::rand::SystemRandom::new(), data, &mut made).unwrap();
        made
    }

    fn pair(&self) -> KeyPair {
        KeyPair::try_from(self.pkcs8.as_slice()).unwrap()
    }
}

/// A root, a sub-CA and a prescriber.
#[derive(Clone)]
pub(crate) struct Pki {
    pub(crate) root: Vec<u8>,
    pub(crate) sub_ca: Vec<u8>,
    pub(crate) intermediates: Vec<Vec<u8>>,
    pub(crate) prescriber: Vec<u8>,
    pub(crate) key: TestKey,
}

/// The PKI most tests share.
pub(crate) fn shared_pki() -> &'static Pki {
    static PKI: OnceLock<Pki> = OnceLock::new();
    PKI.get_or_init(|| Pki::build([0, 1, 2], None))
}

pub(crate) const PRESCRIBER_SERIAL: &[u8] = &[0xf4, 0x94, 0xbd, 0x6e];

impl Pki {
    pub(crate) fn new() -> Self {
        shared_pki().clone()
    }

    /// The same names and key identifiers, other keys.
    pub(crate) fn lookalike() -> Self {
        Self::build([3, 4, 2], None)
    }

    pub(crate) fn with_root_path_len(length: u8) -> Self {
        Self::build([0, 1, 2], Some(length))
    }

    fn build([root, sub, own]: [usize; 3], path_len: Option<u8>) -> Self {
        let (root_key, sub_key, key) = (TestKey::numbered(root), TestKey::numbered(sub), TestKey::numbered(own));
        let constraint = path_len.map_or(BasicConstraints::Unconstrained, BasicConstraints::Constrained);
        let root_params = ca_params("EPS test root", 1, constraint);
        let sub_params = ca_params("EPS test sub-CA", 2, BasicConstraints::Constrained(0));
        let root = root_params.self_signed(&root_key.pair()).unwrap().der().to_vec();
        let issuer = Issuer::from_params(&root_params, root_key.pair());
        let sub_ca = sub_params.signed_by(&sub_key.pair(), &issuer).unwrap().der().to_vec();
        let issuer = Issuer::from_params(&sub_params, sub_key.pair());
        let prescriber = prescriber_params().signed_by(&key.pair(), &issuer).unwrap().der().to_vec();
        Self { root, intermediates: vec![sub_ca.clone()], sub_ca, prescriber, key }
    }

    pub(crate) fn signers(&self) -> Vec<Box<dyn Signer>> {
        software_signers(&self.key, &self.prescriber).into_iter().map(Result::unwrap).collect()
    }

    /// A list of the sub-CA, current at [`NOW`].
    pub(crate) fn list(entries: Vec<RevokedCertParams>) -> Vec<u8> {
        Self::list_by(1, NOW - time::Duration::hours(1), entries)
    }

    /// The root's list, empty and current at [`NOW`].
    pub(crate) fn root_list() -> Vec<u8> {
        let params = list_params(NOW - time::Duration::hours(1), Vec::new());
        let root_params = ca_params("EPS test root", 1, BasicConstraints::Unconstrained);
        let issuer = Issuer::from_params(&root_params, TestKey::numbered(0).pair());
        params.signed_by(&issuer).unwrap().der().to_vec()
    }

    /// A list with the sub-CA's name, signed by key number `key`, issued at `issued` and current for a day.
    pub(crate) fn list_by(key: usize, issued: OffsetDateTime, revoked_certs: Vec<RevokedCertParams>) -> Vec<u8> {
        let params = list_params(issued, revoked_certs);
        let sub_params = ca_params("EPS test sub-CA", 2, BasicConstraints::Constrained(0));
        let issuer = Issuer::from_params(&sub_params, TestKey::numbered(key).pair());
        params.signed_by(&issuer).unwrap().der().to_vec()
    }
}

fn list_params(this_update: OffsetDateTime, revoked_certs: Vec<RevokedCertParams>) -> CertificateRevocationListParams {
    CertificateRevocationListParams {
        this_update,
        next_update: this_update + time::Duration::days(1),
        crl_number: SerialNumber::from(42),
        issuing_distribution_point: None,
        revoked_certs,
        key_identifier_method: KeyIdMethod::PreSpecified(vec![2; 20]),
    }
}

fn ca_params(name: &str, id: u8, constraint: BasicConstraints) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = datetime!(2020-01-01 00:00 UTC);
    params.not_after = datetime!(2036-01-01 00:00 UTC);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "eps-test");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(constraint);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    params.key_identifier_method = KeyIdMethod::PreSpecified(vec![id; 20]);
    params.serial_number = Some(SerialNumber::from(u64::from(id)));
    params
}

/// The profile of NHS signing certificates: content commitment and its policy, both critical.
fn prescriber_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = datetime!(2026-01-01 00:00 UTC);
    params.not_after = datetime!(2028-01-01 00:00 UTC);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "eps-test");
    params.distinguished_name.push(DnType::CommonName, "000000000001_A_PRESCRIBER");
    params.key_usages = vec![KeyUsagePurpose::ContentCommitment];
    params.use_authority_key_identifier_extension = true;
    params.key_identifier_method = KeyIdMethod::PreSpecified(vec![9; 20]);
    params.serial_number = Some(SerialNumber::from_slice(PRESCRIBER_SERIAL));
    let policy = [0x30, 0x0f, 0x30, 0x0d, 0x06, 0x0b, 0x2a, 0x86, 0x3a, 0, 0x89, 0x7b, 0x66, 0, 3, 2, 0];
    let mut policies = CustomExtension::from_oid_content(&[2, 5, 29, 32], policy.to_vec());
    policies.set_criticality(true);
    params.custom_extensions = vec![policies];
    params
}

/// A prescription, unsigned, with the elements that matter to its signature; written at [`NOW`].
pub(crate) fn prescription() -> String {
    const TEXT: &str = r#"
<ParentPrescription xmlns="urn:hl7-org:v3">
  <id root="0A0A0A0A-0000-4000-8000-000000000000"/>
  <recordTarget typeCode="RCT">
    <name>A. Patient</name>
  </recordTarget>
  <pertinentInformation1>
    <pertinentPrescription>
      <id root="0A0A0A0A-0000-4000-8000-000000000001"/>
      <id extension="000000-Z99999-00000F" root="2.16.840.1.113883.2.1.3.2.4.18.8"/>
      <author>
        <time value="20260302093000"/>
        <signatureText nullFlavor="NA"/>
        <AgentPerson classCode="AGNT"><name>A. Prescriber</name></AgentPerson>
      </author>
      <pertinentInformation2>
        <pertinentLineItem classCode="SBADM">
          <id root="I1"/>
          <repeatNumber><low value="1"/><high value="6"/></repeatNumber>
          <code displayName="Drug 1"/>
          <pertinentInformation4>
            <pertinentItemStatus><value code="0007"/></pertinentItemStatus>
          </pertinentInformation4>
        </pertinentLineItem>
      </pertinentInformation2>
      <pertinentInformation2 negationInd="false">
        <pertinentLineItem classCode="SBADM"><id root="I2"/><code displayName="Drug 2"/></pertinentLineItem>
      </pertinentInformation2>
    </pertinentPrescription>
  </pertinentInformation1>
</ParentPrescription>"#;
    TEXT.trim_start().to_owned()
}

/// The same with a `Signature`.
pub(crate) fn signed_prescription(signature: &[u8]) -> String {
    let signature = std::str::from_utf8(signature).unwrap();
    let text = format!("<signatureText>{signature}</signatureText>");
    prescription().replace("<signatureText nullFlavor=\"NA\"/>", &text)
}
