//! Cursors: the sort values of the last row of a page, bound to what was asked and who asked.

use crate::database::{Row, SqlType, SqlValue};
use crate::error::{Problem, Result};
use crate::resource::value::{Date, Instant};
use crate::resource::{Id, ResourceType, Stored};
use crate::store::SortKey;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

/// The sort values and the id of a row, after which a page starts.
pub fn keys(definition: &ResourceType, sort: &[SortKey], last: &Stored) -> Row {
    sort.iter().map(|key| key.custom_cell(last).unwrap_or_else(|| cell_of(definition, last, &key.column))).chain([SqlValue::Id(last.meta.id)]).collect()
}

/// The cursor that continues after a row.
pub fn write(definition: &ResourceType, binding: &str, sort: &[SortKey], last: &Stored) -> String {
    let keys: Vec<Value> = keys(definition, sort, last).iter().map(to_json).collect();
    BASE64.encode(json!([binding, keys]).to_string())
}

/// The cursor that continues after an id, in the order of ids.
pub fn write_id(binding: &str, last: Id) -> String {
    BASE64.encode(json!([binding, [last.to_string()]]).to_string())
}

/// The cursor that continues a list of the best, of which so many have been seen.
pub fn write_skip(binding: &str, seen: usize) -> String {
    BASE64.encode(json!([binding, seen]).to_string())
}

/// How many of the best have been seen (400).
pub fn read_skip(text: &str, binding: &str) -> Result<usize> {
    let parts = BASE64.decode(text).ok().and_then(|bytes| serde_json::from_slice::<(String, usize)>(&bytes).ok());
    let seen = parts.filter(|(bound, seen)| bound == binding && *seen < crate::store::BEST).map(|(_, seen)| seen);
    seen.ok_or_else(|| Problem::bad_request("The cursor does not belong to this list, order, filter and user. Start again without one.").into())
}

/// Reads a cursor back (400).
pub fn read(text: &str, binding: &str, sort: &[SortKey]) -> Result<Row> {
    parse(text, binding, sort)
        .ok_or_else(|| Problem::bad_request("The cursor does not belong to this list, order, filter and user. Start again without one.").into())
}

fn parse(text: &str, binding: &str, sort: &[SortKey]) -> Option<Row> {
    let Value::Array(parts) = serde_json::from_slice(&BASE64.decode(text).ok()?).ok()? else { return None };
    let [Value::String(bound), Value::Array(keys)] = parts.as_slice() else { return None };
    if bound != binding || keys.len() != sort.len() + 1 {
        return None;
    }
    let kinds = sort.iter().map(|key| key.kind).chain([SqlType::Id]);
    let row: Row = keys.iter().zip(kinds).map(|(value, kind)| from_json(value, kind)).collect::<Option<_>>()?;
    row.last().is_some_and(|id| !id.is_null()).then_some(row)
}

/// The cell of a column, the service's own included.
fn cell_of(definition: &ResourceType, stored: &Stored, column: &str) -> SqlValue {
    let meta = &stored.meta;
    match column {
        "id" => meta.id.into(),
        "revision" => meta.revision.into(),
        "created_at" => meta.created_at.into(),
        "created_by" => meta.created_by.into(),
        "updated_at" => meta.updated_at.into(),
        "updated_by" => meta.updated_by.into(),
        "state" => meta.state.as_deref().unwrap_or_default().into(),
        _ => {
            let columns = definition.written_fields().flat_map(|field| field.columns.iter().map(move |each| (field.name, each.suffix)));
            let mut cells = columns.zip(definition.cells(stored));
            cells.find(|((name, suffix), _)| column.strip_prefix(name) == Some(suffix)).map_or(SqlValue::Null(SqlType::Text), |(_, cell)| cell)
        }
    }
}

fn to_json(cell: &SqlValue) -> Value {
    match cell {
        SqlValue::Null(_) | SqlValue::Doc(_) | SqlValue::Bytes(_) => Value::Null,
        SqlValue::Id(id) => id.to_string().into(),
        SqlValue::Text(text) => text.clone().into(),
        SqlValue::Integer(number) => (*number).into(),
        // The bits, because a decimal text need not come back as the same number.
        SqlValue::Real(number) => (number.to_bits() as i64).into(),
        SqlValue::Bool(truth) => (*truth).into(),
        SqlValue::Date(date) => date.to_string().into(),
        SqlValue::Instant(instant) => instant.to_string().into(),
    }
}

fn from_json(value: &Value, kind: SqlType) -> Option<SqlValue> {
    if value.is_null() {
        return Some(SqlValue::Null(kind));
    }
    Some(match kind {
        SqlType::Id => Id::parse(value.as_str()?)?.into(),
        SqlType::Text => value.as_str()?.into(),
        SqlType::Integer => value.as_i64()?.into(),
        SqlType::Real => f64::from_bits(value.as_i64()? as u64).into(),
        SqlType::Bool => value.as_bool()?.into(),
        SqlType::Date => Date::parse_any(value.as_str()?)?.into(),
        SqlType::Instant => Instant::parse_any(value.as_str()?)?.into(),
        SqlType::Doc | SqlType::Bytes => return None,
    })
}
