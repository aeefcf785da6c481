//! Indicators: measured values that warn of something.

use super::ask;
use crate::error::Result;
use crate::resource::value::{Date, Instant};
use crate::resource::{Check, Id};

/// How a value stands to its thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alert {
    /// Where it is to be.
    Within,
    /// It begins to need a look.
    Warning,
    /// Something must be done.
    Critical,
}

/// An indicator that warns of a risk.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// The indicator.
    pub id: Id,
    /// The risk that it warns of.
    pub risk: Id,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Unit of its values.
    pub unit_of_measure: String,
    /// Where it is to be.
    pub target: Option<f64>,
    /// Where it begins to need a look.
    pub warning_threshold: Option<f64>,
    /// Where something must be done.
    pub critical_threshold: Option<f64>,
    /// The range that is to be held, and how far outside of it something must be done.
    pub range: Option<(f64, f64, f64)>,
    /// The last value that counts, and when it was measured.
    pub last: Option<(Instant, f64)>,
    /// The value before that.
    pub previous: Option<f64>,
    /// How the last value stands.
    pub alert: Option<Alert>,
    /// Whether the last value is worse than the one before.
    pub worsening: Option<bool>,
}

/// Who keeps indicators.
pub trait Indicators: Send + Sync {
    /// The indicators that name a risk, as of the end of a day, in order of their ids.
    fn of_risks(&self, check: &mut Check<'_>, day: Date) -> Result<Vec<Indicator>>;
}

/// The indicators that name a risk, as of the end of a day; none where nobody keeps any.
pub fn of_risks(check: &mut Check<'_>, day: Date) -> Result<Vec<Indicator>> {
    ask(check, |port: &'static dyn Indicators, check| port.of_risks(check, day))
}
