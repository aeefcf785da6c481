//! All kinds of records that there are, and how they hang together.

use super::field::Field;
use super::flag::Watcher;
use super::{Guard, Need, Ports, ResourceType, Scope};
use std::collections::HashMap;

/// What a list is asked by, which no field may be called that a list is narrowed by.
const ASKED: &[&str] =
    &["limit", "cursor", "sort", "filter", "q", "ids", "facets", "allowed", "fields", "expand", "figures", "as_of", "include_total", "dry_run"];

/// The watches of all flags, by the collection whose change they see.
fn watchers_of(list: &[&'static ResourceType]) -> HashMap<&'static str, Vec<Watcher>> {
    let mut watchers: HashMap<&'static str, Vec<Watcher>> = HashMap::new();
    for declaring in list {
        for flag in declaring.flags {
            for watch in flag.watches {
                watchers.entry(watch.collection).or_default().push(Watcher { rule: declaring.permission(flag.code), flag, watch });
            }
        }
    }
    watchers
}

/// What a record needs of those that refer to it, as they see it.
#[derive(Clone, Copy)]
pub struct Condition {
    /// The record that needs it.
    pub of: &'static ResourceType,
    /// What it needs, and in which states.
    pub guard: &'static Guard,
    /// The field by which they refer to it.
    pub by: &'static str,
}

/// The conditions on records that refer to others, by their collection.
fn conditions_of(list: &[&'static ResourceType]) -> HashMap<&'static str, Vec<Condition>> {
    let mut conditions: HashMap<&'static str, Vec<Condition>> = HashMap::new();
    for of in list {
        for guard in of.guards {
            let (from, by) = match guard.need {
                Need::Sum { of, by, .. } | Need::NoneIn { of, by, .. } | Need::AllIn { of, by, .. } => (of, Some(by)),
                Need::Part(part) => (part, list.iter().find(|each| each.path == part).and_then(|each| each.part_of).map(|part| part.field)),
                _ => continue,
            };
            if let Some(by) = by {
                conditions.entry(from).or_default().push(Condition { of, guard, by });
            }
        }
    }
    conditions
}

/// All definitions of the service, by path.
pub struct ResourceTypes {
    list: Vec<&'static ResourceType>,
    conditions: HashMap<&'static str, Vec<Condition>>,
    by_path: HashMap<&'static str, &'static ResourceType>,
    watchers: HashMap<&'static str, Vec<Watcher>>,
    /// What domains answer each other.
    pub answers: Ports,
}

impl ResourceTypes {
    /// Keeps the definitions for the life of the process and checks that they fit together.
    ///
    /// # Panics
    /// At the start, if two have the same name or a reference names no collection: a mistake in the source.
    pub fn new(list: Vec<&'static ResourceType>, answers: Ports) -> Self {
        let by_path: HashMap<_, _> = list.iter().map(|definition| (definition.path, *definition)).collect();
        assert_eq!(by_path.len(), list.len(), "two collections have the same path");
        let watchers = watchers_of(&list);
        let conditions = conditions_of(&list);
        let definitions = ResourceTypes { list, conditions, by_path, watchers, answers };
        for definition in &definitions.list {
            for field in definition.references() {
                for target in field.refers_to.iter().filter(|_| !field.refers_to_any()) {
                    assert!(definitions.by_path.contains_key(target), "{}.{} refers to {target}, which is no collection", definition.path, field.name);
                }
            }
            if let Scope::Within(field) = definition.scope {
                assert!(
                    definition.fields.iter().any(|each| each.name == field && each.refers_to.len() == 1),
                    "{}: the scope field {field} must be a reference to one collection or to any",
                    definition.path
                );
            }
            assert!(
                definition.private_to.is_empty() || !matches!(definition.scope, Scope::Within(_)),
                "{}: what is private stands in a unit; its parts are private with it",
                definition.path
            );
            let asked = definition.written_fields().find(|field| ASKED.contains(&field.name) && field.is_filterable());
            assert!(asked.is_none(), "{}: a list asks by that name for something else", definition.path);
            let mut mistakes = super::mistake::mistakes(definition, &definitions.list);
            mistakes.extend(definition.mistakes_of_dates());
            mistakes.extend(definition.mistakes_of_fields());
            mistakes.extend(definition.mistakes_of_states());
            mistakes.extend(definition.mistakes_of_own(&definitions));
            assert!(mistakes.is_empty(), "{mistakes:#?}");
            let loose: Vec<String> = definition.fields.iter().flat_map(Field::loose_ids).collect();
            assert!(loose.is_empty(), "{}: {loose:?} name records, and nothing says of which kind", definition.path);
            let findable = definition.fields.iter().find(|field| field.search && !field.is_open());
            assert!(findable.is_none(), "{}: full text would tell what is not open", definition.path);
        }
        definitions
    }

    /// All of them, in the order of the catalogue.
    pub fn all(&self) -> &[&'static ResourceType] {
        &self.list
    }

    /// The one at a path.
    pub fn get(&self, path: &str) -> Option<&'static ResourceType> {
        self.by_path.get(path).copied()
    }

    /// The rules that the change of a record of a collection can break or mend.
    pub fn watchers(&self, path: &str) -> &[Watcher] {
        self.watchers.get(path).map_or(&[], Vec::as_slice)
    }

    /// What other records need of those of a collection that refer to them.
    pub fn conditions_on(&self, path: &str) -> &[Condition] {
        self.conditions.get(path).map_or(&[], Vec::as_slice)
    }

    /// The definition whose scope decides for this one: itself, or what it is within.
    pub fn root_of(&self, definition: &'static ResourceType) -> &'static ResourceType {
        let mut root = definition;
        while let Scope::Within(field) = root.scope {
            match root.field(field).and_then(|field| field.refers_to.first()).and_then(|path| self.get(path)) {
                Some(above) => root = above,
                None => break,
            }
        }
        root
    }

    /// True if records of this kind hang on records of any kind, as comments do.
    pub fn hangs_on_any(&self, definition: &ResourceType) -> bool {
        matches!(definition.scope, Scope::Within(name) if definition.field(name).is_some_and(Field::refers_to_any))
    }

    /// Every reference to a collection: the definition that holds it and the field.
    pub fn references_to(&self, path: &str) -> impl Iterator<Item = (&'static ResourceType, &'static Field)> {
        self.list.iter().flat_map(move |definition| definition.references().filter(move |field| field.may_refer_to(path)).map(|field| (*definition, field)))
    }

    /// The parts of a collection: their definitions and the field that names the parent.
    pub fn parts_of(&self, path: &str) -> impl Iterator<Item = (&'static ResourceType, &'static str)> {
        self.list.iter().filter_map(move |definition| {
            let part = definition.part_of?;
            definition.field(part.field)?.may_refer_to(path).then_some((*definition, part.field))
        })
    }
}
