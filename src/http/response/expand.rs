//! Records beside an answer: what `expand` asks for, up to two steps of references, whole or only some fields of each.

use crate::access::Session;
use crate::error::{Problem, Result};
use crate::resource::{Field, Id, ResourceType, ResourceTypes};
use crate::store::{FieldVisibility, Reader};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Greatest number of references that a request expands.
const EXPANSIONS: usize = 10;
/// Greatest number of references that are followed one after another.
const STEPS: usize = 2;

/// A reference whose record is given too.
#[derive(Debug, Clone)]
pub struct Expansion {
    field: &'static Field,
    /// Only these fields of the record.
    only: Option<Vec<String>>,
    /// The references of the record whose records are given with it.
    then: Vec<Expansion>,
}

/// A step as it was written: `vendor_id` or `vendor_id(name,state)`.
struct Step<'a> {
    name: &'a str,
    only: Option<Vec<&'a str>>,
}

/// Reads `expand` (400): `vendor_id,contract_id(code).vendor_id(name)`.
pub fn read(definitions: &ResourceTypes, definition: &'static ResourceType, session: &Session, text: &str) -> Result<Vec<Expansion>> {
    let (mut expansions, mut count) = (Vec::new(), 0);
    for path in split(text, ',') {
        let steps = split(path, '.').into_iter().map(step).collect::<Option<Vec<_>>>().ok_or_else(|| unknown(path))?;
        if steps.len() > STEPS {
            return Err(Problem::bad_request(format!("expand follows at most {STEPS} references one after another.")).into());
        }
        count += steps.len();
        if count > EXPANSIONS {
            return Err(Problem::bad_request(format!("At most {EXPANSIONS} references can be expanded at once.")).into());
        }
        add(definitions, &[definition], session, &steps, &mut expansions)?;
    }
    Ok(expansions)
}

/// Splits a text at a letter, but not within parentheses.
fn split(text: &str, at: char) -> Vec<&str> {
    let mut depth = 0_i32;
    text.split(|letter| {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0 && letter == at
    })
    .collect()
}

fn step(text: &str) -> Option<Step<'_>> {
    match text.split_once('(') {
        None => Some(Step { name: text, only: None }),
        Some((name, rest)) => Some(Step { name, only: Some(rest.strip_suffix(')')?.split(',').collect()) }),
    }
}

/// Adds the expansions of a path from records of some collections.
fn add(definitions: &ResourceTypes, from: &[&'static ResourceType], session: &Session, steps: &[Step<'_>], expansions: &mut Vec<Expansion>) -> Result<()> {
    let Some((first, rest)) = steps.split_first() else { return Ok(()) };
    let expandable = |definition: &&'static ResourceType| {
        let sight = FieldVisibility::of(definition, session);
        definition.references().find(|field| field.name == first.name && !field.secret && sight.shows(first.name))
    };
    let fields: Vec<&'static Field> = from.iter().filter_map(expandable).collect();
    let Some(field) = fields.first() else { return Err(unknown(first.name)) };
    let targets: Vec<&'static ResourceType> = definitions.all().iter().copied().filter(|each| fields.iter().any(|field| leads_to(field, each))).collect();
    for name in first.only.iter().flatten() {
        let readable = |target: &&'static ResourceType| {
            let known = target.server_fields().contains(name) || target.field(name).is_some_and(|field| !field.secret);
            known && FieldVisibility::of(target, session).shows(name)
        };
        if !targets.iter().any(readable) {
            return Err(unknown(&format!("{}({name})", first.name)));
        }
    }
    let only = first.only.as_ref().map(|names| names.iter().map(ToString::to_string).collect());
    let at = match expansions.iter().position(|each| each.field.name == first.name) {
        Some(at) => {
            // A step on the way to another says nothing of what is shown of its record.
            if rest.is_empty() || first.only.is_some() {
                expansions[at].only = wider(expansions[at].only.take(), only);
            }
            at
        }
        None => {
            expansions.push(Expansion { field, only, then: Vec::new() });
            expansions.len() - 1
        }
    };
    add(definitions, &targets, session, rest, &mut expansions[at].then)
}

/// The fields of two selections; none stands for all.
fn wider(one: Option<Vec<String>>, other: Option<Vec<String>>) -> Option<Vec<String>> {
    let mut names = one?;
    names.extend(other?.into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
    Some(names)
}

/// True if a reference may name a record of a collection.
fn leads_to(field: &Field, target: &ResourceType) -> bool {
    field.refers_to.contains(&target.path) || (field.refers_to_any() && !target.fact)
}

fn unknown(name: &str) -> crate::error::Error {
    let shown: String = name.chars().take(60).collect();
    Problem::bad_request(format!("expand names {shown:?}, which is no such field here. Use the fields that the document names.")).into()
}

/// The records that the references of each document name, those that the session may read, by the name of the reference.
pub fn beside(reader: &mut Reader<'_>, documents: &[Map<String, Value>], expansions: &[Expansion]) -> Result<Vec<Map<String, Value>>> {
    let records = records(reader, documents, expansions)?;
    let mut beside = vec![Map::new(); documents.len()];
    for expansion in expansions {
        let shown = shown(reader, documents, expansion, &records)?;
        for (document, beside) in documents.iter().zip(&mut beside) {
            let record = named(document, expansion.field).and_then(|id| shown.get(&id)).cloned();
            beside.insert(expansion.field.name.to_owned(), record.unwrap_or(Value::Null));
        }
    }
    Ok(beside)
}

/// The records of one reference as they are shown.
fn shown(
    reader: &mut Reader<'_>,
    documents: &[Map<String, Value>],
    expansion: &Expansion,
    records: &HashMap<Id, Map<String, Value>>,
) -> Result<HashMap<Id, Value>> {
    let mut ids: Vec<Id> = documents.iter().filter_map(|document| named(document, expansion.field)).filter(|id| records.contains_key(id)).collect();
    ids.sort();
    ids.dedup();
    let found: Vec<Map<String, Value>> = ids.iter().filter_map(|id| records.get(id)).cloned().collect();
    let further = if expansion.then.is_empty() { vec![None; found.len()] } else { beside(reader, &found, &expansion.then)?.into_iter().map(Some).collect() };
    let show = |(mut record, further): (Map<String, Value>, Option<Map<String, Value>>)| {
        if let Some(only) = &expansion.only {
            record.retain(|name, _| only.contains(name));
        }
        record.extend(further.map(|further| ("expanded".to_owned(), further.into())));
        record.into()
    };
    Ok(ids.into_iter().zip(found.into_iter().zip(further).map(show)).collect())
}

/// The records that the references name: one query for each collection.
fn records(reader: &mut Reader<'_>, documents: &[Map<String, Value>], expansions: &[Expansion]) -> Result<HashMap<Id, Map<String, Value>>> {
    let mut wanted: Vec<(&'static ResourceType, Vec<Id>)> = Vec::new();
    for expansion in expansions {
        let ids: Vec<Id> = documents.iter().filter_map(|document| named(document, expansion.field)).collect();
        for target in reader.store.definitions.all().iter().filter(|target| leads_to(expansion.field, target)) {
            match wanted.iter_mut().find(|(known, _)| known.path == target.path) {
                Some((_, known)) => known.extend(&ids),
                None => wanted.push((target, ids.clone())),
            }
        }
    }
    let mut found = HashMap::new();
    for (target, mut ids) in wanted {
        ids.sort();
        ids.dedup();
        for stored in reader.find_all(target, &ids)? {
            found.insert(stored.meta.id, reader.document(target, &stored));
        }
    }
    Ok(found)
}

fn named(document: &Map<String, Value>, field: &Field) -> Option<Id> {
    document.get(field.name)?.as_str().and_then(Id::parse)
}
