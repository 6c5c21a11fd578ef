//! One certificate revocation list (RFC 5280 section 5.1), read in one pass.

use x509_parser::asn1_rs::Oid;
use x509_parser::der_parser::oid;
use x509_parser::prelude::{AlgorithmIdentifier, FromDer as _};
use x509_parser::time::ASN1Time;

use super::RevocationReason;
use super::scope::Scope;
use crate::signature::certificate::{Certificate, rsa_hash};
use crate::signature::der::{
    BIT_STRING, BOOLEAN, CONTEXT_0, Der, ENUMERATED, GENERALIZED_TIME, INTEGER, NotDer, OBJECT_IDENTIFIER,
    OCTET_STRING, SEQUENCE, UTC_TIME,
};
use crate::signature::provider::{Hash, Provider};

/// Version 2, as the INTEGER says it.
const V2: &[u8] = &[1];

const REASON_CODE: Oid<'static> = oid!(2.5.29.21);
const INVALIDITY_DATE: Oid<'static> = oid!(2.5.29.24);
const CRL_NUMBER: Oid<'static> = oid!(2.5.29.20);
const ISSUING_DISTRIBUTION_POINT: Oid<'static> = oid!(2.5.29.28);
const AUTHORITY_KEY_IDENTIFIER: Oid<'static> = oid!(2.5.29.35);

/// Why a list cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListError {
    Malformed,
    Unsupported,
}

impl From<NotDer> for ListError {
    fn from(_: NotDer) -> Self {
        Self::Malformed
    }
}

/// The outer parts of a list, whose signature is still to be checked.
pub(super) struct Signed<'a> {
    pub(super) issuer: &'a [u8],
    tbs: &'a [u8],
    signature: &'a [u8],
    hash: Option<Hash>,
    /// What follows the issuer.
    rest: Der<'a>,
}

impl<'a> Signed<'a> {
    pub(super) fn read(der: &'a [u8]) -> Result<Self, ListError> {
        let mut parts = Der::only(der, SEQUENCE)?;
        let tbs = parts.take_whole(SEQUENCE)?;
        let algorithm = parts.take_whole(SEQUENCE)?;
        let [0, signature @ ..] = parts.take(BIT_STRING)? else {
            return Err(ListError::Malformed);
        };
        parts.end()?;
        let mut body = Der::only(tbs, SEQUENCE)?;
        if body.take_optional(INTEGER)?.is_some_and(|version| version != V2) {
            return Err(ListError::Malformed);
        }
        if body.take_whole(SEQUENCE)? != algorithm {
            return Err(ListError::Malformed);
        }
        let issuer = body.take_whole(SEQUENCE)?;
        let (_, algorithm) = AlgorithmIdentifier::from_der(algorithm).map_err(|_| ListError::Malformed)?;
        Ok(Self { issuer, tbs, signature, hash: rsa_hash(&algorithm), rest: body })
    }

    pub(super) fn is_signed_by(&self, ca: &Certificate, provider: &dyn Provider) -> bool {
        let (Some(hash), Ok(key)) = (self.hash, ca.key()) else {
            return false;
        };
        provider.rsa_verify(&key, hash, self.tbs, self.signature).is_ok()
    }

    pub(super) fn into_list(mut self) -> Result<List, ListError> {
        let mut list = List {
            this_update: time(&mut self.rest)?,
            next_update: None,
            number: None,
            sha1: self.hash == Some(Hash::Sha1),
            scope: Scope::default(),
            entries: Vec::new(),
        };
        if matches!(self.rest.peek(), Some(UTC_TIME | GENERALIZED_TIME)) {
            list.next_update = Some(time(&mut self.rest)?);
        }
        if let Some(revoked) = self.rest.take_optional(SEQUENCE)? {
            list.entries = entries(Der::new(revoked))?;
        }
        if let Some(extensions) = self.rest.take_optional(CONTEXT_0)? {
            list.extend(Der::only(extensions, SEQUENCE)?)?;
        }
        self.rest.end()?;
        Ok(list)
    }
}

/// A list whose signature is verified.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) this_update: i64,
    pub(super) next_update: Option<i64>,
    pub(super) number: Option<Vec<u8>>,
    /// Signed over SHA-1.
    pub(super) sha1: bool,
    pub(super) scope: Scope,
    /// In the order of their serial numbers.
    entries: Vec<Entry>,
}

/// One revoked certificate.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    serial: Box<[u8]>,
    pub(super) revoked: i64,
    pub(super) reason: RevocationReason,
    pub(super) invalid_from: Option<i64>,
}

impl List {
    /// The entry with this serial number, big-endian without leading zeros.
    pub(super) fn entry(&self, serial: &[u8]) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| by_value(&entry.serial, serial)).ok()?;
        self.entries.get(at)
    }

    fn extend(&mut self, mut extensions: Der<'_>) -> Result<(), ListError> {
        while !extensions.is_empty() {
            let extension = Extension::read(&mut extensions)?;
            if extension.id == CRL_NUMBER {
                let mut number = Der::new(extension.value);
                self.number = Some(number.take_unsigned()?.to_vec());
                number.end()?;
            } else if extension.id == ISSUING_DISTRIBUTION_POINT {
                self.scope = Scope::read(extension.value)?;
            } else if extension.critical && extension.id != AUTHORITY_KEY_IDENTIFIER {
                return Err(ListError::Unsupported); // a delta list announces itself so
            }
        }
        Ok(())
    }
}

/// Numbers without leading zeros: the longer one is the larger one.
fn by_value(a: &[u8], b: &[u8]) -> std::cmp::Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn entries(mut revoked: Der<'_>) -> Result<Vec<Entry>, ListError> {
    let mut entries = Vec::new();
    while !revoked.is_empty() {
        let mut parts = Der::new(revoked.take(SEQUENCE)?);
        let mut entry = Entry {
            serial: parts.take_unsigned()?.into(),
            revoked: time(&mut parts)?,
            reason: RevocationReason::Absent,
            invalid_from: None,
        };
        if let Some(extensions) = parts.take_optional(SEQUENCE)? {
            entry.extend(Der::new(extensions))?;
        }
        parts.end()?;
        entries.push(entry);
    }
    entries.sort_unstable_by(|a, b| by_value(&a.serial, &b.serial));
    Ok(entries)
}

impl Entry {
    fn extend(&mut self, mut extensions: Der<'_>) -> Result<(), ListError> {
        while !extensions.is_empty() {
            let extension = Extension::read(&mut extensions)?;
            let mut value = Der::new(extension.value);
            if extension.id == REASON_CODE {
                let &[code] = value.take(ENUMERATED)? else {
                    return Err(ListError::Malformed);
                };
                self.reason = RevocationReason::from_code(code);
            } else if extension.id == INVALIDITY_DATE {
                self.invalid_from = Some(time(&mut value)?);
            } else if extension.critical {
                return Err(ListError::Unsupported); // an indirect list names another issuer so
            } else {
                continue;
            }
            value.end()?;
        }
        Ok(())
    }
}

struct Extension<'a> {
    id: Oid<'a>,
    critical: bool,
    value: &'a [u8],
}

impl<'a> Extension<'a> {
    fn read(from: &mut Der<'a>) -> Result<Self, NotDer> {
        let mut parts = Der::new(from.take(SEQUENCE)?);
        let id = Oid::new(parts.take(OBJECT_IDENTIFIER)?.into());
        let critical = match parts.take_optional(BOOLEAN)? {
            None => false,
            Some([0xff]) => true,
            Some(_) => return Err(NotDer), // FALSE is the default, and not written
        };
        let value = parts.take(OCTET_STRING)?;
        parts.end()?;
        Ok(Self { id, critical, value })
    }
}

fn time(from: &mut Der<'_>) -> Result<i64, NotDer> {
    let tag = from.peek().filter(|tag| matches!(*tag, UTC_TIME | GENERALIZED_TIME)).ok_or(NotDer)?;
    let whole = from.take_whole(tag)?;
    let (_, time) = ASN1Time::from_der(whole).map_err(|_| NotDer)?;
    Ok(time.timestamp())
}
