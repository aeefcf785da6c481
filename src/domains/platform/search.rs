//! Search over all collections at once.

use super::trace::{KINDS, kinds, number};
use crate::error::{Problem, Result};
use crate::http::view::{Call, Parameter, Run, View};
use crate::resource::Id;
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::{Many, Text};
use crate::search;
use crate::store::Reader;
use serde_json::Value;

/// `GET platform/search`.
pub static SEARCH: View = View {
    path: "platform/search",
    operation_id: "search_resources",
    summary: "Search all collections",
    description: "The records of all domains that have every word of `q`, best first, among those that you may see. \
        Words are of letters and digits, without case in every script; a record has a word if one of its own begins with it. \
        The searched fields are names, codes, descriptions and the like: nothing that is restricted, private or secret.\n\n\
        Best is, in this order: how much of the words the title has, how many of them are there as whole words, how little else there is, and what was made first. \
        Of more than 1,000 matches, the 1,000 best by all but the title are ranked.",
    permissions: &[],
    parameters: &[
        Parameter { name: "q", description: "the words to look for, 1 to 16", words: &[], required: true },
        Parameter { name: "limit", description: "how many records to answer with, 1 to 200; 20 if left out", words: &[], required: false },
        KINDS,
    ],
    answer: answer_schema::<SearchResults>,
    run: Run::Read(run),
};

/// How many records are answered at most.
const MOST: usize = 200;
/// How many records are usually answered.
const USUAL: usize = 20;

crate::answer! {
    /// A record that was found.
    pub struct SearchResult {
        /// The record.
        pub id: Id,
        /// Its collection, as domain/collection.
        pub kind: Text<1, 200>,
        /// What people call it.
        pub title: Text<0, 65_536>,
        /// Where it is in its lifecycle; null if it has none.
        pub state: Option<Text<1, 40>>,
        /// The unit that decides who may see it; null for catalogues.
        pub unit_id: Option<Id>,
        /// A fragment of the first field that has one of the words, as HTML: each is in `<mark>`, everything else is escaped.
        pub highlight: Text<0, { search::HIGHLIGHT }>,
    }
}

crate::answer! {
    /// What was found.
    pub struct SearchResults {
        /// The records, best first.
        pub data: Many<SearchResult>,
    }
}

fn run(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let words = search::words(call.parameter("q").unwrap_or_default());
    if words.is_empty() || words.len() > search::WORDS {
        return Err(Problem::bad_request(format!("q has 1 to {} words of letters or digits.", search::WORDS)).into());
    }
    let limit = number(call, "limit", USUAL, MOST)?;
    let kinds = kinds(&reader.store.definitions, call)?;
    let found = reader.search(&words, kinds.as_deref(), limit)?;
    let data = found.into_iter().map(|each| SearchResult {
        id: each.id,
        kind: each.collection.into(),
        title: each.title.as_str().into(),
        state: each.state.as_deref().map(Text::from),
        unit_id: each.unit_id,
        highlight: each.highlight.as_str().into(),
    });
    Ok(Model::to_json(&SearchResults { data: Many(data.collect()) }).into())
}
