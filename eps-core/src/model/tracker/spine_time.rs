//! Times as Spine's trackers write them.

use crate::model::{Date, TimeError, Timestamp};

/// A day or an instant in UTC: the first 8 to 14 digits of `YYYYMMDDHHmmss`. What is cut off at the end is zero.
///
/// ```
/// use eps_core::model::SpineTime;
/// let day = SpineTime::parse_hl7("20260302")?;
/// assert_eq!(day.timestamp().to_hl7(), "20260302000000");
/// assert_eq!(day.to_hl7(), "20260302");
/// # Ok::<(), eps_core::model::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpineTime {
    at: Timestamp,
    digits: u8,
}

impl SpineTime {
    const FORM: TimeError = TimeError::Form { form: "YYYYMMDDHHmmss, at least YYYYMMDD" };

    /// Reads 8 to 14 digits.
    ///
    /// # Errors
    /// [`TimeError`] when the form is another or there is no such time.
    pub fn parse_hl7(text: &str) -> Result<Self, TimeError> {
        let digits = u8::try_from(text.len()).map_err(|_| Self::FORM)?;
        if !(8..=14).contains(&digits) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Self::FORM);
        }
        let at = Timestamp::parse_hl7(&format!("{text:0<14}"))?;
        Ok(Self { at, digits })
    }

    /// The digits as they were written.
    #[must_use]
    pub fn to_hl7(self) -> String {
        let mut text = self.at.to_hl7();
        text.truncate(usize::from(self.digits));
        text
    }

    /// Whether only the day is told.
    #[must_use]
    pub const fn is_day(self) -> bool {
        self.digits == 8
    }

    /// The instant: the first of the day where only the day is told.
    #[must_use]
    pub const fn timestamp(self) -> Timestamp {
        self.at
    }

    /// The day in UTC.
    #[must_use]
    pub const fn date(self) -> Date {
        self.at.date()
    }
}

impl From<Timestamp> for SpineTime {
    fn from(at: Timestamp) -> Self {
        Self { at, digits: 14 }
    }
}

impl From<Date> for SpineTime {
    fn from(date: Date) -> Self {
        Self { at: date.midnight(), digits: 8 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_off_is_zero_and_stays_cut_off() {
        for text in ["20260302", "2026030209", "202603020940", "20260302094005"] {
            let moment = SpineTime::parse_hl7(text).unwrap();
            assert_eq!(moment.to_hl7(), text);
            assert_eq!(moment.timestamp().to_hl7(), format!("{text:0<14}"));
        }
        for bad in ["", "2026030", "False", "20260302 9400", "202603020940050", "20261302", "20260302+100", "２０２６"]
        {
            assert!(SpineTime::parse_hl7(bad).is_err(), "{bad}");
        }
    }
}
