//! What work is, and how its progress is told.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Percent, Title};

choice! {
    /// Kind of a work item.
    pub enum WorkKind {
        /// Epic: a large body of related work.
        Epic = "epic",
        /// Task for a person.
        Task = "task",
        /// Part of a task.
        Subtask = "subtask",
        /// Milestone: a point in time without duration.
        Milestone = "milestone",
    }
}

choice! {
    /// Method of measuring the progress of a work item.
    pub enum ProgressMethod {
        /// 0 percent until it is finished.
        ZeroHundred = "zero_hundred",
        /// 50 percent once it is started, 100 once it is finished.
        FiftyFifty = "fifty_fifty",
        /// Percent as recorded.
        Percent = "percent",
        /// Weights of the steps that are done.
        Weighted = "weighted",
        /// Share of the time passed between its first and last day.
        LevelOfEffort = "level_of_effort",
    }
}

steward_core::value! {
    /// Step of a work item that is measured by weighted steps.
    pub struct WorkStep {
        /// Name of the step.
        pub name: Title,
        /// Weight in percent of the work; the sum of all steps is 100.
        pub weight_percent: Percent,
        /// True if it is done.
        #[field(default(|| json!(false)))]
        pub done: bool,
    }
}
