//! Which dates of a record stand in the calendar, and what is said of them: each field declares what its date is.

use super::occasion::Occasion;
use super::value::Instant;
use super::{Field, Lifecycle, ResourceType};
use crate::database::{SqlType, SqlValue};

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

/// By how much the clocks of two computers may differ, in seconds.
const SKEW_SECONDS: i64 = 300;

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
        capitalised(stem(self.field.name).replace('_', " "))
    }

    /// True if it is a day and not an instant.
    pub fn is_day(&self) -> bool {
        self.field.columns.first().is_some_and(|column| column.kind == SqlType::Date)
    }

    /// The states in which it matters; none if the record has no states.
    pub fn states(&self, definition: &ResourceType) -> Option<Vec<&'static str>> {
        definition.lifecycle.as_ref().map(|lifecycle| self.states_of(lifecycle))
    }

    fn states_of(&self, lifecycle: &Lifecycle) -> Vec<&'static str> {
        let goes_on = |state: &str| !lifecycle.is_final(state) && !lifecycle.settled.contains(&state);
        let matters = |state: &str| match self.occasion {
            Occasion::Event => !lifecycle.given_up.contains(&state),
            Occasion::Recurring => goes_on(state) || lifecycle.repeated.contains(&state),
            Occasion::Deadline => goes_on(state),
        };
        lifecycle.states.iter().copied().filter(|state| matters(state)).collect()
    }

    /// The fields that must be empty for it to matter.
    pub fn ended_by(&self, definition: &ResourceType) -> Vec<&'static str> {
        let closing = definition.fields.iter().filter(|field| field.closing && self.occasion != Occasion::Event);
        closing.map(|field| field.name).collect()
    }
}

impl ResourceType {
    /// The dates of its records that stand in the calendar.
    pub fn appointments(&self) -> Vec<Appointment> {
        if self.fact {
            return Vec::new();
        }
        let dated = |field: &'static Field| Some(Appointment { field, days: None, occasion: field.occasion? });
        let mut found: Vec<Appointment> = self.fields.iter().filter_map(dated).collect();
        for due in self.due.iter().filter(|due| due.days.is_some()) {
            found.extend(self.field(due.field).map(|field| Appointment { field, days: due.days, occasion: Occasion::Deadline }));
        }
        found
    }

    /// The fields that may name the person whom its dates concern: whoever does it, then whoever answers for it.
    pub fn concerned(&self) -> Vec<&'static Field> {
        let people: Vec<&'static Field> = self.references().filter(|field| field.refers_to == super::shape::PEOPLE).collect();
        let owner = people.iter().filter(|field| field.name == super::shape::OWNER.name);
        let mut found: Vec<&'static Field> = people.iter().filter(|field| field.concerned).chain(owner).copied().collect();
        if found.is_empty() {
            found.extend(people.first());
        }
        found
    }

    /// Fields that are declared to be what they cannot be: mistakes in the source, found when the service is put together.
    pub(super) fn mistakes_of_fields(&self) -> Vec<String> {
        let is_dated = |field: &Field| matches!(field.columns, [column] if matches!(column.kind, SqlType::Date | SqlType::Instant));
        let declared = |field: &&Field| field.occasion.is_some() || field.happened || field.closing;
        let undated = self.fields.iter().filter(declared).filter(|field| !is_dated(field)).map(|field| format!("{} holds no date", field.name));
        let people = |field: &&Field| field.concerned && field.refers_to != super::shape::PEOPLE;
        let nobody = self.fields.iter().filter(people).map(|field| format!("{} names no person", field.name));
        let both = |field: &&Field| field.occasion.is_some() && (field.happened || self.fact);
        let endless = |field: &Field| {
            let end = field.until.map(|end| self.field(end).is_some_and(|end| end.occasion.is_none() && end.columns == field.columns));
            end == Some(false) || (field.until.is_some() && field.occasion != Some(Occasion::Event))
        };
        let endless = self.fields.iter().filter(|field| endless(field)).map(|field| format!("{} does not begin what it says", field.name));
        let past = self.fields.iter().filter(both).map(|field| format!("{} has happened, and stands in no calendar", field.name));
        undated.chain(nobody).chain(past).chain(endless).map(|what| format!("{}: {what}", self.path)).collect()
    }
}

/// Words with a capital at their beginning.
pub fn capitalised(words: String) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn stem(name: &str) -> &str {
    name.strip_suffix("_on").or_else(|| name.strip_suffix("_at")).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::value::Date;

    const FIELD: &Field = &Field::of::<Option<Date>>("next_review_on", &[]).recurring();

    #[test]
    fn a_label_says_it_in_words() {
        assert_eq!(Appointment { field: FIELD, days: None, occasion: Occasion::Recurring }.label(), "Next review");
    }

    #[test]
    fn a_date_matters_in_the_states_that_leave_something_to_do() {
        let lifecycle = Lifecycle::new("open→resolved:resolve→closed:close→open; held; cancelled:cancel").given_up(&["cancelled"]);
        let lifecycle = lifecycle.settled(&["resolved"]).repeated(&["held"]);
        let states = |occasion| Appointment { field: FIELD, days: None, occasion }.states_of(&lifecycle);
        assert_eq!(states(Occasion::Deadline), ["open", "closed"]);
        assert_eq!(states(Occasion::Recurring), ["open", "closed", "held"]);
        assert_eq!(states(Occasion::Event), ["open", "resolved", "closed", "held"]);
    }
}
