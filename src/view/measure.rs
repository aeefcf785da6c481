//! Measures: one figure for each domain that says how it stands, so that plan and actual lie beside each other.

use crate::choice;
use crate::error::Result;
use crate::resource::value::{Currency, Date};
use crate::store::Reader;

/// Room for the rounding of binary fractions where a figure is compared with a limit.
const ROUNDING: f64 = 1e-9;

choice! {
    /// Status of a domain against its plan.
    pub enum MeasureStatus {
        /// At least 0.95 of the plan is kept.
        OnTrack = "on_track",
        /// At least 0.85 of the plan is kept.
        AtRisk = "at_risk",
        /// Less of the plan is kept.
        OffTrack = "off_track",
    }
}

/// The one figure of a domain in the overview.
#[derive(Clone, Copy)]
pub struct Measure {
    /// Its name, in lower_snake.
    pub name: &'static str,
    /// The formula, in words.
    pub description: &'static str,
    /// Its value over what the reader may see.
    pub compute: fn(&mut Reader<'_>, Basis) -> Result<Measured>,
}

/// What a measure is reckoned by.
#[derive(Debug, Clone, Copy)]
pub struct Basis {
    /// The day that counts as today.
    pub today: Date,
    /// The currency in which totals are given.
    pub currency: Currency,
}

/// Which way a measure is good, and so how much of the plan is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// More is better: value ÷ plan.
    More,
    /// Less is better: plan ÷ value.
    Less,
    /// Of a share that is to be near 100 percent, what is missing counts: (100 − plan) ÷ (100 − value).
    LessMissing,
}

impl Sense {
    /// How much of the plan a value keeps; 1 or more is all of it.
    pub fn kept(self, plan: f64, value: f64) -> f64 {
        let (whole, part) = match self {
            Sense::More => (plan, value),
            Sense::Less => (value, plan),
            Sense::LessMissing => (100.0 - value, 100.0 - plan),
        };
        // Of nothing, all is kept.
        if whole <= 0.0 { 1.0 } else { part / whole }
    }

    /// The status of a value.
    pub fn status(self, plan: f64, value: f64) -> MeasureStatus {
        match self.kept(plan, value) + ROUNDING {
            kept if kept >= 0.95 => MeasureStatus::OnTrack,
            kept if kept >= 0.85 => MeasureStatus::AtRisk,
            _ => MeasureStatus::OffTrack,
        }
    }
}

/// What a measure is.
#[derive(Debug, Clone)]
pub struct Measured {
    /// In what its figures are.
    pub unit: String,
    /// What is planned; none if it is not known, or not to be seen.
    pub plan: Option<f64>,
    /// What is.
    pub actual: Option<f64>,
    /// What it will come to.
    pub forecast: Option<f64>,
    /// How it stands; none if that cannot be told.
    pub status: Option<MeasureStatus>,
    /// Why, in words.
    pub reason: String,
    /// What else one should know: name, unit and value.
    pub also: Vec<(&'static str, String, Option<f64>)>,
}

impl Measured {
    /// Nothing can be told, for a reason.
    pub fn unknown(unit: impl Into<String>, reason: impl Into<String>) -> Measured {
        Measured { unit: unit.into(), plan: None, actual: None, forecast: None, status: None, reason: reason.into(), also: Vec::new() }
    }

    /// Plan and actual, with a status where both are known. What else there is to say follows the reason.
    pub fn of(unit: impl Into<String>, sense: Sense, (plan, actual): (Option<f64>, Option<f64>), forecast: Option<f64>, reason: String) -> Measured {
        let status = plan.zip(actual).map(|(plan, actual)| sense.status(plan, actual));
        Measured { unit: unit.into(), plan, actual, forecast, status, reason, also: Vec::new() }
    }

    /// With something else that one should know.
    #[must_use]
    pub fn and(mut self, name: &'static str, unit: impl Into<String>, value: Option<f64>) -> Measured {
        self.also.push((name, unit.into(), value));
        self
    }
}

/// A number of things in words: `1 risk`, `2 risks`.
pub fn so_many(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_told_by_how_much_of_the_plan_is_kept() {
        use MeasureStatus::{AtRisk, OffTrack, OnTrack};
        let more = [95.0, 94.9, 85.0, 84.9, 120.0].map(|value| Sense::More.status(100.0, value));
        assert_eq!(more, [OnTrack, AtRisk, AtRisk, OffTrack, OnTrack]);
        // By hand: 95 ÷ 100 and 95 ÷ 100.1; 85 ÷ 100.1.
        let less = [Sense::Less.status(95.0, 100.0), Sense::Less.status(95.0, 100.1), Sense::Less.status(85.0, 100.1), Sense::Less.status(100.0, 50.0)];
        assert_eq!(less, [OnTrack, AtRisk, OffTrack, OnTrack]);
        // 0.1 may be missing: of 0.105 is 0.952 of it, of 0.11 0.909, of 0.2 a half.
        let missing = [99.95, 99.895, 99.89, 99.8].map(|value| Sense::LessMissing.status(99.9, value));
        assert_eq!(missing, [OnTrack, OnTrack, AtRisk, OffTrack]);
    }

    #[test]
    fn of_nothing_all_is_kept_and_something_instead_of_nothing_is_off_track() {
        assert_eq!([Sense::More.kept(0.0, 0.0), Sense::Less.kept(0.0, 0.0), Sense::LessMissing.kept(99.0, 100.0)], [1.0; 3]);
        assert_eq!(Sense::Less.status(0.0, 1.0), MeasureStatus::OffTrack);
    }
}
