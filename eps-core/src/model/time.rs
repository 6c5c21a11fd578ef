//! Instants and calendar days.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::{Duration, Month, PrimitiveDateTime};

/// Why a text is not a time of HL7 v3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// The text does not have the form that is asked for.
    #[error("the time does not have the form {form}")]
    Form {
        /// The form: `YYYYMMDDHHmmss` or `YYYYMMDD`.
        form: &'static str,
    },
    /// There is no such day or time.
    #[error("there is no such day or time")]
    Impossible,
}

/// An instant in UTC at a precision of one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(PrimitiveDateTime);

/// A calendar day, or a month or year of which no more is known.
///
/// FHIR writes all three; HL7 v3, and every calculation, takes the first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    /// The first day.
    first: time::Date,
    precision: DatePrecision,
}

/// A day, or an instant where the sender knows more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "these are the forms of a time that EPS writes")]
pub enum Moment {
    /// Eight digits of HL7 v3.
    Day(Date),
    /// Fourteen digits of HL7 v3.
    Instant(Timestamp),
}

impl Moment {
    /// Reads a time of HL7 v3 of either precision.
    ///
    /// # Errors
    /// [`TimeError`] when it has neither form, or there is no such day or time.
    pub fn parse_hl7(text: &str) -> Result<Self, TimeError> {
        if text.len() == 8 {
            Date::parse_hl7(text).map(Self::Day)
        } else {
            Timestamp::parse_hl7(text).map(Self::Instant)
        }
    }
}

/// How much of a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "the forms of a date are fixed by FHIR R4")]
pub enum DatePrecision {
    /// `YYYY`
    Year,
    /// `YYYY-MM`
    Month,
    /// `YYYY-MM-DD`
    Day,
}

/// Reads `len` ASCII digits at `at`.
fn number(text: &[u8], at: usize, len: usize) -> Option<u32> {
    text.get(at..at + len)?
        .iter()
        .try_fold(0_u32, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

/// Two digits, which always fit a byte.
fn pair(text: &[u8], at: usize) -> Option<u8> {
    number(text, at, 2).and_then(|pair| u8::try_from(pair).ok())
}

impl Date {
    const FORM: TimeError = TimeError::Form { form: "YYYYMMDD" };

    /// The day of a calendar date.
    #[must_use]
    pub const fn new(date: time::Date) -> Self {
        Self { first: date, precision: DatePrecision::Day }
    }

    /// The day, month or year in which a calendar date lies.
    #[must_use]
    pub fn of_precision(date: time::Date, precision: DatePrecision) -> Self {
        let first = match precision {
            DatePrecision::Day => Ok(date),
            DatePrecision::Month => date.replace_day(1),
            DatePrecision::Year => date.replace_ordinal(1),
        };
        // Every month and every year has a first day.
        Self { first: first.unwrap_or(date), precision }
    }

    /// The calendar date, or the first one of the month or year.
    #[must_use]
    pub const fn calendar(self) -> time::Date {
        self.first
    }

    /// How much of the date is known.
    #[must_use]
    pub const fn precision(self) -> DatePrecision {
        self.precision
    }

    /// Reads the 8 digits of HL7 v3: `YYYYMMDD`.
    ///
    /// # Errors
    /// [`TimeError`] when the form is another or there is no such day.
    pub fn parse_hl7(text: &str) -> Result<Self, TimeError> {
        let bytes = text.as_bytes();
        let digits = (bytes.len() == 8).then(|| Some((number(bytes, 0, 4)?, pair(bytes, 4)?, pair(bytes, 6)?)));
        let (year, month, day) = digits.flatten().ok_or(Self::FORM)?;
        let year = i32::try_from(year).map_err(|_| TimeError::Impossible)?;
        let month = Month::try_from(month).map_err(|_| TimeError::Impossible)?;
        time::Date::from_calendar_date(year, month, day).map(Self::new).map_err(|_| TimeError::Impossible)
    }

    /// Reads what [`From<Date>`](String) writes: 8 digits, or 6 or 4 where no more is known.
    fn parse_stored(text: &str) -> Result<Self, TimeError> {
        let (first, precision) = match text.len() {
            4 => (format!("{text}0101"), DatePrecision::Year),
            6 => (format!("{text}01"), DatePrecision::Month),
            _ => return Self::parse_hl7(text),
        };
        Self::parse_hl7(&first).map(|first| Self { precision, ..first })
    }

    /// The 8 digits of HL7 v3: those of the first day.
    #[must_use]
    pub fn to_hl7(self) -> String {
        format!("{:04}{:02}{:02}", self.first.year(), u8::from(self.first.month()), self.first.day())
    }

    /// The day so many days later, or earlier; the calendar's end where it runs out.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self::new(self.first.saturating_add(Duration::days(days)))
    }

    /// The same day of the month so many months later, or the last of that month.
    #[must_use]
    pub fn plus_months(self, months: u8) -> Self {
        let count = i32::from(u8::from(self.first.month())) - 1 + i32::from(months);
        let year = self.first.year() + count / 12;
        let month = u8::try_from(count % 12 + 1).ok().and_then(|month| Month::try_from(month).ok());
        let month = month.unwrap_or(Month::December);
        let day = self.first.day().min(month.length(year));
        Self::new(time::Date::from_calendar_date(year, month, day).unwrap_or(time::Date::MAX))
    }

    /// Midnight UTC at the start of the first day.
    #[must_use]
    pub const fn midnight(self) -> Timestamp {
        Timestamp(self.first.midnight())
    }
}

/// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, as FHIR writes it.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.first.year())?;
        match self.precision {
            DatePrecision::Year => Ok(()),
            DatePrecision::Month => write!(f, "-{:02}", u8::from(self.first.month())),
            DatePrecision::Day => write!(f, "-{:02}-{:02}", u8::from(self.first.month()), self.first.day()),
        }
    }
}

impl Timestamp {
    const FORM: TimeError = TimeError::Form { form: "YYYYMMDDHHmmss" };

    /// The instant of a UTC date and time; fractions of a second are dropped.
    #[must_use]
    pub fn new(utc: PrimitiveDateTime) -> Self {
        Self(utc.replace_nanosecond(0).unwrap_or(utc))
    }

    /// The UTC date and time.
    #[must_use]
    pub const fn utc(self) -> PrimitiveDateTime {
        self.0
    }

    /// The instant so many seconds after the start of 1970, held within the calendar.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        let epoch = PrimitiveDateTime::new(time::macros::date!(1970 - 01 - 01), time::Time::MIDNIGHT);
        Self(epoch.saturating_add(Duration::seconds(seconds)))
    }

    /// Seconds since the start of 1970.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.0.assume_utc().unix_timestamp()
    }

    /// Reads the 14 digits of HL7 v3, `YYYYMMDDHHmmss`, as UTC, or the 19 characters with the offsets that Spine takes:
    /// `+0100`, `+0000` and `-0000`.
    ///
    /// # Errors
    /// [`TimeError`] when the form is another or there is no such time.
    pub fn parse_hl7(text: &str) -> Result<Self, TimeError> {
        let (digits, east) = match text.len() {
            14 => (text, 0),
            19 => match text.split_at_checked(14) {
                Some((digits, "+0100")) => (digits, 1),
                Some((digits, "+0000" | "-0000")) => (digits, 0),
                _ => return Err(Self::FORM),
            },
            _ => return Err(Self::FORM),
        };
        let bytes = digits.as_bytes();
        let date = digits.get(..8).ok_or(Self::FORM).and_then(|date| {
            Date::parse_hl7(date).map_err(|error| match error {
                TimeError::Form { .. } => Self::FORM,
                TimeError::Impossible => TimeError::Impossible,
            })
        })?;
        let time = || Some((pair(bytes, 8)?, pair(bytes, 10)?, pair(bytes, 12)?));
        let (hour, minute, second) = time().ok_or(Self::FORM)?;
        let time = time::Time::from_hms(hour, minute, second).map_err(|_| TimeError::Impossible)?;
        let local = PrimitiveDateTime::new(date.first, time);
        local.checked_sub(Duration::hours(east)).map(Self).ok_or(TimeError::Impossible)
    }

    /// The 14 digits of HL7 v3.
    #[must_use]
    pub fn to_hl7(self) -> String {
        let (hour, minute, second) = self.0.as_hms();
        format!("{}{hour:02}{minute:02}{second:02}", self.date().to_hl7())
    }

    /// The day in UTC.
    #[must_use]
    pub const fn date(self) -> Date {
        Date::new(self.0.date())
    }

    /// The instant so many seconds later, or earlier; the calendar's end where it runs out.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(Duration::seconds(seconds)))
    }
}

/// `YYYY-MM-DDTHH:mm:ss+00:00`, as EPS writes FHIR instants.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = self.0.as_hms();
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}+00:00", self.date())
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimeError;

    fn try_from(text: String) -> Result<Self, TimeError> {
        Self::parse_hl7(&text)
    }
}

impl From<Timestamp> for String {
    fn from(value: Timestamp) -> Self {
        value.to_hl7()
    }
}

impl TryFrom<String> for Date {
    type Error = TimeError;

    fn try_from(text: String) -> Result<Self, TimeError> {
        Self::parse_stored(&text)
    }
}

/// The digits of HL7 v3, as many as are known.
impl From<Date> for String {
    fn from(date: Date) -> Self {
        let mut digits = date.to_hl7();
        digits.truncate(match date.precision {
            DatePrecision::Year => 4,
            DatePrecision::Month => 6,
            DatePrecision::Day => 8,
        });
        digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_as_utc() {
        let time = Timestamp::parse_hl7("20220531233000").unwrap();
        assert_eq!(time.to_string(), "2022-05-31T23:30:00+00:00");
        assert_eq!(time.to_hl7(), "20220531233000");
        assert_eq!(Timestamp::parse_hl7("20220601003000+0100"), Ok(time));
        assert_eq!(Timestamp::from_unix(time.unix()), time);
    }

    #[test]
    fn other_forms_and_impossible_times_are_refused() {
        for form in
            ["2022053123300", "20220531233000+0200", "2022053123300é", "20220601003000+010", "", "2022-05-31T23:30"]
        {
            assert!(matches!(Timestamp::parse_hl7(form), Err(TimeError::Form { .. })), "{form}");
        }
        for impossible in ["20220230000000", "20221301000000", "20220101240000", "20220101006000"] {
            assert_eq!(Timestamp::parse_hl7(impossible), Err(TimeError::Impossible), "{impossible}");
        }
        assert_eq!(Date::parse_hl7("20230229"), Err(TimeError::Impossible));
        assert!(Date::parse_hl7("20240229").is_ok());
    }

    #[test]
    fn a_date_keeps_its_precision_and_calculates_with_its_first_day() {
        let day = time::macros::date!(2024 - 02 - 29);
        for (precision, fhir, stored) in [
            (DatePrecision::Year, "2024", "2024"),
            (DatePrecision::Month, "2024-02", "202402"),
            (DatePrecision::Day, "2024-02-29", "20240229"),
        ] {
            let date = Date::of_precision(day, precision);
            assert_eq!((date.to_string().as_str(), date.precision()), (fhir, precision));
            assert_eq!(serde_json::to_string(&date).unwrap(), format!("\"{stored}\""));
            assert_eq!(serde_json::from_str::<Date>(&format!("\"{stored}\"")).unwrap(), date);
        }
        assert_eq!(Date::of_precision(day, DatePrecision::Year).to_hl7(), "20240101");
        assert_eq!(Date::of_precision(day, DatePrecision::Month).to_hl7(), "20240201");
        assert_eq!(Date::of_precision(day, DatePrecision::Month).plus_days(29).to_string(), "2024-03-01");
        for wrong in ["\"20240\"", "\"202413\"", "\"20230229\"", "\"202é\"", "\"\""] {
            assert!(serde_json::from_str::<Date>(wrong).is_err(), "{wrong}");
        }
    }
}
