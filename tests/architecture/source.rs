//! The sources as the rules read them: without comments and tests, with every path that they name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// One file under `src/`.
pub struct Source {
    /// Its path under `src/`.
    pub path: String,
    /// As it was written.
    pub text: String,
    /// Without comments, tests and the insides of strings; as long as the text.
    pub code: String,
    /// Without comments and tests; as long as the text.
    pub spoken: String,
    /// `["http", "openapi", "part"]`.
    pub module: Vec<String>,
    tokens: Vec<Token>,
}

/// A path that a file names, from the top of the crate.
pub struct Named {
    pub path: Vec<String>,
    pub line: usize,
}

struct Token {
    text: String,
    line: usize,
}

/// `use` in a file: what it names, under which name, and whether it is passed on.
struct Use {
    path: Vec<String>,
    name: String,
    public: bool,
    line: usize,
}

pub static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    gather(&root, &mut files);
    files.sort();
    files.iter().filter(|path| !path.ends_with("tests.rs")).map(|path| Source::new(path, fs::read_to_string(root.join(path)).unwrap())).collect()
});

static MODULES: LazyLock<BTreeSet<Vec<String>>> = LazyLock::new(|| SOURCES.iter().map(|source| source.module.clone()).collect());

/// What a module passes on under another address, so that `pub use` fools nobody.
static PASSED_ON: LazyLock<BTreeMap<Vec<String>, Vec<String>>> = LazyLock::new(|| {
    let public = |source: &'static Source| {
        source.uses().into_iter().filter(|each| each.public).map(|each| ([source.module.clone(), vec![each.name]].concat(), each.path))
    };
    SOURCES.iter().flat_map(public).collect()
});

/// The macros that stand at the top of the crate, with the folder that holds them.
static MACROS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let of = |source: &'static Source| {
        source.code.split("#[macro_export]").skip(1).filter_map(|rest| {
            let name = rest.split("macro_rules!").nth(1)?.trim_start();
            Some((name.split(|c: char| !c.is_alphanumeric() && c != '_').next()?.to_owned(), source.folder().to_owned()))
        })
    };
    SOURCES.iter().flat_map(of).collect()
});

fn gather(folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = path.display().to_string();
            files.push(text.split_once("/src/").unwrap().1.to_owned());
        }
    }
}

/// All folders (and files at the top) of the house.
pub fn folders() -> BTreeSet<&'static str> {
    SOURCES.iter().map(Source::folder).collect()
}

/// Every top-level folder that a path leads into, by itself and through what is passed on.
pub fn leads_to(path: &[String]) -> BTreeSet<Vec<String>> {
    let mut all = BTreeSet::new();
    let mut at = path.to_vec();
    for _ in 0..10 {
        if let Some(folder) = at.first().filter(|first| !folders().contains(first.as_str())).and_then(|first| MACROS.get(first)) {
            at[0] = folder.clone();
        }
        if !all.insert(at.clone()) {
            break;
        }
        let Some((length, target)) = (1..=at.len()).rev().find_map(|length| Some((length, PASSED_ON.get(&at[..length])?))) else { break };
        at = [target.clone(), at[length..].to_vec()].concat();
    }
    all
}

impl Source {
    pub fn new(path: &str, text: String) -> Source {
        let mut module: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if matches!(module.last().map(String::as_str), Some("mod" | "lib")) {
            module.pop();
        }
        let (code, spoken) = clean(&text);
        let tokens = tokens(&code);
        Source { path: path.to_owned(), text, code, spoken, module, tokens }
    }

    /// `http`, or `app` for a file at the top.
    pub fn folder(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    pub fn line_of(&self, at: usize) -> usize {
        self.code[..at].matches('\n').count() + 1
    }

    /// Every path into this crate that the file names: in `use` and in between.
    pub fn named(&self) -> Vec<Named> {
        let uses = self.uses();
        let local: BTreeMap<&str, &Vec<String>> = uses.iter().map(|each| (each.name.as_str(), &each.path)).collect();
        let mut named: Vec<Named> = uses.iter().map(|each| Named { path: each.path.clone(), line: each.line }).collect();
        let mut at = 0;
        while at < self.tokens.len() {
            if self.text(at) == "use" {
                at = (at..self.tokens.len()).find(|at| self.text(*at) == ";").unwrap_or(self.tokens.len());
            } else if is_word(self.text(at)) && self.text(at + 1) == "::" && (at == 0 || self.text(at - 1) != "::") {
                let start = at;
                let mut path = vec![self.text(at).to_owned()];
                while self.text(at + 1) == "::" && is_word(self.text(at + 2)) {
                    path.push(self.text(at + 2).to_owned());
                    at += 2;
                }
                let whole = match local.get(path[0].as_str()) {
                    Some(known) => Some([known.as_slice(), &path[1..]].concat()),
                    None => self.resolve(&path),
                };
                named.extend(whole.map(|path| Named { path, line: self.tokens[start].line }));
            }
            at += 1;
        }
        named
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    fn uses(&self) -> Vec<Use> {
        let mut uses = Vec::new();
        for at in (0..self.tokens.len()).filter(|at| self.text(*at) == "use") {
            let mut leaves = Vec::new();
            self.tree(at + 1, Vec::new(), &mut leaves);
            let public = at > 0 && matches!(self.text(at - 1), "pub" | ")");
            for (path, name) in leaves {
                uses.extend(self.resolve(&path).map(|path| Use { path, name, public, line: self.tokens[at].line }));
            }
        }
        uses
    }

    /// Reads a tree of `use` and returns where it ends.
    fn tree(&self, mut at: usize, mut path: Vec<String>, leaves: &mut Vec<(Vec<String>, String)>) -> usize {
        loop {
            match self.text(at) {
                "{" => {
                    at += 1;
                    while self.text(at) != "}" {
                        at = self.tree(at, path.clone(), leaves);
                        at += usize::from(self.text(at) == ",");
                    }
                    return at + 1;
                }
                "::" => at += 1,
                word if is_word(word) || word == "*" => {
                    path.push(word.to_owned());
                    at += 1;
                    if self.text(at) != "::" {
                        if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
                            path.pop();
                        }
                        let mut name = path.last().cloned().unwrap_or_default();
                        if self.text(at) == "as" {
                            name = self.text(at + 1).to_owned();
                            at += 2;
                        }
                        leaves.push((path, name));
                        return at;
                    }
                }
                other => panic!("{}: a use that this test cannot read, at {other:?}", self.path),
            }
        }
    }

    /// A path from the top of the crate; none for one that leads out of it.
    fn resolve(&self, path: &[String]) -> Option<Vec<String>> {
        let mut rest = path;
        let mut base = match rest.first()?.as_str() {
            "crate" => {
                rest = &rest[1..];
                Vec::new()
            }
            "steward" if self.path == "main.rs" => {
                rest = &rest[1..];
                Vec::new()
            }
            "self" | "super" => self.module.clone(),
            // A module of this file's own; everything else is another crate or a name in this file.
            first => {
                let inner = [self.module.clone(), vec![first.to_owned()]].concat();
                if !MODULES.contains(&inner) {
                    return None;
                }
                self.module.clone()
            }
        };
        while let Some(first) = rest.first() {
            match first.as_str() {
                "self" => {}
                "super" => drop(base.pop()),
                _ => break,
            }
            rest = &rest[1..];
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn tokens(code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut line, mut rest) = (1, code);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            c if c.is_alphanumeric() || c == '_' => rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()),
            ':' if rest.starts_with("::") => 2,
            c => c.len_utf8(),
        };
        line += usize::from(first == '\n');
        // `$crate` in a macro is `crate`.
        if !first.is_whitespace() && first != '$' {
            tokens.push(Token { text: rest[..length].to_owned(), line });
        }
        rest = &rest[length..];
    }
    tokens
}

/// The text with its comments, tests and strings blanked, and the same with its strings.
pub fn clean(text: &str) -> (String, String) {
    let bytes = text.as_bytes();
    let (mut code, mut spoken) = (bytes.to_vec(), bytes.to_vec());
    let blank = |into: &mut Vec<u8>, from: usize, to: usize| into[from..to].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let before = at.checked_sub(1).map(|before| bytes[before]);
        let raw = rest.trim_start_matches(['b', 'r']).trim_start_matches('#');
        let is_raw = (rest.starts_with('r') || rest.starts_with("br"))
            && raw.starts_with('"')
            && !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let end = if rest.starts_with("//") {
            let end = at + rest.find('\n').unwrap_or(rest.len());
            blank(&mut spoken, at, end);
            end
        } else if rest.starts_with("/*") {
            let end = at + rest.find("*/").map_or(rest.len(), |length| length + 2);
            blank(&mut spoken, at, end);
            end
        } else if is_raw {
            let start = rest.len() - raw.len();
            let hashes = rest[..start].matches('#').count();
            let close = format!("\"{}", "#".repeat(hashes));
            at + start + 1 + raw[1..].find(&close).map_or(raw.len() - 1, |length| length + close.len())
        } else if rest.starts_with('"') {
            let mut end = at + 1;
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            (end + 1).min(bytes.len())
        } else if let Some(inside) = rest.strip_prefix('\'') {
            let quoted = inside.chars().next().unwrap_or(' ');
            if quoted == '\\' {
                at + 3 + rest[3..].find('\'').unwrap_or(0) + 1
            } else if rest[1 + quoted.len_utf8()..].starts_with('\'') {
                at + 2 + quoted.len_utf8()
            } else {
                at
            }
        } else {
            at
        };
        if end > at {
            blank(&mut code, at, end);
            at = end;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    let plain = String::from_utf8(code.clone()).unwrap();
    for (start, _) in plain.match_indices("#[cfg(test)]") {
        let end = end_of_item(&plain, start + "#[cfg(test)]".len());
        blank(&mut code, start, end);
        blank(&mut spoken, start, end);
    }
    (String::from_utf8(code).unwrap(), String::from_utf8(spoken).unwrap())
}

/// Where the item that starts here ends: at its `;` or its closing brace.
fn end_of_item(code: &str, start: usize) -> usize {
    let mut depth = 0;
    for (at, letter) in code[start..].char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 1 => return start + at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return start + at + 1,
            _ => {}
        }
    }
    code.len()
}

#[test]
fn the_reader_of_sources_sees_through_comments_strings_tests_and_nested_imports() {
    let text = r##"
        //! use crate::hidden::A;
        use crate::{store::{self, page::Query as Q}, http};
        pub use super::super::super::domains::teams::Unit;
        fn f<'a>(x: &'a str) -> char { let _ = r#"crate::raw::X "quoted" "#; let _ = "crate::text::Y \" crate::more"; store::read::go(); '"' }
        macro_rules! m { () => { $crate::history::record() } }
        #[cfg(test)]
        mod tests { use crate::tested::Z; fn g() { if true { } } }
        fn last() { crate::events::feed(); }
    "##;
    let source = Source::new("ports/sub/file.rs", text.to_owned());
    let mut named: Vec<String> = source.named().iter().map(|named| named.path.join("::")).collect();
    named.sort();
    assert_eq!(named, ["domains::teams::Unit", "events::feed", "history::record", "http", "store", "store::page::Query", "store::read::go"]);
    assert!(source.spoken.contains("crate::text") && !source.spoken.contains("hidden") && !source.code.contains("crate::text"));
}
