//! `eps return`: give a prescription back undispensed.

use clap::Args;
use eps_core::codes::ReturnReason;
use eps_transport::client::Form;

use crate::failure::Failure;
use crate::held::{About, Act, Acted};
use crate::options::Global;

/// Give a prescription back undispensed
///
/// eps return --id 5D1B7C-Y90217-3E42AY --ods FZ417 --reason 0003
#[derive(Args)]
pub(crate) struct Return {
    /// Why, a code of EPS-task-dispense-return-status-reason
    #[arg(long, value_name = "CODE", default_value = "0003", value_parser = reason, requires = "id")]
    reason: ReturnReason,
    #[command(flatten)]
    about: About,
}

fn reason(code: &str) -> Result<ReturnReason, String> {
    ReturnReason::from_fhir(code).ok_or_else(|| "no reason of a return has this code".to_owned())
}

impl Return {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        self.about.send(Form::Task, global, async |act: Act| {
            let Act { client, request, pharmacy, held, id } = act;
            let returned = pharmacy.give_back((id, global.now()), &held.prescription, held.release, self.reason);
            Ok(Acted { told: client.give_back(request, &returned).await, after: None })
        })
    }
}
