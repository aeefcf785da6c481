//! How data is asked for: by typed queries of Diesel, over the tables of one's own domain.

use super::source::{SOURCES, Source};
use super::text::tokens;

/// Files outside the store that hold what Diesel cannot say, and what that is. This list should only ever shrink.
const NOT_SAID_BY_DIESEL: &[(&str, &str)] = &[
    ("access/unit_tree.rs", "the units below some, which the store appends to its conditions"),
    ("domains/governance/approval/matter.rs", "the records of one matter, named once by WITH and used many times"),
    ("domains/projects/schedule/schedule_circle.rs", "what comes after a work item: a walk over pairs of an item and whether it is reached as a whole"),
];

/// How many of those there may be.
const AT_MOST: usize = 12;

/// Tables of other domains that a file reads by itself: file and table. This list should only ever shrink; a new read goes through a
/// trait in `ports`.
const FOREIGN_READS: &[(&str, &str)] = &[];

/// Tables that belong to no domain alone: whom and where everything is about.
const FOR_ALL: &[&str] = &["service"];

/// Everything but the store and the search, which build statements, and the database, which runs them.
fn asks(source: &&Source) -> bool {
    !matches!(source.folder(), "store" | "search" | "database" | "resource")
}

/// Where a source says SQL, or builds a statement, or reads a row by position.
fn said(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for sign in ["SELECT ", "INSERT INTO ", "DELETE FROM ", " SET ", " WHERE ", " FROM ", " ORDER BY ", " GROUP BY "] {
        for (at, _) in source.spoken.match_indices(sign) {
            // Outside of strings the words are no SQL.
            if source.code.get(at..at + sign.len()).is_some_and(|code| code.trim().is_empty()) {
                found.push(format!("src/{}:{} says {}", source.path, source.line_of(at), sign.trim()));
            }
        }
    }
    let tokens = tokens(&source.code);
    for window in tokens.windows(2) {
        if window[0].text == "Statement" || (window[0].text == "row" && window[1].text == "[") {
            found.push(format!("src/{}:{} uses {}", source.path, window[0].line, window[0].text));
        }
    }
    found
}

#[test]
fn sql_text_stands_in_the_store_alone() {
    assert!(NOT_SAID_BY_DIESEL.len() <= AT_MOST, "at most {AT_MOST} files may hold what Diesel cannot say");
    let known = |source: &&Source| NOT_SAID_BY_DIESEL.iter().any(|(path, _)| *path == source.path);
    let faults: Vec<String> = SOURCES.sources.iter().filter(asks).filter(|source| !known(source)).flat_map(said).collect();
    assert!(faults.is_empty(), "Write a typed query over steward_schema (see src/database/expression.rs).\n{}", faults.join("\n"));
}

#[test]
fn what_diesel_cannot_say_only_shrinks() {
    let says = |path: &str| SOURCES.sources.iter().any(|source| source.path == path && !said(source).is_empty());
    let gone: Vec<&str> = NOT_SAID_BY_DIESEL.iter().map(|(path, _)| *path).filter(|path| !says(path)).collect();
    assert!(gone.is_empty(), "Take them off NOT_SAID_BY_DIESEL: {gone:?}");
}

/// The tables of other domains that each file of a domain names: file and table.
fn foreign_reads() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for source in SOURCES.sources.iter().filter(|source| source.folder() == "domains") {
        let Some(own) = source.module.get(1) else { continue };
        let tokens = tokens(&source.code);
        for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.text == "steward_schema") {
            let Some(domain) = tokens.get(at + 2).map(|token| token.text.as_str()) else { continue };
            if domain == own || FOR_ALL.contains(&domain) {
                continue;
            }
            let rest = tokens.iter().skip(at + 4).take_while(|token| !matches!(token.text.as_str(), ";" | "}"));
            // `use steward_schema::vendors::{contracts, vendors};` or a whole path in place.
            let names: Vec<&str> = match tokens.get(at + 4).map(|token| token.text.as_str()) {
                Some("{") => rest.map(|token| token.text.as_str()).filter(|text| super::text::is_word(text) && *text != "as").collect(),
                Some(name) => vec![name],
                None => Vec::new(),
            };
            assert!(!names.is_empty(), "src/{}:{}: a path into the schema that this rule cannot read", source.path, token.line);
            found.extend(names.into_iter().map(|name| (source.path.clone(), format!("{domain}::{name}"))));
        }
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn a_domain_reads_the_tables_of_another_through_ports_alone() {
    let known = |(file, table): &&(String, String)| FOREIGN_READS.iter().any(|(path, name)| path == file && name == table);
    let found = foreign_reads();
    let faults: Vec<String> = found.iter().filter(|read| !known(read)).map(|(file, table)| format!("(\"{file}\", \"{table}\"),")).collect();
    assert!(faults.is_empty(), "Ask the other domain through a trait in ports.\n{}", faults.join("\n"));
    let gone: Vec<_> = FOREIGN_READS.iter().filter(|(path, name)| !found.iter().any(|(file, table)| file == path && table == name)).collect();
    assert!(gone.is_empty(), "Take them off FOREIGN_READS: {gone:#?}");
}
