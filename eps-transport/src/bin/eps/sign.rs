//! `eps sign`: prepare, sign, embed.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use eps_core::model::{Message, Prescription, SignatureText, Timestamp};
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::signer::{self, AwsLcSigner, Signer};
use eps_core::signature::{Policy, embed};
use eps_core::{fhir, hl7v3};
use eps_transport::pki::ThrowAwayPki;

use crate::failure::Failure;
use crate::files;
use crate::options::Global;
use crate::trust::PROVIDER;
use crate::{prepare, problems};

/// Sign a FHIR prescription-order and print the signed HL7 v3 message
///
/// With a software key, or with a throw-away PKI made for the occasion; its certificates and revocation lists can be
/// saved, so that the message can be verified.
///
/// eps sign order.json --throw-away --save-trust pki > signed.xml
#[derive(Args)]
pub(crate) struct Sign {
    /// The prescription-order; `-` is standard input
    file: PathBuf,
    /// The private key, PKCS #8 in PEM or DER
    #[arg(long, value_name = "FILE", requires = "certificate", required_unless_present = "throw_away")]
    key: Option<PathBuf>,
    /// The certificate of the key, PEM or DER
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,
    /// Sign with keys made for the occasion
    #[arg(long, conflicts_with = "key")]
    throw_away: bool,
    /// Save root.pem, signing-ca.pem, root.crl and signing-ca.crl of the throw-away PKI in this folder
    #[arg(long, value_name = "FOLDER", requires = "throw_away")]
    save_trust: Option<PathBuf>,
}

impl Sign {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        let bytes = files::read(&self.file)?;
        let mut envelope = match fhir::read(&bytes, &global.context()) {
            Ok(envelope) => envelope,
            Err(found) => return problems::refuse(&found),
        };
        let (signer, policy) = self.signer(global)?;
        let Message::Prescription(prescription) = &mut envelope.message else {
            return Err(Failure::Usage("only a prescription-order can be signed"));
        };
        sign(prescription, signer.as_ref(), &policy, global.now())?;
        files::print(&hl7v3::write(&envelope))
    }

    /// The key to sign with, and what its certificate must be good for.
    fn signer(&self, global: &Global) -> Result<(Box<dyn Signer>, Policy), Failure> {
        if let (Some(key), Some(certificate)) = (&self.key, &self.certificate) {
            let signer = AwsLcSigner::new(&files::read(key)?, &files::read(certificate)?)
                .map_err(|error| Failure::because("the signing key")(error.into()))?;
            return Ok((Box::new(signer), Policy::test_profile()));
        }
        let pki = throw_away_pki(global, global.now())?;
        if let Some(folder) = &self.save_trust {
            save(&pki, folder)?;
        }
        Ok((Box::new(throw_away_signer(&pki)?), Policy::production()))
    }
}

/// Signs a prescription now: its author time becomes the time of signing.
pub(crate) fn sign(
    prescription: &mut Prescription,
    signer: &dyn Signer,
    policy: &Policy,
    now: Timestamp,
) -> Result<(), Failure> {
    prescription.author.time = now;
    let payload = prepare::prepared(prescription, Algorithm::Rs256).signed_info;
    let signed = signer::sign(signer, payload, policy, &PROVIDER, now)
        .map_err(|error| Failure::because("the signature was not made")(error.into()))?;
    let element = embed::signature_element(&signed);
    prescription.author.signature = SignatureText::Element(String::from_utf8_lossy(&element).into());
    Ok(())
}

/// Keys and certificates for the occasion, in force around `now`, for the user that the options name or an invented one.
pub(crate) fn throw_away_pki(global: &Global, now: Timestamp) -> Result<ThrowAwayPki, Failure> {
    const INVENTED_USER: &str = "555254239107";
    let author = global.author();
    let user = author.as_ref().map_or(INVENTED_USER, |author| author.user.as_str());
    ThrowAwayPki::generate(now, user, "THROW_AWAY_PRESCRIBER")
        .map_err(|error| Failure::because("the throw-away keys were not made")(error.into()))
}

/// The prescriber's key of a throw-away PKI.
pub(crate) fn throw_away_signer(pki: &ThrowAwayPki) -> Result<AwsLcSigner, Failure> {
    AwsLcSigner::new(pki.prescriber_key(), pki.prescriber())
        .map_err(|error| Failure::because("the throw-away key")(error.into()))
}

fn save(pki: &ThrowAwayPki, folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    let [root_list, ca_list] = pki.revocation_lists();
    for (name, label, der) in [
        ("root.pem", "CERTIFICATE", pki.root()),
        ("signing-ca.pem", "CERTIFICATE", pki.signing_ca()),
        ("root.crl", "X509 CRL", root_list),
        ("signing-ca.crl", "X509 CRL", ca_list),
    ] {
        std::fs::write(folder.join(name), pem(label, der))?;
    }
    Ok(())
}

/// RFC 7468: base64 in lines of 64 characters between two labels.
fn pem(label: &str, der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let lines = encoded.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line)).collect::<Vec<_>>();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
