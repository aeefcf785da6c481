//! Ranges of versions in the notation `vers`: of its product, what a licence covers.

use diesel::sql_types::Text;
use serde_json::Value;
use steward_core::database::{Row, SqlType, SqlValue, Values};
use steward_core::formats::version::ranges;
use steward_core::resource::FieldType;
use steward_core::resource::value::{Column, ListUse, ValidationErrors};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// Range of versions in the notation `vers`, such as `vers:generic/>=8.0|<9.0`; 500 characters at most.
#[derive(Debug, Clone, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct VersionRange(pub String);

/// Greatest length of a range, in characters.
const LONGEST: usize = 500;

steward_core::json_value!(VersionRange);
steward_core::column_value!(VersionRange, Text, value => SqlValue::Text(value.0.clone()), found: String => Ok(VersionRange(found)));

impl From<&str> for VersionRange {
    fn from(text: &str) -> Self {
        VersionRange(text.to_owned())
    }
}

impl VersionRange {
    /// True if it has a version in it.
    pub fn contains(&self, version: &str) -> bool {
        ranges(&self.0).is_ok_and(|intervals| intervals.iter().any(|interval| interval.contains(version)))
    }
}

impl FieldType for VersionRange {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Text);
    const USE: ListUse = ListUse::Scalar;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let Value::String(text) = value else {
            faults.add("type", "Expected text.");
            return None;
        };
        let range = text.trim().to_owned();
        match ranges(&range) {
            _ if range.chars().count() > LONGEST => faults.add("too_long", format!("Expected at most {LONGEST} characters.")),
            Err(wrong) => faults.add("format", wrong),
            Ok(_) if !names_scheme(&range) => faults.add("format", "Expected a range that names its scheme, such as vers:generic/>=1.0|<2.0."),
            Ok(_) => {}
        }
        Some(VersionRange(range))
    }

    fn to_json(&self) -> Value {
        self.0.clone().into()
    }

    fn store(&self, cells: &mut Row) {
        cells.push(SqlValue::Text(self.0.clone()));
    }

    fn decode(values: &mut Values<'_>) -> diesel::deserialize::Result<Self> {
        values.take::<Text, Self>()
    }

    fn schema() -> Schema {
        let pattern = r"^vers:[a-zA-Z0-9.+-]+/\S";
        ObjectBuilder::new().schema_type(Type::String).min_length(Some(7)).max_length(Some(LONGEST)).pattern(Some(pattern)).into()
    }
}

/// True if a range names its scheme, as the pattern of the schema says.
fn names_scheme(range: &str) -> bool {
    let named = range.strip_prefix("vers:").and_then(|rest| rest.split_once('/'));
    named.is_some_and(|(scheme, versions)| {
        let is_known = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '+' | '-');
        !scheme.is_empty() && scheme.chars().all(is_known) && !versions.starts_with(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_sound(text: &str) -> bool {
        let mut faults = ValidationErrors::new();
        VersionRange::read(text.into(), &mut faults).is_some() && faults.is_empty()
    }

    #[test]
    fn a_range_names_its_scheme_and_has_constraints() {
        for sound in ["vers:generic/>=8.0|<9.0", "vers:npm/1.2.3", "vers:generic/*"] {
            assert!(is_sound(sound), "{sound}");
        }
        for broken in ["", "8.0", ">=8.0", "vers:/8.0", "vers:generic", "vers:generic/", "vers:generic/>=", &format!("vers:generic/{}", "1".repeat(500))] {
            assert!(!is_sound(broken), "{broken}");
        }
        for beside_schema in ["vers:two words/1", "vers:é/1", "vers:generic/ 1"] {
            assert!(!is_sound(beside_schema), "{beside_schema}");
        }
    }

    #[test]
    fn versions_are_in_a_range_by_the_order_of_versions() {
        let range = VersionRange::from("vers:generic/>=8.0|<9.0|!=8.5");
        for (version, is_in) in [("7.9", false), ("8", true), ("8.10", true), ("8.5", false), ("9.0-rc1", true), ("9.0", false)] {
            assert_eq!(range.contains(version), is_in, "{version}");
        }
    }
}
