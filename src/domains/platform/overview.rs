//! The overview: how each domain stands, in one answer.

use steward_core::resource::value::{Note, Text};
use steward_core::view::measure::{Basis, Measure, MeasureStatus, Measured};
use steward_core::view::prelude::*;
use steward_schema::platform::settings;

/// Further figure beside a measure.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FurtherFigure {
    /// Name of the figure, in lower_snake.
    pub name: Text<1, 64>,
    /// Unit of the figure.
    pub unit: Text<1, 64>,
    /// Value of the figure; null if it is not known, or not visible to you.
    pub value: Figure,
}

/// Measure of a domain against its plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DomainMeasure {
    /// The domain.
    pub domain: Text<1, 64>,
    /// Name of the measure, in lower_snake.
    pub measure: Text<1, 64>,
    /// Unit of plan, actual and forecast: percent, people, risks, or a currency by its code.
    pub unit: Text<1, 64>,
    /// Planned value.
    pub plan: Figure,
    /// Actual value.
    pub actual: Figure,
    /// Forecast value at the current trend.
    pub forecast: Figure,
    /// Status against the plan; null if plan or actual is not known.
    pub status: Option<MeasureStatus>,
    /// Reason for the status, in words.
    pub reason: Note,
    /// Method of measurement.
    pub method: Note,
    /// Further figures.
    pub also: Vec<FurtherFigure>,
}

/// Status of each domain.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Overview {
    /// Day that counts as today.
    pub as_of: Date,
    /// Currency of amounts.
    pub currency: Currency,
    /// Measures, one for each domain, in the order of the domains.
    pub measures: Vec<DomainMeasure>,
}

impl View for Overview {
    const PATH: &'static str = "platform/overview";
    const SUMMARY: &'static str = "Get the status of each domain";
    const DESCRIPTION: &'static str = "Measure of each domain, with plan, actual and forecast, over the records that you may see: objectives against the time that has passed, \
        spending against the budgets, availability against the agreed level, earned against planned progress, risks against the appetite, renewals in time, \
        people with the skills that are needed, and coverage of published frameworks. `method` says how each is measured.\n\n\
        The status follows one rule from the share of the plan that is kept: `on_track` at 0.95 or more, `at_risk` at 0.85 or more, else `off_track`. \
        That share is actual ÷ plan where more is better; plan ÷ forecast for spending, where less is better; \
        and (100 − plan) ÷ (100 − actual) for availability, where the shortfall counts. `reason` says it in words.\n\n\
        Values that you may not see, and unknown ones, are null, and `reason` says why. Amounts of money are in the base currency of the settings.";
    type Reads = ();
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let measures = cx.measures();
        Overview::of(cx, measures)
    }
}

impl Overview {
    /// The measures of domains, over what a reader sees.
    pub fn of(reader: &mut Reader<'_>, measures: &[(&'static str, Measure)]) -> Result<Overview> {
        let basis = Basis { today: reader.today(), currency: base_currency(reader)? };
        let mut told = Vec::with_capacity(measures.len());
        for (domain, measure) in measures {
            let measured = (measure.compute)(reader, basis)?;
            told.push(DomainMeasure::of(domain, measure, measured));
        }
        Ok(Overview { as_of: basis.today, currency: basis.currency, measures: told })
    }
}

impl DomainMeasure {
    fn of(domain: &str, measure: &Measure, measured: Measured) -> DomainMeasure {
        let also = measured.also.into_iter();
        DomainMeasure {
            domain: Text::cut(domain),
            measure: Text::cut(measure.name),
            unit: Text::cut(&measured.unit),
            plan: Figure(measured.plan),
            actual: Figure(measured.actual),
            forecast: Figure(measured.forecast),
            status: measured.status,
            reason: Note::cut(&measured.reason),
            method: Note::cut(measure.description),
            also: also.map(|(name, unit, value)| FurtherFigure { name: Text::cut(name), unit: Text::cut(&unit), value: Figure(value) }).collect(),
        }
    }
}

/// The currency of totals. Everybody may know it: it says no more than in what the answer is.
fn base_currency(reader: &mut Reader<'_>) -> Result<Currency> {
    let first = settings::table.order(settings::id).select(settings::base_currency);
    let currency: Option<Currency> = first.first(reader.unscoped("everybody may know the currency of an answer")).optional()?;
    currency.ok_or_else(|| Problem::not_found().into())
}
