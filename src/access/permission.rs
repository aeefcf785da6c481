//! Permissions: what a session was granted, and how far each of them reaches by that.

use crate::resource::Id;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The most permissions of which a session remembers the reach: more than there are.
const MOST_KNOWN: usize = 8_192;

/// A permission, `domain.collection:verb`, in which `*` stands for any word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern {
    domain: String,
    collection: String,
    verb: String,
}

/// The extent to which a session holds a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Everywhere.
    Everything,
    /// On these units and all below them, and, if so, on what is the person's own.
    Part {
        /// The units.
        units: Vec<Id>,
        /// True if it reaches what is the person's own.
        own: bool,
    },
    /// Nowhere.
    Nothing,
}

impl Pattern {
    /// The pattern that covers all permissions.
    pub(super) fn all() -> Self {
        Pattern { domain: "*".into(), collection: "*".into(), verb: "*".into() }
    }

    /// Reads `domain.collection:verb`; each part is `*` or words in lower case with underscores.
    pub fn parse(text: &str) -> Option<Self> {
        let (place, verb) = text.split_once(':')?;
        let (domain, collection) = place.split_once('.')?;
        let word =
            |part: &str| part == "*" || (!part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'));
        ([domain, collection, verb].into_iter().all(word)).then(|| Pattern { domain: domain.into(), collection: collection.into(), verb: verb.into() })
    }

    /// The permissions that both stand for, if there are any.
    pub fn meet(&self, other: &Pattern) -> Option<Pattern> {
        let part = |mine: &str, theirs: &str| match (mine, theirs) {
            ("*", word) | (word, "*") => Some(word.to_owned()),
            (mine, theirs) => (mine == theirs).then(|| mine.to_owned()),
        };
        let (domain, collection) = (part(&self.domain, &other.domain)?, part(&self.collection, &other.collection)?);
        Some(Pattern { domain, collection, verb: part(&self.verb, &other.verb)? })
    }

    /// True if it covers another permission or pattern wholly.
    pub fn covers(&self, other: &Pattern) -> bool {
        let part = |mine: &str, theirs: &str| mine == "*" || mine == theirs;
        part(&self.domain, &other.domain) && part(&self.collection, &other.collection) && part(&self.verb, &other.verb)
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}:{}", self.domain, self.collection, self.verb)
    }
}

impl Reach {
    /// True if it reaches a unit, given the unit and all above it. No unit is reached by everything only.
    pub fn covers(&self, unit_and_above: &[Id]) -> bool {
        match self {
            Reach::Everything => true,
            Reach::Part { units, .. } => unit_and_above.iter().any(|unit| units.contains(unit)),
            Reach::Nothing => false,
        }
    }

    /// The units that it reaches with all below them; none where it reaches everything or nothing.
    pub fn units(&self) -> &[Id] {
        if let Reach::Part { units, .. } = self { units } else { &[] }
    }

    /// True if it reaches what is one's own, and not everything.
    pub fn takes_own(&self) -> bool {
        matches!(self, Reach::Part { own: true, .. })
    }

    /// True if it reaches everything, or some unit.
    pub fn beyond_own(&self) -> bool {
        *self == Reach::Everything || !self.units().is_empty()
    }
}

/// Permissions that are held at one place.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) place: Granted,
    pub(super) permissions: Vec<Pattern>,
}

/// The place where something was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Granted {
    /// Everywhere.
    Everything,
    /// On a unit and all below it.
    Unit(Id),
    /// On what is one's own.
    Own,
}

impl Granted {
    /// As a grant says it: the unit, and whether it is for what is one's own.
    pub fn of(unit: Option<Id>, own: bool) -> Granted {
        match (unit, own) {
            (_, true) => Granted::Own,
            (Some(unit), false) => Granted::Unit(unit),
            (None, false) => Granted::Everything,
        }
    }
}

/// All grants of a session. They never change; a session that holds others has others.
#[derive(Debug)]
pub(super) struct Grants {
    all: Vec<Grant>,
    /// The reach of each permission that was asked for: what a session may read is asked for every collection at once, again and again.
    known: RwLock<HashMap<String, Reach>>,
}

impl Grants {
    /// The grants as the copies of a session share them.
    pub(super) fn shared(all: Vec<Grant>) -> Arc<Self> {
        Arc::new(Grants { all, known: RwLock::default() })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Grant> {
        self.all.iter()
    }

    /// The reach of a permission: found out once.
    pub(super) fn reach(&self, permission: &str, find_out: impl FnOnce() -> Reach) -> Reach {
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(permission) {
            return known.clone();
        }
        let reach = find_out();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST_KNOWN {
            known.insert(permission.to_owned(), reach.clone());
        }
        reach
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_word_in_its_part_only() {
        let held = Pattern::parse("governance.*:read").unwrap();
        assert!(held.covers(&Pattern::parse("governance.controls:read").unwrap()));
        assert!(!held.covers(&Pattern::parse("governance.controls:create").unwrap()));
        assert!(!held.covers(&Pattern::parse("security.risks:read").unwrap()));
        assert!(!held.covers(&Pattern::parse("*.*:read").unwrap()));
    }

    #[test]
    fn what_is_no_permission_is_refused() {
        for text in ["", "a", "a.b", "a:b", "a.b:c:d", "A.b:c", "a.b:", "a..b:c"] {
            assert!(Pattern::parse(text).is_none(), "{text}");
        }
    }
}
