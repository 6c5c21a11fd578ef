//! FHIR dates and date-times.
//!
//! EPS writes every time in UTC, whole seconds; in a date-time a partial date is its first day, and a date without a time
//! is midnight UTC. A date keeps its precision. The patterns are those of FHIR R4 `date` and `dateTime`.

use time::{Month, Time, UtcOffset};

use crate::model::{Date, DatePrecision, Timestamp};

/// Why a text is not a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DateError {
    /// It does not match the pattern of FHIR R4.
    #[error("the text does not have the form of a FHIR date")]
    Form,
    /// It matches, but there is no such day, second or year.
    #[error("there is no such day or time")]
    Impossible,
}

/// Reads a FHIR `dateTime` as a time in UTC, fractions of a second dropped.
pub(crate) fn date_time(text: &str) -> Result<Timestamp, DateError> {
    let mut reader = Reader(text.as_bytes());
    let day = reader.day()?;
    if day.precision != DatePrecision::Day || reader.0.is_empty() {
        reader.end()?;
        return Ok(Date::new(day.build()?).midnight());
    }
    let (time, offset) = reader.time()?;
    reader.end()?;
    let local = day.build()?.with_time(time.build()?);
    let utc = local.checked_sub(time::Duration::seconds(offset.into())).ok_or(DateError::Impossible)?;
    if (1..=9999).contains(&utc.year()) { Ok(Timestamp::new(utc)) } else { Err(DateError::Impossible) }
}

/// Reads a FHIR `date` with its precision; a date-time is refused.
pub(crate) fn date(text: &str) -> Result<Date, DateError> {
    let mut reader = Reader(text.as_bytes());
    let day = reader.day()?;
    reader.end()?;
    day.build().map(|first| Date::of_precision(first, day.precision))
}

struct Day {
    year: u16,
    month: u8,
    day: u8,
    precision: DatePrecision,
}

impl Day {
    fn build(&self) -> Result<time::Date, DateError> {
        Month::try_from(self.month)
            .and_then(|month| time::Date::from_calendar_date(self.year.into(), month, self.day))
            .map_err(|_| DateError::Impossible)
    }
}

struct Clock {
    hour: u8,
    minute: u8,
    second: u8,
}

impl Clock {
    fn build(&self) -> Result<Time, DateError> {
        Time::from_hms(self.hour, self.minute, self.second).map_err(|_| DateError::Impossible)
    }
}

/// What is still to be read.
struct Reader<'t>(&'t [u8]);

impl Reader<'_> {
    fn end(&self) -> Result<(), DateError> {
        if self.0.is_empty() { Ok(()) } else { Err(DateError::Form) }
    }

    /// Takes this byte, if it is next.
    fn take(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), DateError> {
        if self.take(byte) { Ok(()) } else { Err(DateError::Form) }
    }

    /// Takes a number of two digits within `range`.
    fn two(&mut self, range: std::ops::RangeInclusive<u8>) -> Result<u8, DateError> {
        let (digits, rest) = self.0.split_first_chunk::<2>().ok_or(DateError::Form)?;
        let [tens, ones] = digits.map(|digit| digit.wrapping_sub(b'0'));
        if tens > 9 || ones > 9 || !range.contains(&(tens * 10 + ones)) {
            return Err(DateError::Form);
        }
        self.0 = rest;
        Ok(tens * 10 + ones)
    }

    /// Takes `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    fn day(&mut self) -> Result<Day, DateError> {
        let year = u16::from(self.two(0..=99)?) * 100 + u16::from(self.two(0..=99)?);
        if year == 0 {
            return Err(DateError::Form);
        }
        let mut day = Day { year, month: 1, day: 1, precision: DatePrecision::Year };
        if !self.take(b'-') {
            return Ok(day);
        }
        day.month = self.two(1..=12)?;
        day.precision = DatePrecision::Month;
        if !self.take(b'-') {
            return Ok(day);
        }
        day.day = self.two(1..=31)?;
        day.precision = DatePrecision::Day;
        Ok(day)
    }

    /// Takes `Thh:mm:ss[.f+](Z|+hh:mm|-hh:mm)`: the local time and its offset from UTC in seconds.
    fn time(&mut self) -> Result<(Clock, i32), DateError> {
        self.expect(b'T')?;
        let hour = self.two(0..=23)?;
        self.expect(b':')?;
        let minute = self.two(0..=59)?;
        self.expect(b':')?;
        // The pattern has room for leap seconds; no service of EPS can hold one, so `Clock::build` refuses it.
        let second = self.two(0..=60)?;
        if self.take(b'.') {
            let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return Err(DateError::Form);
            }
            self.0 = self.0.get(digits..).unwrap_or_default();
        }
        let offset = if self.take(b'Z') { UtcOffset::UTC } else { self.offset()? };
        Ok((Clock { hour, minute, second }, offset.whole_seconds()))
    }

    fn offset(&mut self) -> Result<UtcOffset, DateError> {
        let east = self.take(b'+');
        if !east {
            self.expect(b'-')?;
        }
        let hours = self.two(0..=14)?;
        self.expect(b':')?;
        let minutes = self.two(if hours == 14 { 0..=0 } else { 0..=59 })?;
        let seconds = (i32::from(hours) * 60 + i32::from(minutes)) * 60;
        UtcOffset::from_whole_seconds(if east { seconds } else { -seconds }).map_err(|_| DateError::Form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> String {
        date_time(text).unwrap().to_string()
    }

    #[test]
    fn a_date_time_is_converted_to_utc() {
        assert_eq!(at("2022-06-01T00:30:00+01:00"), "2022-05-31T23:30:00+00:00");
        assert_eq!(at("2021-12-31T20:00:00-14:00"), "2022-01-01T10:00:00+00:00");
        assert_eq!(at("2008-02-27T11:38:00Z"), "2008-02-27T11:38:00+00:00");
        assert_eq!(at("2008-02-27T11:38:59.987654321+00:00"), "2008-02-27T11:38:59+00:00");
    }

    #[test]
    fn a_partial_date_is_its_first_day_at_midnight() {
        assert_eq!(at("2022"), "2022-01-01T00:00:00+00:00");
        assert_eq!(at("2022-06"), "2022-06-01T00:00:00+00:00");
        assert_eq!(at("2022-06-09"), "2022-06-09T00:00:00+00:00");
    }

    #[test]
    fn a_date_keeps_its_precision() {
        for (text, hl7) in [("1950", "19500101"), ("1950-06", "19500601"), ("1952-02-29", "19520229")] {
            let date = date(text).unwrap();
            assert_eq!((date.to_string().as_str(), date.to_hl7().as_str()), (text, hl7));
        }
    }

    #[test]
    fn the_clock_changes_where_its_offset_says() {
        // The hour that summer time skips, and the one that its end repeats.
        assert_eq!(at("2022-03-27T00:59:59Z"), "2022-03-27T00:59:59+00:00");
        assert_eq!(at("2022-03-27T02:00:00+01:00"), "2022-03-27T01:00:00+00:00");
        assert_eq!(at("2022-03-27T01:00:00+01:00"), "2022-03-27T00:00:00+00:00");
        assert_eq!(at("2022-10-30T01:59:59+01:00"), "2022-10-30T00:59:59+00:00");
        assert_eq!(at("2022-10-30T01:00:00+00:00"), "2022-10-30T01:00:00+00:00");
        assert_eq!(at("2022-10-30T00:30:00+01:00"), "2022-10-29T23:30:00+00:00");
        assert_eq!(at("2024-02-29T23:59:59-01:00"), "2024-03-01T00:59:59+00:00");
    }

    #[test]
    fn what_does_not_match_the_pattern_is_refused() {
        for text in [
            "",
            "22",
            "0000",
            "2022-",
            "2022-1",
            "2022-13-01",
            "2022-00-01",
            "2022-01-32",
            "2022-01-00",
            "2022-01-01T",
            "2022-01-01T10:00",
            "2022-01-01T10:00Z",
            "2022-01-01T10:00:00",
            "2022-01-01T24:00:00Z",
            "2022-01-01T10:60:00Z",
            "2022-01-01T10:00:61Z",
            "2022-01-01T10:00:00.Z",
            "2022-01-01T10:00:00+15:00",
            "2022-01-01T10:00:00+14:01",
            "2022-01-01T10:00:00z",
            "2022-01-01 10:00:00Z",
            "2022-01-01T10:00:00Z ",
            "2022-01T10:00:00Z",
            "２０２２",
            "20220101",
            "2022-01-01\n",
        ] {
            assert_eq!(date_time(text), Err(DateError::Form), "{text:?}");
        }
        assert_eq!(date("2022-01-01T10:00:00Z"), Err(DateError::Form));
    }

    #[test]
    fn a_day_or_second_that_does_not_exist_is_refused() {
        for text in [
            "2022-02-30",
            "2021-02-29",
            "2022-01-01T10:00:60Z",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
        ] {
            assert_eq!(date_time(text), Err(DateError::Impossible), "{text:?}");
        }
        assert_eq!(date("2022-04-31"), Err(DateError::Impossible));
        assert!(date("2024-02-29").is_ok());
    }

    proptest! {
        #[test]
        fn any_text_gives_a_date_or_an_error(text in "\\PC{0,30}") {
            let _ = (date(&text), date_time(&text));
        }

        #[test]
        fn a_written_time_is_read_back(seconds in 0_i64..4_000_000_000, minutes in -840_i64..=840) {
            let utc = time::OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            let offset = UtcOffset::from_whole_seconds(i32::try_from(minutes * 60).unwrap()).unwrap();
            let local = utc.to_offset(offset);
            let text = format!(
                "{}T{:02}:{:02}:{:02}{}{:02}:{:02}",
                local.date(), local.hour(), local.minute(), local.second(),
                if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60,
            );
            let read = date_time(&text).unwrap();
            prop_assert_eq!(read, Timestamp::from_unix(seconds));
        }
    }
}
