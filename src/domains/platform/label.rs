//! The labels of a collection: its fields, states, transitions and choices, in a language.

use super::translation::WordKind;
use steward_core::resource::ResourceType;
use steward_core::resource::label::label;
use steward_core::resource::value::{Text, Title};
use steward_core::store::{FieldVisibility, Labels};
use steward_core::view::prelude::*;

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Collection, as domain/collection.
    pub collection: String,
    /// Languages in order of preference, in the form of `Accept-Language`, such as `de-AT, de;q=0.8`; those of `Accept-Language` if left out.
    pub language: Option<String>,
}

/// Label of a word.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LabelEntry {
    /// Kind of word.
    pub kind: WordKind,
    /// Field that has the word as a choice; null for other kinds.
    pub field: Option<Text<1, 100>>,
    /// Word, as the API writes it.
    pub word: Text<1, 100>,
    /// Label for people.
    pub label: Title,
    /// Language of the label (BCP 47), such as `de`; `en` where the organisation has none.
    pub language: Text<2, 35>,
    /// True if the organisation has translated it.
    pub translated: bool,
}

/// Labels of a collection.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CollectionLabels {
    /// Collection, as domain/collection.
    pub collection: Text<3, 100>,
    /// Labels: fields, states, transitions, choices by field.
    pub data: Vec<LabelEntry>,
}

impl View for CollectionLabels {
    const PATH: &'static str = "platform/labels";
    const OPERATION_ID: &'static str = "get_labels";
    const SUMMARY: &'static str = "Get the labels of a collection";
    const DESCRIPTION: &'static str = "Labels of the fields, states, transitions and choices of a collection, in the first of the languages in which the organisation \
        has one (platform/translations), else in English: those of `language`, or else of `Accept-Language`. Fields that do not exist for you are left out.";
    const LANGUAGE: Option<&'static str> = Some("language");
    type Reads = ();
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let unknown = || Problem::bad_request("collection is a collection such as vendors/contracts.");
        let definition = cx.store.definitions.get(&query.collection).ok_or_else(unknown)?;
        let labels = cx.labels(definition, query.language.as_deref().unwrap_or_default())?;
        let shown = FieldVisibility::of(definition, cx.session);
        Ok(CollectionLabels { collection: definition.path.into(), data: entries(definition, &labels, &shown) })
    }
}

fn entries(definition: &'static ResourceType, labels: &Labels, shown: &FieldVisibility) -> Vec<LabelEntry> {
    let entry = |kind: WordKind, field: Option<&str>, word: &str| {
        let found = labels.get(kind.word(), word);
        let text = found.map_or_else(|| label(word), str::to_owned);
        let language = labels.language(kind.word(), word).into();
        LabelEntry { kind, field: field.map(Text::from), word: word.into(), label: Title::cut(&text), language, translated: found.is_some() }
    };
    let names: Vec<&str> = definition.member_names().into_iter().filter(|name| shown.shows(name)).collect();
    let fields = names.iter().map(|name| entry(WordKind::Field, None, name));
    let states = definition.lifecycle.iter().flat_map(|lifecycle| lifecycle.states.iter()).map(|state| entry(WordKind::State, None, state));
    let moves = definition.lifecycle.iter().flat_map(|lifecycle| lifecycle.move_names()).map(|name| entry(WordKind::Transition, None, name));
    let choices = names.iter().flat_map(|name| definition.words_of(name).into_iter().map(move |word| entry(WordKind::Choice, Some(name), &word)));
    fields.chain(states).chain(moves).chain(choices).collect()
}
