//! Query parameters of a list: equality, order, page.

use super::cursor;
use super::filter;
use super::filter_field::FilterScope;
use crate::access::Session;
use crate::database::SqlValue;
use crate::error::{Problem, Result};
use crate::resource::value::hex;
use crate::resource::{Field, Id, ResourceType, ResourceTypes};
use crate::search;
use crate::store::{Condition, CustomKinds, FieldVisibility, PastCondition, Query, SortKey, Total, has_facets};
use actix_web::web;
use serde_json::json;
use sha2::{Digest, Sha256};

/// The greatest page.
pub const MOST: usize = 200;
/// The usual page.
pub const USUAL: usize = 50;
/// How many fields a list may be sorted by.
const SORT_KEYS: usize = 5;
/// How many values one parameter may be repeated with.
const VALUES: usize = 200;
/// Greatest number of facets of a list.
pub const FACETS: usize = 10;
/// What stands before the code of a custom field.
const CUSTOM: &str = "custom.";
/// The parameter that names records by their ids.
const IDS: &str = "ids";
/// The parameters that every list has.
pub const RESERVED: &[&str] = &["limit", "cursor", "sort", "include_total", "filter", "q", "ids", "facets", "allowed", "fields", "expand", "figures", "as_of"];
/// Those of them that say which rows, in which order: a cursor belongs to them.
const BINDING: &[&str] = &["sort", "filter", "q", "ids", "as_of"];

/// What a cursor is bound to: the collection, the filters, the order and the principal.
pub fn binding(definition: &ResourceType, session: &Session, pairs: &[(String, String)]) -> String {
    let mut asked: Vec<_> = pairs.iter().filter(|(name, _)| BINDING.contains(&name.as_str()) || !RESERVED.contains(&name.as_str())).collect();
    asked.sort();
    let text = json!([definition.path, session.principal.to_string(), asked]).to_string();
    hex(&Sha256::digest(text.as_bytes())[..12])
}

/// The pairs of a query string.
pub fn pairs(query: &str) -> Result<Vec<(String, String)>> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(query)
        .map_err(|_| Problem::bad_request("The query string cannot be read. Write it as name=value&name=value, percent-encoded."))?;
    Ok(pairs.into_inner())
}

/// Refuses parameters that an operation does not have (400).
pub fn only(pairs: &[(String, String)], names: &[&str]) -> Result<()> {
    for (at, (name, _)) in pairs.iter().enumerate() {
        if !names.contains(&name.as_str()) {
            return Err(unknown(name).into());
        }
        if pairs[..at].iter().any(|(other, _)| other == name) {
            return Err(Problem::bad_request(format!("The parameter {name} is given twice. Give it once.")).into());
        }
    }
    Ok(())
}

/// Refuses a query string that has any parameter (400).
pub fn require_none(query: &str) -> Result<()> {
    only(&pairs(query)?, &[])
}

/// The value of a parameter.
pub fn pairs_of<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
}

/// The answer to a parameter that an operation does not have.
pub fn unknown(name: &str) -> Problem {
    let shown: String = name.chars().take(60).collect();
    Problem::bad_request(format!("There is no query parameter {shown:?} here. Remove it; /openapi.json lists those there are."))
}

/// Reads the parameters of a list.
pub fn read(
    definitions: &ResourceTypes,
    (definition, customs): (&'static ResourceType, &CustomKinds),
    session: &Session,
    pairs: &[(String, String)],
) -> Result<Query> {
    let single: Vec<(String, String)> = pairs.iter().filter(|(name, _)| RESERVED.contains(&name.as_str()) && name != IDS).cloned().collect();
    only(&single, RESERVED)?;
    let value = |name: &str| pairs_of(&single, name);
    let sight = FieldVisibility::of(definition, session);
    let mut query = Query { limit: limit(value("limit"))?, sort: sort((definition, customs), &sight, value("sort"))?, ..Query::default() };
    query.total = match value("include_total") {
        None | Some("false") => Total::No,
        Some("true") => Total::Yes,
        Some("exact") => Total::Exact,
        Some(_) => return Err(Problem::bad_request("include_total is true, false or exact.").into()),
    };
    if let Some(text) = value("filter") {
        let expression = filter::parse(text).map_err(Problem::bad_request)?;
        query.filter = Some(FilterScope { definitions, definition, customs, session }.filter(&expression)?);
    }
    for (name, text) in pairs.iter().filter(|(name, _)| !RESERVED.contains(&name.as_str())) {
        let field = definition.listed_field(name).filter(|_| sight.shows(name)).ok_or_else(|| unknown(name))?;
        let cell = field.comparable(text).and_then(|cells| cells.into_iter().nth(field.key()));
        let cell = cell.ok_or_else(|| unfit(name, text))?;
        let column = column(field);
        match query.conditions.iter_mut().find(|condition| condition.column == column) {
            Some(condition) if condition.any_of.len() >= VALUES => {
                return Err(Problem::bad_request(format!("The parameter {name} may be repeated at most {VALUES} times.")).into());
            }
            Some(condition) => condition.any_of.push(cell),
            None => query.conditions.push(Condition { column, any_of: vec![cell] }),
        }
    }
    let ids = ids(pairs)?;
    if !ids.is_empty() {
        query.conditions.push(Condition { column: "id".to_owned(), any_of: ids.into_iter().map(SqlValue::Id).collect() });
    }
    if let Some(text) = value("facets") {
        query.facets = facets(definition, &sight, text)?;
    }
    if let Some(text) = value("q") {
        query.words = words(definition, text)?;
    }
    if let Some(text) = value("cursor") {
        if query.is_ranked() {
            query.skip = cursor::read_skip(text, &binding(definition, session, pairs))?;
            return Ok(query);
        }
        query.after = Some(cursor::read(text, &binding(definition, session, pairs), &query.sort)?);
    }
    Ok(query)
}

/// The answer to a value of another type than that of the field.
fn unfit(name: &str, text: &str) -> Problem {
    let shown: String = text.chars().take(60).collect();
    Problem::bad_request(format!("The parameter {name} cannot be {shown:?}. It takes the values that the field has."))
}

/// The ids that a list is narrowed to, in one parameter or several (400).
fn ids(pairs: &[(String, String)]) -> Result<Vec<Id>> {
    let mut ids = Vec::new();
    for text in pairs.iter().filter(|(name, _)| name == IDS).flat_map(|(_, text)| text.split(',')) {
        let shown: String = text.chars().take(60).collect();
        ids.push(Id::parse(text).ok_or_else(|| Problem::bad_request(format!("ids names {shown:?}, which is no id. Write UUIDs with commas between them.")))?);
    }
    if ids.len() > VALUES {
        return Err(Problem::bad_request(format!("ids names {} records. Name at most {VALUES} in one request.", ids.len())).into());
    }
    Ok(ids)
}

/// The fields by whose values the rows are counted (400).
fn facets(definition: &'static ResourceType, sight: &FieldVisibility, text: &str) -> Result<Vec<&'static Field>> {
    let mut fields: Vec<&'static Field> = Vec::new();
    for name in text.split(',') {
        let field = definition.listed_field(name).filter(|field| sight.shows(name) && has_facets(field)).ok_or_else(|| {
            let shown: String = name.chars().take(60).collect();
            Problem::bad_request(format!("facets names {shown:?}, which has no facets here. Name a state, a choice, a boolean or a reference."))
        })?;
        if !fields.iter().any(|other| other.name == field.name) {
            fields.push(field);
        }
    }
    if fields.len() > FACETS {
        return Err(Problem::bad_request(format!("A list has at most {FACETS} facets at once.")).into());
    }
    Ok(fields)
}

/// A parameter that is either true or false, which it is when absent (400).
pub fn flag(pairs: &[(String, String)], name: &str) -> Result<bool> {
    match pairs_of(pairs, name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::bad_request(format!("{name} is either true or false.")).into()),
    }
}

/// The words of a search (400).
fn words(definition: &ResourceType, text: &str) -> Result<Vec<String>> {
    if !definition.fields.iter().any(|field| field.search) || definition.fact {
        return Err(Problem::bad_request("This collection has no full text. Use filter.").into());
    }
    search::asked(text)
}

fn limit(text: Option<&str>) -> Result<usize> {
    let Some(text) = text else { return Ok(USUAL) };
    text.parse()
        .ok()
        .filter(|limit| (1..=MOST).contains(limit))
        .ok_or_else(|| Problem::bad_request(format!("limit is a whole number from 1 to {MOST}.")).into())
}

/// Whether a list is asked by a custom field: what those hold is looked up only then.
pub fn asks_customs(pairs: &[(String, String)]) -> bool {
    pairs.iter().any(|(name, text)| matches!(name.as_str(), "sort" | "filter") && text.contains(CUSTOM))
}

fn sort((definition, customs): (&'static ResourceType, &CustomKinds), sight: &FieldVisibility, text: Option<&str>) -> Result<Vec<SortKey>> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let mut keys = Vec::new();
    for part in text.split(',') {
        let (name, descending) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
        let own = definition.listed_field(name).filter(|_| sight.shows(name)).map(|field| SortKey {
            column: SortKey::column_of(field),
            kind: field.columns[field.order].kind,
            descending,
            nullable: field.nullable,
            collated: field.order == 0,
            custom: None,
        });
        let of_custom = || {
            let found = customs.column(name.strip_prefix(CUSTOM)?)?;
            Some(SortKey { column: found.expression, kind: found.kind, descending, nullable: true, collated: true, custom: Some(found.code) })
        };
        let key = own.or_else(of_custom).ok_or_else(|| {
            let shown: String = name.chars().take(60).collect();
            Problem::bad_request(format!("This list cannot be sorted by {shown:?}. Use the fields that the document names, with - for greatest first."))
        })?;
        if keys.iter().any(|other: &SortKey| other.column == key.column) {
            return Err(Problem::bad_request(format!("The list is sorted by {name} twice. Name it once.")).into());
        }
        keys.push(key);
    }
    if keys.len() > SORT_KEYS {
        return Err(Problem::bad_request(format!("A list is sorted by at most {SORT_KEYS} fields.")).into());
    }
    Ok(keys)
}

/// The column in which a field equals a value.
fn column(field: &Field) -> String {
    format!("{}{}", field.name, field.columns[field.key()].suffix)
}

/// The typed parameters of a list of the past, which takes nothing else (400).
pub fn past_conditions(definition: &'static ResourceType, pairs: &[(String, String)], asked: &Query) -> Result<Vec<PastCondition>> {
    if !asked.sort.is_empty() || !asked.words.is_empty() || asked.filter.is_some() || asked.total != Total::No || !asked.facets.is_empty() {
        return Err(Problem::bad_request("With as_of a list takes typed parameters, limit and cursor only, in the order of creation.").into());
    }
    let mut conditions: Vec<PastCondition> = Vec::new();
    let ids = ids(pairs)?;
    for (name, text) in pairs.iter().filter(|(name, _)| !RESERVED.contains(&name.as_str())) {
        let field = definition.listed_field(name).ok_or_else(|| unknown(name))?;
        let cell = field.comparable(text).and_then(|cells| cells.into_iter().nth(field.key())).ok_or_else(|| unfit(name, text))?;
        match conditions.iter_mut().find(|condition| condition.field.name == name) {
            Some(condition) => condition.any_of.push(cell),
            None => conditions.push(PastCondition { field, any_of: vec![cell] }),
        }
    }
    if !ids.is_empty() {
        let field = definition.listed_field("id").ok_or_else(|| unknown(IDS))?;
        conditions.push(PastCondition { field, any_of: ids.into_iter().map(SqlValue::Id).collect() });
    }
    Ok(conditions)
}
