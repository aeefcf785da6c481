//! The room of a budget line: how much of it may still be bound in a period.

use super::budget::{BudgetControl, ControlBasis};
use super::line::Line;
use super::line_flow::{Counted, position_of};
use super::line_spread::{self, Spreadable};
use super::position::Position;
use crate::error::Result;
use crate::resource::{Check, Id};
use diesel::prelude::*;
use steward_schema::finance::fiscal_periods;

/// How much may still be bound, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What is available.
    pub left: i64,
    /// What is available with the tolerance of the budget.
    pub at_most: i64,
}

impl Room {
    /// The room that a position leaves, with so much more beside it; none if it cannot be told.
    fn of(position: &Position, tolerance_percent: i64, beside: i64) -> Option<Room> {
        let left = position.available()?.saturating_add(beside);
        Some(Room { left, at_most: left.saturating_add(position.tolerance(tolerance_percent)) })
    }

    /// The room where both bounds hold.
    fn within(self, other: Room) -> Room {
        Room { left: self.left.min(other.left), at_most: self.at_most.min(other.at_most) }
    }
}

/// The line whose room is asked for.
pub struct Asked {
    /// The line.
    pub line: Line,
    /// What its amounts by period follow from.
    pub spread: Spreadable,
    /// The fiscal year of its budget.
    pub year: Id,
    /// The period in which something is bound.
    pub period: Id,
}

/// What may still be bound of a line: at most what the year leaves, and by the basis of its control at most what its periods leave. What
/// transfers brought without a period belongs to none of them, and is taken once by whichever needs it. None if it cannot be told.
pub fn of(check: &mut Check<'_>, asked: Asked, control: &BudgetControl) -> Result<Option<Room>> {
    let (line, percent) = (asked.line, control.tolerance_percent.0);
    let year = position_of(check.connection, line, &Counted::all(), check.today)?;
    let Some(of_year) = Room::of(&year, percent, 0) else { return Ok(None) };
    if control.basis == ControlBasis::Annual {
        return Ok(Some(of_year));
    }
    let columns = (fiscal_periods::id, fiscal_periods::number);
    let periods: Vec<(Id, i64)> = fiscal_periods::table.filter(fiscal_periods::fiscal_year_id.eq(asked.year)).select(columns).load(check.connection)?;
    let Some((_, own)) = periods.iter().copied().find(|(id, _)| *id == asked.period) else { return Ok(None) };
    let amounts = line_spread::amounts_of(check.connection, asked.spread)?;
    let mut of_periods = |counts: &dyn Fn(i64) -> bool| {
        let budget = amounts.iter().filter(|each| counts(each.period.0)).map(|each| each.amount.minor).fold(0, i64::saturating_add);
        let ids = periods.iter().filter(|(_, number)| counts(*number)).map(|(id, _)| *id).collect();
        let counted = Counted { periods: Some(ids), ..Counted::all() };
        position_of(check.connection, Line { budget, ..line }, &counted, check.today)
    };
    let each = control.basis == ControlBasis::Period;
    let position = of_periods(&|number| if each { number == own } else { number <= own })?;
    let mut unassigned = year.transferred().saturating_sub(of_periods(&|_| true)?.transferred()).max(0);
    if each && unassigned > 0 {
        for (_, other) in periods.iter().filter(|(_, number)| *number != own) {
            let Some(left) = of_periods(&|number| number == *other)?.available() else { return Ok(None) };
            unassigned = unassigned.saturating_add(left.min(0)).max(0);
        }
    }
    Ok(Room::of(&position, percent, unassigned).map(|room| room.within(of_year)))
}
