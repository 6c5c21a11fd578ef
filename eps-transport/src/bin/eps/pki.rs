//! `eps pki`: throw-away keys and certificates, and signed prescriptions that are wrong in one way each.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use eps_core::ids::OdsCode;
use eps_core::model::Timestamp;
use eps_transport::pki::{Randomness, ThrowAwayPki};
use eps_transport::zoo::{self, Zoo};
use serde_json::json;

use crate::failure::Failure;
use crate::files;
use crate::options::Global;

/// The prescriber of keys that are made for an occasion, where the options name nobody: invented.
pub(crate) const INVENTED_USER: &str = "555254239107";
pub(crate) const INVENTED_NAME: &str = "THROW_AWAY_PRESCRIBER";
/// When the zoo is verified, where the options do not say.
const ZOO_DAY: &str = "20260302094000";

/// Make throw-away keys and certificates, and signed prescriptions that are wrong in one way each
#[derive(Args)]
pub(crate) struct Pki {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Init(Init),
    Zoo(Vectors),
}

/// Make a root, a signing CA, a prescriber, TLS certificates of a dispenser and a broker, and the revocation lists
///
/// The folder gets root.pem, signing-ca.pem, tls-ca.pem, their lists (.crl; that of the root is the ARL), and certificate
/// (.pem) and key (.key) of prescriber, dispenser and broker. Keys are not overwritten. For tests only.
///
/// eps pki init --out pki
#[derive(Args)]
struct Init {
    /// The folder, which is made
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Make the same keys and certificates again, for the same --now. Everybody who knows the number can make the keys
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The dispenser of the TLS certificate
    #[arg(long, value_name = "ODS", default_value = "FZ417")]
    dispenser: OdsCode,
}

/// Make the signature zoo: signed prescriptions, each with the report that must come of it
///
/// Each vector is NAME.xml with NAME.json beside it, which says how to verify it and which checks must fail by which rule.
/// The files follow from the seed and the time.
///
/// eps pki zoo --out zoo
#[derive(Args)]
struct Vectors {
    /// The folder, which is made
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Make others
    #[arg(long, value_name = "N", default_value_t = zoo::SEED)]
    seed: u64,
}

impl Pki {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        match &self.verb {
            Verb::Init(init) => init.run(global),
            Verb::Zoo(vectors) => vectors.run(global),
        }
    }
}

impl Init {
    fn run(&self, global: &Global) -> Result<(), Failure> {
        let randomness = self.seed.map_or(Randomness::System, Randomness::Seed);
        let now = global.now();
        let author = global.author();
        let user = author.as_ref().map_or(INVENTED_USER, |author| author.user.as_str());
        let failed = |error: eps_transport::pki::PkiError| Failure::because("nothing was made")(error.into());
        let pki = ThrowAwayPki::generate_from(randomness, now, user, INVENTED_NAME).map_err(failed)?;
        let tls = pki.mutual_tls(randomness, now, self.dispenser.as_str()).map_err(failed)?;
        pki.write_trust(&self.out)?;
        pki.write_prescriber(&self.out)?;
        tls.write(&self.out)?;
        if global.json {
            return files::print_json(&json!({ "folder": self.out, "now": now.to_string(), "seed": self.seed }));
        }
        let folder = self.out.display();
        let told = format!(
            "throw-away keys and certificates in {folder}\n\n\
             eps sign order.json --key {folder}/prescriber.key --certificate {folder}/prescriber.pem > signed.xml\n\
             eps verify signed.xml --trust {folder}/root.pem --intermediate {folder}/signing-ca.pem \\\n           \
             --crl {folder}/root.crl --crl {folder}/signing-ca.crl"
        );
        files::print(told.as_bytes())
    }
}

impl Vectors {
    fn run(&self, global: &Global) -> Result<(), Failure> {
        let day = || Timestamp::parse_hl7(ZOO_DAY).map_err(|_| Failure::Usage("--now is needed"));
        let now = global.fixed_now().map_or_else(day, Ok)?;
        let zoo = Zoo::generate(now, self.seed)
            .map_err(|error| Failure::because("the vectors were not made")(error.into()))?;
        zoo.write(&self.out)?;
        let names: Vec<_> = zoo.vectors().iter().map(zoo::Vector::name).collect();
        if global.json {
            return files::print_json(&json!({ "folder": self.out, "now": now.to_string(), "vectors": names }));
        }
        files::print(format!("{} vectors in {}", names.len(), self.out.display()).as_bytes())
    }
}

/// Keys and certificates for the occasion, in force around `now`, for the user that the options name or an invented one.
pub(crate) fn throw_away(global: &Global, now: Timestamp) -> Result<ThrowAwayPki, Failure> {
    let author = global.author();
    let user = author.as_ref().map_or(INVENTED_USER, |author| author.user.as_str());
    ThrowAwayPki::generate(now, user, INVENTED_NAME)
        .map_err(|error| Failure::because("the throw-away keys were not made")(error.into()))
}
