//! The sources as the rules read them: every path that a file names, followed through whatever passes it on.

use super::text::{Token, clean, is_word, tokens};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// Where something stands, from the top of the crate: `["http", "openapi", "part"]`.
pub type Address = Vec<String>;

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
    /// The module that the file is.
    pub module: Address,
    found: Vec<Mention>,
}

/// A path as a file writes it.
struct Mention {
    /// The module in which it stands: the file's, or one written inside it.
    module: Address,
    path: Vec<String>,
    line: usize,
    kind: Written,
}

#[derive(Clone, PartialEq, Eq)]
enum Written {
    /// In an expression, a type, an attribute.
    Between,
    /// In `use`, or as another name for a type: it can be found under this name in its module too.
    As { name: String, public: bool },
    /// In `use … ::*`.
    Star { public: bool },
    /// It is no path: a module that is written inside the file.
    Module,
}

/// A path into the crate that a file names.
pub struct Import<'a> {
    pub source: &'a Source,
    pub line: usize,
    /// Where it leads: the address that is written, and each one that it is passed on from; the last is its home.
    pub ways: Vec<Address>,
    /// True if it only passes on what stands below itself.
    pub passes_on: bool,
}

/// A set of sources.
pub struct Codebase {
    pub sources: Vec<Source>,
    /// Every module with the file that holds it.
    modules: BTreeMap<Address, usize>,
    /// What can be found under another name, as (where it is written, what is written).
    names: BTreeMap<Address, (Address, Vec<String>)>,
    /// The macros that stand at the top of the crate, with the module that holds them.
    macros: BTreeMap<String, Address>,
}

/// The crate below the domains, as they name it.
const CORE: &str = "steward_core";

/// The one module whose names are imported all at once.
const PRELUDE: [&str; 2] = ["view", "prelude"];

/// The codebase itself.
pub static SOURCES: LazyLock<Codebase> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    gather(&root, &mut files);
    // The program that cargo runs before it compiles is not part of the service.
    files.retain(|path| path != "build.rs");
    files.sort();
    Codebase::of(files.into_iter().map(|path| (path.clone(), fs::read_to_string(root.join(path)).unwrap())))
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

impl Codebase {
    /// A set of files: their paths under `src/` and their texts. Files that only tests read are left out.
    pub fn of(files: impl IntoIterator<Item = (String, String)>) -> Codebase {
        let files: Vec<(String, String)> = files.into_iter().collect();
        let only_for_tests = |path: &str| {
            let module = module_of(path);
            let (Some(name), Some(parent)) = (module.last(), module.len().checked_sub(1).map(|length| &module[..length])) else { return false };
            let declared = files.iter().find(|(path, _)| module_of(path) == parent).map(|(_, text)| text.split_whitespace().collect::<Vec<_>>().join(" "));
            declared.is_some_and(|text| text.contains(&format!("#[cfg(test)] mod {name};")))
        };
        let sources: Vec<Source> = files.iter().filter(|(path, _)| !only_for_tests(path)).map(|(path, text)| Source::new(path, text.clone())).collect();
        let (mut modules, mut names, mut macros) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (index, source) in sources.iter().enumerate() {
            modules.insert(source.module.clone(), index);
            for mention in &source.found {
                match &mention.kind {
                    Written::Module => drop(modules.insert(mention.module.clone(), index)),
                    Written::As { name, .. } => drop(names.insert(below(&mention.module, name), (mention.module.clone(), mention.path.clone()))),
                    Written::Between | Written::Star { .. } => {}
                }
            }
            for rest in source.code.split("#[macro_export]").skip(1) {
                let named = rest.split("macro_rules!").nth(1).map(tokens).unwrap_or_default();
                macros.extend(named.first().map(|name| (name.text.clone(), source.module.clone())));
            }
        }
        Codebase { sources, modules, names, macros }
    }

    /// All folders (and files at the top) of the codebase.
    pub fn folders(&self) -> BTreeSet<&str> {
        self.sources.iter().map(Source::folder).collect()
    }

    /// Every path into the crate that any file names.
    pub fn imports(&self) -> Vec<Import<'_>> {
        let mut imports = Vec::new();
        for source in &self.sources {
            for mention in source.found.iter().filter(|mention| mention.kind != Written::Module) {
                let Some(address) = self.absolute(&mention.module, &mention.path, 0) else { continue };
                let ways = self.follow(address);
                let public = matches!(mention.kind, Written::As { public: true, .. });
                let passes_on = public && ways.iter().all(|way| way.starts_with(&source.module));
                imports.push(Import { source, line: mention.line, ways, passes_on });
            }
        }
        imports
    }

    /// The file in which something lives; none for a module as such, which is a way and not a thing.
    pub fn home(&self, address: &[String]) -> Option<&Source> {
        if self.modules.contains_key(address) {
            return None;
        }
        (0..address.len()).rev().find_map(|length| self.modules.get(&address[..length])).map(|index| &self.sources[*index])
    }

    /// Where `use … ::*` leads into the crate: `(file, line)`.
    pub fn stars(&self) -> Vec<(&Source, usize)> {
        let is_own = |mention: &&Mention| match &mention.kind {
            // What a figure takes for granted may be used by all who may use figures: every name in it is one that they may use.
            Written::Star { public: false } if mention.path.get(1..).is_some_and(|path| path == PRELUDE) => false,
            Written::Star { .. } if mention.module == PRELUDE => self.absolute(&mention.module, &mention.path, 0).is_some(),
            Written::Star { public } => *public || self.absolute(&mention.module, &mention.path, 0).is_some(),
            _ => false,
        };
        self.sources.iter().flat_map(|source| source.found.iter().filter(is_own).map(move |mention| (source, mention.line))).collect()
    }

    /// A path from the top of the crate; none for one that leads out of it, or to what the file itself holds.
    fn absolute(&self, module: &[String], path: &[String], depth: usize) -> Option<Address> {
        let (head, mut rest) = path.split_first()?;
        let mut base = match head.as_str() {
            "crate" => crate_of(module),
            CORE => Vec::new(),
            "self" => module.to_vec(),
            "super" => module.get(..module.len().checked_sub(1)?)?.to_vec(),
            name => match self.domain(name) {
                Some(domain) => domain,
                None => self.named(module, name, rest.is_empty(), depth)?,
            },
        };
        while let Some((first, behind)) = rest.split_first() {
            match first.as_str() {
                "self" => {}
                "super" => drop(base.pop()),
                _ => break,
            }
            rest = behind;
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }

    /// The domain that is a crate of this name.
    fn domain(&self, name: &str) -> Option<Address> {
        let address = vec!["domains".to_owned(), name.strip_prefix("steward_")?.to_owned()];
        self.modules.keys().any(|module| module.starts_with(&address)).then_some(address)
    }

    /// What a module calls by a name.
    fn named(&self, module: &[String], name: &str, is_last: bool, depth: usize) -> Option<Address> {
        let here = below(module, name);
        // `trace::trace` may be passed on as `trace`: with more behind it the module is meant.
        if self.modules.contains_key(&here) && (!is_last || !self.names.contains_key(&here)) {
            return Some(here);
        }
        let (module, path) = self.names.get(&here).filter(|_| depth < 16)?;
        self.absolute(module, path, depth + 1)
    }

    /// Every address under which something is passed on, to its home.
    fn follow(&self, address: Address) -> Vec<Address> {
        let mut ways: Vec<Address> = Vec::new();
        let mut at = address;
        while !ways.contains(&at) && ways.len() < 16 {
            ways.push(at.clone());
            if let Some(home) = at.first().filter(|_| at.len() == 1).and_then(|name| self.macros.get(name)) {
                at = below(home, &at[0]);
                continue;
            }
            let passed = (1..=at.len()).rev().find_map(|length| {
                let is_way = length < at.len() && self.modules.contains_key(&at[..length]);
                let (module, path) = self.names.get(&at[..length]).filter(|_| !is_way)?;
                Some([self.absolute(module, path, 0)?, at[length..].to_vec()].concat())
            });
            at = passed.unwrap_or(at);
        }
        ways
    }
}

fn below(module: &[String], name: &str) -> Address {
    let mut address = module.to_vec();
    address.push(name.to_owned());
    address
}

fn module_of(path: &str) -> Address {
    let mut module: Address = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "core")) {
        module.pop();
    }
    module
}

/// The top of the crate that a module is in: a domain is one of its own.
fn crate_of(module: &[String]) -> Address {
    let is_domain = module.len() > 1 && module[0] == "domains";
    module[..if is_domain { 2 } else { 0 }].to_vec()
}

impl Source {
    fn new(path: &str, text: String) -> Source {
        let (code, spoken) = clean(&text);
        let module = module_of(path);
        let mut found = Scanner { tokens: tokens(&code), is_main: path == "main.rs", within: vec![(module.clone(), 0)], depth: 0, found: Vec::new() }.scan();
        found.extend(in_strings(&spoken, &module));
        Source { path: path.to_owned(), text, code, spoken, module, found }
    }

    /// `http`, or `app` for a file at the top.
    pub fn folder(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    pub fn line_of(&self, at: usize) -> usize {
        self.code[..at].matches('\n').count() + 1
    }
}

/// Paths that stand in strings, as attributes of serde take them.
fn in_strings(spoken: &str, module: &[String]) -> Vec<Mention> {
    let mut found = Vec::new();
    for (at, _) in spoken.match_indices('"') {
        let inside = spoken[at + 1..].split('"').next().unwrap_or_default();
        let path: Vec<String> = inside.split("::").map(str::to_owned).collect();
        let leads_inside = path.len() > 1 && matches!(path[0].as_str(), "crate" | "self" | "super" | CORE);
        if leads_inside && path.iter().all(|word| is_word(word) && word.chars().all(|c| c.is_alphanumeric() || c == '_')) {
            found.push(Mention { module: module.to_vec(), path, line: spoken[..at].matches('\n').count() + 1, kind: Written::Between });
        }
    }
    found
}

/// Reads the words of a file from the first to the last.
struct Scanner {
    tokens: Vec<Token>,
    is_main: bool,
    /// The modules that are open, with the depth of braces in which each began.
    within: Vec<(Address, usize)>,
    depth: usize,
    found: Vec<Mention>,
}

impl Scanner {
    fn scan(mut self) -> Vec<Mention> {
        let mut at = 0;
        while at < self.tokens.len() {
            at = self.step(at);
        }
        self.found
    }

    /// Reads what stands here, and returns where to go on.
    fn step(&mut self, at: usize) -> usize {
        match self.text(at) {
            "{" => self.depth += 1,
            "}" => {
                self.depth = self.depth.saturating_sub(1);
                if self.within.len() > 1 && self.within.last().is_some_and(|(_, depth)| *depth == self.depth) {
                    self.within.pop();
                }
            }
            "mod" if is_word(self.text(at + 1)) && self.text(at + 2) == "{" => {
                let inner = below(self.module(), self.text(at + 1));
                self.within.push((inner, self.depth));
                self.note(at, Vec::new(), Written::Module);
                return at + 2;
            }
            "use" if self.text(at + 1) != "<" => {
                let public = at > 0 && matches!(self.text(at - 1), "pub" | ")");
                let start = at + 1 + usize::from(self.text(at + 1) == "::");
                return self.tree(start, Vec::new(), public);
            }
            "type" => return self.alias(at),
            word if is_word(word) && self.text(at + 1) == "::" && !self.goes_on(at) => {
                let (path, end) = self.path(at);
                self.note(at, path, Written::Between);
                return end;
            }
            _ => {}
        }
        at + 1
    }

    /// Whether a word is the later part of a path: `A` in `<T as X>::A`, but not in `::A`.
    fn goes_on(&self, at: usize) -> bool {
        at > 1 && self.text(at - 1) == "::" && (is_word(self.text(at - 2)) || self.text(at - 2) == ">")
    }

    fn path(&self, mut at: usize) -> (Vec<String>, usize) {
        let mut path = vec![self.text(at).to_owned()];
        while self.text(at + 1) == "::" && is_word(self.text(at + 2)) {
            path.push(self.text(at + 2).to_owned());
            at += 2;
        }
        (path, at + 1)
    }

    /// `type Name = some::path…` is another name for that; with anything before the path it is a type of its own.
    fn alias(&mut self, at: usize) -> usize {
        let name = self.text(at + 1).to_owned();
        let equals = (at + 2..at + 24).find(|at| matches!(self.text(*at), "=" | ";" | "{" | "")).filter(|at| self.text(*at) == "=");
        if let Some(equals) =
            equals.filter(|_| is_word(&name) && self.depth == self.within.last().map_or(0, |(_, depth)| usize::from(self.within.len() > 1) + depth))
        {
            let (path, end) = self.path(equals + 1);
            if is_word(&path[0]) && matches!(self.text(end), ";" | "<") {
                let public = at > 0 && matches!(self.text(at - 1), "pub" | ")");
                self.note(equals, path, Written::As { name, public });
                return end;
            }
        }
        at + 1
    }

    /// Reads a tree of `use` and returns where it ends.
    fn tree(&mut self, mut at: usize, mut path: Vec<String>, public: bool) -> usize {
        loop {
            match self.text(at) {
                "{" => {
                    at += 1;
                    while self.text(at) != "}" {
                        at = self.tree(at, path.clone(), public);
                        at += usize::from(self.text(at) == ",");
                    }
                    return at + 1;
                }
                "::" => at += 1,
                "*" => {
                    self.note(at, path, Written::Star { public });
                    return at + 1;
                }
                word if is_word(word) => {
                    path.push(word.to_owned());
                    at += 1;
                    if self.text(at) != "::" {
                        return self.leaf(at, path, public);
                    }
                }
                other => panic!("line {}: a use that this test cannot read, at {other:?}", self.tokens.get(at).map_or(0, |token| token.line)),
            }
        }
    }

    fn leaf(&mut self, at: usize, mut path: Vec<String>, public: bool) -> usize {
        if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
            path.pop();
        }
        let renamed = self.text(at) == "as";
        let name = if renamed { self.text(at + 1).to_owned() } else { path.last().cloned().unwrap_or_default() };
        self.note(at - 1, path, Written::As { name: plain(&name), public });
        at + if renamed { 2 } else { 0 }
    }

    fn note(&mut self, at: usize, path: Vec<String>, kind: Written) {
        let line = self.tokens.get(at).map_or(0, |token| token.line);
        let mut path: Vec<String> = path.iter().map(|word| plain(word)).collect();
        // The commands see the crate from outside.
        if self.is_main && path.first().is_some_and(|first| first == "steward") {
            path[0] = "crate".to_owned();
        }
        self.found.push(Mention { module: self.module().to_vec(), path, line, kind });
    }

    fn module(&self) -> &[String] {
        self.within.last().map_or(&[], |(module, _)| module)
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }
}

fn plain(word: &str) -> String {
    word.trim_start_matches("r#").to_owned()
}
