//! Who may import whom. A row says what a folder may use; what has no row may use nothing.

use super::source::{SOURCES, folders, leads_to};
use std::collections::{BTreeMap, BTreeSet};

/// A folder, or a file at the top, and what it may use. Everybody may use `error`, `clock` and `config`.
const MAY_USE: &[(&str, &[&str])] = &[
    ("main", &["app", "catalogue", "demo", "domains", "http", "jobs", "store", "access", "history", "database"]),
    ("lib", &["app", "catalogue", "demo", "domains", "http", "jobs", "store", "access", "history", "database"]),
    ("app", &["catalogue", "domains", "http", "jobs", "store", "access", "history", "database"]),
    ("demo", &["store", "access", "resource", "database"]),
    ("catalogue", &["domains", "http", "jobs", "resource"]),
    ("domains", &["http", "store", "access", "resource", "ports", "history", "search", "events", "graph", "formats", "jobs", "database"]),
    ("http", &["store", "access", "resource", "history", "search", "events", "graph", "formats", "database"]),
    ("jobs", &["store", "access", "resource", "events", "history", "database"]),
    ("store", &["resource", "access", "ports", "history", "search", "events", "database"]),
    ("ports", &["resource"]),
    ("formats", &[]),
    ("access", &["resource", "database"]),
    ("history", &["resource", "database"]),
    ("search", &["resource", "database"]),
    ("events", &["resource", "database"]),
    ("graph", &["resource", "database"]),
    ("resource", &["database"]),
    ("database", &["resource"]),
    ("error", &[]),
    ("clock", &["resource"]),
    ("config", &[]),
];

const FOR_EVERYBODY: &[&str] = &["error", "clock", "config"];

/// Where a row holds for a part of a folder only: user, used, and the only names it may use there.
const ONLY: &[(&str, &str, &[&str])] = &[
    ("database", "resource", &["value"]),
    ("clock", "resource", &["value"]),
    ("resource", "database", &["Kind", "Cell", "Row", "Doc", "Statement", "Connection", "statement"]),
];

/// Circles between folders that are known. This list should only ever shrink.
const KNOWN_CIRCLES: &[(&str, &str, &str)] =
    &[("database", "resource", "a cell is one of the value types (Id, Date, Instant), and a value type says in which cells it is kept")];

struct Import {
    place: String,
    from: &'static str,
    to: String,
    path: Vec<String>,
}

fn imports() -> Vec<Import> {
    let mut imports = Vec::new();
    for source in SOURCES.iter() {
        for named in source.named() {
            for path in leads_to(&named.path) {
                let Some(to) = path.first().filter(|to| folders().contains(to.as_str())) else { continue };
                if to != source.folder() {
                    imports.push(Import { place: format!("src/{}:{}", source.path, named.line), from: source.folder(), to: to.clone(), path });
                }
            }
        }
    }
    imports
}

fn refuse(faults: &[String], advice: &str) {
    assert!(faults.is_empty(), "\n{}\n{advice}\n", faults.join("\n"));
}

#[test]
fn each_folder_uses_only_what_its_row_allows() {
    let rows: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let unlisted: Vec<String> = folders().into_iter().filter(|folder| !rows.contains_key(folder)).map(str::to_owned).collect();
    refuse(&unlisted, "These have no row in MAY_USE of tests/architecture/layer.rs. Say there what they may use.");
    let imports = imports();
    assert!(imports.len() > 100, "the reader of sources finds nothing any more");
    let mut faults = Vec::new();
    for import in &imports {
        let to = import.to.as_str();
        let allowed = FOR_EVERYBODY.contains(&to) || rows[import.from].contains(&to);
        let narrowed = ONLY.iter().find(|(from, used, _)| (*from, *used) == (import.from, to));
        let within = narrowed.is_none_or(|(_, _, names)| import.path.get(1).is_some_and(|name| names.contains(&name.as_str())));
        if !allowed || !within {
            faults.push(format!("{} uses {}", import.place, import.path.join("::")));
        }
    }
    refuse(
        &faults,
        "A folder uses only what its row in tests/architecture/layer.rs allows. Move what is shared to the lower folder, or ask through a trait in ports.",
    );
}

#[test]
fn there_is_no_circle_between_folders() {
    let mut below: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for import in imports() {
        below.entry(import.from).or_default().insert(import.to);
    }
    for (from, to, why) in KNOWN_CIRCLES {
        let used = below.get_mut(from).is_some_and(|used| used.remove(*to));
        assert!(used, "{from} does not use {to} any more ({why}): take it off KNOWN_CIRCLES");
    }
    for start in below.keys() {
        let mut reached: BTreeMap<String, String> = BTreeMap::new();
        let mut next: Vec<(String, String)> = vec![((*start).to_owned(), (*start).to_owned())];
        while let Some((at, way)) = next.pop() {
            for to in below.get(at.as_str()).into_iter().flatten() {
                let way = format!("{way} → {to}");
                assert!(to != start, "a circle: {way}. Move what both need into a lower folder.");
                if reached.insert(to.clone(), way.clone()).is_none() {
                    next.push((to.clone(), way));
                }
            }
        }
    }
}

#[test]
fn a_domain_never_uses_another_domain() {
    let mut faults = Vec::new();
    for source in SOURCES.iter().filter(|source| source.path.starts_with("domains/") && source.module.len() > 1) {
        let own = &source.module[1];
        for named in source.named() {
            for path in leads_to(&named.path) {
                if path.first().is_some_and(|first| first == "domains") && path.get(1).is_some_and(|domain| domain != own) {
                    faults.push(format!("src/{}:{} uses {}", source.path, named.line, path.join("::")));
                }
            }
        }
    }
    refuse(&faults, "A domain refers to another by `domain/collection`, and asks it through a trait in ports.");
}

#[test]
fn the_shared_layers_name_no_domain() {
    let domains: Vec<&str> = steward::catalogue::api().domains.iter().map(|domain| domain.name).collect();
    let fields = ["strategy", "finance", "infrastructure", "projects", "security", "vendors"];
    let mut faults = Vec::new();
    for source in SOURCES.iter().filter(|source| matches!(source.folder(), "http" | "store" | "resource" | "history" | "database")) {
        for domain in domains.iter().chain(&fields) {
            for sign in [format!("\"{domain}/"), format!("\"{domain}."), format!("domains::{domain}")] {
                faults.extend(source.spoken.match_indices(&sign).map(|(at, _)| format!("src/{}:{} names {domain}", source.path, source.line_of(at))));
            }
        }
    }
    // The references that every record of a unit has.
    faults.retain(|fault| !(fault.starts_with("src/resource/definition.rs") && fault.ends_with("names teams")));
    refuse(&faults, "What holds for every collection is written without naming any.");
}

#[test]
fn only_the_http_face_and_the_token_endpoint_know_actix() {
    let faults: Vec<String> = SOURCES
        .iter()
        .filter(|source| source.code.contains("actix") && !matches!(source.folder(), "http" | "main" | "app") && source.path != "domains/identity/token.rs")
        .map(|source| format!("src/{}", source.path))
        .collect();
    refuse(&faults, "Rules, figures and data are the same without a web server: keep actix in src/http.");
}

#[test]
fn only_the_store_and_the_database_begin_transactions() {
    /// Who writes before anyone is known. This list should only ever shrink.
    const BEFORE_ANYONE_IS_KNOWN: &[&str] = &["domains/identity/token.rs", "domains/identity/house.rs"];
    let mut faults = Vec::new();
    for source in SOURCES.iter().filter(|source| !matches!(source.folder(), "store" | "database")) {
        faults.extend(source.spoken.match_indices("\"BEGIN").map(|(at, _)| format!("src/{}:{} says BEGIN", source.path, source.line_of(at))));
        let dense: String = source.code.split_whitespace().collect();
        let begins = [".transaction(", ".database.write(", ".database.read(", ".database.quick("].iter().find(|call| dense.contains(*call));
        if let Some(call) = begins.filter(|_| !BEFORE_ANYONE_IS_KNOWN.contains(&source.path.as_str())) {
            faults.push(format!("src/{} calls {call}…)", source.path));
        }
    }
    refuse(&faults, "Read and write through the store, which asks for the session.");
}

#[test]
fn nothing_is_passed_on_by_a_star() {
    let faults: Vec<String> = SOURCES
        .iter()
        .flat_map(|source| {
            let lines = source.code.lines().enumerate();
            lines
                .filter(|(_, line)| line.trim_start().starts_with("pub") && line.contains(" use ") && line.contains("::*"))
                .map(|(at, _)| format!("src/{}:{}", source.path, at + 1))
        })
        .collect();
    refuse(&faults, "Name what is passed on: a star hides where things come from.");
}
