//! Internet addresses and prefixes as values of fields: canonical text, and keys by which they are ordered and compared.

use super::cidr::{Cidr, Host, parse_length};
use diesel::{deserialize, sql_types};
use serde_json::Value;
use steward_core::column_value;
use steward_core::database::{Row, SqlType, SqlValue, Values};
use steward_core::resource::value::{Column, FieldType, ListUse, ValidationErrors, of_type};
use utoipa::openapi::schema::{Schema, Type};

/// A prefix in CIDR form, written canonically. Beside its text stand its last address and a key that begins with its first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Prefixed(pub Cidr);

/// A host address with or without the length of its network's prefix. Beside its text stands the host alone as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Addressed {
    /// The host.
    pub host: Host,
    /// How many bits its network fixes, if that was said.
    pub length: Option<u8>,
}

impl Prefixed {
    /// A prefix of a sample, which stands in the source.
    pub fn sample(text: &str) -> Prefixed {
        Prefixed(Cidr::parse(text).unwrap_or(Cidr { first: Host { six: false, bits: 0 }, length: 0 }))
    }
}

impl Addressed {
    /// An address of a sample, which stands in the source.
    pub fn sample(text: &str) -> Addressed {
        Addressed::parse(text).unwrap_or(Addressed { host: Host { six: false, bits: 0 }, length: None })
    }

    /// Reads `192.0.2.10`, `192.0.2.10/24`, `2001:db8::10` or `2001:db8::10/64`.
    pub fn parse(text: &str) -> Option<Addressed> {
        let (host, length) = text.split_once('/').map_or((text, None), |(host, length)| (host, Some(length)));
        let host = Host::parse(host)?;
        let length = match length {
            None => None,
            Some(length) => Some(parse_length(length, host.width())?),
        };
        Some(Addressed { host, length })
    }

    /// Its canonical text.
    pub fn text(self) -> String {
        self.length.map_or_else(|| self.host.text(), |length| format!("{}/{length}", self.host.text()))
    }
}

/// The longest text of an address with its length.
const LONGEST: usize = 49;

fn refuse(value: &Value, faults: &mut ValidationErrors, expected: &str) {
    faults.add(if value.is_string() { "format" } else { "type" }, expected);
}

column_value!(Prefixed, sql_types::Text, value => SqlValue::Text(value.0.text()), found: String => Cidr::parse(&found).map(Prefixed).ok_or_else(|| "text that is no prefix".into()));
column_value!(Addressed, sql_types::Text, value => SqlValue::Text(value.text()), found: String => Addressed::parse(&found).ok_or_else(|| "text that is no address".into()));

steward_core::json_value!(Prefixed);
steward_core::json_value!(Addressed);

impl FieldType for Prefixed {
    const COLUMNS: &'static [Column] =
        &[Column { suffix: "", kind: SqlType::Text }, Column { suffix: "_last", kind: SqlType::Text }, Column { suffix: "_key", kind: SqlType::Text }];
    const ORDER: usize = 2;
    const USE: ListUse = ListUse::Scalar;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let read = value.as_str().and_then(Cidr::parse);
        if read.is_none() {
            refuse(&value, faults, "Expected a prefix such as 10.20.0.0/16 or 2001:db8::/32, with all bits behind its length zero.");
        }
        read.map(Prefixed)
    }

    fn to_json(&self) -> Value {
        self.0.text().into()
    }

    fn store(&self, cells: &mut Row) {
        cells.extend([SqlValue::Text(self.0.text()), SqlValue::Text(self.0.last().key()), SqlValue::Text(self.0.key())]);
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        let prefix = values.take::<sql_types::Text, Self>();
        // The last address and the key follow from it.
        values.skip(2);
        prefix
    }

    fn schema() -> Schema {
        of_type(Type::String).min_length(Some(4)).max_length(Some(LONGEST)).pattern(Some("^[0-9a-fA-F:.]+/(0|[1-9][0-9]{0,2})$")).into()
    }
}

impl FieldType for Addressed {
    const COLUMNS: &'static [Column] = &[Column { suffix: "", kind: SqlType::Text }, Column { suffix: "_key", kind: SqlType::Text }];
    const ORDER: usize = 1;
    const USE: ListUse = ListUse::Scalar;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let read = value.as_str().and_then(Addressed::parse);
        if read.is_none() {
            refuse(&value, faults, "Expected an address such as 192.0.2.10 or 2001:db8::10, with or without the length of its prefix, such as /24.");
        }
        read
    }

    fn to_json(&self) -> Value {
        self.text().into()
    }

    fn store(&self, cells: &mut Row) {
        cells.extend([SqlValue::Text(self.text()), SqlValue::Text(self.host.key())]);
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        let address = values.take::<sql_types::Text, Self>();
        // The key follows from it.
        values.skip(1);
        address
    }

    fn schema() -> Schema {
        of_type(Type::String).min_length(Some(2)).max_length(Some(LONGEST)).pattern(Some("^[0-9a-fA-F:.]+(/(0|[1-9][0-9]{0,2}))?$")).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_with_and_without_its_length_and_written_canonically() {
        for (text, canonical) in [("192.0.2.10", "192.0.2.10"), ("192.0.2.10/24", "192.0.2.10/24"), ("2001:DB8:0::10/64", "2001:db8::10/64"), ("::", "::")] {
            assert_eq!(Addressed::parse(text).map(Addressed::text).as_deref(), Some(canonical));
        }
        for text in ["", "192.0.2", "192.0.2.10/33", "192.0.2.10/", "192.0.2.010", "fe80::1%eth0", "192.0.2.10/024", "host"] {
            assert_eq!(Addressed::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_stored_is_loaded_again() {
        let (prefix, address) = (Prefixed(Cidr::parse("10.20.0.0/16").unwrap()), Addressed::parse("10.20.0.7/16").unwrap());
        let (mut cells, mut others) = (Row::new(), Row::new());
        prefix.store(&mut cells);
        address.store(&mut others);
        assert_eq!((Prefixed::load(&cells), Addressed::load(&others)), (Some(prefix), Some(address)));
        let key = others[1].as_text().unwrap();
        assert!(cells[2].as_text().unwrap() <= key && key <= cells[1].as_text().unwrap());
    }
}
