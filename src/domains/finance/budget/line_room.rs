//! The room of a budget line: how much of it may still be bound in a period.

use super::budget::{BudgetControl, ControlBasis};
use super::line::Line;
use super::line_flow::{Counted, Flows, flows};
use super::line_spread::{self, Spreadable};
use super::period_amount::PeriodAmount;
use super::position::Position;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::{Check, Id};
use steward_schema::finance::fiscal_periods;

/// A bound on what may be taken of a line: what it holds over the whole year, or over some of its periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// The part of the budget that is looked at.
    pub basis: ControlBasis,
    /// The number of the last period that counts; none for the whole year.
    pub through: Option<i64>,
    /// What flows in and out of that part. What transfers brought without a period counts as far as no other period needs it.
    pub position: Position,
}

impl Bound {
    /// What may be taken with the tolerance of the budget; none if it cannot be told.
    pub fn at_most(&self, tolerance_percent: i64) -> Option<i64> {
        Some(self.position.available()?.saturating_add(self.position.tolerance(tolerance_percent)))
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

/// The bound that leaves least of a line: the whole year always counts, and by the basis of the control the period itself, or the periods up
/// to it and up to each later one, so that what is planned later is not taken either.
pub fn tightest(check: &mut Check<'_>, asked: Asked, control: &BudgetControl) -> Result<Bound> {
    let line = asked.line;
    let found = flows(check.connection, &[line], &Counted::all(), check.today)?;
    let whole = Bound { basis: ControlBasis::Annual, through: None, position: found.of(&line) };
    if control.basis == ControlBasis::Annual {
        return Ok(whole);
    }
    let columns = (fiscal_periods::id, fiscal_periods::number);
    let of_year = fiscal_periods::table.filter(fiscal_periods::fiscal_year_id.eq(asked.year)).order(fiscal_periods::number);
    let periods: Vec<(Id, i64)> = of_year.select(columns).load(check.connection)?;
    let Some((_, own)) = periods.iter().copied().find(|(id, _)| *id == asked.period) else { return Ok(whole) };
    let amounts = line_spread::amounts_of(check.connection, asked.spread)?;
    let parts = Parts { line, found: &found, periods: &periods, amounts: &amounts };
    let bounds = match control.basis {
        ControlBasis::Period => vec![parts.of_period(own)],
        _ => periods.iter().filter(|(_, number)| *number >= own).map(|(_, number)| parts.up_to(*number)).collect(),
    };
    let percent = control.tolerance_percent.0;
    // What cannot be told leaves least.
    Ok(bounds.into_iter().chain([whole]).min_by_key(|bound| bound.at_most(percent)).unwrap_or(whole))
}

/// What may be moved away from a line, of a period or of none: what the year has, and by the basis of the control what the period, or each
/// part of the year up to it or a later one, can spare. What names no period takes nothing that came without one and that a period needs. None
/// if it cannot be told.
pub fn movable(check: &mut Check<'_>, line: Line, spread: Spreadable, year: Id, period: Option<Id>, control: &BudgetControl) -> Result<Option<i64>> {
    let Some(period) = period else {
        let found = flows(check.connection, &[line], &Counted::all(), check.today)?;
        let whole = found.of(&line).available();
        if control.basis == ControlBasis::Annual {
            return Ok(whole);
        }
        let of_year = fiscal_periods::table.filter(fiscal_periods::fiscal_year_id.eq(year)).order(fiscal_periods::number);
        let periods: Vec<(Id, i64)> = of_year.select((fiscal_periods::id, fiscal_periods::number)).load(check.connection)?;
        let amounts = line_spread::amounts_of(check.connection, spread)?;
        let parts = Parts { line, found: &found, periods: &periods, amounts: &amounts };
        return Ok(whole.map(|whole| whole.min(parts.spare(control.basis))));
    };
    Ok(tightest(check, Asked { line, spread, year, period }, control)?.position.available())
}

/// A line by the periods of its year.
struct Parts<'a> {
    line: Line,
    found: &'a Flows,
    periods: &'a [(Id, i64)],
    amounts: &'a [PeriodAmount],
}

impl Parts<'_> {
    /// What belongs to some of the periods, and what the budget sets aside in them.
    fn over(&self, counts: impl Fn(i64) -> bool) -> Position {
        let budget = self.amounts.iter().filter(|each| counts(each.period.0)).map(|each| each.amount.minor).fold(0, i64::saturating_add);
        let ids = self.periods.iter().filter(|(_, number)| counts(*number)).map(|(id, _)| id);
        Position { budget, ..self.found.within_all(self.line.id, ids) }
    }

    /// What transfers brought without a period of the year.
    fn unassigned(&self) -> i64 {
        self.found.of(&self.line).transferred().saturating_sub(self.over(|_| true).transferred()).max(0)
    }

    /// What may go without a period: where some period lives on what came without one, only what none of them needs.
    fn spare(&self, basis: ControlBasis) -> i64 {
        let lacks = |position: Position| position.available().map_or(i64::MIN, |left| left.min(0));
        let numbers = self.periods.iter().map(|(_, number)| *number);
        let needed = match basis {
            ControlBasis::Period => numbers.map(|own| lacks(self.over(|number| number == own))).fold(0, i64::saturating_add),
            _ => numbers.map(|last| lacks(self.over(|number| number <= last))).min().unwrap_or(0),
        };
        if needed == 0 { i64::MAX } else { self.unassigned().saturating_add(needed).max(0) }
    }

    /// What the periods up to one hold.
    fn up_to(&self, last: i64) -> Bound {
        let position = self.over(|number| number <= last);
        let transfers_in = position.transfers_in.saturating_add(self.unassigned());
        Bound { basis: ControlBasis::YearToDate, through: Some(last), position: Position { transfers_in, ..position } }
    }

    /// What one period holds: without a period is taken once, by whichever needs it.
    fn of_period(&self, own: i64) -> Bound {
        let position = self.over(|number| number == own);
        let mut unassigned = self.unassigned();
        for (_, other) in self.periods.iter().filter(|(_, number)| *number != own) {
            let missing = self.over(|number| number == *other).available().map_or(0, |left| left.min(0));
            unassigned = unassigned.saturating_add(missing).max(0);
        }
        let transfers_in = position.transfers_in.saturating_add(unassigned);
        Bound { basis: ControlBasis::Period, through: Some(own), position: Position { transfers_in, ..position } }
    }
}
