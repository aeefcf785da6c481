//! The plan of a next year: where its lines belong, in which currency, and how amounts fall on its periods.

use super::next_year_line::{ProposedLine, Provenance, ProvenanceKind};
use super::next_year_source::{Planned, Sources};
use super::period_amount::PeriodAmount;
use super::year_run::LineRun;
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Money, Text, Title, Whole};

/// A year and what it is planned from.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// The year.
    pub year: &'a Planned,
    /// What it is planned from.
    pub sources: &'a Sources,
}

/// Where a line belongs.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The line that it continues.
    pub continues: Option<Id>,
    /// The scope of its budget.
    pub scope: Option<Id>,
    /// Its cost category.
    pub category: Option<Id>,
    /// Its cost center.
    pub center: Option<Id>,
}

impl Place {
    /// The same as a line of its own.
    pub fn beside(self) -> Place {
        Place { continues: None, ..self }
    }

    /// A line at this place.
    pub fn line(self, name: &str, amount: Option<Money>, provenance: Provenance, reason: &str) -> ProposedLine {
        ProposedLine {
            name: Title::cut(name),
            continues_line_id: self.continues.map(Into::into),
            scope_id: self.scope.map(|scope| Text::cut(&scope.to_string())),
            cost_category_id: self.category,
            cost_center_id: self.center,
            amount,
            amounts: Vec::new(),
            reason: amount.is_none().then(|| Text::cut(reason)),
            provenance,
        }
    }
}

/// Where an amount comes from.
pub fn provenance(kind: ProvenanceKind, (collection, record): (&str, Id), formula: &str, amount: Option<Money>) -> Provenance {
    Provenance { kind, collection: Text::cut(collection), record_id: Text::cut(&record.to_string()), formula: Text::cut(formula), amount }
}

/// Lines by the line of the year before that they continue, and those that continue none.
#[derive(Default)]
pub struct Placed {
    /// By line: all that the line becomes.
    pub of_line: HashMap<Id, Vec<ProposedLine>>,
    /// By line: a part of what the line costs, which goes on with the rest.
    pub beside: HashMap<Id, Vec<ProposedLine>>,
    /// New ones.
    pub new: Vec<ProposedLine>,
}

impl Plan<'_> {
    /// The currency of a line of the year before; of what no budget of it pays for that of the books, or its own.
    pub fn currency(&self, run: Option<&LineRun>, own: Currency) -> Currency {
        run.map(|run| run.line.currency).or(self.sources.base).unwrap_or(own)
    }

    /// The place of a line of the year before; of none, that of what no budget of it pays for.
    pub fn place(&self, run: Option<&LineRun>) -> Place {
        let Some(run) = run else {
            return Place { continues: None, scope: None, category: None, center: None };
        };
        let purpose = self.sources.purposes.get(&run.line.id);
        Place {
            continues: Some(run.line.id),
            scope: self.sources.budgets.get(&run.budget).map(|budget| budget.scope),
            category: purpose.map(|purpose| purpose.category),
            center: purpose.and_then(|purpose| purpose.center),
        }
    }

    /// Amounts of the spans of the year in a currency, from several: each rounded once, on what falls until the end of its span. None without a rate.
    pub fn converted(&self, to: Currency, parts: &[(Currency, Vec<i64>)]) -> Option<Vec<i64>> {
        let mut sums = vec![0i64; self.year.spans.len()];
        for (from, amounts) in parts {
            let (mut until, mut before) = (0i64, 0i64);
            for (sum, amount) in sums.iter_mut().zip(amounts) {
                until = until.saturating_add(*amount);
                let told = self.sources.money(to, *from, Decimal::new(until, from.scale()))?.minor;
                *sum = sum.saturating_add(told.saturating_sub(before));
                before = told;
            }
        }
        Some(sums)
    }

    /// Amounts of the spans of the year, by the numbers of its periods; none where it has no periods yet.
    pub fn by_period(&self, amounts: &[i64], currency: Currency) -> Vec<PeriodAmount> {
        let numbered = self.year.numbers.iter().zip(amounts);
        numbered.map(|(number, amount)| PeriodAmount { period: Whole(*number), amount: Money::new(*amount, currency) }).collect()
    }
}

/// The name of what a line becomes for one thing that it pays for.
pub fn named(run: Option<&LineRun>, title: &Title) -> String {
    run.map_or_else(|| title.0.clone(), |run| format!("{}: {}", run.name.0, title.0))
}
