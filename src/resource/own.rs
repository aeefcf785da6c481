//! What is one's own: by what a record is a person's, as its kind declares it.
//!
//! A grant may reach what is the grantee's own and nothing else. Whose a record is stands here, once for each kind; lists, single
//! records, counts, search, history, references and writes all ask `store::read::own`, which reads it.

/// What only reads.
const READ: &[&str] = &["read"];

/// By what a record is a person's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// This field names the person; `id` where the record is the person.
    Named(&'static str),
    /// The record is everybody's who works here.
    Everybody,
    /// The person works in its unit, or in one below it.
    Unit,
    /// It is theirs whose the record is that this reference names.
    Of(&'static str),
    /// Like that, where the record that the reference names may be read as one's own.
    Beside(&'static str),
    /// A record of this collection that is the person's refers to it by this field.
    Behind(&'static str, &'static str),
    /// Like that, where the record may itself be the person's by what refers to it.
    Beyond(&'static str, &'static str),
}

/// One way in which a record is a person's own, and how far that goes.
#[derive(Debug, Clone, Copy)]
pub struct Own {
    /// By what.
    pub whose: Whose,
    /// The states in which it is so; empty for all.
    pub states: &'static [&'static str],
    /// The verbs to which it goes; empty for all that are granted.
    pub verbs: &'static [&'static str],
}

impl Own {
    const fn by(whose: Whose, verbs: &'static [&'static str]) -> Own {
        Own { whose, states: &[], verbs }
    }

    /// Whom this field names.
    pub const fn named(field: &'static str) -> Own {
        Own::by(Whose::Named(field), &[])
    }

    /// Everybody reads it.
    pub const fn everybody() -> Own {
        Own::by(Whose::Everybody, READ)
    }

    /// Who works in its unit, or in one below, reads it.
    pub const fn unit() -> Own {
        Own::by(Whose::Unit, READ)
    }

    /// Whose the record is that this reference names.
    pub const fn of(field: &'static str) -> Own {
        Own::by(Whose::Of(field), &[])
    }

    /// Who reads the record that this reference names as their own.
    pub const fn beside(field: &'static str) -> Own {
        Own::by(Whose::Beside(field), &[])
    }

    /// Whose a record of a collection is that refers to this one by a field reads it.
    pub const fn behind(collection: &'static str, by: &'static str) -> Own {
        Own::by(Whose::Behind(collection, by), READ)
    }

    /// Whose a record of a collection is that refers to this one by a field reads it, be it by what refers to that record.
    pub const fn beyond(collection: &'static str, by: &'static str) -> Own {
        Own::by(Whose::Beyond(collection, by), READ)
    }

    /// Only in these states.
    pub const fn in_states(mut self, states: &'static [&'static str]) -> Own {
        self.states = states;
        self
    }

    /// Only for these verbs.
    pub const fn only(mut self, verbs: &'static [&'static str]) -> Own {
        self.verbs = verbs;
        self
    }

    /// Whether it goes as far as a verb.
    pub fn allows(&self, verb: &str) -> bool {
        self.verbs.is_empty() || self.verbs.contains(&verb)
    }

    /// It in words.
    pub fn told(&self) -> String {
        let mut told = match self.whose {
            Whose::Named("id") => "the person themself".to_owned(),
            Whose::Named(field) => format!("whom {field} names"),
            Whose::Everybody => "everybody".to_owned(),
            Whose::Unit => "who works in its unit or below it".to_owned(),
            Whose::Of(field) => format!("whose own the record is that {field} names"),
            Whose::Beside(field) => format!("who reads the record that {field} names as their own"),
            Whose::Behind(collection, by) | Whose::Beyond(collection, by) => format!("whose own a record of {collection} is that refers to it by {by}"),
        };
        if !self.states.is_empty() {
            told.push_str(&format!(", while it is {}", self.states.join(" or ")));
        }
        if !self.verbs.is_empty() {
            told.push_str(&format!(" ({})", self.verbs.join(", ")));
        }
        told
    }
}
