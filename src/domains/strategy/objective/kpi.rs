//! Key performance indicators: what a unit watches all the time.

use super::direction::{Direction, Measure, Range};
use crate::choice;
use crate::resource::value::{Code, Note, Number, Text, Title};
use crate::resource::{Id, Resource, Scope, Unique, ValidationErrors};

choice! {
    /// A perspective of the balanced scorecard (Kaplan and Norton).
    pub enum Perspective {
        /// How it looks to those who pay.
        Financial = "financial",
        /// How it looks to those who are served.
        Customer = "customer",
        /// How well the work is done.
        Process = "process",
        /// How people and tools get better.
        Learning = "learning",
    }
}

choice! {
    /// How often something is measured.
    pub enum Frequency {
        /// Every day.
        Daily = "daily",
        /// Every week.
        Weekly = "weekly",
        /// Every month.
        Monthly = "monthly",
        /// Every three months.
        Quarterly = "quarterly",
        /// Every year.
        Yearly = "yearly",
    }
}

crate::resource! {
    /// A number by which a unit can tell how it does. Its limits stand in the order of its direction.
    pub struct Kpi {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// What it tells, and what it does not.
        #[field(search)]
        pub description: Option<Note>,
        /// How it is computed.
        #[field(search)]
        pub formula: Option<Note>,
        /// Where the numbers come from.
        #[field(search)]
        pub source: Option<Title>,
        /// Its place on the scorecard.
        pub perspective: Perspective,
        /// The theme that it tells of.
        #[field(refers_to(&["strategy/themes"]))]
        pub theme_id: Option<Id>,
        /// The risk that it warns of: a key risk indicator.
        #[field(refers_to(&["security/risks"]))]
        pub risk_id: Option<Id>,
        /// Which way it is to move.
        pub direction: Direction,
        /// What the values are in, such as percent, hours or EUR.
        pub unit_of_measure: Text<1, 60>,
        /// How often it is measured.
        pub frequency: Frequency,
        /// Where it is to be. Needed to increase or decrease.
        pub target: Option<Measure>,
        /// Where it begins to need a look: the target or worse.
        pub warning_threshold: Option<Measure>,
        /// Where something must be done: the warning or worse.
        pub critical_threshold: Option<Measure>,
        /// The lower end of the range that is to be held, included.
        pub low: Option<Measure>,
        /// The upper end of the range that is to be held, included.
        pub high: Option<Measure>,
        /// How far outside the range something must be done.
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
