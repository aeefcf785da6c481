//! Search over all collections at once.

use super::trace::{kinds, number};
use steward_core::resource::value::Text;
use steward_core::search;
use steward_core::view::prelude::*;

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Words to look for, 1 to 32.
    pub q: String,
    /// Number of records to answer with; 20 if left out.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// Collections to answer with, as domain/collection, with commas between; all if left out.
    pub kinds: Option<String>,
}

/// How many records are answered at most.
const MOST: usize = 200;
/// How many records are usually answered.
const USUAL: usize = 20;

/// Record that was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchResult {
    /// The record.
    pub id: Id,
    /// Collection of the record, as domain/collection.
    pub kind: Text<1, 200>,
    /// Title of the record.
    pub title: Text<0, 65_536>,
    /// State in the lifecycle; null if it has none.
    pub state: Option<Text<1, 40>>,
    /// Unit that decides who may see it; null for catalogues.
    pub unit_id: Option<Id>,
    /// Fragment of the first field that has one of the words, as HTML: each is in `<mark>`, everything else is escaped.
    pub highlight: Text<0, { search::HIGHLIGHT }>,
}

/// Records found by a search.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchResults {
    /// Records, best first.
    pub data: Vec<SearchResult>,
}

impl View for SearchResults {
    const PATH: &'static str = "platform/search";
    const OPERATION_ID: &'static str = "search_resources";
    const SUMMARY: &'static str = "Search all collections";
    const DESCRIPTION: &'static str = "Records of all domains that have every word of `q`, best first, among those that you may see. \
        Words are of letters and digits, without case in every script; a record has a word if one of its own begins with it. \
        The searched fields are names, codes, descriptions and the like: nothing that is restricted, private or secret.\n\n\
        Best is, in this order: how much of the words the title has, how many of them are there as whole words, how little else there is, and what was made first. \
        Of more than 1,000 matches, the 1,000 best by all but the title are ranked.";
    type Reads = ();
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let words = search::asked(&query.q)?;
        let limit = number("limit", query.limit, USUAL, MOST)?;
        let kinds = kinds(&cx.store.definitions, query.kinds.as_deref())?;
        let found = cx.search(&words, kinds.as_deref(), limit)?;
        let data = found.into_iter().map(|each| SearchResult {
            id: each.id,
            kind: each.collection.into(),
            title: each.title.as_str().into(),
            state: each.state.as_deref().map(Text::from),
            unit_id: each.unit_id,
            highlight: each.highlight.as_str().into(),
        });
        Ok(SearchResults { data: data.collect() })
    }
}
