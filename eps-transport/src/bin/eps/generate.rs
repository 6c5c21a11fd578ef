//! `eps generate`: prescriptions made up for tests.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use eps_core::signature::Policy;
use eps_core::signature::signer::AwsLcSigner;
use eps_transport::generate::{Kind, Order, Recipe, order};
use eps_transport::pki::{Randomness, ThrowAwayPki};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::options::Global;
use crate::trust::PROVIDER;
use crate::{files, pki, sign};

/// The folder of the certificates that a signed order is verified with, in --out.
const TRUST: &str = "pki";
/// The most orders of one call.
const MOST: u64 = 1_000_000;

/// Make up valid prescription-orders, signed if asked for
///
/// Each is ORDER.json in the folder, a FHIR Bundle for `eps send` and every other verb. They follow from the seed and --now:
/// the same seed makes the same files. Without --now they are written now, so that a server takes them today. With --sign,
/// keys are made from the seed too, and their certificates are in pki; with --pki the keys of `eps pki init` sign.
///
/// eps generate --seed 1 --count 10 --sign --out orders
#[derive(Args)]
pub(crate) struct Generate {
    /// Make others
    #[arg(long, value_name = "N")]
    seed: u64,
    /// The kind
    #[arg(long, value_enum, default_value_t = Wanted::Mixed)]
    kind: Wanted,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=MOST))]
    count: u64,
    /// Sign them
    #[arg(long)]
    sign: bool,
    /// Sign with the prescriber's key in this folder
    #[arg(long, value_name = "DIR", requires = "sign")]
    pki: Option<PathBuf>,
    /// Nominate a pharmacy in all or none [default: in some]
    #[arg(long, value_name = "BOOL")]
    nominated: Option<bool>,
    /// The folder, which is made
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// The kind that is wanted.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Wanted {
    /// Once, and done
    Acute,
    /// One issue of a repeat that the practice keeps
    Repeat,
    /// Electronic repeat dispensing: several issues
    Erd,
    /// Acute, with a controlled drug
    ControlledDrug,
    /// Of every kind
    Mixed,
}

impl Wanted {
    pub(crate) const fn kind(self) -> Option<Kind> {
        match self {
            Self::Acute => Some(Kind::Acute),
            Self::Repeat => Some(Kind::Repeat),
            Self::Erd => Some(Kind::RepeatDispensing),
            Self::ControlledDrug => Some(Kind::ControlledDrug),
            Self::Mixed => None,
        }
    }
}

impl Generate {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        let recipe =
            Recipe { seed: self.seed, kind: self.kind.kind(), written: global.now(), nominated: self.nominated };
        std::fs::create_dir_all(&self.out)?;
        let signer = if self.sign { Some(self.signer(global)?) } else { None };
        let mut told = Vec::new();
        for number in 1..=self.count {
            let failed = |error: eps_transport::generate::GenerateError| Failure::because("no order")(error.into());
            let mut order = order(&recipe, number).map_err(failed)?;
            if let Some((signer, policy)) = &signer {
                order
                    .sign(signer, policy, &PROVIDER)
                    .map_err(|error| Failure::because("the order was not signed")(error.into()))?;
            }
            let path = self.out.join(format!("{}.json", order.prescription().id));
            let bundle = order.bundle().map_err(|found| Failure::because("the order")(found.into()))?;
            std::fs::write(&path, bundle)?;
            told.push((order, path));
        }
        self.tell(&told, global)
    }

    /// Who signs, and what a certificate must be good for.
    fn signer(&self, global: &Global) -> Result<(AwsLcSigner, Policy), Failure> {
        if let Some(folder) = &self.pki {
            return Ok((sign::folder_signer(folder)?, Policy::production()));
        }
        let made = ThrowAwayPki::generate_from(
            Randomness::Seed(self.seed),
            global.now(),
            pki::INVENTED_USER,
            pki::INVENTED_NAME,
        );
        let made = made.map_err(|error| Failure::because("the throw-away keys were not made")(error.into()))?;
        made.write_trust(&self.out.join(TRUST))?;
        Ok((sign::throw_away_signer(&made)?, Policy::production()))
    }

    fn tell(&self, made: &[(Order, PathBuf)], global: &Global) -> Result<(), Failure> {
        if global.json {
            return files::print_json(&made.iter().map(|(order, path)| described(order, path)).collect::<Vec<_>>());
        }
        let line = |(order, path): &(Order, PathBuf)| {
            let prescription = order.prescription();
            let performer = prescription.nominated_performer.as_ref().map_or("nobody", |ods| ods.as_str());
            let items = prescription.line_items.len();
            let treatment = prescription.treatment_type.display();
            format!("{}  {treatment}, {items} items, nominated to {performer}  {}", prescription.id, path.display())
        };
        files::print(made.iter().map(line).collect::<Vec<_>>().join("\n").as_bytes())
    }
}

fn described(order: &Order, path: &Path) -> Value {
    let prescription = order.prescription();
    json!({
        "prescription": prescription.id.as_str(),
        "treatmentType": prescription.treatment_type.code(),
        "items": prescription.line_items.len(),
        "nominated": prescription.nominated_performer.as_ref().map(|ods| ods.as_str()),
        "file": path,
    })
}
