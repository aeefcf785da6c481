//! The cost booked in the periods of a forecast, as a reader sees it.

use super::forecast::Forecast;
use super::forecast_basis::budget_of;
use crate::budget::{
    budget_line::BudgetLine,
    line_flow::Counted,
    outlook::PeriodState,
    year_run::{Sight, lines_of, periods_together, runs},
};
use crate::ledger::cost_entry::CostEntry;
use steward_core::database::Narrowed;
use steward_core::error::Result;
use steward_core::resource::value::Date;
use steward_core::store::Reader;

/// The cost booked in each period on the lines of the budget of a forecast; a period has ended if the forecast knew its facts.
pub fn actuals(reader: &mut Reader<'_>, forecast: &Forecast) -> Result<Vec<PeriodState>> {
    let connection = reader.unscoped("the lines of the budget are narrowed to those in sight");
    let Some(budget) = budget_of(connection, &forecast.asked())? else { return Ok(Vec::new()) };
    let seen = reader.sees::<BudgetLine>()?;
    let counted = Counted {
        transfers: Narrowed::nothing(),
        carried: Narrowed::nothing(),
        entries: reader.sees::<CostEntry>()?,
        commitments: Narrowed::nothing(),
        as_of: None,
    };
    let nothing = Narrowed::nothing();
    let day = forecast.known_until_on.unwrap_or(Date(chrono::NaiveDate::MIN));
    let lines = lines_of(reader.within(&seen), &[budget], &seen)?;
    let (found, _) = runs(reader.within(&seen), lines, &Sight { counted: &counted, forecasts: &nothing, day })?;
    Ok(periods_together(&found))
}
