//! The words for prescription types: who prescribes in which setting.

/// The settings that have every role, by the first two digits: words, and what stands behind the role.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("01", "Primary Care Prescriber", ""),
    ("02", "Primary Care Prescriber", " (Wales)"),
    ("05", "Primary Care Prescriber", " (IOM)"),
    ("10", "Outpatient Community Prescriber", ""),
    ("11", "Outpatient Hospital Pharmacy Prescriber", ""),
    ("12", "Outpatient Homecare Prescriber", ""),
    ("20", "Outpatient Community Prescriber", " (Wales)"),
    ("50", "Outpatient Community Prescriber", " (IOM)"),
];

/// The roles, by the last two digits.
const ROLES: &[(&str, &str)] = &[
    ("01", "Medical Prescriber"),
    ("04", "Nurse Independent/Supplementary prescriber"),
    ("05", "Community Practitioner Nurse prescriber"),
    ("08", "Pharmacist Independent/Supplementary prescriber"),
    ("13", "Optometrist Independent/Supplementary prescriber"),
    ("14", "Podiatrist/Chiropodist Independent/Supplementary prescriber"),
    ("16", "Radiographer Independent/Supplementary prescriber"),
    ("17", "Physiotherapist Independent/Supplementary prescriber"),
    ("24", "Dietician Supplementary prescriber"),
    ("25", "Paramedic Independent/Supplementary prescriber"),
];

/// The words for a prescription type, for the settings in which every role prescribes. The older types have none here.
///
/// ```
/// use eps_core::codes::prescription_type_display;
/// let words = "Primary Care Prescriber - Medical Prescriber (Wales)";
/// assert_eq!(prescription_type_display("0201").as_deref(), Some(words));
/// assert_eq!(prescription_type_display("0102"), None);
/// ```
///
/// Source: NHS England's eps-spine-shared, `common/prescription/types.py`.
#[must_use]
pub fn prescription_type_display(code: &str) -> Option<String> {
    let (setting, role) = (code.len() == 4).then(|| code.split_at_checked(2))??;
    let (_, setting_words, behind) = SETTINGS.iter().find(|(digits, ..)| *digits == setting)?;
    let (_, role_words) = ROLES.iter().find(|(digits, _)| *digits == role)?;
    // The one type whose words do not name the hospital.
    let setting_words = if code == "1101" { "Outpatient Pharmacy Prescriber" } else { setting_words };
    Some(format!("{setting_words} - {role_words}{behind}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::is_prescription_type;

    #[test]
    fn every_type_that_has_words_is_one_that_spine_knows() {
        for (setting, ..) in SETTINGS {
            for (role, words) in ROLES {
                let code = format!("{setting}{role}");
                assert!(is_prescription_type(&code), "{code}");
                assert!(prescription_type_display(&code).is_some_and(|display| display.contains(words)), "{code}");
            }
        }
        for odd in ["", "1", "01", "010", "01012", "NotProvided", "é01", "0é1"] {
            assert_eq!(prescription_type_display(odd), None, "{odd}");
        }
        assert!(prescription_type_display("1101").is_some_and(|display| display.starts_with("Outpatient Pharmacy ")));
    }
}
