//! `eps sign`: prepare, sign, embed.

use std::path::{Path, PathBuf};

use clap::Args;
use eps_core::fhir;
use eps_core::hl7v3;
use eps_core::model::{Envelope, Message, Prescription, Timestamp};
use eps_core::problem::Problems;
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::signer::{self, AwsLcSigner, MAX_BATCH, Signer, ToSign};
use eps_core::signature::{Policy, embed};
use eps_transport::pki::ThrowAwayPki;
use serde_json::json;

use crate::failure::Failure;
use crate::files;
use crate::options::Global;
use crate::trust::PROVIDER;
use crate::{prepare, problems};

mod key;
#[cfg(any(feature = "pkcs11", feature = "remote-signing"))]
mod secret;

/// Sign FHIR prescription-orders and print or write the signed HL7 v3 messages
///
/// With a software key, a smartcard or other PKCS #11 token, the remote EPS signing service, or a throw-away PKI made for
/// the occasion. Several orders, at most 250, are signed in one action and written to --out; one that cannot be read or
/// signed does not spoil the others.
///
/// eps sign order.json --throw-away --save-trust pki > signed.xml
#[derive(Args)]
pub(crate) struct Sign {
    /// The prescription-orders; `-` is standard input
    #[arg(required = true)]
    orders: Vec<PathBuf>,
    /// Write each signed message into this folder, under the name of its order, instead of printing the only one
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    key: key::Options,
}

impl Sign {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        match (self.orders.as_slice(), &self.out) {
            ([order], None) => {
                let mut envelope = match read(order, global)? {
                    Ok(envelope) => envelope,
                    Err(Unread::Problems(found)) => return problems::refuse(&found),
                    Err(Unread::NoOrder) => return Err(NO_ORDER),
                };
                let (signer, policy) = self.key.signer(global)?;
                let Message::Prescription(prescription) = &mut envelope.message else { return Err(NO_ORDER) };
                sign(prescription, signer.as_ref(), &policy, global.now())?;
                files::print(&hl7v3::write(&envelope))
            }
            (_, None) => Err(Failure::Usage("several orders need --out")),
            (orders, Some(_)) if orders.len() > MAX_BATCH => {
                Err(Failure::Usage("at most 250 prescriptions can be signed at once"))
            }
            (orders, Some(folder)) => self.batch(orders, folder, global),
        }
    }

    /// Signs all in one action, and tells of each.
    fn batch(&self, orders: &[PathBuf], folder: &Path, global: &Global) -> Result<(), Failure> {
        std::fs::create_dir_all(folder)?;
        let now = global.now();
        let mut all = Vec::with_capacity(orders.len());
        for path in orders {
            all.push(Order::read(path, now, global)?);
        }
        let (signer, policy) = self.key.signer(global)?;
        let batch: Vec<ToSign> = all.iter().filter_map(Order::to_sign).collect();
        let made = signer::sign_batch(signer.as_ref(), batch, &policy, &PROVIDER, now)
            .map_err(|error| Failure::because("nothing was signed")(error.into()))?;
        let mut made = made.into_iter();
        for order in &mut all {
            if order.envelope.is_ok() {
                order.finish(made.next(), folder)?;
            }
        }
        tell(&all, global)
    }
}

const NO_ORDER: Failure = Failure::Usage("only a prescription-order can be signed");

/// Why an order is none.
enum Unread {
    Problems(Problems),
    NoOrder,
}

fn read(path: &Path, global: &Global) -> Result<Result<Envelope, Unread>, Failure> {
    Ok(match fhir::read(&files::read(path)?, &global.context()) {
        Ok(envelope) if matches!(envelope.message, Message::Prescription(_)) => Ok(envelope),
        Ok(_) => Err(Unread::NoOrder),
        Err(found) => Err(Unread::Problems(found)),
    })
}

/// One of a batch.
struct Order<'p> {
    path: &'p Path,
    envelope: Result<Envelope, String>,
    /// Where the signed message is.
    written: Option<PathBuf>,
}

impl<'p> Order<'p> {
    /// Reads it, and gives it its signing time.
    fn read(path: &'p Path, now: Timestamp, global: &Global) -> Result<Self, Failure> {
        let envelope = read(path, global)?;
        let mut envelope = envelope.map_err(|why| match why {
            Unread::NoOrder => "it is not a prescription-order".to_owned(),
            Unread::Problems(found) => format!("{} problems; eps validate tells them", found.iter().count()),
        });
        if let Ok(Envelope { message: Message::Prescription(prescription), .. }) = &mut envelope {
            prescription.author.time = now;
        }
        Ok(Self { path, envelope, written: None })
    }

    fn to_sign(&self) -> Option<ToSign> {
        let Ok(Envelope { message: Message::Prescription(prescription), .. }) = &self.envelope else { return None };
        let payload = prepare::prepared(prescription, Algorithm::Rs256).signed_info;
        Some(ToSign { id: prescription.uuid.to_string(), payload })
    }

    /// Embeds the signature and writes the message.
    fn finish(
        &mut self,
        made: Option<Result<signer::Signed, signer::SignError>>,
        folder: &Path,
    ) -> Result<(), Failure> {
        let write = || -> Result<PathBuf, Box<dyn std::error::Error>> {
            let Ok(envelope) = &mut self.envelope else { return Err("it was not read".into()) };
            let Message::Prescription(prescription) = &mut envelope.message else { return Err("no order".into()) };
            let signed = made.ok_or("it was not signed")??;
            embed::into_prescription(prescription, &signed, &PROVIDER)?;
            let name = self.path.file_stem().ok_or("it has no name")?;
            let path = folder.join(name).with_extension("xml");
            std::fs::write(&path, hl7v3::write(envelope))?;
            Ok(path)
        };
        match write() {
            Ok(path) => self.written = Some(path),
            Err(error) => self.envelope = Err(with_causes(error.as_ref())),
        }
        Ok(())
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

/// Tells of each order of a batch whether it was signed. One that was not makes the verb fail.
fn tell(all: &[Order<'_>], global: &Global) -> Result<(), Failure> {
    let result = |order: &Order<'_>| match (&order.written, &order.envelope) {
        (Some(path), _) => json!({ "order": order.path, "signed": path }),
        (None, Err(why)) => json!({ "order": order.path, "refused": why }),
        (None, Ok(_)) => json!({ "order": order.path, "refused": "it was not signed" }),
    };
    if global.json {
        files::print_json(&all.iter().map(result).collect::<Vec<_>>())?;
    } else {
        let line = |order: &Order<'_>| match (&order.written, &order.envelope) {
            (Some(path), _) => format!("signed   {} -> {}", order.path.display(), path.display()),
            (None, Err(why)) => format!("refused  {}: {why}", order.path.display()),
            (None, Ok(_)) => format!("refused  {}", order.path.display()),
        };
        files::print(all.iter().map(line).collect::<Vec<_>>().join("\n").as_bytes())?;
    }
    if all.iter().all(|order| order.written.is_some()) { Ok(()) } else { Err(Failure::Refused) }
}

/// Signs a prescription now: its author time becomes the time of signing.
pub(crate) fn sign(
    prescription: &mut Prescription,
    signer: &dyn Signer,
    policy: &Policy,
    now: Timestamp,
) -> Result<(), Failure> {
    eps_transport::signers::sign_prescription(prescription, signer, policy, &PROVIDER, now)
        .map_err(|error| Failure::because("the prescription was not signed")(error.into()))
}

/// The prescriber's key of a throw-away PKI.
pub(crate) fn throw_away_signer(pki: &ThrowAwayPki) -> Result<AwsLcSigner, Failure> {
    AwsLcSigner::new(pki.prescriber_key(), pki.prescriber())
        .map_err(|error| Failure::because("the throw-away key")(error.into()))
}

/// The prescriber's key in a folder that `eps pki init` made.
pub(crate) fn folder_signer(folder: &Path) -> Result<AwsLcSigner, Failure> {
    let key = zeroize::Zeroizing::new(files::read(&folder.join("prescriber.key"))?);
    let certificate = key::certificate_of(&files::read(&folder.join("prescriber.pem"))?)?;
    AwsLcSigner::new(&key, &certificate).map_err(|error| Failure::because("the signing key")(error.into()))
}
