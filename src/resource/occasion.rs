//! What a date is to whoever looks at a calendar.

/// What a date of the calendar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// Something must be done by then, or ends if nothing is: it can be overdue, and matters until it is settled.
    Deadline,
    /// A review, or the next time of what comes round: it matters until the record is over.
    Recurring,
    /// Something begins, ends or takes place: it stays where it is unless it is called off.
    Event,
}
