//! `eps dispense`: tell what was supplied.

use clap::Args;
use eps_core::ids::LineItemId;
use eps_transport::client::Form;

use crate::failure::Failure;
use crate::held::{About, Act, Acted, new_id};
use crate::options::Global;

/// Tell a server what was supplied on a prescription
///
/// Everything that is owed is supplied; with --partial, half of the last item that can be halved and the others in full.
///
/// eps dispense --id 5D1B7C-Y90217-3E42AY --ods FZ417
#[derive(Args)]
pub(crate) struct Dispense {
    /// Supply a part
    #[arg(long, requires = "id")]
    partial: bool,
    #[command(flatten)]
    about: About,
}

impl Dispense {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        self.about.send(Form::Bundle, global, async |act: Act| {
            let Act { client, request, pharmacy, held, id } = act;
            let supplied = if self.partial { held.in_part() } else { Some(held.all()) };
            let (status, supplied) = supplied.ok_or(Failure::Usage("nothing is owed any more"))?;
            let supplied = supplied.into_iter().map(|supplied| (LineItemId(new_id()), supplied)).collect();
            let notification =
                pharmacy.dispense_notification((id, global.now()), &held.prescription, held.release, status, supplied);
            let told = client.dispense(request, &notification).await;
            Ok(Acted { told, after: Some(held.after(id, status)) })
        })
    }
}
