//! Labels in the languages of the organisation. Everybody may read them.

use super::reader::Reader;
use crate::error::Result;
use crate::resource::ResourceType;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_schema::platform::translations;

/// The language that the service speaks by itself.
const OWN: &str = "en";
/// Number of languages of a request that are looked at.
const LANGUAGES: usize = 10;

/// The translated labels of a collection, by kind and word.
#[derive(Debug, Default)]
pub struct Labels(HashMap<(String, String), Label>);

/// A label and its language.
#[derive(Debug)]
struct Label {
    text: String,
    language: String,
}

impl Labels {
    /// The translated label of a word; none where the word has none.
    pub fn get(&self, kind: &str, word: &str) -> Option<&str> {
        self.find(kind, word).map(|label| label.text.as_str())
    }

    /// The language of the label of a word; English where it has no translated one.
    pub fn language(&self, kind: &str, word: &str) -> &str {
        self.find(kind, word).map_or(OWN, |label| label.language.as_str())
    }

    fn find(&self, kind: &str, word: &str) -> Option<&Label> {
        self.0.get(&(kind.to_owned(), word.to_owned()))
    }
}

/// The languages of `Accept-Language` (RFC 9110), the most wanted first, each with the language that it is a kind of behind it. English is
/// what the service speaks by itself: what comes after it is not wanted.
fn languages(accept: &str) -> Vec<String> {
    let mut ranges: Vec<(&str, f32)> = accept
        .split(',')
        .filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().filter(|tag| !tag.is_empty() && *tag != "*")?;
            let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |text| text.parse::<f32>().ok())?;
            (quality > 0.0).then_some((tag, quality))
        })
        .collect();
    ranges.sort_by(|one, other| other.1.total_cmp(&one.1));
    let mut found: Vec<String> = Vec::new();
    for (tag, _) in ranges.into_iter().take(LANGUAGES) {
        let primary = tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
        for each in [written(tag), primary.clone()] {
            if !found.contains(&each) {
                found.push(each);
            }
        }
        if primary == OWN {
            break;
        }
    }
    found
}

/// A tag as it is stored: the language in lower case, the rest as it was sent.
fn written(tag: &str) -> String {
    match tag.split_once('-') {
        Some((primary, rest)) => format!("{}-{rest}", primary.to_ascii_lowercase()),
        None => tag.to_ascii_lowercase(),
    }
}

impl Reader<'_> {
    /// The labels of a collection in the first of some languages in which each has one, in the form of `Accept-Language`.
    pub fn labels(&mut self, definition: &ResourceType, accept: &str) -> Result<Labels> {
        let wanted = languages(accept);
        if wanted.is_empty() {
            return Ok(Labels::default());
        }
        let rows: Vec<(String, String, String, String, String)> = translations::table
            .filter(translations::language.eq_any(&wanted).and(translations::collection.eq_any(["*", definition.path])))
            .select((translations::language, translations::collection, translations::kind, translations::word, translations::label))
            .load(self.connection)?;
        let rank = |language: &str| wanted.iter().position(|each| each == language).unwrap_or(wanted.len());
        let mut best: HashMap<(String, String), (usize, bool, Label)> = HashMap::new();
        for (language, collection, kind, word, label) in rows {
            let candidate = (rank(&language), collection == "*", Label { text: label, language });
            match best.get_mut(&(kind.clone(), word.clone())) {
                Some(known) if (known.0, known.1) <= (candidate.0, candidate.1) => {}
                Some(known) => *known = candidate,
                None => drop(best.insert((kind, word), candidate)),
            }
        }
        Ok(Labels(best.into_iter().map(|(key, (_, _, label))| (key, label)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::languages;

    #[test]
    fn languages_come_in_the_order_of_their_weight_and_end_with_english() {
        assert_eq!(languages("de-AT, fr;q=0.9, en;q=0.8, nl;q=0.5"), ["de-AT", "de", "fr", "en"]);
        assert_eq!(languages("fr;q=0.2,DE"), ["de", "fr"]);
        assert!(languages("").is_empty() && languages("*").is_empty() && languages("de;q=0").is_empty() && languages("de;q=x").is_empty());
    }
}
