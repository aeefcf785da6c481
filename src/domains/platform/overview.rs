//! The overview: how each domain stands, in one answer.

use crate::resource::value::{Note, Text};
use crate::view::measure::{Basis, MeasureStatus, Measured};
use crate::view::prelude::*;
use steward_schema::platform::settings;

/// A further figure beside a measure.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FurtherFigure {
    /// Its name, in lower_snake.
    pub name: Text<1, 64>,
    /// In what it is.
    pub unit: Text<1, 64>,
    /// What it is; null if it is not known, or not to be seen.
    pub value: Figure,
}

/// How a domain stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DomainMeasure {
    /// The domain.
    pub domain: Text<1, 64>,
    /// The name of its measure, in lower_snake.
    pub measure: Text<1, 64>,
    /// In what plan, actual and forecast are: percent, people, risks, or a currency by its code.
    pub unit: Text<1, 64>,
    /// What is planned.
    pub plan: Figure,
    /// What is.
    pub actual: Figure,
    /// What it will come to, if it goes on so.
    pub forecast: Figure,
    /// How it stands; null if plan or actual is not known.
    pub status: Option<MeasureStatus>,
    /// Why, in words.
    pub reason: Note,
    /// What is measured, and how.
    pub method: Note,
    /// What else one should know.
    pub also: Vec<FurtherFigure>,
}

/// How each domain stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Overview {
    /// The day that counts as today.
    pub as_of: Date,
    /// The currency of amounts.
    pub currency: Currency,
    /// One measure of each domain, in the order of the domains.
    pub measures: Vec<DomainMeasure>,
}

impl View for Overview {
    const PATH: &'static str = "platform/overview";
    const SUMMARY: &'static str = "Get how each domain stands";
    const DESCRIPTION: &'static str = "One measure of each domain, with what is planned, what is and what it will come to, over what you may see: objectives against the time that has passed, \
        spending against the budgets, availability against what was agreed, earned against planned progress, risks against the appetite, renewals in time, \
        people with the skills that are needed, and coverage of published frameworks. `method` says how each is measured.\n\n\
        The status follows one rule from the share of the plan that is kept: `on_track` at 0.95 or more, `at_risk` at 0.85 or more, else `off_track`. \
        That share is actual ÷ plan where more is better; plan ÷ forecast for spending, where less is better; \
        and (100 − plan) ÷ (100 − actual) for availability, where what is missing counts. `reason` says it in words.\n\n\
        What you may not see, and what nothing is known of, is null, and `reason` says why. Amounts of money are in the base currency of the settings.";
    type Reads = ();
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let basis = Basis { today: cx.today(), currency: base_currency(cx)? };
        let mut measures = Vec::with_capacity(cx.measures().len());
        for (domain, measure) in cx.measures() {
            let measured = (measure.compute)(cx, basis)?;
            measures.push(told(domain, measure.name, measure.description, measured));
        }
        Ok(Overview { as_of: basis.today, currency: basis.currency, measures })
    }
}

fn told(domain: &str, name: &str, method: &str, measured: Measured) -> DomainMeasure {
    let also = measured.also.into_iter();
    DomainMeasure {
        domain: Text::cut(domain),
        measure: Text::cut(name),
        unit: Text::cut(&measured.unit),
        plan: Figure(measured.plan),
        actual: Figure(measured.actual),
        forecast: Figure(measured.forecast),
        status: measured.status,
        reason: Note::cut(&measured.reason),
        method: Note::cut(method),
        also: also.map(|(name, unit, value)| FurtherFigure { name: Text::cut(name), unit: Text::cut(&unit), value: Figure(value) }).collect(),
    }
}

/// The currency of totals. Everybody may know it: it says no more than in what the answer is.
fn base_currency(reader: &mut Reader<'_>) -> Result<Currency> {
    let first = settings::table.order(settings::id).select(settings::base_currency);
    let currency: Option<Currency> = first.first(reader.unscoped("everybody may know the currency of an answer")).optional()?;
    currency.ok_or_else(|| Problem::not_found().into())
}
