//! Names, sizes, and what no code says.

use super::source::{SOURCES, Source};
use super::text::functions;
use std::fs;
use std::path::Path;

const LONGEST: usize = 600;
/// How many lines a function may have.
const SCREEN: usize = 60;

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let long: Vec<String> = SOURCES
        .sources
        .iter()
        .map(|source| (source.text.lines().count(), &source.path))
        .filter(|(lines, _)| *lines > LONGEST)
        .map(|(lines, path)| format!("src/{path}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "{long:#?} are longer than {LONGEST} lines: split them by subject");
}

#[test]
fn no_function_must_be_scrolled() {
    /// What is longer still. This list should only ever shrink.
    const LONG: &[&str] = &["http/serve/state.rs: service_operations"];
    let of_source = |source: &Source| {
        let long = functions(&source.code).into_iter().filter(|(_, lines)| *lines > SCREEN);
        long.map(|(name, _)| format!("{}: {name}", source.path)).collect::<Vec<_>>()
    };
    let long: Vec<String> = SOURCES.sources.iter().flat_map(of_source).collect();
    let (known, new): (Vec<&String>, Vec<&String>) = long.iter().partition(|name| LONG.contains(&name.as_str()));
    assert!(new.is_empty(), "{new:#?} are longer than {SCREEN} lines: split them by what they do");
    assert_eq!(known.len(), LONG.len(), "one of {LONG:?} has become short: take it off the list");
}

#[test]
fn names_say_what_things_are() {
    let vague = ["utils", "util", "helpers", "helper", "common", "services", "service", "managers", "manager", "misc"];
    let faults: Vec<&String> =
        SOURCES.sources.iter().filter(|source| source.module.iter().any(|name| vague.contains(&name.as_str()))).map(|source| &source.path).collect();
    assert!(faults.is_empty(), "{faults:?}: name them after what they hold");
}

#[test]
fn every_file_begins_by_saying_what_lives_there() {
    let silent: Vec<&String> = SOURCES.sources.iter().filter(|source| !source.text.starts_with("//! ")).map(|source| &source.path).collect();
    assert!(silent.is_empty(), "{silent:?} begin without //!");
}

#[test]
fn a_request_cannot_make_the_house_panic() {
    /// Mistakes in the source, found when the codebase is put together or when its samples are made.
    const AT_THE_START: &[&str] = &[
        "domains/infrastructure/operation/dependency.rs: assert",
        "resource/resource_type.rs: assert",
        "resource/resource_types.rs: assert",
        "resource/shape.rs: assert",
    ];
    let mut faults = Vec::new();
    for source in SOURCES.sources.iter() {
        for word in
            [".unwrap()", ".expect(", ".unwrap_err()", "panic!(", "todo!(", "unimplemented!(", "unreachable!(", "assert!(", "assert_eq!(", "assert_ne!("]
        {
            for (at, _) in source.code.match_indices(word) {
                let inside_another_word = source.code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') && !word.starts_with('.');
                let fault = format!("{}: {word}", source.path);
                if !inside_another_word && !AT_THE_START.iter().any(|known| fault.starts_with(known)) {
                    faults.push(format!("src/{}:{} {word}", source.path, source.line_of(at)));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}\nReturn an error that says what to do next.");
}

#[test]
fn text_from_outside_never_becomes_sql() {
    let mut faults = Vec::new();
    for source in SOURCES.sources.iter() {
        let dense: String = source.code.split_whitespace().collect();
        if dense.contains("sql_query(") {
            faults.push(format!("src/{}: sql_query", source.path));
        }
        // The store and what fills a demonstration write the names of tables from the catalogue; nobody else makes SQL.
        let names_from_catalogue = source.folder() == "store" || matches!(source.path.as_str(), "resource/rule.rs" | "demo/filler.rs");
        if !names_from_catalogue && dense.contains("Statement::new(format!") {
            faults.push(format!("src/{}: SQL made by format!", source.path));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}\nSQL is constant; values are bound.");
}

#[test]
fn every_test_file_is_part_of_a_test_binary() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let named = ["main.rs", "domains.rs"].map(|binary| fs::read_to_string(tests.join(binary)).unwrap()).concat();
    for entry in fs::read_dir(&tests).unwrap().flatten() {
        let path = entry.path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let holds_tests = path.extension().is_some_and(|extension| extension == "rs") || path.join("mod.rs").is_file();
        let runs = matches!(&*name, "main" | "domains") || !holds_tests || named.contains(&format!("mod {name};"));
        assert!(runs, "neither tests/main.rs nor tests/domains.rs has `mod {name};`: its tests never run");
    }
}
