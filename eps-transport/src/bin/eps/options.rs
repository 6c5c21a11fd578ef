//! The options that every verb takes.

use clap::Args;
use eps_core::fhir::{Context, IdentifierReferences};
use eps_core::ids::{Asid, CheckCharacters, SdsRoleProfileId, SdsUserId};
use eps_core::model::{Code, SdsAuthor, Timestamp};
use eps_transport::broker::{Ids, RandomIds};
use eps_transport::clock::{Clock, SystemClock};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The options that every verb takes.
#[derive(Args)]
pub(crate) struct Global {
    /// The time to take for now: `2022-02-01T00:00:00Z` or `20220201000000` [default: the system's clock]
    #[arg(long, global = true, value_name = "TIME", value_parser = instant)]
    now: Option<Timestamp>,
    /// Print JSON for programs
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The sending system's ASID
    #[arg(long, global = true, value_name = "ASID", default_value = "200000001285")]
    from_asid: Asid,
    /// The receiving system's ASID
    #[arg(long, global = true, value_name = "ASID", default_value = "567456789789")]
    to_asid: Asid,
    /// The sender's SDS user id; needs the role profile too
    #[arg(long, global = true, value_name = "ID", requires = "sds_role_profile")]
    sds_user: Option<SdsUserId>,
    /// The sender's SDS role profile id; needs the user too
    #[arg(long, global = true, value_name = "ID", requires = "sds_user")]
    sds_role_profile: Option<SdsRoleProfileId>,
    /// The sender's SDS job role
    #[arg(long, global = true, value_name = "CODE", default_value = "UNKNOWN", value_parser = job_role)]
    sds_role: Code,
}

impl Global {
    /// The time to take for now.
    pub(crate) fn now(&self) -> Timestamp {
        self.now.unwrap_or_else(|| SystemClock.now())
    }

    /// The time to take for now, where the options fix it.
    pub(crate) fn fixed_now(&self) -> Option<Timestamp> {
        self.now
    }

    /// Who sends.
    pub(crate) fn author(&self) -> Option<SdsAuthor> {
        let (user, role_profile) = (self.sds_user.clone()?, self.sds_role_profile.clone()?);
        Some(SdsAuthor { role_profile, user, job_role: self.sds_role.clone() })
    }

    /// The sending system.
    pub(crate) fn from(&self) -> &Asid {
        &self.from_asid
    }

    /// The receiving system.
    pub(crate) fn to(&self) -> &Asid {
        &self.to_asid
    }

    /// What a FHIR message does not say.
    pub(crate) fn context(&self) -> Context {
        Context {
            now: self.now(),
            from: self.from_asid.clone(),
            to: self.to_asid.clone(),
            author: self.author(),
            identifier_references: IdentifierReferences::Resolved,
            check_characters: CheckCharacters::AsWritten,
            release_ids: Some([RandomIds.next(), RandomIds.next()]),
        }
    }
}

/// An instant as RFC 3339 or as HL7 v3 writes it.
pub(crate) fn instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_hl7(text).or_else(|_| {
        let instant = OffsetDateTime::parse(text, &Rfc3339).map_err(|error| error.to_string())?;
        Ok(Timestamp::from_unix(instant.unix_timestamp()))
    })
}

fn job_role(text: &str) -> Result<Code, String> {
    text.parse().map_err(|error: eps_core::model::TextError| error.to_string())
}
