//! `eps claim`: claim for what was dispensed.

use clap::Args;
use eps_transport::client::Form;

use crate::failure::Failure;
use crate::held::{About, Act, Acted, new_id};
use crate::options::Global;

/// Claim for a prescription that was dispensed in full
///
/// eps claim --id 5D1B7C-Y90217-3E42AY --ods FZ417
#[derive(Args)]
pub(crate) struct Claim {
    #[command(flatten)]
    about: About,
}

impl Claim {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        self.about.send(Form::Claim, global, async |act: Act| {
            let Act { client, request, pharmacy, held, id } = act;
            let claim = pharmacy.claim((id, global.now()), &held.prescription, held.release, new_id);
            let claim = claim.ok_or(Failure::Ended("the claim could not be made"))?;
            Ok(Acted { told: client.claim(request, &claim).await, after: Some(held) })
        })
    }
}
