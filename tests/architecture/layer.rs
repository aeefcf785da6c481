//! Who may import whom. A row says what a folder may use; what has no row may use nothing.

use super::source::{Codebase, SOURCES, Source};
use std::collections::{BTreeMap, BTreeSet};

/// A folder, or a file at the top, and what it may use. Everybody may use `error`, `clock` and `config`. A row may stand before
/// its folder does.
const MAY_USE: &[(&str, &[&str])] = &[
    ("main", &["log", "telemetry", "app", "catalogue", "maintenance", "demo", "domains", "http", "jobs", "store", "access", "history", "database", "outgoing"]),
    // The crate of the service passes on what the crate below the domains holds, for the commands and the tests.
    (
        "lib",
        &[
            "access",
            "app",
            "catalogue",
            "database",
            "demo",
            "domains",
            "formats",
            "guide",
            "history",
            "http",
            "jobs",
            "log",
            "maintenance",
            "outgoing",
            "pool",
            "ports",
            "resource",
            "search",
            "store",
            "telemetry",
            "view",
        ],
    ),
    ("core", &[]),
    ("app", &["catalogue", "domains", "http", "jobs", "store", "access", "history", "database", "outgoing"]),
    ("demo", &["domains", "store", "access", "resource", "database"]),
    ("maintenance", &["http", "store", "access", "history", "outgoing", "resource", "database", "telemetry"]),
    ("catalogue", &["domains", "http", "jobs", "ports", "resource", "view"]),
    ("domains", &["view", "http", "store", "access", "resource", "ports", "history", "search", "events", "graph", "formats", "jobs", "outgoing", "database"]),
    ("view", &["store", "access", "resource", "database"]),
    ("http", &["telemetry", "view", "store", "access", "resource", "history", "search", "events", "graph", "formats", "outgoing", "database", "pool"]),
    ("jobs", &["store", "access", "resource", "events", "history", "database"]),
    ("store", &["resource", "access", "ports", "history", "search", "events", "database"]),
    ("ports", &["resource"]),
    ("formats", &[]),
    ("outgoing", &[]),
    ("pool", &[]),
    ("access", &["resource", "database", "pool"]),
    ("history", &["resource", "database"]),
    ("search", &["resource", "database"]),
    ("events", &["resource", "database"]),
    ("graph", &["resource", "database"]),
    ("resource", &["database"]),
    ("database", &["resource"]),
    ("guide", &[]),
    ("error", &[]),
    ("clock", &["resource"]),
    ("config", &[]),
    ("log", &[]),
    ("telemetry", &[]),
];

const FOR_EVERYBODY: &[&str] = &["error", "clock", "config"];

/// Where a row holds for a part of a folder only: user, used, and the only names it may use there.
const ONLY: &[(&str, &str, &[&str])] = &[
    ("database", "resource", &["value"]),
    ("clock", "resource", &["value"]),
    (
        "resource",
        "database",
        &[
            "Any",
            "SqlValue",
            "Compiled",
            "compiled",
            "Connection",
            "Dialect",
            "Doc",
            "SqlType",
            "RawValue",
            "Row",
            "Statement",
            "Values",
            "sql_value",
            "codec",
            "connection",
            "dialect",
            "expression",
            "raw",
            "row",
            "statement",
        ],
    ),
];

/// Circles between folders that are known. This list should only ever shrink.
const KNOWN_CIRCLES: &[(&str, &str, &str)] =
    &[("database", "resource", "a cell is one of the value types (Id, Date, Instant), and a value type says in which cells it is kept")];

/// The first steps of circles between files that are known. This list should only ever shrink.
const KNOWN_CIRCLES_OF_FILES: &[(&str, &str, &str)] = &[
    ("database/sql_value.rs", "resource/value/date.rs", CELLS),
    ("database/sql_value.rs", "resource/value/id.rs", CELLS),
    ("resource/rule.rs", "resource/resource_types.rs", "a check knows every definition, and a definition holds the checks of its kind"),
    ("store/mod.rs", "store/read/reader.rs", DOORS),
    ("store/mod.rs", "store/write/writer.rs", DOORS),
];
const CELLS: &str = "a cell is one of the value types, and a value type says in which cells it is kept";
const DOORS: &str = "a store opens readers and writers, and they know the store";

/// What uses what: user, used, and an example of it.
type Uses = BTreeMap<String, BTreeMap<String, String>>;

/// Imports across folders that no row allows.
pub fn overstepping(codebase: &Codebase) -> Vec<String> {
    let rows: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let folders = codebase.folders();
    let mut faults: Vec<String> = folders.iter().filter(|folder| !rows.contains_key(*folder)).map(|folder| format!("{folder} has no row in MAY_USE")).collect();
    for import in codebase.imports() {
        let from = import.source.folder();
        for way in &import.ways {
            let Some(to) = way.first().filter(|to| folders.contains(to.as_str()) && *to != from).map(String::as_str) else { continue };
            let allowed = FOR_EVERYBODY.contains(&to) || rows.get(from).is_some_and(|row| row.contains(&to));
            let narrowed = ONLY.iter().find(|(user, used, _)| (*user, *used) == (from, to));
            let within = narrowed.is_none_or(|(_, _, names)| way.get(1).is_some_and(|name| names.contains(&name.as_str())));
            if !allowed || !within {
                faults.push(format!("src/{}:{} uses {}", import.source.path, import.line, way.join("::")));
            }
        }
    }
    faults
}

/// Domains that use another domain.
pub fn crossing(codebase: &Codebase) -> Vec<String> {
    let mut faults = Vec::new();
    for import in codebase.imports() {
        let Some(own) = import.source.module.get(1).filter(|_| import.source.folder() == "domains") else { continue };
        let foreign = |way: &&Vec<String>| way.first().is_some_and(|first| first == "domains") && way.get(1).is_some_and(|domain| domain != own);
        faults.extend(import.ways.iter().filter(foreign).map(|way| format!("src/{}:{} uses {}", import.source.path, import.line, way.join("::"))));
    }
    faults
}

/// Circles between folders.
pub fn circles_of_folders(codebase: &Codebase) -> Vec<String> {
    circles(folder_uses(codebase), KNOWN_CIRCLES)
}

fn folder_uses(codebase: &Codebase) -> Uses {
    let folders = codebase.folders();
    let mut uses = Uses::new();
    for import in codebase.imports() {
        let from = import.source.folder();
        for to in import.ways.iter().filter_map(|way| way.first()).filter(|to| folders.contains(to.as_str()) && *to != from) {
            uses.entry(from.to_owned()).or_default().entry(to.clone()).or_insert_with(|| format!("{}:{}", import.source.path, import.line));
        }
    }
    uses
}

/// Circles between files.
pub fn circles_of_files(codebase: &Codebase) -> Vec<String> {
    circles(file_uses(codebase), KNOWN_CIRCLES_OF_FILES)
}

/// Which file uses what lives in which. A parent that only passes on what its children hold does not use them.
fn file_uses(codebase: &Codebase) -> Uses {
    let mut uses = Uses::new();
    for import in codebase.imports().iter().filter(|import| !import.passes_on) {
        let Some(home) = import.ways.last().and_then(|home| codebase.home(home)) else { continue };
        if home.path != import.source.path {
            let example = || format!("line {}: {}", import.line, import.ways.last().map(|way| way.join("::")).unwrap_or_default());
            uses.entry(import.source.path.clone()).or_default().entry(home.path.clone()).or_insert_with(example);
        }
    }
    uses
}

/// The circles, each told once as a way from one member back to it, without the steps that are known.
fn circles(mut uses: Uses, known: &[(&str, &str, &str)]) -> Vec<String> {
    for (from, to, _) in known {
        uses.get_mut(*from).and_then(|used| used.remove(*to));
    }
    let (mut told, mut done) = (Vec::new(), BTreeSet::new());
    for start in uses.keys() {
        if done.contains(start.as_str()) {
            continue;
        }
        if let Some(way) = way_back(&uses, start) {
            let steps: Vec<String> = way.windows(2).map(|pair| format!("{} → {} ({})", pair[0], pair[1], uses[&pair[0]][&pair[1]])).collect();
            done.extend(way.iter().cloned());
            told.push(format!("a circle: {}", steps.join(", ")));
        }
    }
    told
}

/// The shortest way from something back to itself.
fn way_back(uses: &Uses, start: &str) -> Option<Vec<String>> {
    let mut reached: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut next = std::collections::VecDeque::from([vec![start.to_owned()]]);
    while let Some(way) = next.pop_front() {
        for to in uses.get(way.last()?).into_iter().flat_map(BTreeMap::keys) {
            let longer = [way.as_slice(), std::slice::from_ref(to)].concat();
            if to == start {
                return Some(longer);
            }
            if reached.insert(to, longer.clone()).is_none() {
                next.push_back(longer);
            }
        }
    }
    None
}

/// Ways round the reader of sources: what it cannot see through is not written.
pub fn hidden_ways(codebase: &Codebase) -> Vec<String> {
    let star = |(source, line): (&Source, usize)| format!("src/{}:{line} imports by a star: name what is used", source.path);
    let mut faults: Vec<String> = codebase.stars().into_iter().map(star).collect();
    for source in &codebase.sources {
        let dense: String = source.code.split_whitespace().collect();
        let forbidden = ["#[path=", "#![path=", "#[macro_use", "#![macro_use", "externcrate", "include!("];
        faults.extend(forbidden.iter().filter(|sign| dense.contains(*sign)).map(|sign| format!("src/{} says {sign}…", source.path)));
    }
    faults
}

fn refuse(faults: &[String], advice: &str) {
    assert!(faults.is_empty(), "\n{}\n{advice}\n", faults.join("\n"));
}

#[test]
fn each_folder_uses_only_what_its_row_allows() {
    assert!(SOURCES.imports().len() > 1000, "the reader of sources finds nothing any more");
    refuse(
        &overstepping(&SOURCES),
        "A folder uses only what its row in tests/architecture/layer.rs allows. Move what is shared to the lower folder, or ask through a trait in ports.",
    );
}

#[test]
fn there_is_no_circle_between_folders() {
    refuse(&circles_of_folders(&SOURCES), "Move what both need into a lower folder.");
}

#[test]
fn there_is_no_circle_between_files() {
    refuse(&circles_of_files(&SOURCES), "Move what both need into a file of its own.");
}

#[test]
fn the_lists_of_what_is_known_only_shrink() {
    let gone = |uses: &Uses, known: &[(&str, &str, &str)]| -> Vec<String> {
        let still = |from: &str, to: &str| uses.get(from).is_some_and(|used| used.contains_key(to));
        known.iter().filter(|(from, to, _)| !still(from, to)).map(|(from, to, _)| format!("{from} does not use {to} any more")).collect()
    };
    let faults = [gone(&folder_uses(&SOURCES), KNOWN_CIRCLES), gone(&file_uses(&SOURCES), KNOWN_CIRCLES_OF_FILES)].concat();
    refuse(&faults, "Take it off the list of known circles.");
}

#[test]
fn a_domain_never_uses_another_domain() {
    refuse(&crossing(&SOURCES), "A domain refers to another by `domain/collection`, and asks it through a trait in ports.");
}

#[test]
fn nothing_is_imported_in_a_way_that_these_rules_cannot_read() {
    refuse(&hidden_ways(&SOURCES), "Write the path.");
}

#[test]
fn the_shared_layers_name_no_domain() {
    let domains: Vec<&str> = steward::catalogue::api().domains.iter().map(|domain| domain.name).collect();
    let fields = ["strategy", "finance", "infrastructure", "projects", "security", "vendors"];
    let mut faults = Vec::new();
    for source in SOURCES.sources.iter().filter(|source| matches!(source.folder(), "http" | "store" | "resource" | "history" | "database")) {
        for domain in domains.iter().chain(&fields) {
            for sign in [format!("\"{domain}/"), format!("\"{domain}."), format!("domains::{domain}")] {
                faults.extend(source.spoken.match_indices(&sign).map(|(at, _)| format!("src/{}:{} names {domain}", source.path, source.line_of(at))));
            }
        }
    }
    // The references that every record of a unit has.
    faults.retain(|fault| !(fault.starts_with("src/resource/shape.rs") && fault.ends_with("names teams")));
    refuse(&faults, "What holds for every collection is written without naming any.");
}

/// What a domain calls its states, its moves and its dates is declared by the resource. A word or two may be what the service itself says.
#[test]
fn the_shared_layers_hold_no_list_of_a_domains_words() {
    const SOME: usize = 2;
    /// Irregular verbs of English, of which the names of events are made.
    const ENGLISH: &str = "resource/event.rs";
    let api = steward::catalogue::api();
    let mut words: BTreeSet<&str> = BTreeSet::new();
    for definition in api.definitions.all() {
        words.extend(definition.moves().flat_map(|step| [step.from, step.to, step.name]));
        let dates = definition.fields.iter().filter(|field| field.occasion.is_some() || field.happened).map(|field| field.name);
        words.extend(dates.flat_map(|name| [name, name.trim_end_matches("_on").trim_end_matches("_at")]));
    }
    assert!(words.contains("approve") && words.contains("ends_on") && words.contains("cancelled"), "nothing is declared any more");
    let shared = |source: &&Source| matches!(source.folder(), "http" | "store" | "resource" | "view" | "history" | "search" | "database");
    let mut faults = Vec::new();
    for source in SOURCES.sources.iter().filter(shared).filter(|source| source.path != ENGLISH) {
        let said: BTreeSet<&str> = source.spoken.split('"').filter(|text| words.contains(text)).collect();
        if said.len() > SOME {
            faults.push(format!("src/{} says {said:?}", source.path));
        }
    }
    refuse(&faults, "The resource declares it: #[field(…)] at the field, the verb of a move in its lifecycle, what a state is beside it.");
}

#[test]
fn only_the_http_face_and_the_token_endpoint_know_actix() {
    let faults: Vec<String> = SOURCES
        .sources
        .iter()
        .filter(|source| {
            source.code.contains("actix") && !matches!(source.folder(), "http" | "main" | "app") && !source.path.starts_with("domains/identity/oauth/")
        })
        .map(|source| format!("src/{}", source.path))
        .collect();
    refuse(&faults, "Rules, figures and data are the same without a web server: keep actix in src/http.");
}

#[test]
fn only_the_store_and_the_database_begin_transactions() {
    let mut faults = Vec::new();
    // A format reaches no database; iCalendar has a BEGIN of its own.
    for source in SOURCES.sources.iter().filter(|source| !matches!(source.folder(), "store" | "database" | "formats")) {
        faults.extend(source.spoken.match_indices("\"BEGIN").map(|(at, _)| format!("src/{}:{} says BEGIN", source.path, source.line_of(at))));
        let dense: String = source.code.split_whitespace().collect();
        let begins = [".transaction(", ".database.write(", ".database.read(", ".database.quick("].iter().find(|call| dense.contains(*call));
        if let Some(call) = begins {
            faults.push(format!("src/{} calls {call}…)", source.path));
        }
    }
    refuse(&faults, "Read and write through the store, which asks for the session.");
}
