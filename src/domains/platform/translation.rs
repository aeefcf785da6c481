//! Translations: labels of the words of the API in the languages of the organisation.

use serde_json::json;
use steward_core::choice;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Text, Title};
use steward_core::resource::{Check, Resource, ResourceType, Scope, Unique, ValidationErrors};

choice! {
    /// Kind of word that has a label.
    pub enum WordKind {
        /// State of a lifecycle.
        State = "state",
        /// Transition, by its name.
        Transition = "transition",
        /// Word of a closed set.
        Choice = "choice",
        /// Field, by its name.
        Field = "field",
    }
}

/// Collection of a translation that holds for all collections.
const ALL: &str = "*";

steward_core::resource! {
    /// Label of a word of the API in a language. Answers that contain labels choose them by `Accept-Language` or `language`.
    pub struct Translation {
        /// Language tag (BCP 47), such as `de` or `de-AT`, in lower case but for the region.
        #[field(search)]
        pub language: Text<2, 35>,
        /// Collection of the word, as domain/collection; `*` for all collections.
        #[field(default(|| json!("*")))]
        pub collection: Text<1, 100>,
        /// Kind of word.
        pub kind: WordKind,
        /// Word, as the API writes it.
        #[field(search)]
        pub word: Text<1, 100>,
        /// Label for people.
        #[field(search)]
        pub label: Title,
    }
}

impl Resource for Translation {
    const PATH: &'static str = "platform/translations";
    type Table = steward_schema::platform::translations::table;
    const SCOPE: Scope = Scope::Shared;
    const TITLE: &'static str = "label";
    const UNIQUE: &'static [Unique] = &[Unique { index: "translations_word_key", fields: &["language", "collection", "kind", "word"] }];

    fn sample() -> Self {
        Translation { language: "de".into(), collection: ALL.into(), kind: WordKind::State, word: "in_progress".into(), label: "In Arbeit".into() }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(is_tag(&self.language), "language", "format", "Expected a language tag such as de or de-AT (BCP 47).");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if &*self.collection == ALL {
            return Ok(());
        }
        let broken = match check.definitions.get(&self.collection) {
            None => FieldError::new("/collection", "collection", "There is no such collection. Write domain/collection, or * for all."),
            Some(definition) if !self.is_word_of(definition) => {
                FieldError::new("/word", "unknown", format!("{} has no such {}. Use a word of the document.", self.collection.0, self.kind.word()))
            }
            Some(_) => return Ok(()),
        };
        Err(Problem::invalid(vec![broken]).into())
    }
}

impl Translation {
    fn is_word_of(&self, definition: &ResourceType) -> bool {
        let word = &*self.word;
        match self.kind {
            WordKind::State => definition.lifecycle.as_ref().is_some_and(|lifecycle| lifecycle.states.contains(&word)),
            WordKind::Transition => definition.moves().any(|step| step.name == word),
            WordKind::Choice => definition.written_fields().any(|field| definition.words_of(field.name).iter().any(|each| each == word)),
            WordKind::Field => definition.member_names().contains(&word),
        }
    }
}

/// A language of two or three letters, and subtags of letters and digits behind it.
fn is_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase()));
    language && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
