//! What lies inside the values of a field: references that stand deeper than a column.

use super::field::Field;
use super::value::Inner;
use crate::database::SqlType;

/// How deep values within values are looked through.
const DEEPEST: usize = 4;

impl Inner for Field {
    fn name(&self) -> &'static str {
        self.name
    }

    fn names(&self) -> &'static [&'static str] {
        if self.recalls { &[] } else { self.refers_to }
    }

    fn lists(&self) -> &'static [&'static str] {
        self.lists
    }

    fn is_loose(&self) -> bool {
        self.refers_to.is_empty() && !self.recalls && self.columns.first().is_some_and(|column| column.kind == SqlType::Id)
    }

    fn recalls(&self) -> bool {
        self.recalls
    }

    fn inside(&self) -> Vec<&'static dyn Inner> {
        (self.inside)()
    }
}

impl Field {
    /// True if it holds references beside being one.
    pub fn holds_references(&self) -> bool {
        holds(self, DEEPEST)
    }

    /// The names of ids inside it that nothing says to be references: mistakes in the source.
    pub fn loose_ids(&self) -> Vec<String> {
        loose(self, DEEPEST)
    }
}

fn inside(of: &dyn Inner, depth: usize) -> Vec<&'static dyn Inner> {
    if depth == 0 { Vec::new() } else { of.inside() }
}

fn holds(of: &dyn Inner, depth: usize) -> bool {
    !of.lists().is_empty() || inside(of, depth).into_iter().any(|inner| !inner.names().is_empty() || holds(inner, depth - 1))
}

fn loose(of: &dyn Inner, depth: usize) -> Vec<String> {
    let own = inside(of, depth).into_iter().filter(|inner| inner.is_loose()).map(|inner| inner.name().to_owned());
    let deeper = inside(of, depth).into_iter().flat_map(|inner| loose(inner, depth - 1));
    own.chain(deeper).map(|name| format!("{}.{name}", of.name())).collect()
}
