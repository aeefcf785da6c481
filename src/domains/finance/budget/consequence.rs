//! What a rehearsed write would take from budget lines.

use super::budget_line::BudgetLine;
use super::flow_sight::in_sight;
use super::line::Line;
use super::line_flow::flows;
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use steward_core::database::CHUNK;
use steward_core::error::{Error, Result};
use steward_core::resource::Id;
use steward_core::resource::value::Title;
use steward_core::store::Reader;
use steward_core::view::consequence::{Consequences, Standing};
use steward_schema::finance::{budget_lines, budget_transfers, commitments, cost_entries};

/// The position of budget lines.
pub const EFFECTS: Consequences = Consequences { member: "effects", concerned, standing };

/// The most lines that are told of.
const MOST: usize = 200;

/// The lines that commitments, ledger entries and transfers among the records name, and those among the records themselves.
fn concerned(reader: &mut Reader<'_>, written: &[Id]) -> Result<Vec<Id>> {
    let seen = reader.sees::<BudgetLine>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let mut lines: BTreeSet<Id> = BTreeSet::new();
    for chunk in written.chunks(CHUNK) {
        let connection = reader.within(&seen);
        let promised = commitments::table.filter(commitments::id.eq_any(chunk)).select(commitments::budget_line_id);
        lines.extend(promised.load::<Id>(connection)?);
        let booked = cost_entries::table.filter(cost_entries::id.eq_any(chunk)).select(cost_entries::budget_line_id);
        lines.extend(booked.load::<Option<Id>>(connection)?.into_iter().flatten());
        let moved = budget_transfers::table.filter(budget_transfers::id.eq_any(chunk));
        let moved: Vec<(Id, Id)> = moved.select((budget_transfers::from_line_id, budget_transfers::to_line_id)).load(connection)?;
        lines.extend(moved.into_iter().flat_map(|(from, to)| [from, to]));
        let own = budget_lines::table.filter(budget_lines::id.eq_any(chunk)).select(budget_lines::id);
        lines.extend(own.load::<Id>(connection)?);
    }
    let lines: Vec<Id> = lines.into_iter().take(MOST).collect();
    let visible = budget_lines::table.filter(budget_lines::id.eq_any(lines)).filter(seen.clone()).order(budget_lines::id).select(budget_lines::id);
    Ok(visible.load(reader.within(&seen))?)
}

/// How lines stand, over what the reader may see.
fn standing(reader: &mut Reader<'_>, ids: &[Id]) -> Result<Vec<Standing>> {
    let seen = reader.sees::<BudgetLine>()?;
    if seen.is_nothing() || ids.is_empty() {
        return Ok(Vec::new());
    }
    let counted = in_sight(reader, None)?;
    let today = reader.today();
    let query = budget_lines::table.filter(budget_lines::id.eq_any(ids)).filter(seen.clone()).order(budget_lines::id);
    let rows: Vec<(Line, Title)> = query.select((Line::as_select(), budget_lines::name)).load(reader.within(&seen))?;
    let lines: Vec<Line> = rows.iter().map(|(line, _)| *line).collect();
    let found = flows(reader.within(&seen), &lines, &counted, today)?;
    let told = |(line, name): (Line, Title)| {
        let figures = serde_json::to_value(found.of(&line).figures(line.currency)).map_err(Error::unwritable)?;
        let named: Map<String, Value> = [("budget_line_id".to_owned(), json!(line.id)), ("name".to_owned(), json!(name))].into_iter().collect();
        Ok(Standing { id: line.id, named, figures })
    };
    rows.into_iter().map(told).collect()
}
