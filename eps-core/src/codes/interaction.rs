//! The interactions: which message goes from whom to whom.

use std::fmt;
use std::str::FromStr;

use super::UnknownCode;

/// Declares the interactions: `Variant = UK id, SM id where there is one, name;`.
macro_rules! interactions {
    ($($variant:ident = $uk:literal, $sm:expr, $name:literal;)*) => {
        /// An EPS interaction, whatever the version of its id.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(clippy::exhaustive_enums, reason = "a decision over an interaction must name every one")]
        pub enum Interaction {
            $(#[doc = concat!("`", $uk, "` ", $name)] $variant,)*
        }

        impl Interaction {
            /// Every interaction.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            const fn row(self) -> (&'static str, Option<&'static str>, &'static str) {
                match self { $(Self::$variant => ($uk, $sm, $name)),* }
            }
        }
    };
}

interactions! {
    ParentPrescriptionUrgent = "PORX_IN020101UK31", Some("PORX_IN020101SM31"), "Parent Prescription (urgent)";
    ParentPrescriptionRoutine = "PORX_IN020102UK31", Some("PORX_IN020102SM31"), "Parent Prescription (non-urgent)";
    NominatedReleaseRequest = "PORX_IN060102UK30", Some("PORX_IN060102SM30"), "Nominated release request";
    PatientReleaseRequest = "PORX_IN132004UK30", Some("PORX_IN132004SM30"), "Patient release request";
    NominatedReleaseResponse = "PORX_IN070101UK31", None, "Nominated release response";
    PatientReleaseResponse = "PORX_IN070103UK31", None, "Patient release response";
    ReleaseRejection = "PORX_IN110101UK30", None, "Release rejection";
    DispenseNotification = "PORX_IN080101UK31", Some("PORX_IN080101SM31"), "Dispense notification";
    DispenseClaim = "PORX_IN090101UK31", Some("PORX_IN090101SM31"), "Dispense claim";
    DispenseClaimResubmission = "PORX_IN090102UK31", None, "Claim resubmission";
    CancellationRequest = "PORX_IN030101UK32", Some("PORX_IN030101SM32"), "Cancel request";
    CancellationResponse = "PORX_IN050101UK31", None, "Cancel response";
    SubsequentCancellationResponse = "PORX_IN050102UK32", Some("PORX_IN050102SM32"), "Subsequent cancel response";
    DispenseProposalReturn = "PORX_IN100101UK31", Some("PORX_IN100101SM31"), "Dispense proposal return";
    DispenserWithdraw = "PORX_IN510101UK31", Some("PORX_IN510101SM31"), "Dispenser withdraw";
    RebuildDispenseHistory = "PORX_IN540101UK31", None, "Rebuild dispense history";
    MetadataQuery = "QURX_IN000005UK99", None, "Prescription metadata query";
    MetadataReply = "PORX_IN000006UK99", None, "Prescription metadata";
    ClinicalViewQuery = "QURX_IN000005UK98", None, "Clinical prescription view query";
    ClinicalViewReply = "PORX_IN000006UK98", None, "Clinical prescription view";
    DocumentQuery = "GET_PRESCRIPTION_DOCUMENT_INUK01", None, "Stored document query";
    DocumentReply = "GET_PRESCRIPTION_DOCUMENT_RESPONSE_INUK01", None, "Stored document";
    PrescriptionSearch = "PrescriptionSearchSyncAsync_1_0", None, "Prescription search";
    PrescriptionSearchReply = "PRESCRIPTIONSEARCHRESPONSE_SM01", None, "Prescription search error reply";
    Acknowledgement = "MCCI_IN010000UK13", None, "Application acknowledgement";
}

/// Which of its two ids an interaction goes by. Payload, schema and replies are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there are two families of ids")]
pub enum InteractionVariant {
    /// The id of the Message Implementation Manual, `...UKnn`.
    Uk,
    /// The id of messages that began as FHIR, `...SMnn`.
    Sm,
}

/// An interaction under one of its ids: the root element of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InteractionId {
    interaction: Interaction,
    variant: InteractionVariant,
}

impl Interaction {
    /// The interaction's name in the Message Implementation Manual.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().2
    }

    /// The interaction under its UK id.
    #[must_use]
    pub const fn uk(self) -> InteractionId {
        InteractionId { interaction: self, variant: InteractionVariant::Uk }
    }

    /// The interaction under its SM id, or its UK id where it has no other.
    #[must_use]
    pub const fn sm(self) -> InteractionId {
        let variant = if self.row().1.is_some() { InteractionVariant::Sm } else { InteractionVariant::Uk };
        InteractionId { interaction: self, variant }
    }
}

impl InteractionId {
    /// The interaction.
    #[must_use]
    pub const fn interaction(self) -> Interaction {
        self.interaction
    }

    /// The family of the id.
    #[must_use]
    pub const fn variant(self) -> InteractionVariant {
        self.variant
    }

    /// The id as written: `PORX_IN020101SM31`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        let (uk, sm, _) = self.interaction.row();
        match (self.variant, sm) {
            (InteractionVariant::Sm, Some(sm)) => sm,
            (InteractionVariant::Sm, None) | (InteractionVariant::Uk, _) => uk,
        }
    }
}

impl FromStr for InteractionId {
    type Err = UnknownCode;

    fn from_str(id: &str) -> Result<Self, UnknownCode> {
        Interaction::ALL
            .iter()
            .flat_map(|interaction| [interaction.uk(), interaction.sm()])
            .find(|known| known.as_str() == id)
            .ok_or(UnknownCode { vocabulary: "Interaction" })
    }
}

impl fmt::Display for InteractionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_read_back_as_itself() {
        for interaction in Interaction::ALL {
            for id in [interaction.uk(), interaction.sm()] {
                assert_eq!(id.as_str().parse(), Ok(id));
            }
        }
        assert!("PORX_IN999999UK01".parse::<InteractionId>().is_err());
    }
}
