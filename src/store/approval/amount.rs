//! What records are worth to who approves them: for one record or for many at once.

use crate::access::{Reach, Session};
use crate::database::{Connection, SqlValue, Statement};
use crate::error::Result;
use crate::ports::authority::Value;
use crate::resource::value::{Currency, Money, Precise, PreciseMoney};
use crate::resource::{ApprovalAmount, Id, ResourceType, ResourceTypes};
use crate::store::FieldVisibility;
use diesel::sql_types::{BigInt, Double, Jsonb, Nullable, Text, Uuid};
use serde_json::Value as Json;
use std::collections::HashMap;

/// What some records are worth: a query for each amount that is declared.
pub(in crate::store) fn worth(
    connection: &mut Connection,
    definitions: &ResourceTypes,
    session: &Session,
    definition: &'static ResourceType,
    ids: &[Id],
) -> Result<HashMap<Id, Value>> {
    let declared = definition.lifecycle.as_ref().map(|lifecycle| lifecycle.worth).unwrap_or_default();
    let shown = declared.iter().all(|worth| shows(definitions, session, definition, worth));
    let mut values: HashMap<Id, Value> = ids.iter().map(|id| (*id, Value { shown, ..Value::default() })).collect();
    if ids.is_empty() {
        return Ok(values);
    }
    for worth in declared {
        let sums = match worth {
            ApprovalAmount::Field(field) => of_field(connection, definition, field, ids)?,
            ApprovalAmount::Listed(field) => of_list(connection, definition, field, ids)?,
            ApprovalAmount::Sum { of, field } => of_parts(connection, definitions, definition, (of, field), ids)?,
            ApprovalAmount::Priced { of, quantity, price, discount } => priced(connection, definitions, definition, of, (quantity, price, *discount), ids)?,
        };
        let of_parts = matches!(worth, ApprovalAmount::Sum { .. } | ApprovalAmount::Priced { .. });
        for (id, value) in &mut values {
            match sums.get(id) {
                Some(Some(amounts)) => value.sums.push(amounts.clone()),
                // A sum over parts that there are not is nothing.
                None if of_parts => value.sums.push(Vec::new()),
                Some(None) if of_parts => value.lacking = Some(worth.told()),
                _ => {}
            }
        }
    }
    for value in values.values_mut().filter(|value| value.sums.is_empty() && value.lacking.is_none() && !declared.is_empty()) {
        value.lacking = Some(declared.iter().map(ApprovalAmount::told).collect::<Vec<_>>().join(" or "));
    }
    Ok(values)
}

/// Whether a session may read what an amount is made of.
fn shows(definitions: &ResourceTypes, session: &Session, definition: &'static ResourceType, worth: &ApprovalAmount) -> bool {
    let holder = match worth {
        ApprovalAmount::Field(_) | ApprovalAmount::Listed(_) => Some(definition),
        ApprovalAmount::Sum { of, .. } | ApprovalAmount::Priced { of, .. } => definitions.get(of),
    };
    let Some(holder) = holder else { return false };
    let sight = FieldVisibility::of(holder, session);
    session.reach(&holder.permission("read")) != Reach::Nothing && worth.fields().iter().all(|field| sight.shows(field))
}

/// The amounts of each record; none where one cannot be told.
type Sums = HashMap<Id, Option<Vec<Money>>>;

fn whose<'s>(query: &'s mut Statement, ids: &[Id]) -> &'s mut Statement {
    match ids {
        [only] => query.push(" = ").bind(*only),
        _ => query.push(" IN (").bind_all(ids.iter().map(|id| SqlValue::Id(*id))).push(")"),
    }
}

fn add(sums: &mut Sums, id: Id, amount: Option<Money>) {
    let known = sums.entry(id).or_insert_with(|| Some(Vec::new()));
    let Some(amount) = amount else {
        *known = None;
        return;
    };
    let Some(amounts) = known else { return };
    match amounts.iter_mut().find(|each| each.currency == amount.currency) {
        Some(each) => each.minor = each.minor.saturating_add(amount.minor),
        None => amounts.push(amount),
    }
}

fn of_field(connection: &mut Connection, definition: &ResourceType, field: &str, ids: &[Id]) -> Result<Sums> {
    let mut query = Statement::new(format!("SELECT id, {field}_amount, {field}_currency FROM {} WHERE id", definition.table));
    let rows = ready(whose(&mut query, ids), ids).load::<(Uuid, (Nullable<BigInt>, Nullable<Text>)), (Id, Option<Money>)>(connection)?;
    Ok(rows.into_iter().map(|(id, amount)| (id, amount.map(|amount| vec![amount]))).collect())
}

fn of_list(connection: &mut Connection, definition: &ResourceType, field: &str, ids: &[Id]) -> Result<Sums> {
    let mut query = Statement::new(format!("SELECT id, {field} FROM {} WHERE id", definition.table));
    let rows = ready(whose(&mut query, ids), ids).load::<(Uuid, Nullable<Jsonb>), (Id, Option<Json>)>(connection)?;
    let mut sums = Sums::new();
    for (id, list) in &rows {
        let Some(list) = list else { continue };
        sums.insert(*id, Some(Vec::new()));
        let listed = |each: &Json| Money::parse(each.get("amount")?.as_str()?, Currency::parse(each.get("currency")?.as_str()?)?);
        list.as_array().into_iter().flatten().for_each(|each| add(&mut sums, *id, listed(each)));
    }
    Ok(sums)
}

fn of_parts(
    connection: &mut Connection,
    definitions: &ResourceTypes,
    definition: &'static ResourceType,
    (of, field): (&str, &str),
    ids: &[Id],
) -> Result<Sums> {
    let Some((part, by)) = definitions.parts_of(definition.path).find(|(part, _)| part.path == of) else { return Ok(Sums::new()) };
    let mut query = Statement::new(format!(
        "SELECT {by}, CAST(SUM({field}_amount) AS bigint), {field}_currency, COUNT(*) - COUNT({field}_amount) FROM {} WHERE {by}",
        part.table
    ));
    whose(&mut query, ids).push(format!(" GROUP BY {by}, {field}_currency"));
    type Read = (Id, Option<Money>, i64);
    let rows = ready(&mut query, ids).load::<(Uuid, (Nullable<BigInt>, Nullable<Text>), BigInt), Read>(connection)?;
    let mut sums = Sums::new();
    for (id, amount, lacking) in rows {
        add(&mut sums, id, amount.filter(|_| lacking == 0));
    }
    Ok(sums)
}

fn priced(
    connection: &mut Connection,
    definitions: &ResourceTypes,
    definition: &'static ResourceType,
    of: &str,
    (quantity, price, discount): (&str, &str, Option<&str>),
    ids: &[Id],
) -> Result<Sums> {
    let Some((part, by)) = definitions.parts_of(definition.path).find(|(part, _)| part.path == of) else { return Ok(Sums::new()) };
    let discount = discount.unwrap_or("NULL");
    let columns = format!("{by}, {quantity}_units, {quantity}_pico, {price}_units, {price}_pico, {price}_currency, CAST({discount} AS double precision)");
    let mut query = Statement::new(format!("SELECT {columns} FROM {} WHERE {by}", part.table));
    type Quantity = (Nullable<BigInt>, Nullable<BigInt>);
    type Price = (Nullable<BigInt>, Nullable<BigInt>, Nullable<Text>);
    type Read = (Id, Option<Precise>, Option<PreciseMoney>, Option<f64>);
    let rows = ready(whose(&mut query, ids), ids).load::<(Uuid, Quantity, Price, Nullable<Double>), Read>(connection)?;
    let mut sums = Sums::new();
    for (id, quantity, price, discount) in rows {
        let cost = quantity.zip(price).and_then(|(quantity, price)| price.times(quantity, discount.unwrap_or(0.0)));
        add(&mut sums, id, cost);
    }
    Ok(sums)
}

/// A query over many ids is not worth keeping prepared.
fn ready(query: &mut Statement, ids: &[Id]) -> Statement {
    let query = std::mem::take(query);
    if ids.len() > 1 { query.once() } else { query }
}
