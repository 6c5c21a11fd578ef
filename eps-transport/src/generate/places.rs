//! Invented practices and pharmacies.

/// An organisation: its ODS code, name, telephone number, and address with the postcode last.
pub(super) struct Place {
    pub(super) ods: &'static str,
    pub(super) name: &'static str,
    pub(super) telephone: &'static str,
    pub(super) address: &'static [&'static str],
}

/// Practices that prescribe. Codes `Y9` are of the range for others than practices, and none of these is given out.
pub(super) const PRACTICES: &[Place] = &[
    Place {
        ods: "Y90217",
        name: "FERN HILL SURGERY",
        telephone: "tel:01632960200",
        address: &["FERN HILL", "2 STATION APPROACH", "EXAMPLETON", "ZZ99 3VZ"],
    },
    Place {
        ods: "Y90318",
        name: "OLD MILL MEDICAL CENTRE",
        telephone: "tel:01632960211",
        address: &["OLD MILL", "14 WEIR LANE", "LITTLE MARLOW END", "ZZ99 3CZ"],
    },
    Place {
        ods: "Y90423",
        name: "HARBOUR PRACTICE",
        telephone: "tel:01632960222",
        address: &["CUSTOM HOUSE QUAY", "PORT EXAMPLE", "ZZ99 4WZ"],
    },
];

/// What licenses every practice.
pub(super) const BOARD: (&str, &str) = ("QZ9", "NHS EXAMPLESHIRE INTEGRATED CARE BOARD");

/// Pharmacies that prescriptions are nominated to, by ODS code.
pub const PHARMACIES: &[&str] = &["FZ417", "FZ528", "FZ639"];
