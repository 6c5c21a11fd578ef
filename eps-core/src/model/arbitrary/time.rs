//! Instants and days.

use proptest::prelude::*;

use crate::model::{Date, Moment, Timestamp};

/// The first second of the year 1 and the last of the year 9999: what four digits can say.
const ALL_YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;
/// The years in which EPS works.
const EPS_YEARS: std::ops::RangeInclusive<i64> = 1_100_000_000..=2_000_000_000;

/// An instant: mostly in the years of EPS, now and then anywhere in the calendar.
pub fn timestamp() -> impl Strategy<Value = Timestamp> {
    prop_oneof![4 => EPS_YEARS, 1 => ALL_YEARS].prop_map(Timestamp::from_unix)
}

/// A day.
pub fn date() -> impl Strategy<Value = Date> {
    timestamp().prop_map(Timestamp::date)
}

/// A day or an instant.
pub fn moment() -> impl Strategy<Value = Moment> {
    prop_oneof![date().prop_map(Moment::Day), timestamp().prop_map(Moment::Instant)]
}
