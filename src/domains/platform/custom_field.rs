//! Custom fields: what an organisation adds to a collection.

use serde_json::json;
use steward_core::choice;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Note, Number, Text, Title};
use steward_core::resource::{Check, Own, Resource, Scope, Unique, ValidationErrors};
use steward_core::store::custom_field::{is_used, used_value, whole};

choice! {
    /// Type of a custom field's value.
    pub enum CustomKind {
        /// Text.
        Text = "text",
        /// A number.
        Number = "number",
        /// A date.
        Date = "date",
        /// True or false.
        Bool = "bool",
        /// One of `choices`.
        Choice = "choice",
        /// Id of a record of `refers_to`.
        Reference = "reference",
    }
}

/// The greatest bound of a number or length.
const BOUND: i64 = 1_000_000_000_000;

steward_core::resource! {
    /// Field that the organisation adds to a collection. Its value is in `custom` of each record, under its code.
    pub struct CustomField {
        /// Collection of the field, as domain/collection.
        #[field(fixed, search)]
        pub collection: Text<3, 100>,
        /// Code, unique in the collection: a letter, then letters, digits and underscores, in lower case.
        #[field(fixed, search)]
        pub code: Text<1, 40>,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Purpose of the field.
        pub description: Option<Note>,
        /// Type of the value.
        #[field(fixed)]
        pub kind: CustomKind,
        /// True if a record must have a value when it is next written.
        #[field(default(|| json!(false)))]
        pub required: bool,
        /// True if no two records may have the same value, upper and lower case being the same.
        #[field(fixed, default(|| json!(false)))]
        pub is_unique: bool,
        /// Regular expression that the whole text must match; for text only.
        pub pattern: Option<Text<1, 200>>,
        /// Minimum value of a number, or minimum length of a text in characters.
        pub minimum: Option<Number<{ -BOUND }, BOUND>>,
        /// Maximum value of a number, or maximum length of a text in characters.
        pub maximum: Option<Number<{ -BOUND }, BOUND>>,
        /// Words of a choice, in order.
        pub choices: Option<Vec<Text<1, 100>>>,
        /// Collection that a reference points into, as domain/collection.
        #[field(fixed)]
        pub refers_to: Option<Text<3, 100>>,
    }
}

impl Resource for CustomField {
    const PATH: &'static str = "platform/custom-fields";
    type Table = steward_schema::platform::custom_fields::table;
    const SCOPE: Scope = Scope::Shared;
    const OWN: &'static [Own] = &[Own::everybody()];
    const UNIQUE: &'static [Unique] = &[Unique { index: "custom_fields_code_key", fields: &["collection", "code"] }];

    fn sample() -> Self {
        CustomField {
            collection: "teams/people".into(),
            code: "badge_number".into(),
            name: "Badge number".into(),
            description: Some("As printed on the badge.".into()),
            kind: CustomKind::Text,
            required: false,
            is_unique: true,
            pattern: Some("[A-Z]{2}[0-9]{4}".into()),
            minimum: None,
            maximum: None,
            choices: None,
            refers_to: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let code = &self.code.0;
        let plain = code.starts_with(|c: char| c.is_ascii_lowercase()) && code.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
        faults.require(plain, "code", "format", "Expected a lower-case letter, then letters, digits and underscores.");
        let sound = self.pattern.as_ref().is_none_or(|pattern| whole(pattern).is_ok());
        faults.require(sound, "pattern", "pattern", "Expected a regular expression.");
        let (kind, sized) = (self.kind, matches!(self.kind, CustomKind::Text | CustomKind::Number));
        faults.require(self.pattern.is_none() || kind == CustomKind::Text, "pattern", "kind", "Only text has a pattern.");
        faults.require(sized || self.minimum.is_none() && self.maximum.is_none(), "minimum", "kind", "Only text and numbers have bounds.");
        faults.require(
            self.minimum.zip(self.maximum).is_none_or(|(least, most)| least.0 <= most.0),
            "maximum",
            "range",
            "The maximum must not be under the minimum.",
        );
        let choices = self.choices.as_ref().is_some_and(|choices| !choices.is_empty());
        faults.require(choices == (kind == CustomKind::Choice), "choices", "kind", "A choice has choices, and nothing else has.");
        faults.require(
            self.refers_to.is_some() == (kind == CustomKind::Reference),
            "refers_to",
            "kind",
            "A reference refers to a collection, and nothing else does.",
        );
        faults.require(kind != CustomKind::Bool || !self.is_unique, "is_unique", "kind", "True and false are too few to differ between records.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let known = |path: &str| check.definitions.get(path).is_some_and(|definition| !definition.fact);
        let mut broken = Vec::new();
        let detail = "Expected a collection of records, as domain/collection, such as teams/people.";
        if !known(&self.collection) {
            broken.push(FieldError::new("/collection", "collection", detail));
        }
        if self.refers_to.as_ref().is_some_and(|path| !known(path)) {
            broken.push(FieldError::new("/refers_to", "collection", detail));
        }
        if !broken.is_empty() {
            return Err(Problem::invalid(broken).into());
        }
        self.keep_used_choices(check)
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(definition) = check.definitions.get(&self.collection) else { return Ok(()) };
        if is_used(check.connection, definition, &self.code)? {
            return Err(Problem::conflict("", "in_use", "Records still have a value for it. Empty those first.").into());
        }
        Ok(())
    }
}

impl CustomField {
    /// Refuses to take a choice away that records have: each of their later updates would be refused.
    fn keep_used_choices(&self, check: &mut Check<'_>) -> Result<()> {
        let known: Vec<Text<1, 100>> = check.before::<CustomField>()?.and_then(|before| before.choices.clone()).unwrap_or_default();
        let taken: Vec<String> = known.into_iter().filter(|word| !self.choices.iter().flatten().any(|choice| choice == word)).map(|word| word.0).collect();
        let Some(definition) = check.definitions.get(&self.collection).filter(|_| !taken.is_empty()) else { return Ok(()) };
        match used_value(check.connection, definition, &self.code, &taken)? {
            Some(word) => {
                let detail = format!("Records of {} still have the choice {word:?}. Give them another one first, or keep the choice.", self.collection.0);
                Err(Problem::conflict("/choices", "in_use", detail).into())
            }
            None => Ok(()),
        }
    }
}
