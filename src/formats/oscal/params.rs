//! The parameters of an OSCAL catalog, and prose with its parameters inserted.

use super::faults::{At, Object, ValidationErrors};
use std::cell::Cell;
use std::collections::HashMap;

/// How deep parameters may insert one another. Any deeper, only their ids appear.
const MAX_LEVELS: usize = 32;
/// Text of more bytes than this is too long in any case, and is not written to its end.
const MAX_WRITTEN: usize = 400_000;
/// What the insertions of a document may cost: their bytes, and a fee for each. Without it, a small
/// document whose parameters insert one another many times over would grow without limit.
const MAX_COST: usize = 16 * 1024 * 1024;
const FEE: usize = 64;

/// What stands in the place of a parameter.
pub enum Param<'a> {
    /// The values given to it.
    Values(Vec<&'a str>),
    /// A choice that is still to be made: of one, or of several.
    Choices { several: bool, choices: Vec<&'a str> },
    /// A value that is still to be given, and what it is about.
    Open(Option<&'a str>),
}

impl<'a> Param<'a> {
    /// Reads the declaration of a parameter.
    pub fn read(param: &'a Object, at: &At, faults: &mut ValidationErrors) -> Self {
        let values = faults.texts(param, at, "values");
        if !values.is_empty() {
            return Param::Values(values);
        }
        let select = param.get("select").and_then(|select| faults.object(select, &At::Key(at, "select")));
        if let Some(select) = select {
            let at = At::Key(at, "select");
            let several = faults.text(select, &at, "how-many") == Some("one-or-more");
            let choices = faults.texts(select, &at, "choice");
            if !choices.is_empty() {
                return Param::Choices { several, choices };
            }
        }
        if let Some(label) = faults.text(param, at, "label") {
            return Param::Open(Some(label));
        }
        let list = At::Key(at, "guidelines");
        for (index, guideline) in faults.objects(param, at, "guidelines") {
            if let Some(prose) = faults.text(guideline, &At::Index(&list, index), "prose") {
                return Param::Open(Some(prose));
            }
        }
        Param::Open(faults.text(param, at, "usage"))
    }
}

/// The parameters that an object declares: their ids, and where `Params` keeps them.
pub type Declared<'a> = HashMap<&'a str, usize>;

/// The parameters of the object that prose stands in, and of those around it.
pub struct Scope<'s, 'a> {
    /// Its own.
    pub params: &'s Declared<'a>,
    /// Those around it.
    pub outer: Option<&'s Scope<'s, 'a>>,
}

/// All parameters of a document.
#[derive(Default)]
pub struct Params<'a> {
    all: Vec<Param<'a>>,
    anywhere: Declared<'a>,
    cost: Cell<usize>,
}

impl<'a> Params<'a> {
    /// Adds a parameter to those of the object that declares it. Where an id is repeated, the first
    /// one counts.
    pub fn declare(&mut self, id: &'a str, param: Param<'a>, declared: &mut Declared<'a>) {
        let place = self.all.len();
        declared.entry(id).or_insert(place);
        self.anywhere.entry(id).or_insert(place);
        self.all.push(param);
    }

    /// Whether more was to be inserted than the document may cost.
    pub fn exhausted(&self) -> bool {
        self.cost.get() > MAX_COST
    }

    /// Text with its parameters inserted.
    pub fn render(&self, text: &'a str, scope: &Scope<'_, 'a>) -> String {
        let mut out = String::with_capacity(text.len());
        self.write(text, scope, &mut Vec::new(), &mut out);
        out
    }

    /// `trail` holds the parameters that are being inserted.
    fn write(&self, text: &'a str, scope: &Scope<'_, 'a>, trail: &mut Vec<&'a str>, out: &mut String) {
        let mut rest = text;
        while let Some((head, tail)) = rest.split_once("}}") {
            let insertion = head.rsplit_once("{{").and_then(|(before, inner)| Some((before, param_id(inner)?)));
            if let Some((before, id)) = insertion {
                out.push_str(before);
                self.insert(id, scope, trail, out);
            } else {
                out.push_str(head);
                out.push_str("}}");
            }
            rest = tail;
        }
        out.push_str(rest);
    }

    fn insert(&self, id: &'a str, scope: &Scope<'_, 'a>, trail: &mut Vec<&'a str>, out: &mut String) {
        // The reader refuses a document that reaches either limit.
        if self.exhausted() || out.len() > MAX_WRITTEN {
            return;
        }
        let start = out.len();
        let circular = trail.len() >= MAX_LEVELS || trail.contains(&id);
        trail.push(id);
        match self.find(id, scope).filter(|_| !circular) {
            Some(Param::Values(values)) => self.write_list(values, ", ", scope, trail, out),
            Some(Param::Choices { several, choices }) => {
                out.push_str(if *several { "[Selection (one or more): " } else { "[Selection: " });
                self.write_list(choices, "; ", scope, trail, out);
                out.push(']');
            }
            Some(Param::Open(Some(label))) => {
                out.push_str("[Assignment: ");
                self.write(label, scope, trail, out);
                out.push(']');
            }
            Some(Param::Open(None)) | None => {
                out.push_str("[Assignment: ");
                out.push_str(id);
                out.push(']');
            }
        }
        trail.pop();
        self.cost.set(self.cost.get() + FEE + id.len() + (out.len() - start));
    }

    fn write_list(&self, texts: &[&'a str], separator: &str, scope: &Scope<'_, 'a>, trail: &mut Vec<&'a str>, out: &mut String) {
        for (index, text) in texts.iter().enumerate() {
            if index > 0 {
                out.push_str(separator);
            }
            self.write(text, scope, trail, out);
        }
    }

    fn find(&self, id: &str, scope: &Scope<'_, 'a>) -> Option<&Param<'a>> {
        let mut scopes = std::iter::successors(Some(scope), |scope| scope.outer);
        let near = scopes.find_map(|scope| scope.params.get(id));
        self.all.get(*near.or_else(|| self.anywhere.get(id))?)
    }
}

/// The parameter that `{{ insert: param, ID }}` inserts, from what stands between the braces. Older
/// documents write `param, ID`, or the id alone.
fn param_id(inner: &str) -> Option<&str> {
    let mut id = inner.trim();
    if let Some((_, rest)) = id.split_once(':').filter(|(word, _)| word.trim_end() == "insert") {
        id = rest.trim_start();
    }
    if let Some((_, rest)) = id.split_once(',').filter(|(word, _)| word.trim_end() == "param") {
        id = rest.trim_start();
    }
    let formed = id.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_'));
    (formed && !id.is_empty()).then_some(id)
}
