//! Closed sets of words: an enum in Rust, a string with `enum` in the API document, text in the database.

/// Declares a closed set: `choice! { /// Doc. pub enum Extent { /// Wholly. Full = "full", … } }`.
#[macro_export]
macro_rules! choice {
    ($(#[doc = $doc:literal])* pub enum $Name:ident { $($(#[doc = $word_doc:literal])* $Variant:ident = $word:literal),* $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[allow(clippy::enum_variant_names, reason = "words are the field's own")]
        pub enum $Name { $($(#[doc = $word_doc])* $Variant),* }

        impl $Name {
            /// The words, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word that stands for it in JSON and in the database.
            pub fn word(self) -> &'static str { match self { $($Name::$Variant => $word),* } }

            /// The choice that a word stands for.
            pub fn from_word(word: &str) -> Option<Self> { match word { $($word => Some($Name::$Variant),)* _ => None } }
        }

        $crate::column_value!($Name, diesel::sql_types::Text,
            value => $crate::database::SqlValue::Text(value.word().to_owned()),
            found: String => $Name::from_word(&found).ok_or_else(|| $crate::resource::value::choice::unknown($Name::WORDS)));

        $crate::json_value!($Name);

        impl $crate::resource::value::FieldType for $Name {
            const COLUMNS: &'static [$crate::resource::value::Column] = &$crate::resource::value::Column::only($crate::database::SqlType::Text);
            const USE: $crate::resource::value::ListUse = $crate::resource::value::ListUse::Scalar;

            fn read(value: serde_json::Value, faults: &mut $crate::resource::value::ValidationErrors) -> Option<Self> {
                let choice = value.as_str().and_then($Name::from_word);
                if choice.is_none() {
                    $crate::resource::value::choice::refuse($Name::WORDS, faults);
                }
                choice
            }

            fn to_json(&self) -> serde_json::Value { self.word().into() }

            fn write_json(&self, out: &mut Vec<u8>) { $crate::resource::value::bytes::append(self.word(), out); }

            fn store(&self, cells: &mut $crate::database::Row) { cells.push(self.word().into()); }

            fn decode(values: &mut $crate::database::Values<'_>) -> diesel::deserialize::Result<Self> {
                values.take::<diesel::sql_types::Text, Self>()
            }

            fn schema() -> utoipa::openapi::schema::Schema {
                $crate::resource::value::choice::schema(concat!(module_path!(), "::", stringify!($Name)), &[$($doc),*], $Name::WORDS, &[$(&[$($word_doc),*]),*])
            }
        }
    };
}

use super::{ValidationErrors, of_type, title};
use crate::resource::field::join;
use serde_json::json;
use utoipa::openapi::schema::{Schema, Type};

/// A stored word that is not one of those allowed.
#[cold]
pub fn unknown(words: &[&str]) -> Box<dyn std::error::Error + Send + Sync> {
    format!("a word that is none of {}", words.join(", ")).into()
}

/// Says which words are allowed.
pub fn refuse(words: &[&str], faults: &mut ValidationErrors) {
    faults.add_with("choice", format!("Expected one of {}.", words.join(", ")), json!({"allowed": words}));
}

/// A string with `enum`, named by its type and told of as a whole and word by word.
pub fn schema(path: &str, doc: &[&str], words: &[&str], word_docs: &[&[&str]]) -> Schema {
    let told = words.iter().zip(word_docs).filter(|(_, doc)| !doc.is_empty()).map(|(word, doc)| format!("\n- `{word}`: {}", join(doc)));
    let doc = format!("{}\n{}", join(doc), told.collect::<String>());
    of_type(Type::String).title(Some(title(path, doc.trim_end()))).enum_values(Some(words.iter().copied())).into()
}
