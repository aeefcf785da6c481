//! Calendars of a plan: matched with those of the platform by their hours, or made.

use super::Import;
use crate::project::project::Project;
use chrono::Datelike;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use steward_core::access::Reach;
use steward_core::error::Result;
use steward_core::formats::mspdi::WorkCalendar;
use steward_core::ports::working_time::{self, WorkingHours};
use steward_core::resource::Id;
use steward_core::resource::value::{Date, FieldType, Title};
use steward_core::store::{IfMatch, Writer};
use steward_core::view::members_of;

/// The collection of the platform's calendars.
const CALENDARS: &str = "platform/calendars";
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl Import<'_> {
    /// Finds or makes the calendars that the work of the file follows.
    pub fn take_calendars(&mut self, writer: &mut Writer<'_>) -> Result<()> {
        let known = writer.reader().ask(working_time::all)?;
        let seen = Self::seen(writer, &known)?;
        let usual = writer.reader().ask(working_time::usual)?;
        let of_all = self.plan.calendar;
        let followed = |calendar: &&WorkCalendar| Some(calendar.uid) == of_all || self.plan.tasks.iter().any(|task| task.calendar == Some(calendar.uid));
        for calendar in self.plan.calendars.iter().filter(followed).collect::<Vec<_>>() {
            let hours = hours(calendar);
            let is_main = Some(calendar.uid) == of_all;
            let own = self.project.calendar_id.or(usual);
            let has = |id: Option<Id>| match id {
                Some(id) => known.iter().any(|(other, theirs)| *other == id && same(theirs, &hours)),
                None => same(&standard(), &hours),
            };
            let alike = known.iter().find(|(id, theirs)| seen.contains(id) && same(theirs, &hours)).map(|(id, _)| *id);
            let id = match alike {
                _ if is_main && has(own) => own,
                Some(id) if self.earlier(writer, calendar)?.is_none() => Some(id),
                _ => self.put_calendar(writer, calendar)?,
            };
            self.calendars.push((calendar.uid, id));
            if is_main && id != own {
                self.follow(writer, calendar, id)?;
            }
        }
        Ok(())
    }

    /// Those of some calendars that the caller may see.
    fn seen(writer: &mut Writer<'_>, known: &[(Id, WorkingHours)]) -> Result<HashSet<Id>> {
        let Some(definition) = writer.store.definitions.get(CALENDARS) else { return Ok(HashSet::new()) };
        let ids: Vec<Id> = known.iter().map(|(id, _)| *id).collect();
        Ok(writer.reader().find_all(definition, &ids)?.into_iter().map(|stored| stored.meta.id).collect())
    }

    /// The platform's calendar that stands for one of the file; none for that of the project.
    pub fn calendar_of(&self, uid: Option<i64>) -> Option<Id> {
        let uid = uid.filter(|uid| Some(*uid) != self.plan.calendar)?;
        self.calendars.iter().find(|(other, _)| *other == uid)?.1
    }

    /// Lets the project follow a calendar, unless it follows another one.
    fn follow(&mut self, writer: &mut Writer<'_>, calendar: &WorkCalendar, id: Option<Id>) -> Result<()> {
        let Some(id) = id else { return Ok(()) };
        if self.project.calendar_id.is_some() {
            self.warn(format!(
                "The project follows a calendar with other hours than {} of the file, and goes on doing so. Set its calendar_id to change that.",
                calendar.name
            ));
            return Ok(());
        }
        let definition = writer.definition::<Project>()?;
        writer.update(definition, self.id, &IfMatch::Any, &Map::from_iter([("calendar_id".to_owned(), Value::from(id.to_string()))]))?;
        self.outcome.calendar_id = Some(id);
        Ok(())
    }

    /// The code of a calendar that an import makes.
    fn code(&self, calendar: &WorkCalendar) -> String {
        format!("{}-CALENDAR-{}", self.project.code.0, calendar.uid).chars().take(64).collect()
    }

    /// The calendar that an earlier import has made.
    fn earlier(&self, writer: &mut Writer<'_>, calendar: &WorkCalendar) -> Result<Option<Id>> {
        let Some(definition) = writer.store.definitions.get(CALENDARS) else { return Ok(None) };
        let key = members_of(json!({"code": self.code(calendar)}));
        Ok(writer.reader().find_by_key(definition, &key)?.map(|stored| stored.meta.id))
    }

    /// Makes a calendar, or brings that of an earlier import to what the file says, where the caller may.
    fn put_calendar(&mut self, writer: &mut Writer<'_>, calendar: &WorkCalendar) -> Result<Option<Id>> {
        let Some(definition) = writer.store.definitions.get(CALENDARS) else { return Ok(None) };
        let earlier = self.earlier(writer, calendar)?;
        let mut members = members_of(json!({"code": self.code(calendar), "week": week(calendar), "exceptions": exceptions(calendar)}));
        let verb = if earlier.is_some() { "update" } else { "create" };
        if writer.session.reach(&definition.permission(verb)) != Reach::Everything {
            self.warn(format!(
                "No calendar has the hours of {} in the file, and you may not make one; its work follows the project's. Have one made in platform/calendars.",
                calendar.name
            ));
            return Ok(None);
        }
        Ok(Some(match earlier {
            Some(earlier) => writer.update(definition, earlier, &IfMatch::Any, &members)?.meta.id,
            None => {
                members.insert("name".into(), Title::cut(&format!("{} of {}", calendar.name, self.project.name.0)).0.into());
                writer.create(definition, members)?.meta.id
            }
        }))
    }
}

fn hours(calendar: &WorkCalendar) -> WorkingHours {
    WorkingHours { week: calendar.week, exceptions: calendar.exceptions.iter().map(|(day, hours, _)| (Date(*day), *hours)).collect() }
}

/// Monday to Friday, eight hours: what a project follows where nothing is said.
fn standard() -> WorkingHours {
    WorkingHours { week: [8.0, 8.0, 8.0, 8.0, 8.0, 0.0, 0.0], exceptions: Vec::new() }
}

/// Whether two calendars have the same hours on every day.
fn same(one: &WorkingHours, other: &WorkingHours) -> bool {
    let differing = |hours: &WorkingHours| {
        let mut days = hours.exceptions.clone();
        days.retain(|(day, of_day)| hours.week.get(day.0.weekday().num_days_from_monday() as usize).is_none_or(|usual| usual != of_day));
        days.sort_by_key(|(day, _)| *day);
        days
    };
    one.week == other.week && differing(one) == differing(other)
}

fn week(calendar: &WorkCalendar) -> Value {
    DAYS.iter().zip(calendar.week).map(|(day, hours)| ((*day).to_owned(), Value::from(hours))).collect::<Map<_, _>>().into()
}

fn exceptions(calendar: &WorkCalendar) -> Value {
    let exception = |(day, hours, name): &(chrono::NaiveDate, f64, Option<String>)| json!({"on": Date(*day).to_json(), "hours": hours, "name": name.as_deref().map(|name| Title::cut(name).0)});
    calendar.exceptions.iter().map(exception).collect()
}
