//! By what kind of id a professional is known. HL7 v3 says little of it, FHIR has a system for each kind.

use super::{oid, system};

/// The kind of a professional's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PersonIdSystem {
    /// An SDS user.
    SdsUser,
    /// A prescribing code that the NHS Business Services Authority makes up for a role.
    Spurious,
    /// Nursing and Midwifery Council.
    Nmc,
    /// General medical practitioners' prescribing codes.
    Gmp,
    /// General Medical Council.
    Gmc,
    /// Health and Care Professions Council.
    Hcpc,
    /// Drug (or doctor) Index Number.
    Din,
    /// Any other: GMC numbers without their letter and pharmacists' numbers look alike.
    Other,
}

impl PersonIdSystem {
    /// The kind of an id, by its OID and by its form, which the NHS converter goes by.
    pub(crate) fn of(root: &str, id: &str) -> Self {
        if root == oid::SDS_USER {
            return Self::SdsUser;
        }
        let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
        let capitals = |text: &[u8]| text.iter().all(u8::is_ascii_uppercase);
        match id.as_bytes() {
            [b'6', rest @ ..] if rest.len() == 5 && digits(rest) => Self::Spurious,
            [b'3' | b'8' | b'9', rest @ ..] if rest.len() == 5 && digits(rest) => Self::Din,
            [first, second, letter, middle @ .., last]
                if middle.len() == 4 && digits(&[*first, *second]) && digits(middle) && capitals(&[*letter, *last]) =>
            {
                Self::Nmc
            }
            [b'G', b'0'..=b'5' | b'8' | b'9', rest @ ..] if rest.len() == 6 && digits(rest) => Self::Gmp,
            [b'C', rest @ ..] if rest.len() == 7 && digits(rest) => Self::Gmc,
            [first, second, rest @ ..] if rest.len() == 6 && capitals(&[*first, *second]) && digits(rest) => Self::Hcpc,
            _ => Self::Other,
        }
    }

    /// The FHIR system.
    pub(crate) fn url(self) -> &'static str {
        match self {
            Self::SdsUser => system::SDS_USER,
            Self::Spurious => system::SPURIOUS_CODE,
            Self::Nmc => system::NMC,
            Self::Gmp => system::GMP,
            Self::Gmc => system::GMC,
            Self::Hcpc => system::HCPC,
            Self::Din => system::DIN,
            Self::Other => system::PROFESSIONAL_CODE,
        }
    }

    /// The kind to give for who signs an order: readers of orders take no prescribing codes for a signatory's.
    pub(crate) fn of_signatory(self) -> Self {
        match self {
            Self::Spurious | Self::Gmp | Self::Din => Self::Other,
            Self::SdsUser | Self::Nmc | Self::Gmc | Self::Hcpc | Self::Other => self,
        }
    }

    /// Whether the id belongs to the role and not to the person.
    pub(crate) fn is_in_role(self) -> bool {
        self == Self::Spurious
    }

    /// Whether it is one by which somebody answers for a prescription.
    pub(crate) fn is_prescribing_code(self) -> bool {
        matches!(self, Self::Spurious | Self::Din)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_tells_the_kind() {
        let kinds = [
            ("683458", PersonIdSystem::Spurious),
            ("12A3456B", PersonIdSystem::Nmc),
            ("G9999999", PersonIdSystem::Gmp),
            ("G6999999", PersonIdSystem::Other),
            ("C1234567", PersonIdSystem::Gmc),
            ("AB123456", PersonIdSystem::Hcpc),
            ("312345", PersonIdSystem::Din),
            ("6095103", PersonIdSystem::Other),
            ("2083469", PersonIdSystem::Other),
            ("12Ä3456B", PersonIdSystem::Other),
        ];
        for (id, kind) in kinds {
            assert_eq!(PersonIdSystem::of(oid::PROFESSIONAL_CODE, id), kind, "{id}");
        }
        assert_eq!(PersonIdSystem::of(oid::SDS_USER, "683458"), PersonIdSystem::SdsUser);
    }
}
