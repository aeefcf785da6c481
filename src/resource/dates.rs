//! Which dates of a record stand in the calendar, and what is said of them: told by their names, which are the same everywhere.

use super::value::Instant;
use super::{Field, ResourceType};
use crate::database::{SqlType, SqlValue};

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

/// A date of a record that stands in the calendar.
#[derive(Debug, Clone, Copy)]
pub struct Appointment {
    /// The field.
    pub field: &'static Field,
    /// The field with the number of days that are added.
    pub days: Option<&'static str>,
    /// What it is.
    pub occasion: Occasion,
}

/// What begins, ends or takes place: whole names.
const EVENTS: &[&str] = &["starts", "ends", "effective", "held"];

/// What comes round: how names begin, and how they end.
const RECURRING: (&str, &[&str]) = ("next_", &["next", "review", "review_due"]);

/// What must be done by then: how names end, `_on` and `_at` aside.
const DEADLINES: &[&str] = &[
    "binding_until",
    "deadline",
    "decide_by",
    "due",
    "end_of_life",
    "end_of_sale",
    "end_of_security",
    "end_of_support",
    "expected",
    "expires",
    "maintenance_ends",
    "minimum_ends",
    "needed",
    "planned",
    "planned_retirement",
    "promised",
    "questions_until",
    "reply_by",
    "reverses",
    "standstill_until",
    "term_ends",
    "terminates",
    "valid_until",
    "verify",
    "warranty_ends",
];

/// Final states in which what was to begin or end does not.
const CALLED_OFF: &[&str] = &["aborted", "abandoned", "cancelled", "declined", "rejected", "released", "stopped", "void", "withdrawn"];

/// States in which a record is over: nothing comes round any more.
const OVER: &[&str] = &[
    "archived",
    "closed",
    "disabled",
    "dissolved",
    "ended",
    "expired",
    "inactive",
    "lapsed",
    "left",
    "lifted",
    "renewed",
    "retired",
    "reviewed",
    "revoked",
    "superseded",
    "terminated",
];

/// States in which what was to be done is done, although moves lead on or back from them.
const SETTLED: &[&str] = &[
    "answered",
    "completed",
    "converted",
    "done",
    "false_positive",
    "fixed",
    "implemented",
    "lost",
    "met",
    "missed",
    "not_affected",
    "paid",
    "passed",
    "resolved",
    "reversed",
    "rolled_back",
    "verified",
    "waived",
];

/// Fields that say since when a record without states is over.
const ENDED_BY: &[&str] = &["revoked_on", "disposed_on"];

/// What has happened: names of facts, `_on` and `_at` aside. They are not dated in the future.
const FACTS: &[&str] = &[
    "accepted",
    "activated",
    "activity_ended",
    "actual_ends",
    "actual_starts",
    "analysed",
    "answered",
    "applied",
    "asked",
    "assessed",
    "attested",
    "authorized",
    "aware",
    "baselined",
    "cast",
    "charter_approved",
    "checked",
    "checked_in",
    "claimed",
    "classified",
    "collected",
    "committed",
    "completed",
    "contained",
    "decided",
    "detected",
    "discovered",
    "disposed",
    "disrupted",
    "done",
    "dpa_signed",
    "emergency_approved",
    "ended",
    "epss",
    "eradicated",
    "extended",
    "fixed",
    "found",
    "given",
    "granted",
    "happened",
    "identified",
    "identity_verified",
    "impact_assessed",
    "installed",
    "interests_declared",
    "invoiced",
    "issued",
    "known_exploited",
    "last_done",
    "last_seen",
    "last_used",
    "launched",
    "lead_agreed",
    "measured",
    "modified",
    "notice_received",
    "notice_sent",
    "occurred",
    "paid",
    "performed",
    "person_agreed",
    "published",
    "purchased",
    "raised",
    "ran",
    "received",
    "recorded",
    "recovered",
    "recovery_point",
    "registered",
    "reported",
    "resolved",
    "restored",
    "reviewed",
    "revoked",
    "sent",
    "signed",
    "started",
    "tested",
    "waived",
    "wiped",
    "worked",
];

/// By how much the clocks of two computers may differ, in seconds.
const SKEW_SECONDS: i64 = 300;

/// True if a field says when something happened.
pub fn is_fact(field: &Field) -> bool {
    let kind = field.columns.first().map(|column| column.kind);
    matches!(kind, Some(SqlType::Date | SqlType::Instant)) && FACTS.contains(&stem(field.name))
}

/// True if a date or an instant is later than now, clocks and time zones allowed for.
pub fn is_future(cell: &SqlValue, now: Instant) -> bool {
    // Somewhere it is tomorrow already.
    cell.as_date().is_some_and(|day| day > now.date().plus_days(1)) || cell.as_instant().is_some_and(|at| at > now.plus_seconds(SKEW_SECONDS))
}

impl Appointment {
    /// What happens then, in words: `Review due` of `review_due_on`.
    pub fn label(&self) -> String {
        if self.days.is_some() {
            return "Expires".into();
        }
        let words = stem(self.field.name).replace('_', " ");
        let mut letters = words.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }

    /// True if it is a day and not an instant.
    pub fn is_day(&self) -> bool {
        self.field.columns.first().is_some_and(|column| column.kind == SqlType::Date)
    }

    /// The states in which it matters; none if the record has no states.
    pub fn states(&self, definition: &ResourceType) -> Option<Vec<&'static str>> {
        let lifecycle = definition.lifecycle.as_ref()?;
        let is_final = |state: &str| lifecycle.moves_from(state).next().is_none();
        let called_off = |state: &str| is_final(state) && CALLED_OFF.contains(&state);
        let matters = |state: &str| match self.occasion {
            Occasion::Event => !called_off(state),
            Occasion::Recurring => !called_off(state) && !OVER.contains(&state),
            Occasion::Deadline => !is_final(state) && !OVER.contains(&state) && !SETTLED.contains(&state),
        };
        Some(lifecycle.states.iter().copied().filter(|state| matters(state)).collect())
    }

    /// The fields that must be empty for it to matter.
    pub fn ended_by(&self, definition: &ResourceType) -> Vec<&'static str> {
        let of_record = |name: &&&str| definition.field(name).is_some();
        if self.occasion == Occasion::Event { Vec::new() } else { ENDED_BY.iter().filter(of_record).copied().collect() }
    }
}

impl ResourceType {
    /// The dates of its records that stand in the calendar.
    pub fn appointments(&self) -> Vec<Appointment> {
        if self.fact {
            return Vec::new();
        }
        let named = self.fields.iter().filter(|field| !self.undated.contains(&field.name));
        let mut found: Vec<Appointment> = named.filter_map(|field| Some(Appointment { field, days: None, occasion: occasion(field)? })).collect();
        for due in self.due.iter().filter(|due| due.days.is_some()) {
            found.extend(self.field(due.field).map(|field| Appointment { field, days: due.days, occasion: Occasion::Deadline }));
        }
        found
    }

    /// The fields that may name the person whom its dates concern: whoever does it, then whoever answers for it.
    pub fn concerned(&self) -> Vec<&'static Field> {
        const FIRST: &[&str] = &["responsible_id", "assignee_id", "person_id", "owner_id"];
        let people: Vec<&'static Field> = self.references().filter(|field| field.refers_to == super::shape::PEOPLE).collect();
        let first = FIRST.iter().filter_map(|name| people.iter().find(|field| field.name == *name));
        let mut found: Vec<&'static Field> = first.copied().collect();
        if found.is_empty() {
            found.extend(people.first());
        }
        found
    }
}

fn stem(name: &str) -> &str {
    name.strip_suffix("_on").or_else(|| name.strip_suffix("_at")).unwrap_or(name)
}

fn occasion(field: &Field) -> Option<Occasion> {
    let kind = field.columns.first().map(|column| column.kind);
    let stem = field
        .name
        .strip_suffix("_on")
        .filter(|_| kind == Some(SqlType::Date))
        .or_else(|| field.name.strip_suffix("_at").filter(|_| kind == Some(SqlType::Instant)))?;
    let ends_so = |words: &[&str]| words.iter().any(|word| stem.strip_suffix(word).is_some_and(|before| before.is_empty() || before.ends_with('_')));
    if EVENTS.contains(&stem) {
        Some(Occasion::Event)
    } else if stem.starts_with(RECURRING.0) || ends_so(RECURRING.1) {
        Some(Occasion::Recurring)
    } else {
        ends_so(DEADLINES).then_some(Occasion::Deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::value::{Date, Whole};

    fn of(name: &'static str) -> Option<Occasion> {
        occasion(&Field::of::<Date>(name, &[]))
    }

    #[test]
    fn the_name_of_a_date_tells_what_it_is() {
        assert_eq!(["expires_on", "due_on", "approval_due_on", "reply_by_on"].map(of), [Some(Occasion::Deadline); 4]);
        assert_eq!(["next_review_on", "next_due_on", "next_on", "review_due_on", "review_on"].map(of), [Some(Occasion::Recurring); 5]);
        assert_eq!(["starts_on", "ends_on", "effective_on"].map(of), [Some(Occasion::Event); 3]);
        assert_eq!(["found_on", "issued_on", "last_done_on", "actual_ends_on", "overdue_on", "period_starts_on"].map(of), [None; 6]);
        assert_eq!(occasion(&Field::of::<Instant>("deadline_at", &[])), Some(Occasion::Deadline));
        assert_eq!(occasion(&Field::of::<Whole<0, 9>>("due_on", &[])), None);
    }

    #[test]
    fn a_label_says_it_in_words() {
        const FIELD: &Field = &Field::of::<Option<Date>>("next_review_on", &[]);
        assert_eq!(Appointment { field: FIELD, days: None, occasion: Occasion::Recurring }.label(), "Next review");
    }
}
