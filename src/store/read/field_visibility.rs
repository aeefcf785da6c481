//! The one projector: which fields of a record exist for a session. What does not is answered as if it were unknown.

use crate::access::{Reach, Session};
use crate::resource::{Field, Id, READ_RESTRICTED, ResourceType, Stored, Whose};
use serde_json::{Map, Value};

/// Which fields of a collection exist for a session.
#[derive(Debug, Clone, Default)]
pub struct FieldVisibility {
    hidden: Vec<&'static str>,
    personal: Vec<&'static Field>,
    person: Option<Id>,
    /// The restricted fields that exist in what is the session's own, and the fields that say whose a record is.
    owned: (Vec<&'static str>, Vec<&'static str>),
}

impl FieldVisibility {
    /// What a session sees of a collection. A restricted field exists where its permission covers all that the session
    /// reads of the collection: a field that came and went between rows would tell by a filter what it hides.
    pub fn of(definition: &'static ResourceType, session: &Session) -> FieldVisibility {
        let mut sight = FieldVisibility { person: session.person, ..FieldVisibility::default() };
        if session.is_house() {
            return sight;
        }
        if definition.fields.iter().any(|field| field.restricted) {
            let (restricted, read) = (session.reach(&definition.permission(READ_RESTRICTED)), session.reach(&definition.permission("read")));
            if !covers(&restricted, &read) {
                // Who sees more than their own does not see less of that.
                let withheld = if restricted.takes_own() { &mut sight.owned.0 } else { &mut sight.hidden };
                withheld.extend(definition.fields.iter().filter(|field| field.restricted).map(|field| field.name));
            }
        }
        sight.personal.extend(definition.fields.iter().filter(|field| !field.private.is_empty()));
        if !sight.owned.0.is_empty() {
            let named = |own: &crate::resource::Own| if let Whose::Named(field) = own.whose { Some(field) } else { None };
            sight.owned.1 = definition.owns().iter().filter(|own| own.states.is_empty() && own.allows("read")).filter_map(named).collect();
        }
        sight
    }

    /// Whether a field is there in every row: only then can it be filtered, sorted, selected or expanded.
    pub fn shows(&self, name: &str) -> bool {
        !self.hidden.contains(&name) && !self.owned.0.contains(&name) && !self.personal.iter().any(|field| field.name == name)
    }

    /// The fields that no answer shows to the session; none if that differs from record to record.
    pub fn hidden_everywhere(&self, definition: &ResourceType) -> Option<Vec<&'static str>> {
        let secret = definition.fields.iter().filter(|field| field.secret).map(|field| field.name);
        (self.personal.is_empty() && self.owned.0.is_empty()).then(|| self.hidden.iter().copied().chain(secret).collect())
    }

    /// A record as the session sees it.
    pub fn document(&self, definition: &'static ResourceType, stored: &Stored) -> Map<String, Value> {
        let mut document = definition.to_json(stored, false);
        self.project(&mut document);
        document
    }

    /// Takes out of a document what does not exist for the session.
    pub fn project(&self, document: &mut Map<String, Value>) {
        if self.hidden.is_empty() && self.personal.is_empty() && self.owned.0.is_empty() {
            return;
        }
        let unseen: Vec<&str> = self
            .personal
            .iter()
            .filter(|field| !self.is_named(field, document, document.get("state").and_then(Value::as_str)))
            .map(|field| field.name)
            .collect();
        let withheld: &[&str] = if self.owns(document) { &[] } else { &self.owned.0 };
        let kept = |name: &str| !self.hidden.contains(&name) && !unseen.contains(&name) && !withheld.contains(&name);
        let kept: Vec<bool> = document.keys().map(|name| kept(name)).collect();
        let mut kept = kept.into_iter();
        document.retain(|_, _| kept.next().unwrap_or_default());
    }

    /// Whether a record names the session's person as whose own it is.
    fn owns(&self, document: &Map<String, Value>) -> bool {
        let Some(person) = self.person.map(|person| person.to_string()) else { return false };
        self.owned.1.iter().any(|name| document.get(*name).and_then(Value::as_str) == Some(&person))
    }

    /// Those of some names that the session cannot write: a restricted field, or a private one of a record that
    /// does not name the session's person. A new record's author writes what is private to others.
    pub fn take_unwritable(&self, members: &mut Map<String, Value>, before: Option<(&Map<String, Value>, Option<&str>)>) -> Vec<String> {
        let refused = |name: &String| {
            let personal = self.personal.iter().find(|field| field.name == name.as_str());
            let withheld = self.owned.0.contains(&name.as_str()) && !before.is_some_and(|(before, _)| self.owns(before));
            withheld
                || self.hidden.contains(&name.as_str())
                || personal.is_some_and(|field| before.is_some_and(|(before, state)| !self.is_named(field, before, state)))
        };
        let names: Vec<String> = members.keys().filter(|name| refused(name)).cloned().collect();
        names.iter().for_each(|name| drop(members.shift_remove(name)));
        names
    }

    fn is_named(&self, field: &Field, document: &Map<String, Value>, state: Option<&str>) -> bool {
        let Some(person) = self.person.map(|person| person.to_string()) else { return false };
        let (states, to) = field.shown_in;
        let shown = state.is_some_and(|state| states.contains(&state));
        let names = field.private.iter().chain(if shown { to } else { &[] });
        names.into_iter().any(|name| document.get(*name).and_then(Value::as_str) == Some(&person))
    }
}

fn covers(wider: &Reach, narrower: &Reach) -> bool {
    match (wider, narrower) {
        (Reach::Nothing, _) => false,
        (Reach::Everything, _) | (_, Reach::Nothing) => true,
        (Reach::Part { units: wide, own: of_wide }, Reach::Part { units: narrow, own: of_narrow }) => {
            narrow.iter().all(|unit| wide.contains(unit)) && (*of_wide || !of_narrow)
        }
        (Reach::Part { .. }, Reach::Everything) => false,
    }
}
