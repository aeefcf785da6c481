//! Key performance indicators: what a unit watches all the time.

use super::direction::{Direction, Measure, Range};
use steward_core::choice;
use steward_core::resource::value::{Code, Note, Number, Text, Title};
use steward_core::resource::{Id, Resource, Scope, Unique, ValidationErrors};

choice! {
    /// A perspective of the balanced scorecard (Kaplan and Norton).
    pub enum Perspective {
        /// Financial perspective: the view of those who pay.
        Financial = "financial",
        /// Customer perspective: the view of those who are served.
        Customer = "customer",
        /// Internal process perspective: the quality of the work.
        Process = "process",
        /// Learning and growth perspective: the improvement of people and tools.
        Learning = "learning",
    }
}

choice! {
    /// Frequency of measurement.
    pub enum Frequency {
        /// Once a day.
        Daily = "daily",
        /// Once a week.
        Weekly = "weekly",
        /// Once a month.
        Monthly = "monthly",
        /// Once a quarter.
        Quarterly = "quarterly",
        /// Once a year.
        Yearly = "yearly",
    }
}

steward_core::resource! {
    /// Key performance indicator (KPI) of a unit. The order of its limits follows its direction.
    pub struct Kpi {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the indicator.
        #[field(search)]
        pub name: Title,
        /// Meaning and limitations of the indicator.
        #[field(search)]
        pub description: Option<Note>,
        /// Formula of the indicator.
        #[field(search)]
        pub formula: Option<Note>,
        /// Source of the data.
        #[field(search)]
        pub source: Option<Title>,
        /// Perspective of the balanced scorecard.
        pub perspective: Perspective,
        /// Theme measured.
        #[field(refers_to(&["strategy/themes"]))]
        pub theme_id: Option<Id>,
        /// Risk indicated, which makes it a key risk indicator (KRI).
        #[field(refers_to(&["security/risks"]))]
        pub risk_id: Option<Id>,
        /// Intended direction of the value.
        pub direction: Direction,
        /// Unit of the values, such as percent, hours or EUR.
        pub unit_of_measure: Text<1, 60>,
        /// Frequency of measurement.
        pub frequency: Frequency,
        /// Target value. Required to increase or decrease.
        pub target: Option<Measure>,
        /// Warning threshold: the target or worse.
        pub warning_threshold: Option<Measure>,
        /// Critical threshold, where action is required: the warning threshold or worse.
        pub critical_threshold: Option<Measure>,
        /// Lower bound of the range, included.
        pub low: Option<Measure>,
        /// Upper bound of the range, included.
        pub high: Option<Measure>,
        /// Distance outside the range at which action is required.
        pub tolerance: Option<Measure>,
    }
}

impl Resource for Kpi {
    const PATH: &'static str = "strategy/kpis";
    type Table = steward_schema::strategy::kpis::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "kpis_code_key", fields: &["code"] }];

    fn sample() -> Self {
        Kpi {
            code: "CHANGE-FAIL".into(),
            name: "Changes that fail".into(),
            description: Some("How many changes cause an incident or are taken back. It says nothing of how large they are.".into()),
            formula: Some("failed changes / all changes · 100, over the month".into()),
            source: Some("Change records".into()),
            perspective: Perspective::Process,
            theme_id: None,
            risk_id: None,
            direction: Direction::Decrease,
            unit_of_measure: "percent".into(),
            frequency: Frequency::Monthly,
            target: Some(Number(5.0)),
            warning_threshold: Some(Number(8.0)),
            critical_threshold: Some(Number(15.0)),
            low: None,
            high: None,
            tolerance: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        self.direction.require_range(faults, &Range { low: self.low, high: self.high, tolerance: self.tolerance });
        let limits = [("target", self.target), ("warning_threshold", self.warning_threshold), ("critical_threshold", self.critical_threshold)];
        if self.direction == Direction::HoldRange {
            for (field, value) in limits {
                faults.require(value.is_none(), field, "not_allowed", "A range that is to be held has low and high instead.");
            }
            return;
        }
        faults.require(self.target.is_some(), "target", "required", "To increase or decrease it needs a target.");
        self.direction.require_order(faults, (self.warning_threshold, self.target), false, "warning_threshold");
        self.direction.require_order(faults, (self.critical_threshold, self.warning_threshold.or(self.target)), false, "critical_threshold");
    }
}
