//! Medicines of the dictionary of medicines and devices, as published NHS examples name them.

/// A medicine, and how it is prescribed.
pub(super) struct Medicine {
    /// SNOMED CT code and name of the product.
    pub(super) product: (&'static str, &'static str),
    /// SNOMED CT code and name of the unit.
    pub(super) unit: (&'static str, &'static str),
    /// Quantities for one issue of 28 days or less.
    pub(super) quantities: &'static [u32],
    pub(super) dosages: &'static [&'static str],
}

const TABLET: (&str, &str) = ("428673006", "tablet");
const CAPSULE: (&str, &str) = ("428641000", "capsule");
const MILLILITRE: (&str, &str) = ("258773002", "millilitre");
const DOSE: (&str, &str) = ("3317411000001100", "dose");
const PATCH: (&str, &str) = ("419702001", "patch");

/// Medicines for a short while.
pub(super) const ACUTE: &[Medicine] = &[
    Medicine {
        product: ("39732311000001104", "Amoxicillin 250mg capsules"),
        unit: CAPSULE,
        quantities: &[15, 21],
        dosages: &["1 capsule three times a day", "1 capsule three times a day for 7 days"],
    },
    Medicine {
        product: ("324252006", "Azithromycin 250mg capsules"),
        unit: CAPSULE,
        quantities: &[4, 6],
        dosages: &["2 capsules on the first day, then 1 capsule once a day"],
    },
    Medicine {
        product: ("322341003", "Co-codamol 30mg/500mg tablets"),
        unit: TABLET,
        quantities: &[28, 56],
        dosages: &["2 tablets up to four times a day when needed for pain"],
    },
    Medicine {
        product: ("322237000", "Paracetamol 500mg soluble tablets"),
        unit: TABLET,
        quantities: &[24, 60],
        dosages: &["1 or 2 tablets up to four times a day", "2 tablets four times a day"],
    },
    Medicine {
        product: ("325427002", "Prednisolone 5mg tablets"),
        unit: TABLET,
        quantities: &[28, 30],
        dosages: &["6 tablets once a day in the morning for 5 days"],
    },
];

/// Medicines that are taken for long.
pub(super) const REPEATED: &[Medicine] = &[
    Medicine {
        product: ("317972000", "Furosemide 40mg tablets"),
        unit: TABLET,
        quantities: &[28, 56],
        dosages: &["1 tablet once a day in the morning", "2 tablets once a day in the morning"],
    },
    Medicine {
        product: ("13892511000001100", "Amlodipine 5mg/5ml oral solution"),
        unit: MILLILITRE,
        quantities: &[150],
        dosages: &["One 5ml spoonful once a day"],
    },
    Medicine {
        product: ("39113611000001102", "Salbutamol 100micrograms/dose inhaler CFC free"),
        unit: DOSE,
        quantities: &[200],
        dosages: &["1 or 2 puffs up to four times a day when needed for wheeze & breathlessness"],
    },
    Medicine {
        product: ("322237000", "Paracetamol 500mg soluble tablets"),
        unit: TABLET,
        quantities: &[100],
        dosages: &["2 tablets four times a day"],
    },
];

/// Controlled drugs of schedules 2 to 4.
pub(super) const CONTROLLED: &[Medicine] = &[
    Medicine {
        product: ("36126511000001106", "Morphine 10mg modified-release tablets"),
        unit: TABLET,
        quantities: &[28, 56],
        dosages: &["1 tablet twice a day"],
    },
    Medicine {
        product: ("36126811000001109", "Morphine 15mg modified-release tablets"),
        unit: TABLET,
        quantities: &[30, 60],
        dosages: &["1 tablet every 12 hours"],
    },
    Medicine {
        product: ("36120011000001101", "Fentanyl 25micrograms/hour transdermal patches"),
        unit: PATCH,
        quantities: &[5, 10],
        dosages: &["Apply 1 patch every 72 hours"],
    },
    Medicine {
        product: ("321196004", "Diazepam 2mg tablets"),
        unit: TABLET,
        quantities: &[14, 21],
        dosages: &["1 tablet three times a day when needed"],
    },
];

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// A number below one hundred in words, as the quantity of a controlled drug must be written; none above.
pub(super) fn in_words(number: u32) -> Option<String> {
    let number = usize::try_from(number).ok()?;
    if let Some(word) = ONES.get(number) {
        return Some((*word).to_owned());
    }
    let tens = TENS.get(number / 10)?;
    Some(match number % 10 {
        0 => (*tens).to_owned(),
        ones => format!("{tens}-{}", ONES.get(ones)?),
    })
}
