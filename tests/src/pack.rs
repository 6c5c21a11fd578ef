//! The dispenser test pack: payloads without a wrapper, in folders named after their interactions, and what is wrong in
//! them.
#![expect(clippy::unwrap_used, reason = "a constant that is not what it says is a failed test")]

use std::path::Path;

use eps_core::codes::InteractionId;
use eps_core::hl7v3;
use eps_core::model::{Envelope, Timestamp};
use eps_core::problem::Problems;
use eps_core::xml::{Document, Limits};

/// An id for every place that needs one.
pub const GUID: &str = "5F4C9A70-1111-4C3B-9E0A-0123456789AB";
/// A time for every place that needs one.
pub const TIME: &str = "20260302101500";
/// A system for every place that needs one.
pub const ASID: &str = "200000000001";

/// What is truly wrong in a folder: the text, what mends it, the rule it breaks, and the reason.
pub struct Fault {
    /// What is wrong.
    pub text: &'static str,
    /// What would be right.
    pub mended: &'static str,
    /// The rule it breaks.
    pub rule: &'static str,
    /// What it is.
    pub reason: &'static str,
}

/// A fault of requests and responses.
pub const ROLE_PROFILE: Fault = Fault {
    text: "extension=\"R1290\"",
    mended: "extension=\"100102238986\"",
    rule: "ids.sds",
    reason: "a job role stands where the role profile id belongs",
};

/// What is truly wrong in the requests.
pub const REQUEST_FAULTS: &[Fault] = &[
    ROLE_PROFILE,
    Fault {
        text: "extension=\"2300992742\"",
        mended: "extension=\"9990548609\"",
        rule: "ids.nhs-number",
        reason: "the check digit is wrong",
    },
    Fault {
        text: "extension=\"Chain20??\"",
        mended: "extension=\"9142DC-A99968-11EB9M\"",
        rule: "ids.prescription-id.form",
        reason: "a placeholder that the pack does not fill",
    },
    Fault {
        text: "<id root=\"9147DF-C81007-00001U\"/>",
        mended: "<id root=\"5F4C9A70-2222-4C3B-9E0A-0123456789AB\"/>",
        rule: "ids.uuid",
        reason: "a prescription id stands where the id of the release response belongs",
    },
    Fault {
        text: "<author typeCode=\"AUT\">...</author>",
        mended: "<author><AgentPerson><representedOrganization/></AgentPerson></author>",
        rule: "hl7v3.element.missing",
        reason: "the pack leaves the author to whoever uses it",
    },
];

/// The payload with its namespace declared, which the pack leaves to the wrapper.
#[must_use]
pub fn declared(payload: &str) -> String {
    const NAMESPACE: &str = " xmlns=\"urn:hl7-org:v3\"";
    let payload = payload.find("?>").map_or(payload, |end| &payload[end + 2..]).trim_start();
    let tag = payload.find('>').map_or("", |end| &payload[..end]);
    if tag.contains(NAMESPACE) {
        return payload.to_owned();
    }
    let name = payload.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(payload.len());
    format!("{}{NAMESPACE}{}", &payload[..name], &payload[name..])
}

/// Reads a payload of the pack, and puts it in a wrapper.
///
/// # Errors
/// Every problem found.
///
/// # Panics
/// When the file's folder is not named after an interaction.
pub fn read(path: &Path, payload: &str) -> Result<Envelope, Problems> {
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap();
    let interaction: InteractionId = folder.parse().unwrap();
    let document = Document::parse(payload.as_bytes(), &Limits::DEFAULT)?;
    Ok(Envelope {
        id: GUID.parse().unwrap(),
        created: Timestamp::parse_hl7(TIME).unwrap(),
        interaction,
        to: Some(ASID.parse().unwrap()),
        from: Some(ASID.parse().unwrap()),
        author: None,
        acknowledgement: None,
        message: hl7v3::read_payload(document.root(), interaction.interaction())?,
    })
}
