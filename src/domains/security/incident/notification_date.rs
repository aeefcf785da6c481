//! The hours by which the law wants notices of security incidents, in the calendar.

use super::figures::notification_status::of;
use super::incident_notification::IncidentNotification;
use crate::error::Result;
use crate::resource::{Id, Resource};
use crate::store::{DerivedDate, Reader, Span};
use crate::view::due::DerivedDates;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_schema::security::{incident_notifications, security_incidents};

/// Times by which notices are to be sent that were not sent.
pub const NOTIFICATIONS: DerivedDates = DerivedDates { collection: IncidentNotification::PATH, find };

fn find(reader: &mut Reader<'_>, _: &Span) -> Result<Vec<DerivedDate>> {
    let seen = reader.sees::<IncidentNotification>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let open = security_incidents::state.ne("closed").and(incident_notifications::sent_at.is_null());
    let query = incident_notifications::table.inner_join(security_incidents::table).filter(open).filter(seen.clone());
    let owners: HashMap<Id, Option<Id>> =
        query.select((incident_notifications::id, security_incidents::owner_id)).load::<(Id, Option<Id>)>(reader.within(&seen))?.into_iter().collect();
    let ids: Vec<Id> = owners.keys().copied().collect();
    let figures = of(reader, &ids)?.into_iter().filter_map(|(id, figures)| Some((id, figures.due_at?)));
    let date = |(id, at): (Id, crate::resource::value::Instant)| DerivedDate {
        at: Some(at),
        ..DerivedDate::day(id, at.date(), "stage", "Notification due").of(owners.get(&id).copied().flatten())
    };
    Ok(figures.map(date).collect())
}
