//! Tolerances: how far a project may stray before somebody above it must decide (PRINCE2).

use crate::resource::ValidationErrors;
use crate::resource::value::Number;

crate::value! {
    /// How far something may stray.
    pub struct Tolerance {
        /// Above this it is amber: to be watched.
        pub amber_above: Number<0, 1_000_000>,
        /// Above this it is red: the project may not go on without a decision from above. Not less than the limit for amber.
        pub red_above: Number<0, 1_000_000>,
    }
}

crate::value! {
    /// The six tolerances of PRINCE2. What has none has no colour.
    pub struct Tolerances {
        /// By how many working days the end may slip against the current baseline.
        pub time: Option<Tolerance>,
        /// By how many percent the budget at completion may pass the one of the current baseline.
        pub cost: Option<Tolerance>,
        /// By how many percent the scope may change against the current baseline.
        pub scope: Option<Tolerance>,
        /// How many severe defects and failed quality checks may be open.
        pub quality: Option<Tolerance>,
        /// How many risks may be open.
        pub risk: Option<Tolerance>,
        /// By how many percent realised benefits may fall short of those that are due.
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
