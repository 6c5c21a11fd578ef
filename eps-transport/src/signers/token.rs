//! Signing with a smartcard or another PKCS #11 token.
//!
//! The certificate is chosen by what it is for, never by its label or place: NHS cards hold an authentication certificate
//! beside the one for content commitment. The private key is the one with the same `CKA_ID`. Each batch has a session of
//! its own, so that the card is logged out after it.
//!
//! A PIN is tried once. A card counts wrong ones and locks itself, so that after a refusal nothing of a batch is tried
//! again. Where the key asks for the PIN before each signature (`CKA_ALWAYS_AUTHENTICATE`), it gets it.
//!
//! Source: PKCS #11 Cryptographic Token Interface 2.40 and 3.0.

use std::path::Path;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, CertificateType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use eps_core::model::Timestamp;
use eps_core::signature::Policy;
use eps_core::signature::algorithm::{Algorithm, SignedInfo};
use eps_core::signature::certificate::Certificate;
use eps_core::signature::signer::{Made, SignError, Signer, ToSign};
use sha2::{Digest as _, Sha256};

mod error;

pub use error::TokenError;

/// DER of the DigestInfo of a SHA-256 hash, before the hash itself (RFC 8017 section 9.2, note 1).
const SHA_256_DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// A driver of tokens: a PKCS #11 library. It is initialised once in a process.
#[derive(Clone, Debug)]
pub struct Module(Pkcs11);

impl Module {
    /// Loads a library. It is code that runs in this process: load only what the operator has configured.
    ///
    /// # Errors
    /// [`TokenError::Module`] when it cannot be loaded or initialised.
    pub fn load(library: &Path) -> Result<Self, TokenError> {
        let context = Pkcs11::new(library).map_err(TokenError::Module)?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(Self(context)),
            Err(error) => Err(TokenError::Module(error)),
        }
    }

    /// The labels of the tokens that are there.
    ///
    /// # Errors
    /// [`TokenError`] when the library fails.
    pub fn tokens(&self) -> Result<Vec<String>, TokenError> {
        let slots = self.0.get_slots_with_initialized_token()?;
        slots.into_iter().map(|slot| Ok(self.0.get_token_info(slot)?.label().to_owned())).collect()
    }

    fn slot(&self, label: &str) -> Result<Slot, TokenError> {
        let mut found = None;
        for slot in self.0.get_slots_with_initialized_token()? {
            if self.0.get_token_info(slot)?.label() != label {
                continue;
            }
            if found.replace(slot).is_some() {
                return Err(TokenError::SeveralTokens);
            }
        }
        found.ok_or(TokenError::NoToken)
    }
}

/// What opens a token. It is wiped when dropped, and shown nowhere.
#[derive(Clone)]
pub struct Pin(AuthPin);

impl Pin {
    /// A PIN. The text is moved, not copied.
    #[must_use]
    pub fn new(pin: String) -> Self {
        Self(AuthPin::new(pin.into_boxed_str()))
    }
}

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin(withheld)")
    }
}

/// How the token hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hashing {
    /// `CKM_SHA256_RSA_PKCS`: the token does.
    Token,
    /// `CKM_RSA_PKCS`: this process does, and the token signs the DigestInfo.
    Software,
}

/// The signing key of a token.
pub struct TokenSigner {
    module: Module,
    slot: Slot,
    pin: Pin,
    certificate: Vec<u8>,
    /// `CKA_ID` of certificate and key.
    id: Vec<u8>,
    hashing: Hashing,
    /// `CKA_ALWAYS_AUTHENTICATE`: the PIN is asked for before each signature.
    always: bool,
}

impl std::fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { slot, hashing, always, .. } = self;
        f.debug_struct("TokenSigner")
            .field("slot", slot)
            .field("hashing", hashing)
            .field("always", always)
            .finish_non_exhaustive()
    }
}

impl TokenSigner {
    /// Opens the token with this label, and finds the one certificate that may sign prescriptions at `now` and whose key
    /// is there.
    ///
    /// # Errors
    /// [`TokenError`] by variant. The PIN was tried once at most.
    pub fn open(module: &Module, label: &str, pin: Pin, policy: &Policy, now: Timestamp) -> Result<Self, TokenError> {
        let slot = module.slot(label)?;
        if module.0.get_token_info(slot)?.user_pin_locked() {
            return Err(TokenError::PinLocked);
        }
        let hashing = hashing(&module.0.get_mechanism_list(slot)?)?;
        let session = session(&module.0, slot, &pin)?;
        let (certificate, id, key) = choose(&session, policy, now)?;
        let always = always_authenticates(&session, key)?;
        if always && hashing == Hashing::Software {
            return Err(TokenError::Mechanism); // the PIN can be given between the steps of a signature, which this has not
        }
        Ok(Self { module: module.clone(), slot, pin, certificate, id, hashing, always })
    }

    fn value(&self, session: &Session, key: ObjectHandle, payload: &SignedInfo) -> Result<Vec<u8>, TokenError> {
        let data = payload.as_bytes();
        match (self.hashing, self.always) {
            (Hashing::Token, false) => Ok(session.sign(&Mechanism::Sha256RsaPkcs, key, data)?),
            (Hashing::Token, true) => {
                session.sign_init(&Mechanism::Sha256RsaPkcs, key)?;
                session.login(UserType::ContextSpecific, Some(&self.pin.0))?;
                session.sign_update(data)?;
                Ok(session.sign_final()?)
            }
            (Hashing::Software, _) => {
                let info = [SHA_256_DIGEST_INFO.as_slice(), &Sha256::digest(data)].concat();
                Ok(session.sign(&Mechanism::RsaPkcs, key, &info)?)
            }
        }
    }

    fn values(&self, batch: &[ToSign]) -> Result<Vec<Result<Vec<u8>, SignError>>, TokenError> {
        let session = session(&self.module.0, self.slot, &self.pin)?;
        let key = key(&session, &self.id)?.ok_or(TokenError::NoKey)?;
        let mut gone = false;
        let mut values = Vec::with_capacity(batch.len());
        for it in batch {
            if gone {
                values.push(Err(SignError::NotTried));
                continue;
            }
            let made = self.value(&session, key, &it.payload);
            gone = made.as_ref().is_err_and(TokenError::ends_the_session);
            values.push(made.map_err(backend));
        }
        Ok(values)
    }
}

impl Signer for TokenSigner {
    fn certificate(&self) -> Option<&[u8]> {
        Some(&self.certificate)
    }

    fn algorithms(&self) -> &[Algorithm] {
        &[Algorithm::Rs256]
    }

    fn sign(&self, batch: &[ToSign]) -> Result<Made, SignError> {
        let values = self.values(batch).map_err(backend)?;
        Ok(Made { certificate: self.certificate.clone(), values })
    }
}

fn backend(error: TokenError) -> SignError {
    SignError::Backend(Box::new(error))
}

fn hashing(offered: &[MechanismType]) -> Result<Hashing, TokenError> {
    if offered.contains(&MechanismType::SHA256_RSA_PKCS) {
        Ok(Hashing::Token)
    } else if offered.contains(&MechanismType::RSA_PKCS) {
        Ok(Hashing::Software)
    } else {
        Err(TokenError::Mechanism)
    }
}

/// A session in which the user is logged in. Closing the last one logs out.
fn session(context: &Pkcs11, slot: Slot, pin: &Pin) -> Result<Session, TokenError> {
    let session = context.open_ro_session(slot)?;
    match session.login(UserType::User, Some(&pin.0)) {
        // Another thread of this process, with a session of its own.
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
        Err(error) => Err(error.into()),
    }
}

/// A certificate, DER, and its `CKA_ID`.
type Identified = (Vec<u8>, Vec<u8>);

/// The certificate to sign with, the id that it shares with its key, and the key.
fn choose(session: &Session, policy: &Policy, now: Timestamp) -> Result<(Vec<u8>, Vec<u8>, ObjectHandle), TokenError> {
    let wanted = [Attribute::Class(ObjectClass::CERTIFICATE), Attribute::CertificateType(CertificateType::X_509)];
    let mut chosen = None;
    let mut unfit = TokenError::NoCertificate;
    for object in session.find_objects(&wanted)? {
        let Some((der, id)) = certificate_and_id(session, object)? else { continue };
        let Ok(certificate) = Certificate::from_der(der) else { continue };
        if policy.require_content_commitment && !certificate.allows_content_commitment() {
            continue;
        }
        if now < certificate.not_before() || certificate.not_after() < now {
            unfit = TokenError::NotInForce;
            continue;
        }
        let Some(key) = key(session, &id)? else {
            unfit = TokenError::NoKey;
            continue;
        };
        if chosen.replace((certificate.into_der(), id, key)).is_some() {
            return Err(TokenError::SeveralCertificates);
        }
    }
    chosen.ok_or(unfit)
}

/// DER and `CKA_ID`, of an object that has both.
fn certificate_and_id(session: &Session, object: ObjectHandle) -> Result<Option<Identified>, TokenError> {
    let (mut der, mut id) = (None, None);
    for attribute in session.get_attributes(object, &[AttributeType::Value, AttributeType::Id])? {
        if let Attribute::Value(value) = attribute {
            der = Some(value);
        } else if let Attribute::Id(value) = attribute {
            id = Some(value);
        }
    }
    Ok(der.zip(id))
}

/// The RSA key that signs, with this id.
fn key(session: &Session, id: &[u8]) -> Result<Option<ObjectHandle>, TokenError> {
    let wanted = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::KeyType(KeyType::RSA),
        Attribute::Sign(true),
        Attribute::Id(id.to_vec()),
    ];
    Ok(session.find_objects(&wanted)?.into_iter().next())
}

fn always_authenticates(session: &Session, key: ObjectHandle) -> Result<bool, TokenError> {
    let attributes = session.get_attributes(key, &[AttributeType::AlwaysAuthenticate])?;
    Ok(attributes.contains(&Attribute::AlwaysAuthenticate(true)))
}
