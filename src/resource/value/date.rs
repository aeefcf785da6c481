//! Days of the calendar, and instants in whole microseconds of UTC.

use super::{Column, FieldType, ListUse, ValidationErrors, of_type};
use crate::database::{Row, SqlType, SqlValue, Values};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, SecondsFormat, SubsecRound, Utc};
use chrono_tz::Tz;
use diesel::{deserialize, sql_types};
use serde_json::{Value, json};
use std::fmt;
use utoipa::openapi::schema::{KnownFormat, Schema, SchemaFormat, Type};

/// A day of the calendar. Clients write those from [`Date::FIRST`] to [`Date::LAST`]; what is computed beyond them is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Date)]
pub struct Date(pub NaiveDate);

/// An instant in UTC with microseconds, the precision that both databases keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Timestamptz)]
pub struct Instant(pub DateTime<Utc>);

impl Date {
    /// The first day that is taken: 1900-01-01.
    pub const FIRST: Date = Date(day_of(1900, 1, 1));

    /// The last day that is taken: 2200-12-31.
    pub const LAST: Date = Date(day_of(2200, 12, 31));

    /// Reads `YYYY-MM-DD` and nothing else, within the bounds.
    pub fn parse(text: &str) -> Option<Self> {
        Date::parse_any(text).and_then(|date| Date::within(date.0))
    }

    /// Reads `YYYY-MM-DD` of any year from 1 to 9999.
    pub fn parse_any(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10 && bytes.iter().enumerate().all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        (shaped && date.year() >= 1).then_some(Date(date))
    }

    /// A day that was computed; none beyond the bounds.
    pub fn within(day: NaiveDate) -> Option<Self> {
        (Date::FIRST.0..=Date::LAST.0).contains(&day).then_some(Date(day))
    }

    /// Its first instant in UTC.
    pub fn midnight(self) -> Instant {
        Instant(self.0.and_time(chrono::NaiveTime::MIN).and_utc())
    }

    /// A date of a sample, which stands in the source.
    pub fn sample(text: &str) -> Date {
        Date::parse(text).unwrap_or(Date(NaiveDate::MIN))
    }

    /// This day and so many more, for comparisons; the last day that is taken if that is beyond it.
    pub fn plus_days(self, days: u32) -> Date {
        self.later(days).unwrap_or(Date::LAST)
    }

    /// This day and so many more; none if that is beyond the last day that is taken.
    pub fn later(self, days: u32) -> Option<Date> {
        self.0.checked_add_days(Days::new(days.into())).and_then(Date::within)
    }

    /// The same day so many months on, or the last of that month if it has no such day; none if that is beyond the last day that is taken.
    pub fn months_later(self, months: u32) -> Option<Date> {
        self.0.checked_add_months(Months::new(months)).and_then(Date::within)
    }

    /// This day and so many fewer; the first day that is taken if that is before it.
    pub fn earlier(self, days: u32) -> Date {
        self.0.checked_sub_days(Days::new(days.into())).and_then(Date::within).unwrap_or(Date::FIRST)
    }
}

const fn day_of(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MIN,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl Instant {
    /// An instant of a sample, which stands in the source.
    pub fn sample(text: &str) -> Instant {
        Instant::parse(text).unwrap_or(Instant(DateTime::UNIX_EPOCH))
    }

    /// The system's time.
    pub fn system_now() -> Self {
        Instant(Utc::now().trunc_subsecs(6))
    }

    /// Reads RFC 3339 with any offset, within the bounds; what is finer than a microsecond is cut off.
    pub fn parse(text: &str) -> Option<Self> {
        Instant::parse_any(text).filter(|instant| Date::within(instant.date().0).is_some())
    }

    /// The same of any year from 1 to 9999.
    pub fn parse_any(text: &str) -> Option<Self> {
        let instant = DateTime::parse_from_rfc3339(text).ok()?.to_utc().trunc_subsecs(6);
        (1..=9999).contains(&instant.year()).then_some(Instant(instant))
    }

    /// Its day in UTC.
    pub fn date(self) -> Date {
        Date(self.0.date_naive())
    }

    /// Its day in a time zone.
    pub fn date_in(self, zone: Tz) -> Date {
        Date(self.0.with_timezone(&zone).date_naive())
    }

    /// The first instant of its day in UTC.
    pub fn midnight(self) -> Instant {
        self.date().midnight()
    }

    /// The second that it lies in, at its begin.
    pub fn whole_second(self) -> Instant {
        Instant(self.0.trunc_subsecs(0))
    }

    /// This instant and so many seconds more (or fewer).
    pub fn plus_seconds(self, seconds: i64) -> Instant {
        chrono::Duration::try_seconds(seconds).and_then(|span| self.0.checked_add_signed(span)).map_or(self, Instant)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

crate::json_value!(Date);
crate::json_value!(Instant);

macro_rules! written_as_text {
    ($Type:ident, $Sql:ty, $format:ident, $expected:literal) => {
        impl FieldType for $Type {
            const COLUMNS: &'static [Column] = &Column::only(SqlType::$Type);
            const USE: ListUse = ListUse::Scalar;

            fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
                let read = value.as_str().and_then($Type::parse);
                if read.is_none() {
                    let beyond = value.as_str().and_then($Type::parse_any).is_some();
                    let code = match (beyond, value.is_string()) {
                        (true, _) => "range",
                        (false, true) => "format",
                        (false, false) => "type",
                    };
                    let params = if beyond { json!({"min": Date::FIRST.to_string(), "max": Date::LAST.to_string()}) } else { Value::Null };
                    faults.add_with(code, $expected, params);
                }
                read
            }

            fn to_json(&self) -> Value {
                self.to_string().into()
            }

            fn write_json(&self, out: &mut Vec<u8>) {
                super::bytes::append_plain(self, out);
            }

            fn store(&self, cells: &mut Row) {
                cells.push(SqlValue::$Type(*self));
            }

            fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
                values.take::<$Sql, Self>()
            }

            fn schema() -> Schema {
                of_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::$format))).into()
            }
        }
    };
}

written_as_text!(Date, sql_types::Date, Date, "Expected a date as YYYY-MM-DD, from 1900-01-01 to 2200-12-31.");
written_as_text!(Instant, sql_types::Timestamptz, DateTime, "Expected an instant as RFC 3339 of the years 1900 to 2200, such as 2026-01-31T12:00:00Z.");
