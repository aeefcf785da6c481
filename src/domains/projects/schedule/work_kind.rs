//! What work is, and how its progress is told.

use crate::choice;

choice! {
    /// What a work item is.
    pub enum WorkKind {
        /// Much work that belongs together.
        Epic = "epic",
        /// Work that somebody does.
        Task = "task",
        /// A part of a task.
        Subtask = "subtask",
        /// A point in time; it takes none itself.
        Milestone = "milestone",
    }
}

choice! {
    /// How it is told how much of a work item is done.
    pub enum ProgressMethod {
        /// Nothing until it is finished.
        ZeroHundred = "zero_hundred",
        /// Half once it is started, all once it is finished.
        FiftyFifty = "fifty_fifty",
        /// As the percent says.
        Percent = "percent",
        /// By its steps that are done, each with its weight.
        Weighted = "weighted",
        /// By the time that has passed between its first and last day.
        LevelOfEffort = "level_of_effort",
    }
}
