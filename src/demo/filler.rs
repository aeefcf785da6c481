//! The last chapter: no collection without a record, no lifecycle with records in one state only.

use super::author::{Author, parsed};
use super::special;
use crate::access::Session;
use crate::error::{Kind, Problem, Result};
use crate::resource::value::{Date, Instant};
use crate::resource::{Field, Lifecycle, Need, ResourceType, Rule, Stored};
use crate::store::{Query, Reader};
use chrono::Duration;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// How often a record is tried with other neighbours before new ones are made for it.
const TRIES: usize = 8;
/// How deep new neighbours are made for new neighbours.
const DEPTH: usize = 6;

/// Makes what a collection lacks.
pub fn fill(hand: &mut Author<'_, '_>, definition: &'static ResourceType) -> Result<()> {
    let (count, states) = known(hand, definition)?;
    let Some(lifecycle) = &definition.lifecycle else {
        return if count == 0 { provide(hand, definition, None) } else { Ok(()) };
    };
    if states.len() >= 2 {
        return Ok(());
    }
    if !states.iter().any(|state| state == lifecycle.first()) {
        provide(hand, definition, None)?;
    }
    if states.is_empty() || states.iter().any(|state| state == lifecycle.first()) {
        provide(hand, definition, Some(lifecycle))?;
    }
    Ok(())
}

/// How many records of a collection the filler looks at.
const LOOKED_AT: usize = 1_000_000;

/// The records of a collection, by id, whoever may see them.
fn records(hand: &mut Author<'_, '_>, definition: &'static ResourceType) -> Result<Vec<Stored>> {
    let state = Session::system();
    let all = Query { limit: LOOKED_AT, ..Query::default() };
    Ok(Reader::new(hand.writer.store, &state, hand.writer.connection).list(definition, &all)?.rows)
}

/// How many records a collection has, and in which states they are.
fn known(hand: &mut Author<'_, '_>, definition: &'static ResourceType) -> Result<(usize, BTreeSet<String>)> {
    let records = records(hand, definition)?;
    let count = records.len();
    Ok((count, records.into_iter().filter_map(|record| record.meta.state).collect()))
}

/// Makes one more record, and moves it one step along its lifecycle if that is asked for.
fn provide(hand: &mut Author<'_, '_>, definition: &'static ResourceType, lifecycle: Option<&'static Lifecycle>) -> Result<()> {
    let mut last = String::new();
    for attempt in 0..TRIES {
        let fresh = attempt + 2 >= TRIES;
        let made = hand.attempt(|hand| {
            let id = new(hand, definition, attempt, if fresh { DEPTH } else { 0 })?;
            match lifecycle {
                Some(lifecycle) => onward(hand, definition, lifecycle, &id, attempt),
                None => Ok(()),
            }
        })?;
        match made {
            Ok(()) => return Ok(()),
            Err(problem) => {
                let fields: Vec<String> = problem.errors.iter().map(|broken| format!("{}: {}", broken.pointer, broken.detail)).collect();
                last = format!("{last}\n  {attempt}: {} {}", problem.detail, fields.join(" "));
            }
        }
    }
    Err(Problem::new(Kind::Conflict, format!("{} has too few records.{last}", definition.path)).into())
}

/// Moves a record to the first state that it can come to.
fn onward(hand: &mut Author<'_, '_>, definition: &'static ResourceType, lifecycle: &'static Lifecycle, id: &str, attempt: usize) -> Result<()> {
    let read_only = !definition.operations.create;
    let steps: Vec<&'static str> = lifecycle.moves_from(lifecycle.first()).filter(|step| read_only || !step.automatic).map(|step| step.to).collect();
    let to = steps.get(attempt.checked_rem(steps.len()).unwrap_or_default()).copied().unwrap_or_default();
    go(hand, definition, id, to)
}

/// Makes a move, after what it needs.
fn go(hand: &mut Author<'_, '_>, definition: &'static ResourceType, id: &str, to: &'static str) -> Result<()> {
    let stored = hand.stored(definition, parsed(id)?)?;
    let record = definition.to_json(&stored, false);
    for guard in definition.guards.iter().filter(|guard| guard.to.contains(&to)) {
        if let Need::Referred(name, wanted) = guard.need
            && let Some(other) = record.get(name).and_then(Value::as_str)
        {
            let entry = hand.writer.reader().entry(parsed(other)?)?.ok_or_else(Problem::not_found)?;
            let target = hand.definition(&entry.collection)?;
            bring(hand, target, other, entry.state.as_deref().unwrap_or_default(), wanted)?;
        }
    }
    hand.go(definition.path, id, &[to])
}

/// Moves a record to one of some states by the shortest way.
fn bring(hand: &mut Author<'_, '_>, definition: &'static ResourceType, id: &str, from: &str, wanted: &[&str]) -> Result<()> {
    let Some(lifecycle) = definition.lifecycle.as_ref().filter(|_| !wanted.contains(&from)) else { return Ok(()) };
    let mut ways: Vec<Vec<&'static str>> = lifecycle.moves_from(from).filter(|step| !step.automatic).map(|step| vec![step.to]).collect();
    let mut at = 0;
    while let Some(way) = ways.get(at).cloned() {
        let state = way.last().copied().unwrap_or_default();
        if wanted.contains(&state) {
            return way.into_iter().try_for_each(|to| go(hand, definition, id, to));
        }
        for step in lifecycle.moves_from(state).filter(|step| !step.automatic) {
            if step.to != from && !ways.iter().any(|known| known.contains(&step.to)) {
                ways.push(way.iter().copied().chain([step.to]).collect());
            }
        }
        at += 1;
    }
    Err(Problem::new(Kind::Conflict, format!("{} cannot come from {from} to {wanted:?}.", definition.path)).into())
}

/// Whether a field must be said even where it is null.
fn must_be_said(definition: &ResourceType, name: &str) -> bool {
    definition.field(name).is_some_and(|field| field.nullable && !field.optional)
}

/// A new record with what the guards of its moves ask for. Its neighbours are new too where `depth` is more than 0.
fn new(hand: &mut Author<'_, '_>, definition: &'static ResourceType, attempt: usize, depth: usize) -> Result<String> {
    if definition.path == "platform/files" {
        return hand.file("agreement.txt", "What was agreed.");
    }
    let mut members = (definition.sample)();
    let written = |name: &str| !definition.operations.create || definition.field(name).is_none_or(|field| !field.read_only);
    members.retain(|name, value| written(name) && (!value.is_null() || must_be_said(definition, name)));
    let needed = needed(definition);
    for field in definition.written_fields().filter(|field| !field.refers_to.is_empty() && field.name != "unit_id") {
        let is_one = members.get(field.name).is_some_and(Value::is_string);
        if (field.optional && needed.contains(&field.name)) || (!field.optional && is_one) {
            let id = neighbour(hand, definition, field, attempt, depth)?;
            members.insert(field.name.into(), id.into());
        }
    }
    if attempt > 0 || depth > 0 {
        vary(definition, &mut members, i64::try_from(hand.book.throw(9_000)).unwrap_or_default() + 1);
    }
    special::fields(hand, definition, &mut members)?;
    let id = hand.make_from(definition, members)?;
    surround(hand, definition, &id, attempt)?;
    Ok(id)
}

/// The fields that some guard wants to be set.
fn needed(definition: &ResourceType) -> Vec<&'static str> {
    let fields = definition.guards.iter().map(|guard| match guard.need {
        Need::Set(fields) | Need::Alone(fields) => fields,
        _ => &[],
    });
    fields.flatten().copied().collect()
}

/// A record to refer to.
fn neighbour(hand: &mut Author<'_, '_>, definition: &'static ResourceType, field: &'static Field, attempt: usize, depth: usize) -> Result<String> {
    let path = match field.name {
        "subject_id" if field.refers_to_any() => "governance/controls",
        _ if field.refers_to_any() => "teams/people",
        _ => field.refers_to.first().copied().unwrap_or_default(),
    };
    let target = hand.definition(path)?;
    let open = definition.part_of.filter(|part| part.field == field.name).map(|part| part.while_in).unwrap_or_default();
    if depth == 0 || !target.operations.create || target.path == "teams/people" {
        let mut known = records(hand, target)?;
        known.retain(|record| open.is_empty() || record.meta.state.as_deref().is_some_and(|state| open.contains(&state)));
        let at = attempt + if field.name == "unit_id" { 0 } else { known.len() / 3 + field.name.len() };
        if let Some(id) = known.get(at.checked_rem(known.len()).unwrap_or_default()).map(|record| record.meta.id) {
            return Ok(id.to_string());
        }
    }
    if depth == 0 {
        return new(hand, target, 1, 0);
    }
    new(hand, target, attempt, depth - 1)
}

/// Makes what stands around a record, as the guards of its moves ask for.
fn surround(hand: &mut Author<'_, '_>, definition: &'static ResourceType, id: &str, attempt: usize) -> Result<()> {
    for guard in definition.guards {
        let (other, by, set) = match guard.need {
            Need::Part(of) => {
                let part = hand.writer.store.definitions.parts_of(definition.path).find(|(part, _)| part.path == of);
                let (part, by) = part.ok_or_else(Problem::not_found)?;
                (part, by, None)
            }
            Need::Sum { of, by, field, total } => (hand.definition(of)?, by, Some((field, total))),
            _ => continue,
        };
        let is_of_it = |record: &Stored| other.to_json(record, false).get(by).and_then(Value::as_str) == Some(id);
        if !records(hand, other)?.iter().any(is_of_it) {
            beside(hand, other, (by, id), set, attempt)?;
        }
    }
    special::surroundings(hand, definition, id)
}

fn beside(hand: &mut Author<'_, '_>, definition: &'static ResourceType, (by, id): (&str, &str), set: Option<(&str, f64)>, attempt: usize) -> Result<()> {
    let mut members = (definition.sample)();
    members.retain(|name, value| !value.is_null() || must_be_said(definition, name));
    for field in definition.written_fields().filter(|field| !field.refers_to.is_empty() && !field.optional && field.name != "unit_id" && field.name != by) {
        if members.get(field.name).is_some_and(Value::is_string) {
            let other = neighbour(hand, definition, field, attempt, 0)?;
            members.insert(field.name.into(), other.into());
        }
    }
    vary(definition, &mut members, i64::try_from(hand.book.throw(9_000)).unwrap_or_default() + 1);
    members.insert(by.into(), id.into());
    if let Some((field, value)) = set {
        members.insert(field.into(), json!(value));
    }
    hand.make_from(definition, members).map(drop)
}

/// Makes a record differ from others of its kind in all that must differ.
fn vary(definition: &ResourceType, members: &mut Map<String, Value>, number: i64) {
    let refers = |name: &str| name != "unit_id" && definition.field(name).is_some_and(|field| !field.refers_to.is_empty() && !field.optional);
    let distinct = definition.rules.iter().filter_map(|rule| if let Rule::Distinct(fields) = rule { Some(*fields) } else { None });
    let mut change: Vec<&'static str> =
        definition.written_fields().filter(|field| field.unique && field.refers_to.is_empty()).map(|field| field.name).collect();
    for fields in definition.unique.iter().map(|key| key.fields).chain(distinct) {
        let apart = fields.iter().any(|name| refers(name) || change.contains(name));
        let last = fields.iter().rev().find(|name| definition.field(name).is_some_and(|field| field.refers_to.is_empty()));
        change.extend(last.filter(|_| !apart));
    }
    for name in change {
        if let (Some(field), Some(value)) = (definition.field(name), members.get(name)) {
            let value = other(field, value, number);
            members.insert(name.into(), value);
        }
    }
    if definition.rules.iter().any(|rule| matches!(rule, Rule::NoOverlap { .. })) {
        members.iter_mut().for_each(|(_, value)| *value = earlier(value, 30 * number));
    }
}

/// Dates and instants so many days earlier; anything else as it is.
fn earlier(value: &Value, days: i64) -> Value {
    let text = value.as_str().unwrap_or_default();
    if let Some(date) = Date::parse(text) {
        return Date(date.0 - Duration::days(days % 3_000)).to_string().into();
    }
    match Instant::parse(text).filter(|_| text.len() >= 20) {
        Some(instant) => instant.plus_seconds(-86_400 * (days % 3_000)).to_string().into(),
        None => value.clone(),
    }
}

/// Another value of a field.
fn other(field: &Field, value: &Value, number: i64) -> Value {
    let Some(text) = value.as_str() else {
        let schema = serde_json::to_value((field.schema)()).unwrap_or_default();
        let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
        let (least, most) = (bound("minimum").unwrap_or(0), bound("maximum").unwrap_or(i64::MAX));
        return value.as_i64().map_or(value.clone(), |old| json!(least + (old - least + number) % (most - least).max(1)));
    };
    if earlier(value, 1) != *value {
        return earlier(value, number);
    }
    if let Some((name, host)) = text.split_once('@') {
        return format!("{name}-{number}@{host}").into();
    }
    let joint = if text.contains('_') { '_' } else { '-' };
    let head: String = text.chars().take(30).collect();
    format!("{head}{joint}{number}").into()
}
