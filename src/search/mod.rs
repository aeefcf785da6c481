//! Full text over the records of all kinds: words are separated and folded here, so that both databases find the same.

use crate::database::{Connection, Statement};
use crate::error::Result;
use crate::resource::Id;

/// How long a word may be; longer ones are cut.
const LONGEST: usize = 64;
/// How much of a record is searched, in bytes of its words.
const MOST: usize = 200_000;
/// How many words a search may have.
pub const WORDS: usize = 16;

/// The words of a text, in lower case in every script.
pub fn words(text: &str) -> Vec<String> {
    let folded = text.to_lowercase();
    let words = folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.chars().take(LONGEST).collect()).collect()
}

/// Keeps the words of a record.
pub fn keep(connection: &mut Connection, id: Id, collection: &str, texts: &[&str]) -> Result<()> {
    let mut content = String::new();
    for word in texts.iter().flat_map(|text| words(text)) {
        if content.len() + word.len() > MOST {
            break;
        }
        if !content.is_empty() {
            content.push(' ');
        }
        content.push_str(&word);
    }
    let mut put = Statement::new("INSERT INTO search_texts (id, collection, content) VALUES (");
    put.bind_all([id.into(), collection.into(), content.into()]).push(") ON CONFLICT (id) DO UPDATE SET content = excluded.content");
    put.execute(connection)?;
    Ok(())
}

/// Forgets the words of a record.
pub fn forget(connection: &mut Connection, id: Id) -> Result<()> {
    Statement::new("DELETE FROM search_texts WHERE id = ").with(id, "").execute(connection)?;
    Ok(())
}

/// A sub-select of `id` and `rank` (best first when ascending) of the records of a collection that have all the words, the
/// last letters of each left open.
pub fn matching(connection: &Connection, collection: &str, words: &[String]) -> Statement {
    if connection.is_postgres() {
        let query = words.iter().map(|word| format!("'{word}':*")).collect::<Vec<_>>().join(" & ");
        return Statement::new("SELECT id, -ts_rank(words, CAST(")
            .with(query.clone(), " AS tsquery)) AS rank FROM search_texts WHERE words @@ CAST(")
            .with(query, " AS tsquery) AND collection = ")
            .with(collection, "");
    }
    let query = words.iter().map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" ");
    Statement::new(
        "SELECT t.id AS id, bm25(search_index) AS rank FROM search_index JOIN search_texts t ON t.place = search_index.rowid WHERE search_index MATCH ",
    )
    .with(query, " AND t.collection = ")
    .with(collection, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_and_digits_in_lower_case_of_any_script() {
        assert_eq!(words("Zoë's AC-2(1), ИБРАГИМ & 東京"), ["zoë", "s", "ac", "2", "1", "ибрагим", "東京"]);
        assert!(words("'; -- !").is_empty());
    }
}
