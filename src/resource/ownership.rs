//! Whose the records of a kind are: what it declares, or what its parent does.

use super::own::{Own, Whose};
use super::shape::PEOPLE;
use super::{ResourceType, ResourceTypes};

impl ResourceType {
    /// By what its records are somebody's own: what it declares, or, of a part, whose the parent is.
    pub fn owns(&self) -> Vec<Own> {
        match self.part_of {
            Some(part) if self.own.is_empty() && !part.loose => vec![Own::of(part.field)],
            _ => self.own.to_vec(),
        }
    }

    /// What is declared of whose it is that cannot be: mistakes in the source.
    pub(super) fn mistakes_of_own(&self, all: &ResourceTypes) -> Vec<String> {
        let states = self.lifecycle.as_ref().map(|lifecycle| lifecycle.states.clone()).unwrap_or_default();
        let reference = |name: &str| self.field(name).filter(|field| field.refers_to.len() == 1 && !field.refers_to_any());
        let fits = |own: &Own| match own.whose {
            Whose::Named("id") => PEOPLE.contains(&self.path),
            // It may name a unit or a place instead: then it is nobody's own.
            Whose::Named(name) => self.field(name).is_some_and(|field| !field.refers_to_any() && PEOPLE.iter().all(|people| field.refers_to.contains(people))),
            Whose::Everybody => true,
            Whose::Unit => !self.placement.is_empty() || self.scope == super::Scope::Tree,
            Whose::Of(name) | Whose::Beside(name) => reference(name).is_some(),
            Whose::Behind(path, by) | Whose::Beyond(path, by) => {
                all.get(path).and_then(|other| other.field(by)).is_some_and(|field| field.refers_to.contains(&self.path))
            }
        };
        let wrong = self.own.iter().filter(|own| !fits(own) || !own.states.iter().all(|state| states.contains(state)));
        wrong.map(|own| format!("{}: nothing is one's own by that: {own:?}", self.path)).collect()
    }
}
