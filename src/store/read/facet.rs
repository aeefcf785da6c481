//! Facets: how many records of a filtered collection have each value of a field.

use crate::database::{Connection, SqlType, Statement};
use crate::error::{Problem, Result};
use crate::resource::{Field, ResourceType};
use diesel::prelude::QueryResult;
use serde_json::{Map, Value};
use utoipa::openapi::schema::Schema;

/// Greatest number of values of a facet.
pub const VALUES: usize = 1_000;

/// Number of records by value, by field.
pub type Facets = Map<String, Value>;

/// True if a field has few values: a state, a closed set of words, a boolean, a reference.
pub fn has_facets(field: &Field) -> bool {
    let closed = || matches!((field.schema)(), Schema::Object(object) if object.enum_values.is_some());
    field.name == "state" || field.columns[0].kind == SqlType::Bool || !field.refers_to.is_empty() || closed()
}

/// The facets of a collection of which nothing is readable.
pub(super) fn none(fields: &[&'static Field]) -> Facets {
    fields.iter().map(|field| (field.name.to_owned(), Value::Object(Map::new()))).collect()
}

/// Counts the rows of a filter by each of some fields.
pub(super) fn count(connection: &mut Connection, definition: &ResourceType, fields: &[&'static Field], filter: &Statement) -> Result<Facets> {
    fields.iter().map(|field| Ok((field.name.to_owned(), of_field(connection, definition, field, filter)?.into()))).collect()
}

fn of_field(connection: &mut Connection, definition: &ResourceType, field: &'static Field, filter: &Statement) -> Result<Map<String, Value>> {
    let rows = counted(connection, definition, field, filter)?;
    if rows.len() > VALUES {
        let detail = format!("The facet {} has more than {VALUES} values here. Narrow the list, or leave the facet out.", field.name);
        return Err(Problem::bad_request(detail).into());
    }
    let mut values: Vec<(String, i64)> = rows.into_iter().filter_map(|(cell, rows)| Some((value_name(field, cell)?, rows))).collect();
    values.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    Ok(values.into_iter().map(|(name, rows)| (name, rows.into())).collect())
}

type Counted = (crate::database::SqlValue, i64);

fn counted(connection: &mut Connection, definition: &ResourceType, field: &Field, filter: &Statement) -> QueryResult<Vec<Counted>> {
    let column = format!("{}{}", field.name, field.columns[0].suffix);
    let mut query = Statement::new(format!("SELECT {column}, COUNT(*) FROM {} WHERE 1 = 1", definition.table));
    query.append(filter.clone()).push(format!(" GROUP BY {column} LIMIT {}", VALUES + 1));
    let rows = query.if_often().rows(connection, &[field.columns[0].kind, SqlType::Integer])?;
    let pair = |row: crate::database::Row| {
        let mut cells = row.into_iter();
        let cell = cells.next()?;
        Some((cell, cells.next()?.as_integer()?))
    };
    Ok(rows.into_iter().filter_map(pair).collect())
}

/// A value as the name of a member: the text of JSON, and `null` where there is none.
fn value_name(field: &Field, cell: crate::database::SqlValue) -> Option<String> {
    if cell.is_null() {
        return Some("null".to_owned());
    }
    match (field.json)(&[cell])? {
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}
