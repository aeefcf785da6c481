//! Text with a length, and the kinds of text that have a form: codes, e-mail addresses, URLs.

use super::folded;
use super::tidy::{composed, tidy};
use super::{Column, FieldType, ListUse, ValidationErrors, of_type};
use crate::column_value;
use crate::database::{Row, SqlType, SqlValue, Values};
use diesel::{deserialize, sql_types};
use serde_json::{Value, json};
use std::ops::Deref;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaFormat, Type};
use validator::{ValidateEmail, ValidateLength, ValidateUrl};

/// Text of `MIN` to `MAX` characters (Unicode scalar values), without U+0000. It is kept in NFC and without blanks at its ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Text<const MIN: usize, const MAX: usize>(pub String);

/// A name or title: 1 to 200 characters.
pub type Title = Text<1, 200>;
/// Prose: 1 to 20,000 characters.
pub type Note = Text<1, 20_000>;

/// A short code that people type: 1 to 64 characters without spaces. Two codes that differ only in case are the same
/// where the code must be unique.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Code(pub String);

/// A short identifier of a place in an outline, such as 1.2.3, under the rules of [`Code`]. Its numbers are ordered as numbers: 1.2 comes
/// before 1.10.
#[derive(Debug, Clone, PartialEq, Eq, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct OutlineCode(pub String);

/// What something is called, 1 to 200 characters. Two names that differ only in case, blanks or the way their letters are composed are the
/// same where the name must be unique.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Name(pub String);

/// A word or two that people sort things by. Two labels that differ only in case are the same.
#[derive(Debug, Clone, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Label(pub String);

/// An e-mail address. Two addresses that differ only in case are the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Email(pub String);

/// An absolute `http` or `https` URL of at most 2,000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Url(pub String);

/// A filter in the language of lists, which is kept for later. No list is narrowed by it.
#[derive(Debug, Clone, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct ListFilter(pub String);

/// Greatest length of such a filter, in characters.
const LONGEST_FILTER: usize = 2048;

/// The number of a document, as its issuer writes it: 1 to 200 characters. Two numbers that differ only in case are the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct DocumentNumber(pub String);

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 0xf)]));
    }
    text
}

pub(super) fn string(value: Value, faults: &mut ValidationErrors) -> Option<String> {
    match value {
        Value::String(text) if text.contains('\0') => {
            faults.add("nul", "The character U+0000 is not allowed.");
            None
        }
        Value::String(text) => Some(text),
        _ => {
            faults.add("type", "Expected text.");
            None
        }
    }
}

pub(super) fn within(text: &str, min: usize, max: usize, faults: &mut ValidationErrors) {
    if !text.validate_length(Some(min as u64), None, None) {
        let detail = if min == 1 { "Must not be empty.".to_owned() } else { format!("Expected at least {min} characters.") };
        faults.add_with("too_short", detail, json!({"min": min, "max": max}));
    }
    if !text.validate_length(None, Some(max as u64), None) {
        faults.add_with("too_long", format!("Expected at most {max} characters."), json!({"min": min, "max": max}));
    }
}

pub(super) fn string_schema(min: usize, max: usize) -> ObjectBuilder {
    of_type(Type::String).min_length((min > 0).then_some(min)).max_length(Some(max))
}

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// The text, cut at the greatest length.
    pub fn cut(text: &str) -> Self {
        Text(text.chars().filter(|c| *c != '\0').take(MAX).collect())
    }
}

impl<const MIN: usize, const MAX: usize> From<&str> for Text<MIN, MAX> {
    fn from(text: &str) -> Self {
        Text(text.to_owned())
    }
}

crate::json_value!(@[const MIN: usize, const MAX: usize] Text<MIN, MAX>);
crate::json_value!(Code);
crate::json_value!(Label);
crate::json_value!(DocumentNumber);
crate::json_value!(Email);
crate::json_value!(Url);
crate::json_value!(ListFilter);

impl<const MIN: usize, const MAX: usize> FieldType for Text<MIN, MAX> {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Text);
    const USE: ListUse = ListUse::Scalar;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let text = tidy(string(value, faults)?);
        within(&text, MIN, MAX, faults);
        if MIN > 0 && !text.is_empty() && !is_seen(&text) {
            faults.add_with("too_short", "Must not be blank.", json!({"min": MIN, "max": MAX}));
        }
        Some(Text(text))
    }

    fn to_json(&self) -> Value {
        self.0.clone().into()
    }

    fn write_json(&self, out: &mut Vec<u8>) {
        super::bytes::append(&self.0, out);
    }

    fn store(&self, cells: &mut Row) {
        cells.push(SqlValue::Text(self.0.clone()));
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        values.take::<sql_types::Text, Self>()
    }

    fn schema() -> Schema {
        let builder = string_schema(MIN, MAX);
        if MIN > 0 { builder.pattern(Some(r"\S")).into() } else { builder.into() }
    }
}

impl<const MIN: usize, const MAX: usize> Deref for Text<MIN, MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

column_value!(@[const MIN: usize, const MAX: usize] Text<MIN, MAX>, sql_types::Text, value => SqlValue::Text(value.0.clone()), found: String => Ok(Text(found)));
column_value!(Code, sql_types::Text, value => SqlValue::Text(value.0.clone()), found: String => Ok(Code(found)));
column_value!(OutlineCode, sql_types::Text, value => SqlValue::Text(value.0.clone()), found: String => Ok(OutlineCode(found)));
column_value!(Name, sql_types::Text, value => SqlValue::Text(value.0.clone()), found: String => Ok(Name(found)));
column_value!(DocumentNumber, sql_types::Text, value => SqlValue::Text(value.0.clone()), found: String => Ok(DocumentNumber(found)));
column_value!(Label, sql_types::Text, value => SqlValue::Text(value.0.clone()), found: String => Ok(Label(found)));
column_value!(Email, sql_types::Text, value => SqlValue::Text(value.0.clone()), found: String => Ok(Email(found)));
column_value!(Url, sql_types::Text, value => SqlValue::Text(value.0.clone()), found: String => Ok(Url(found)));
column_value!(ListFilter, sql_types::Text, value => SqlValue::Text(value.0.clone()), found: String => Ok(ListFilter(found)));

/// The digits up to which the numbers in an outline are compared as numbers.
const DIGITS: usize = 20;

const KEYED: &[Column] = &[Column { suffix: "", kind: SqlType::Text }, Column { suffix: "_key", kind: SqlType::Text }];

/// Text with a folded copy beside it, which carries the uniqueness, in the form in which it is kept.
macro_rules! keyed_text {
    ($Type:ident, $max:literal, $kept:expr, $valid:expr, $expected:literal, $schema:expr) => {
        impl FieldType for $Type {
            const COLUMNS: &'static [Column] = KEYED;
            const USE: ListUse = ListUse::Scalar;

            fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
                let text = $kept(string(value, faults)?);
                let before = faults.len();
                within(&text, 1, $max, faults);
                let valid: fn(&str) -> bool = $valid;
                if faults.len() == before && !valid(&text) {
                    faults.add("format", $expected);
                }
                Some($Type(text))
            }

            fn to_json(&self) -> Value {
                self.0.clone().into()
            }

            fn write_json(&self, out: &mut Vec<u8>) {
                super::bytes::append(&self.0, out);
            }

            fn store(&self, cells: &mut Row) {
                cells.push(SqlValue::Text(self.0.clone()));
                cells.push(SqlValue::Text(folded(&self.0)));
            }

            fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
                let text = values.take::<sql_types::Text, Self>();
                // The key follows from it.
                values.skip(1);
                text
            }

            fn schema() -> Schema {
                let narrow: fn(ObjectBuilder) -> ObjectBuilder = $schema;
                narrow(string_schema(1, $max)).into()
            }
        }

        impl From<&str> for $Type {
            fn from(text: &str) -> Self {
                $Type(text.to_owned())
            }
        }

        impl Deref for $Type {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }
    };
}

/// Whether something of a text is seen.
fn is_seen(text: &str) -> bool {
    !folded(text).is_empty()
}

/// True if something of a text is seen, and it is one line without blanks at its ends.
fn is_trimmed_line(text: &str) -> bool {
    is_seen(text) && text.trim() == text && !text.chars().any(char::is_control)
}

keyed_text!(
    Code,
    64,
    composed,
    |text| is_seen(text) && !text.chars().any(|c| c.is_whitespace() || c.is_control()),
    "Expected a code without spaces.",
    |schema| schema.pattern(Some(r"^[^\s\u0000-\u001f\u007f]+$"))
);
keyed_text!(Name, 200, tidy, is_seen, "Must not be blank.", |schema| schema.pattern(Some(r"\S")));
keyed_text!(Label, 60, composed, is_trimmed_line, "Expected a label without spaces at its ends.", |schema| schema);
keyed_text!(DocumentNumber, 200, composed, is_trimmed_line, "Expected the number of a document without blanks at its ends.", |schema| schema
    .pattern(Some(r"^\S(.*\S)?$")));
keyed_text!(Email, 254, composed, |text| text.validate_email(), "Expected an e-mail address, such as ada@example.org.", |schema| schema
    .format(Some(SchemaFormat::Custom("email".into()))));

/// A folded code as text that is ordered as its numbers are: each number has leading zeros up to [`DIGITS`] of them.
fn in_outline(folded: &str) -> String {
    let mut ordered = String::with_capacity(folded.len() + 2 * DIGITS);
    let mut rest = folded;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|letter: char| letter.is_ascii_digit() != first.is_ascii_digit()).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if first.is_ascii_digit() {
            let number = run.trim_start_matches('0');
            ordered.extend(std::iter::repeat_n('0', DIGITS.saturating_sub(number.len())));
            ordered.push_str(number);
        } else {
            ordered.push_str(run);
        }
        rest = after;
    }
    ordered
}

impl FieldType for OutlineCode {
    const COLUMNS: &'static [Column] =
        &[Column { suffix: "", kind: SqlType::Text }, Column { suffix: "_key", kind: SqlType::Text }, Column { suffix: "_order", kind: SqlType::Text }];
    const ORDER: usize = 2;
    const USE: ListUse = ListUse::Scalar;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        Code::read(value, faults).map(|code| OutlineCode(code.0))
    }

    fn to_json(&self) -> Value {
        self.0.clone().into()
    }

    fn store(&self, cells: &mut Row) {
        let key = folded(&self.0);
        cells.extend([SqlValue::Text(self.0.clone()), SqlValue::Text(key.clone()), SqlValue::Text(in_outline(&key))]);
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        let text = values.take::<sql_types::Text, Self>();
        // The key and the order follow from it.
        values.skip(2);
        text
    }

    fn schema() -> Schema {
        Code::schema()
    }
}

impl From<&str> for OutlineCode {
    fn from(text: &str) -> Self {
        OutlineCode(text.to_owned())
    }
}

impl Deref for OutlineCode {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// Whether a text has the characters of a URI (RFC 3986, section 2), and percent signs before two digits only.
fn is_uri(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    let coded = |rest: &str| rest.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    text.bytes().all(known) && text.split('%').skip(1).all(coded)
}

impl FieldType for Url {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Text);
    const USE: ListUse = ListUse::Scalar;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let text = string(value, faults)?;
        within(&text, 1, 2000, faults);
        if !(text.starts_with("https://") || text.starts_with("http://")) || !text.validate_url() || !is_uri(&text) {
            faults.add(
                "format",
                "Expected an absolute URL that starts with https:// or http://, in the characters of RFC 3986: others as %C3%AF, hosts as xn--.",
            );
        }
        Some(Url(text))
    }

    fn to_json(&self) -> Value {
        self.0.clone().into()
    }

    fn write_json(&self, out: &mut Vec<u8>) {
        super::bytes::append(&self.0, out);
    }

    fn store(&self, cells: &mut Row) {
        cells.push(SqlValue::Text(self.0.clone()));
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        values.take::<sql_types::Text, Self>()
    }

    fn schema() -> Schema {
        string_schema(1, 2000).format(Some(SchemaFormat::Custom("uri".into()))).pattern(Some("^https?://")).into()
    }
}

impl FieldType for ListFilter {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Text);
    const USE: ListUse = ListUse::Opaque;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let text = string(value, faults)?;
        within(&text, 1, LONGEST_FILTER, faults);
        Some(ListFilter(text))
    }

    fn to_json(&self) -> Value {
        self.0.clone().into()
    }

    fn store(&self, cells: &mut Row) {
        cells.push(SqlValue::Text(self.0.clone()));
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        values.take::<sql_types::Text, Self>()
    }

    fn schema() -> Schema {
        string_schema(1, LONGEST_FILTER).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_an_outline_are_ordered_as_numbers() {
        let mut codes = ["1.10", "1.9", "01.2", "10", "a2", "a10", "1", "99999999999999999999.1", "é1"];
        codes.sort_by_key(|code| in_outline(&folded(code)));
        assert_eq!(codes, ["1", "01.2", "1.9", "1.10", "10", "99999999999999999999.1", "a2", "a10", "é1"]);
        assert_eq!(in_outline("000.x"), "00000000000000000000.x");
    }
}
