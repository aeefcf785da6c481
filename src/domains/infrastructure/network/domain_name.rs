//! Names of domains (RFC 1035): in one form, whatever their case, whether in letters or in A-labels, and whether with the dot of the root.

use diesel::sql_types::Text;
use serde_json::Value;
use steward_core::database::{Row, SqlType, SqlValue, Values};
use steward_core::resource::FieldType;
use steward_core::resource::value::{Column, ListUse, ValidationErrors, domain_key};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// Domain name: labels of 1 to 63 characters with dots between them, 253 characters at most.
#[derive(Debug, Clone, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct DomainName(pub String);

const COLUMNS: &[Column] = &[Column { suffix: "", kind: SqlType::Text }, Column { suffix: "_key", kind: SqlType::Text }];

steward_core::json_value!(DomainName);
steward_core::column_value!(DomainName, Text, value => SqlValue::Text(value.0.clone()), found: String => Ok(DomainName(found)));

impl From<&str> for DomainName {
    fn from(text: &str) -> Self {
        DomainName(text.to_owned())
    }
}

/// What is wrong with a name, if it is none.
fn fault(name: &str) -> Option<&'static str> {
    if name.chars().count() > 253 {
        return Some("Expected at most 253 characters.");
    }
    let sound = |label: &str| {
        let letters = label.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_'));
        (1..=63).contains(&label.chars().count()) && letters && !label.starts_with('-') && !label.ends_with('-')
    };
    let labels = name.split('.').all(sound);
    (!labels).then_some("Expected the name of a domain (RFC 1035): labels of 1 to 63 letters, digits and hyphens, with dots between them.")
}

impl FieldType for DomainName {
    const COLUMNS: &'static [Column] = COLUMNS;
    const USE: ListUse = ListUse::Scalar;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let Value::String(text) = value else {
            faults.add("type", "Expected text.");
            return None;
        };
        // The dot of the root is left out.
        let name = text.strip_suffix('.').unwrap_or(&text).to_owned();
        if let Some(fault) = fault(&name) {
            faults.add("format", fault);
        }
        Some(DomainName(name))
    }

    fn to_json(&self) -> Value {
        self.0.clone().into()
    }

    fn store(&self, cells: &mut Row) {
        cells.push(SqlValue::Text(self.0.clone()));
        cells.push(SqlValue::Text(domain_key(&self.0)));
    }

    fn decode(values: &mut Values<'_>) -> diesel::deserialize::Result<Self> {
        let name = values.take::<Text, Self>();
        // The key follows from it.
        values.skip(1);
        name
    }

    fn schema() -> Schema {
        let pattern = r"^[^.\s]{1,63}(\.[^.\s]{1,63})*\.?$";
        ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(254)).pattern(Some(pattern)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_labels_of_a_length() {
        let reverse = format!("{}ip6.arpa", "0.".repeat(32));
        for sound in ["example.org", "xn--bcher-kva.example", "_dmarc.example.org", &reverse, "localhost"] {
            assert_eq!(fault(sound), None, "{sound}");
        }
        let long = "a".repeat(64);
        for broken in ["", "a..b", ".a", "a b", "-a.example", "a-.example", &long, &"a.".repeat(127)] {
            assert!(fault(broken).is_some(), "{broken}");
        }
    }

    #[test]
    fn the_dot_of_the_root_is_left_out() {
        let name = DomainName::read("zone.example.".into(), &mut ValidationErrors::new());
        assert_eq!(name, Some(DomainName("zone.example".into())));
    }
}
