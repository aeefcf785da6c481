//! What resources declare that does not fit together: mistakes in the source, found when the service is put together.

use super::{ApprovalAmount, Need, ResourceType, Rule};

/// What a definition declares that does not exist: mistakes in the source, found when the service is put together.
pub fn mistakes(definition: &ResourceType, all: &[&'static ResourceType]) -> Vec<String> {
    let mut found = Vec::new();
    let mut wants = |holds: bool, what: String| {
        if !holds {
            found.push(format!("{}: {what}", definition.path));
        }
    };
    let has = |name: &str| definition.field(name).is_some();
    let refers = |of: &str, by: &str| find(all, of).and_then(|other| other.field(by)).is_some_and(|field| field.may_refer_to(definition.path));
    for rule in definition.rules {
        match rule {
            Rule::Tree(field) => wants(has(field), format!("a tree over {field}, which is no field")),
            Rule::Agrees { by, theirs, ours } => {
                let target = definition.field(by).and_then(|field| field.refers_to.first()).and_then(|path| find(all, path));
                wants(target.is_some_and(|target| *theirs == "id" || target.field(theirs).is_some()), format!("{by} does not lead to {theirs}"));
                wants(has(ours), format!("{ours} is no field"));
            }
            Rule::NoOverlap { same, starts, ends } => {
                same.iter().chain([starts, ends]).for_each(|name| wants(has(name), format!("{name} is no field")));
            }
            Rule::Distinct(fields) | Rule::Unlike(fields) | Rule::Fixed(fields) => {
                fields.iter().for_each(|name| wants(has(name), format!("{name} is no field")))
            }
            Rule::AtMost { sum, same, unless_in, .. } => {
                same.iter().chain([sum]).for_each(|name| wants(has(name), format!("{name} is no field")));
                let is_state = |state: &str| definition.lifecycle.as_ref().is_some_and(|lifecycle| lifecycle.states.contains(&state));
                unless_in.iter().for_each(|state| wants(is_state(state), format!("{state} is no state")));
            }
        }
    }
    definition.lifecycle.iter().flat_map(|lifecycle| lifecycle.involved).for_each(|name| wants(has(name), format!("{name} is no field")));
    for guard in definition.guards {
        let states = definition.lifecycle.as_ref().map(|lifecycle| lifecycle.states.clone()).unwrap_or_default();
        guard.to.iter().for_each(|state| wants(states.contains(state), format!("a guard of {state}, which is no state")));
        match guard.need {
            Need::Set(fields) | Need::Alone(fields) => fields.iter().for_each(|name| wants(has(name), format!("{name} is no field"))),
            Need::Referred(field, _) | Need::After(field) | Need::Reached(field) => wants(has(field), format!("{field} is no field")),
            Need::Part(of) => wants(parts_of(all, definition).any(|part| part.path == of), format!("{of} is no part of it")),
            Need::Sum { of, by, .. } | Need::NoneIn { of, by, .. } | Need::AllIn { of, by, .. } => {
                wants(refers(of, by), format!("{of}.{by} does not refer to it"))
            }
        }
    }
    let leads = |path: &str, name: &str| find(all, path).is_some_and(|other| name == "id" || other.field(name).is_some());
    for flag in definition.flags {
        wants(find(all, flag.about).is_some(), format!("{} is about {}, which is no collection", flag.code, flag.about));
        for watch in flag.watches {
            let beside = watch.beside.is_none_or(|(of, by, named)| leads(of, by) && leads(of, named));
            wants(leads(watch.collection, watch.field) && beside, format!("{} watches what is not there: {watch:?}", flag.code));
        }
    }
    found.extend(mistakes_of_worth(definition, all));
    found
}

/// What a definition declares of its worth that does not exist.
fn mistakes_of_worth(definition: &ResourceType, all: &[&'static ResourceType]) -> Vec<String> {
    let mut found = Vec::new();
    for worth in definition.lifecycle.iter().flat_map(|lifecycle| lifecycle.worth) {
        let (has, part): (Box<dyn Fn(&str) -> bool>, bool) = match worth {
            ApprovalAmount::Field(_) | ApprovalAmount::Listed(_) => (Box::new(|name| definition.field(name).is_some()), true),
            ApprovalAmount::Sum { of, .. } | ApprovalAmount::Priced { of, .. } => {
                let part = parts_of(all, definition).find(|part| part.path == *of);
                (Box::new(move |name| part.is_some_and(|part| part.field(name).is_some())), part.is_some())
            }
        };
        if !part || !worth.fields().iter().all(|name| has(name)) {
            found.push(format!("{}: its worth is {}, which there is not", definition.path, worth.told()));
        }
    }
    found
}

fn find(all: &[&'static ResourceType], path: &str) -> Option<&'static ResourceType> {
    all.iter().find(|each| each.path == path).copied()
}

/// The collections whose records are parts of those of another.
fn parts_of<'a>(all: &'a [&'static ResourceType], whole: &'a ResourceType) -> impl Iterator<Item = &'static ResourceType> + 'a {
    let is_part = |each: &&'static ResourceType| each.part_of.and_then(|part| each.field(part.field)).is_some_and(|field| field.may_refer_to(whole.path));
    all.iter().copied().filter(is_part)
}
