//! Passwords by the rules of NIST SP 800-63B: long enough, any characters, and not one that everybody would guess.

mod guess;

use super::text::{string, string_schema, within};
use super::{Column, FieldType, ListUse, ValidationErrors};
use crate::column_value;
use crate::database::{Row, SqlType, SqlValue, Values};
use diesel::{deserialize, sql_types};
use icu_normalizer::ComposingNormalizerBorrowed;
use serde_json::Value;
use utoipa::openapi::schema::{KnownFormat, Schema, SchemaFormat};

/// A password on its way in, or what is kept of it: its Argon2id hash. The hash may bring marks of what the password is
/// about, which are never kept.
#[derive(Clone, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Password(pub String);

/// Stands between a hash and the marks.
const BETWEEN: char = '\u{1f}';

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A password in the form that is hashed (NFKC): the same however a keyboard composes its letters. ASCII stays as it is.
pub fn normalized(plain: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc().normalize(plain).into_owned()
}

impl Password {
    /// How many characters it may have.
    pub const LENGTHS: std::ops::RangeInclusive<usize> = 12..=200;

    /// A hash with the marks of what the password that it is made of is about, for [`Password::is_about`].
    pub fn sealed(hash: &str, plain: &str) -> String {
        guess::marks_of(&normalized(plain)).iter().fold(hash.to_owned(), |sealed, mark| format!("{sealed}{BETWEEN}{mark}"))
    }

    /// What to do about a password that everybody would guess; none if nobody would.
    pub fn weakness(plain: &str) -> Option<&'static str> {
        guess::weakness(&normalized(plain)).map(|(_, detail)| detail)
    }

    /// True if it is one of these words or names with little beside it. Only known while it is written.
    pub fn is_about(&self, words: &[&str]) -> bool {
        let mut own = self.0.split(BETWEEN).skip(1);
        let words: Vec<String> = words.iter().map(|word| normalized(word)).collect();
        let known = guess::marks(&words);
        own.any(|mark| known.iter().any(|known| known == mark))
    }

    /// What is kept of it.
    pub fn hash(&self) -> &str {
        self.0.split(BETWEEN).next().unwrap_or_default()
    }
}

column_value!(Password, sql_types::Text, value => SqlValue::Text(value.hash().to_owned()), found: String => Ok(Password(found)));

impl FieldType for Password {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Text);
    const USE: ListUse = ListUse::Opaque;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let text = string(value, faults)?;
        let before = faults.len();
        within(&text, *Password::LENGTHS.start(), *Password::LENGTHS.end(), faults);
        if faults.len() == before
            && let Some((code, detail)) = guess::weakness(&normalized(&text))
        {
            faults.add(code, detail);
            return None;
        }
        Some(Password(text))
    }

    fn to_json(&self) -> Value {
        self.0.clone().into()
    }

    fn store(&self, cells: &mut Row) {
        cells.push(SqlValue::Text(self.hash().to_owned()));
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        values.take::<sql_types::Text, Self>()
    }

    fn schema() -> Schema {
        string_schema(*Password::LENGTHS.start(), *Password::LENGTHS.end()).format(Some(SchemaFormat::KnownFormat(KnownFormat::Password))).into()
    }
}
