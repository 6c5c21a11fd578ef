//! A certification authority: its certificate, and what it issues.

use rcgen::{
    CertificateParams, CertificateRevocationListParams, Issuer, KeyIdMethod, KeyPair, PublicKeyData, RevokedCertParams,
    SerialNumber,
};
use time::OffsetDateTime;

use super::PkiError;

/// A certification authority.
pub(crate) struct Authority {
    /// DER.
    pub(crate) certificate: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
    key_id: KeyIdMethod,
}

impl Authority {
    /// One that trusts itself.
    pub(crate) fn root(params: CertificateParams, key: KeyPair) -> Result<Self, PkiError> {
        let certificate = params.self_signed(&key)?.der().to_vec();
        Ok(Self::of(certificate, params, key))
    }

    /// One below another.
    pub(crate) fn under(above: &Self, params: CertificateParams, key: KeyPair) -> Result<Self, PkiError> {
        let certificate = above.issue(&params, &key)?;
        Ok(Self::of(certificate, params, key))
    }

    fn of(certificate: Vec<u8>, params: CertificateParams, key: KeyPair) -> Self {
        let key_id = params.key_identifier_method.clone();
        Self { certificate, issuer: Issuer::new(params, key), key_id }
    }

    /// A certificate, DER.
    pub(crate) fn issue(&self, params: &CertificateParams, key: &impl PublicKeyData) -> Result<Vec<u8>, PkiError> {
        Ok(params.signed_by(key, &self.issuer)?.der().to_vec())
    }

    /// A revocation list, DER.
    pub(crate) fn list(
        &self,
        (this_update, next_update): (OffsetDateTime, OffsetDateTime),
        number: u64,
        revoked_certs: Vec<RevokedCertParams>,
    ) -> Result<Vec<u8>, PkiError> {
        let params = CertificateRevocationListParams {
            this_update,
            next_update,
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: None,
            revoked_certs,
            key_identifier_method: self.key_id.clone(),
        };
        Ok(params.signed_by(&self.issuer)?.der().to_vec())
    }
}
