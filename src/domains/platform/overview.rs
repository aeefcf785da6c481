//! The overview: how each domain stands, in one answer.

use crate::error::{Problem, Result};
use crate::http::measure::{Basis, MeasureStatus, Measured};
use crate::http::view::{Call, Run, View};
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::{Currency, Date, Figure, Many, Note, Text};
use crate::store::Reader;
use diesel::prelude::*;
use serde_json::Value;
use steward_schema::platform::settings;

/// `GET platform/overview`.
pub static OVERVIEW: View = View {
    path: "platform/overview",
    operation_id: "get_overview",
    summary: "Get how each domain stands",
    description: "One measure of each domain, with what is planned, what is and what it will come to, over what you may see: objectives against the time that has passed, \
        spending against the budgets, availability against what was agreed, earned against planned progress, risks against the appetite, renewals in time, \
        people with the skills that are needed, and coverage of published frameworks. `method` says how each is measured.\n\n\
        The status follows one rule from the share of the plan that is kept: `on_track` at 0.95 or more, `at_risk` at 0.85 or more, else `off_track`. \
        That share is actual ÷ plan where more is better; plan ÷ forecast for spending, where less is better; \
        and (100 − plan) ÷ (100 − actual) for availability, where what is missing counts. `reason` says it in words.\n\n\
        What you may not see, and what nothing is known of, is null, and `reason` says why. Amounts of money are in the base currency of the settings.",
    permissions: &[],
    parameters: &[],
    answer: answer_schema::<Overview>,
    run: Run::Read(run),
};

crate::answer! {
    /// A further figure beside a measure.
    pub struct FurtherFigure {
        /// Its name, in lower_snake.
        pub name: Text<1, 64>,
        /// In what it is.
        pub unit: Text<1, 64>,
        /// What it is; null if it is not known, or not to be seen.
        pub value: Figure,
    }
}

crate::answer! {
    /// How a domain stands.
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
        pub also: Many<FurtherFigure>,
    }
}

crate::answer! {
    /// How each domain stands.
    pub struct Overview {
        /// The day that counts as today.
        pub as_of: Date,
        /// The currency of amounts.
        pub currency: Currency,
        /// One measure of each domain, in the order of the domains.
        pub measures: Many<DomainMeasure>,
    }
}

fn run(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let basis = Basis { today: reader.today(), currency: base_currency(reader)? };
    let mut measures = Vec::with_capacity(call.measures.len());
    for (domain, measure) in &call.measures {
        let measured = (measure.compute)(reader, &basis)?;
        measures.push(told(domain, measure.name, measure.description, measured));
    }
    Ok(Model::to_json(&Overview { as_of: basis.today, currency: basis.currency, measures: Many(measures) }).into())
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
        also: Many(also.map(|(name, unit, value)| FurtherFigure { name: Text::cut(name), unit: Text::cut(&unit), value: Figure(value) }).collect()),
    }
}

/// The currency of totals. Everybody may know it: it says no more than in what the answer is.
fn base_currency(reader: &mut Reader<'_>) -> Result<Currency> {
    let first = settings::table.order(settings::id).select(settings::base_currency);
    let currency: Option<Currency> = first.first(reader.unscoped("everybody may know the currency of an answer")).optional()?;
    currency.ok_or_else(|| Problem::not_found().into())
}
