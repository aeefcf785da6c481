//! Full text over the records of all kinds: words are separated and folded here, so that both databases find the same.
//!
//! It keeps the words of a record beside it and finds ids by words. It uses `database`, and knows no permission: the store asks
//! it for ids within a query that is narrowed already.

use crate::database::{Compiled, Connection, Dialect, Statement};
use crate::error::{Problem, Result};
use crate::resource::Id;
use crate::resource::value::letters;
use std::ops::Range;

/// How long a word may be; longer ones are cut.
const LONGEST: usize = 64;
/// How much of a record is searched, in bytes of its words.
const MOST: usize = 200_000;
/// How many words a search may have.
pub const WORDS: usize = 32;
/// Greatest length of the text of a search, in characters.
const ASKED: usize = 1_000;

/// The words of a search (400).
pub fn asked(text: &str) -> Result<Vec<String>> {
    if text.chars().count() > ASKED {
        return Err(Problem::bad_request(format!("q has at most {ASKED} characters.")).into());
    }
    let words = words(text);
    if words.is_empty() || words.len() > WORDS {
        return Err(Problem::bad_request(format!("q has 1 to {WORDS} words of letters or digits.")).into());
    }
    Ok(words)
}

/// The words of a text as they are compared. A text in a script that puts no blanks between its words has each pair of its letters for words,
/// and the last letter, so that what stands inside is found.
pub fn words(text: &str) -> Vec<String> {
    spans(text).into_iter().map(|(_, word)| word).collect()
}

/// The words of a text with where they stand in it.
fn spans(text: &str) -> Vec<(Range<usize>, String)> {
    let mut spans = Vec::new();
    let mut at = 0;
    for run in text.split_inclusive(|letter: char| !is_of_word(letter)) {
        let word = run.trim_end_matches(|letter: char| !is_of_word(letter));
        let mut from = at;
        for piece in pieces(word) {
            match piece.chars().next().is_some_and(is_unspaced) {
                true => pairs(piece, from, &mut spans),
                false => spans.push((from..from + piece.len(), fold(piece))),
            }
            from += piece.len();
        }
        at += run.len();
    }
    spans.retain(|(_, word)| !word.is_empty());
    spans
}

/// Letters and digits, and the marks that are written over them.
fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '\u{300}'..='\u{36f}' | '\u{e47}'..='\u{e4e}' | '\u{ad}' | '\u{200b}'..='\u{200d}')
}

/// Letters of scripts whose words have no blanks between them, or long words of many parts: Chinese, Japanese, Korean, Thai, Lao, Burmese, Khmer.
fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// A run of letters, cut where such a script begins or ends.
fn pieces(run: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut unspaced) = (0, run.chars().next().is_some_and(is_unspaced));
    for (at, letter) in run.char_indices() {
        if is_unspaced(letter) != unspaced {
            pieces.push(run.get(start..at).unwrap_or_default());
            (start, unspaced) = (at, !unspaced);
        }
    }
    pieces.push(run.get(start..).unwrap_or_default());
    pieces
}

/// The pairs of letters of a piece, and its last letter.
fn pairs(piece: &str, from: usize, spans: &mut Vec<(Range<usize>, String)>) {
    let letters: Vec<(usize, char)> = piece.char_indices().filter(|(_, letter)| letter.is_alphanumeric()).collect();
    for (at, (start, letter)) in letters.iter().enumerate() {
        let next = letters.get(at + 1);
        let (last, length) = next.map_or((*start, letter.len_utf8()), |(start, letter)| (*start, letter.len_utf8()));
        let pair: String = [Some(*letter), next.map(|(_, letter)| *letter)].into_iter().flatten().collect();
        spans.push((from + start..from + last + length, fold(&pair)));
    }
}

/// A word as it is compared.
fn fold(word: &str) -> String {
    letters(word).chars().filter(|letter| letter.is_alphanumeric()).take(LONGEST).collect()
}

/// The words of a record as they are to be written.
pub fn keep(dialect: Dialect, id: Id, collection: &str, texts: &[&str]) -> Result<Compiled> {
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
    put.bind_all([id.into(), collection.into(), content.into()])
        .push(") ON CONFLICT (id) DO UPDATE SET content = excluded.content WHERE search_texts.content <> excluded.content");
    Ok(Compiled::of(&put, dialect)?)
}

/// Forgets the words of a record.
pub fn forget(connection: &mut Connection, id: Id) -> Result<()> {
    Statement::new("DELETE FROM search_texts WHERE id = ").with(id, "").execute(connection)?;
    Ok(())
}

/// A sub-select of the `id` of the records of a collection that have all the words, the last letters of each left open.
pub fn matching(connection: &Connection, collection: &str, words: &[String]) -> Statement {
    let mut query = Statement::new("SELECT t.id AS id FROM ");
    indexed(&mut query, connection, words);
    query.push(" AND t.collection = ").bind(collection);
    query
}

/// Adds the texts `t` that have all the words, the last letters of each left open.
fn indexed(query: &mut Statement, connection: &Connection, words: &[String]) {
    if connection.is_postgres() {
        let all = words.iter().map(|word| format!("'{word}':*")).collect::<Vec<_>>().join(" & ");
        query.push("search_texts t WHERE t.words @@ CAST(").bind(all).push(" AS tsquery)");
    } else {
        let all = words.iter().map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" ");
        query.push("search_index JOIN search_texts t ON t.place = search_index.rowid WHERE search_index MATCH ").bind(all);
    }
}

/// Number of matches that are ranked: the first that the index names.
const CANDIDATES: i64 = 2_000;

/// A sub-select of `id`, `whole` and `size`, as [`everywhere`], of the records of a collection that have all the words and satisfy a
/// condition that names `t.id`.
pub fn best(connection: &Connection, collection: &str, words: &[String], condition: Statement) -> Statement {
    let mut query = measured(words);
    indexed(&mut query, connection, words);
    query.push(" AND t.collection = ").bind(collection).push(" AND ").append(condition).push(" LIMIT ").bind(CANDIDATES);
    query
}

/// The columns that say how well a text has the words.
fn measured(words: &[String]) -> Statement {
    let mut query = Statement::new("SELECT t.id AS id, CAST(0");
    for word in words {
        query.push(" + CASE WHEN (' ' || t.content || ' ') LIKE ").bind(format!("% {word} %")).push(" THEN 1 ELSE 0 END");
    }
    query.push(" AS bigint) AS whole, CAST(length(t.content) AS bigint) AS size FROM ");
    query
}

/// A sub-select over all collections of `id`, `whole` (how many of the words are there as whole words) and `size` (how much
/// text there is) of the records that have all the words, the last letters of each left open. Both databases answer alike:
/// the index finds, and the text itself decides and is measured.
pub fn everywhere(connection: &Connection, words: &[String]) -> Statement {
    let mut query = measured(words);
    indexed(&mut query, connection, words);
    for word in words {
        query.push(" AND (' ' || t.content) LIKE ").bind(format!("% {word}%"));
    }
    query
}

/// How much of some words a text has: 2 for each that is there whole, 1 for each that one of its words begins with.
pub fn share(text: &str, wanted: &[String]) -> usize {
    let there = words(text);
    let shares = wanted.iter().map(|word| {
        let whole = there.contains(word);
        usize::from(whole) + usize::from(whole || there.iter().any(|each| each.starts_with(word.as_str())))
    });
    shares.sum()
}

/// How long a highlight may be, in characters, its marks included.
pub const HIGHLIGHT: usize = 200;
/// How much of that stands before the first word, at most.
const LEAD: usize = 60;
/// What stands around a word that was found.
const MARKS: (&str, &str) = ("<mark>", "</mark>");

/// A fragment of the first of some texts that has one of the words, as HTML: what was found is marked, and everything else escaped.
pub fn highlight<'t>(texts: impl Iterator<Item = &'t str>, wanted: &[String]) -> String {
    let found = |text: &'t str| {
        let spans = spans(text).into_iter().filter(|(_, folded)| wanted.iter().any(|word| folded.starts_with(word.as_str())));
        let mut marked: Vec<Range<usize>> = Vec::new();
        for (span, _) in spans {
            match marked.last_mut() {
                Some(before) if span.start < before.end => before.end = before.end.max(span.end),
                _ => marked.push(span),
            }
        }
        (!marked.is_empty()).then_some((text, marked))
    };
    texts.map(found).find_map(|found| found).map(|(text, marked)| fragment(text, &marked)).unwrap_or_default()
}

fn fragment(text: &str, marked: &[Range<usize>]) -> String {
    let first = marked.first().map_or(0, |span| span.start);
    let start = lead(text, first);
    let mut html = String::from(if start > 0 { "…" } else { "" });
    // One character is kept for the sign that more follows.
    let mut room = HIGHLIGHT.saturating_sub(html.chars().count() + 1);
    let mut at = start;
    for span in marked {
        let whole = put(text, at..span.start, &mut room, &mut html);
        let around = MARKS.0.len() + MARKS.1.len();
        let fits = length(text.get(span.clone()).unwrap_or_default()) + around <= room;
        if whole < span.start || (!fits && span.start > first) {
            return html + "…";
        }
        html.push_str(MARKS.0);
        room = room.saturating_sub(around);
        at = put(text, span.clone(), &mut room, &mut html);
        html.push_str(MARKS.1);
        if at < span.end {
            return html + "…";
        }
    }
    at = put(text, at..text.len(), &mut room, &mut html);
    if at < text.len() { html + "…" } else { html }
}

/// Where a fragment begins: at a word, not far before the first one that was found.
fn lead(text: &str, first: usize) -> usize {
    let before = text.get(..first).unwrap_or_default();
    let mut room = LEAD;
    let mut start = first;
    for (at, letter) in before.char_indices().rev() {
        match room.checked_sub(escaped(letter).chars().count()) {
            Some(less) => (room, start) = (less, at),
            None => break,
        }
    }
    if start == 0 {
        return 0;
    }
    let skipped = before.get(start..).unwrap_or_default();
    skipped.find(char::is_whitespace).map_or(first, |at| first - skipped.get(at..).unwrap_or_default().trim_start().len())
}

/// Writes a piece of a text while there is room; where it stopped.
fn put(text: &str, piece: Range<usize>, room: &mut usize, html: &mut String) -> usize {
    for (at, letter) in text.get(piece.clone()).unwrap_or_default().char_indices() {
        let escaped = escaped(letter);
        match room.checked_sub(escaped.chars().count()) {
            Some(less) => *room = less,
            None => return piece.start + at,
        }
        html.push_str(&escaped);
    }
    piece.end
}

fn length(text: &str) -> usize {
    text.chars().map(|letter| escaped(letter).chars().count()).sum()
}

/// A character as HTML text. What a line break or a tab does is done by a space.
fn escaped(letter: char) -> String {
    match letter {
        '&' => "&amp;".into(),
        '<' => "&lt;".into(),
        '>' => "&gt;".into(),
        '"' => "&quot;".into(),
        '\'' => "&#39;".into(),
        letter if letter.is_control() => " ".into(),
        letter => letter.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_and_digits_in_lower_case_of_any_script() {
        assert_eq!(words("Zoë's AC-2(1), ИБРАГИМ & 東京"), ["zoë", "s", "ac", "2", "1", "ибрагим", "東京", "京"]);
        assert!(words("'; -- !").is_empty());
    }

    #[test]
    fn words_are_the_same_in_capitals() {
        for text in ["Straße", "ὀδός ΟΔΟΣ", "İstanbul", "ﬁrewall", "Ǆ", "Żółć"] {
            assert_eq!(words(text), words(&text.to_uppercase()), "{text}");
        }
        assert_eq!(words("STRASSE"), words("straße"));
        assert!(words("ΟΔΟΣΗΜΑ")[0].starts_with(&words("οδος")[0]));
    }

    #[test]
    fn what_stands_inside_a_text_without_blanks_is_found() {
        let text = words("情報安全管理 v2、ความปลอดภัย");
        for inside in ["安全", "全管理", "理", "v2", "ปลอดภัย"] {
            assert!(words(inside).iter().all(|word| text.iter().any(|each| each.starts_with(word.as_str()))), "{inside}: {text:?}");
        }
        assert!(!words("全安").iter().all(|word| text.contains(word)));
        assert_eq!(marked("情報安全管理", "安全管理"), "情報<mark>安全管理</mark>");
        assert_eq!(words("Cafe\u{301}"), words("café"));
    }

    fn marked(text: &str, query: &str) -> String {
        highlight([text].into_iter(), &words(query))
    }

    #[test]
    fn a_highlight_marks_whole_words_and_escapes_the_rest() {
        assert_eq!(marked("Payment & <b>payroll</b>", "PAY"), "<mark>Payment</mark> &amp; &lt;b&gt;<mark>payroll</mark>&lt;/b&gt;");
        assert_eq!(marked("repay", "pay"), "");
        assert_eq!(highlight(["nothing", "it's here"].into_iter(), &words("here")), "it&#39;s <mark>here</mark>");
        assert_eq!(marked("ИБРАГИМ и Straße", "ибрагим strass"), "<mark>ИБРАГИМ</mark> и <mark>Straße</mark>");
    }

    #[test]
    fn a_highlight_is_short_whatever_the_text() {
        let long = format!("{} needle {}", "before ".repeat(80), "after ".repeat(80));
        let cut = marked(&long, "needle");
        assert!(cut.starts_with("…before ") && cut.contains(" <mark>needle</mark> after ") && cut.ends_with('…'), "{cut}");
        for text in [long, "x".repeat(5000), "<>\"'&needle ".repeat(100), format!("{} needle", "&".repeat(300)), format!("{}needle", "東 ".repeat(300))] {
            for query in ["needle", "x", "東"] {
                let html = marked(&text, query);
                assert!(html.chars().count() <= HIGHLIGHT, "{html}");
                assert_eq!(html.matches(MARKS.0).count(), html.matches(MARKS.1).count());
            }
        }
    }

    #[test]
    fn a_text_has_a_share_of_the_words() {
        assert_eq!(share("Order management", &words("order man")), 3);
        assert_eq!(share("Orders", &words("order man")), 1);
        assert_eq!(share("Reorder", &words("order")), 0);
    }
}
