//! Tolerances: how far a project may stray before somebody above it must decide (PRINCE2).

use steward_core::resource::ValidationErrors;
use steward_core::resource::value::Number;

steward_core::value! {
    /// Tolerance of a measure.
    pub struct Tolerance {
        /// Limit above which it is amber: to be watched.
        pub amber_above: Number<0, 1_000_000>,
        /// Limit above which it is red: the project may not continue without a decision from a higher level. Not less than the limit for
        /// amber.
        pub red_above: Number<0, 1_000_000>,
    }
}

steward_core::value! {
    /// Tolerances of PRINCE2, six in number. A measure without one has no colour.
    pub struct Tolerances {
        /// Tolerated slip of the end in working days against the current baseline.
        pub time: Option<Tolerance>,
        /// Tolerated growth of the budget at completion in percent against the current baseline.
        pub cost: Option<Tolerance>,
        /// Tolerated scope change in percent against the current baseline.
        pub scope: Option<Tolerance>,
        /// Tolerated number of open severe defects and failed quality checks.
        pub quality: Option<Tolerance>,
        /// Tolerated number of open risks.
        pub risk: Option<Tolerance>,
        /// Tolerated shortfall of realised benefits in percent of those that are due.
        pub benefit: Option<Tolerance>,
    }
}

impl Tolerances {
    /// The same limits for all six, for samples.
    pub fn sample() -> Self {
        let between = |amber: f64, red: f64| Some(Tolerance { amber_above: Number(amber), red_above: Number(red) });
        Tolerances {
            time: between(5.0, 15.0),
            cost: between(5.0, 10.0),
            scope: between(10.0, 25.0),
            quality: between(0.0, 3.0),
            risk: between(5.0, 10.0),
            benefit: between(10.0, 25.0),
        }
    }

    /// ValidationErrors limits that are the wrong way round.
    pub fn judge(&self, faults: &mut ValidationErrors) {
        let all =
            [("time", &self.time), ("cost", &self.cost), ("scope", &self.scope), ("quality", &self.quality), ("risk", &self.risk), ("benefit", &self.benefit)];
        for (name, tolerance) in all {
            let sound = tolerance.as_ref().is_none_or(|limits| limits.red_above.0 >= limits.amber_above.0);
            faults.within(name, |faults| faults.require(sound, "red_above", "range", "The limit for red is not less than the one for amber."));
        }
    }
}
