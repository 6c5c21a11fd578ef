//! The prescriptions that a pharmacy at the command line holds: a folder with a file for each.

use std::path::{Path, PathBuf};

use clap::Args;
use eps_core::ids::{Guid, MessageId, OdsCode, PrescriptionId};
use eps_core::model::Outcome;
use eps_transport::broker::{Ids as _, RandomIds};
use eps_transport::client::{ClientError, Form, PharmacyClient, RequestId};
use eps_transport::pharmacy::{Held, Pharmacy};

use crate::failure::Failure;
use crate::files;
use crate::options::Global;
use crate::remote::{Server, request, tell, wait};

/// What a pharmacy sends about a prescription: a message in a file, or one that is made from what it holds.
#[derive(Args)]
pub(crate) struct About {
    /// The message in a file, FHIR; `-` is standard input
    #[arg(required_unless_present = "id", conflicts_with = "id")]
    file: Option<PathBuf>,
    /// The prescription, to make the message from what `eps release` brought
    #[arg(long, value_name = "ID", requires = "ods")]
    pub(crate) id: Option<PrescriptionId>,
    /// The pharmacy, by ODS code
    #[arg(long, value_name = "ODS")]
    ods: Option<OdsCode>,
    /// The folder of released prescriptions
    #[arg(long, value_name = "DIR", default_value = "held")]
    held: PathBuf,
    /// The id of the request, to ask again for an answer that was lost
    #[arg(long, value_name = "UUID")]
    request_id: Option<RequestId>,
    #[command(flatten)]
    server: Server,
}

impl About {
    /// Sends the message in the file, or what `make` sends about the prescription. What `make` gives is held from then on.
    pub(crate) fn send(
        &self,
        form: Form,
        global: &Global,
        make: impl AsyncFnOnce(Act) -> Result<Acted, Failure>,
    ) -> Result<(), Failure> {
        let client = self.server.pharmacy()?;
        let request = request(self.request_id);
        if let Some(file) = &self.file {
            let told = wait(client.send(request, form, files::read(file)?))?;
            return tell(&file.display().to_string(), request, told, global.json);
        }
        let (Some(id), Some(ods)) = (&self.id, &self.ods) else {
            return Err(Failure::Usage("--id needs --ods"));
        };
        let pharmacy = pharmacy(ods)?;
        let held = read(&self.held, id)?;
        let act = Act { client, request, pharmacy, held, id: MessageId(request.guid()) };
        let Acted { told, after } = wait(make(act))??;
        if told.is_ok() {
            match after {
                Some(held) => write(&self.held, &held)?,
                None => std::fs::remove_file(path(&self.held, id.as_str()))?,
            }
        }
        tell(id.as_str(), request, told, global.json)
    }
}

/// What a verb acts with.
pub(crate) struct Act {
    pub(crate) client: PharmacyClient,
    pub(crate) request: RequestId,
    pub(crate) pharmacy: Pharmacy,
    pub(crate) held: Held,
    /// The id of the message: that of the request, so that asking again makes the same message.
    pub(crate) id: MessageId,
}

/// What became of it, and what is held if it was accepted.
pub(crate) struct Acted {
    pub(crate) told: Result<Outcome, ClientError>,
    pub(crate) after: Option<Held>,
}

/// A pharmacy with an invented pharmacist.
pub(crate) fn pharmacy(ods: &OdsCode) -> Result<Pharmacy, Failure> {
    Pharmacy::invented(ods.clone()).ok_or(Failure::Ended("the pharmacy could not be made up"))
}

/// A new id for an item.
pub(crate) fn new_id() -> Guid {
    RandomIds.next().0
}

fn path(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.json"))
}

fn read(folder: &Path, id: &PrescriptionId) -> Result<Held, Failure> {
    let bytes = files::read(&path(folder, id.as_str()))?;
    serde_json::from_slice(&bytes).map_err(|error| Failure::because("the file of the prescription")(error.into()))
}

/// Keeps a prescription, and gives its file.
pub(crate) fn write(folder: &Path, held: &Held) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    let bytes = serde_json::to_vec_pretty(held).map_err(std::io::Error::from)?;
    Ok(std::fs::write(path(folder, held.prescription.id.as_str()), bytes)?)
}
