//! Service level measurements: what was reached in a window.

use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, Number, Whole};
use steward_core::resource::{Check, Id, Resource, Scope, ValidationErrors};

choice! {
    /// Source of a measurement.
    pub enum MeasuredFrom {
        /// Report of the vendor.
        Vendor = "vendor",
        /// Measurement by the organisation.
        Own = "own",
        /// Measurement by a third party.
        ThirdParty = "third_party",
    }
}

steward_core::resource! {
    /// Measured value of a service level target in a window. It is a fact: a later measurement of the same window corrects it.
    pub struct SlaMeasurement {
        /// The target.
        #[field(refers_to(&["vendors/sla-targets"]))]
        pub sla_target_id: Id,
        /// First day of the window.
        pub starts_on: Date,
        /// Last day of the window, not in the future.
        pub ends_on: Date,
        /// Measured value, in the unit of the target, after exclusions.
        pub value: Number<0, 1000000000>,
        /// Source of the measurement.
        pub source: MeasuredFrom,
        /// Excluded time of the window, in seconds.
        pub excluded_seconds: Option<Whole<0, 100_000_000>>,
        /// Sample size: the number of single values.
        pub sample_size: Option<Whole<0, 1_000_000_000>>,
        /// Free-text notes.
        pub notes: Option<Note>,
        /// The report.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for SlaMeasurement {
    const PATH: &'static str = "vendors/sla-measurements";
    type Table = steward_schema::vendors::sla_measurements::table;
    const SCOPE: Scope = Scope::Within("sla_target_id");
    const TITLE: &'static str = "starts_on";
    const FACT: bool = true;

    fn sample() -> Self {
        SlaMeasurement {
            sla_target_id: Id::sample(),
            starts_on: Date::sample("2026-03-01"),
            ends_on: Date::sample("2026-03-31"),
            value: Number(99.95),
            source: MeasuredFrom::Vendor,
            excluded_seconds: Some(Whole(7200)),
            sample_size: Some(Whole(44_640)),
            notes: Some("The second feed failed on 12 March.".into()),
            file_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        crate::order::invoice::require_not_future(check, "/ends_on", self.ends_on)?;
        let Some(promise) = super::sla_period::promise(check, self.sla_target_id)? else { return Ok(()) };
        if !promise.can_be(self.value.0) {
            return Err(Problem::conflict("/value", "range", "A share is at most 100 percent.").into());
        }
        promise.require_window(self.starts_on, self.ends_on)
    }
}
