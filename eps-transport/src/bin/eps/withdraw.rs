//! `eps withdraw`: take a dispense notification back.

use clap::Args;
use eps_core::codes::WithdrawReason;
use eps_transport::client::Form;

use crate::failure::Failure;
use crate::held::{About, Act, Acted};
use crate::options::Global;

/// Take the last dispense notification of a prescription back
///
/// eps withdraw --id 5D1B7C-Y90217-3E42AY --ods FZ417 --reason MU
#[derive(Args)]
pub(crate) struct Withdraw {
    /// Why, a code of EPS-task-dispense-withdraw-reason
    #[arg(long, value_name = "CODE", default_value = "MU", value_parser = reason, requires = "id")]
    reason: WithdrawReason,
    #[command(flatten)]
    about: About,
}

fn reason(code: &str) -> Result<WithdrawReason, String> {
    WithdrawReason::from_fhir(code).ok_or_else(|| "no reason of a withdrawal has this code".to_owned())
}

impl Withdraw {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        self.about.send(Form::Task, global, async |act: Act| {
            let Act { client, request, pharmacy, mut held, id } = act;
            let last = held.told.pop().ok_or(Failure::Usage("nothing was dispensed"))?;
            let withdrawal = pharmacy.withdrawal((id, global.now()), &held.prescription, last.id, self.reason);
            let withdrawal = withdrawal.ok_or(Failure::Ended("the withdrawal could not be made"))?;
            Ok(Acted { told: client.withdraw(request, &withdrawal).await, after: Some(held) })
        })
    }
}
