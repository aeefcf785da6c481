//! By when each notice of a list is due, over what the caller may see.

use crate::incident::incident_notification::IncidentNotification;
use steward_core::view::prelude::*;
use steward_schema::security::incident_notifications;

/// Due time of a notice: GDPR 72 hours after awareness; NIS2 24 and 72 hours after it, and a month after the 72-hour notice, or after the
/// recovery once a progress report was sent; DORA 4 hours after the classification and at most 24 after awareness, 72 hours after the initial
/// notice, a month after the intermediate one. After a notice that is exempted, the time limit runs from the time by which it was due.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotificationFigures {
    /// Due time; null where the law names no hour or the event that starts the clock has not happened.
    pub due_at: Option<Instant>,
    /// True if the notice was sent, or is still to be sent, after its due time; null if it is not due, or waived.
    pub late: Option<bool>,
}

impl View for NotificationFigures {
    const PATH: &'static str = IncidentNotification::PATH;
    type Reads = (IfPermitted<IncidentNotification>,);
    type Query = Records;
    type Answer = PerRecord<Self>;

    fn run(cx: &mut Context<'_, '_>, Records(ids): Records) -> Result<PerRecord<Self>> {
        of(cx, &ids)
    }
}

/// The figures of some notices in sight.
pub fn of(reader: &mut Reader<'_>, ids: &[Id]) -> Result<PerRecord<NotificationFigures>> {
    use incident_notifications::{due_at, id, sent_at, waiver_basis};
    let (seen, now) = (reader.sees::<IncidentNotification>()?, reader.store.clock.now());
    let query = incident_notifications::table.filter(id.eq_any(ids)).filter(seen.clone());
    let rows = query.select((id, due_at, sent_at, waiver_basis.is_not_null()));
    let rows: Vec<(Id, Option<Instant>, Option<Instant>, bool)> = rows.load(reader.within(&seen))?;
    let figures = |(notice, due, sent, is_waived): (Id, Option<Instant>, Option<Instant>, bool)| {
        let late = due.filter(|_| sent.is_some() || !is_waived).map(|due| sent.unwrap_or(now) > due);
        (notice, NotificationFigures { due_at: due, late })
    };
    Ok(rows.into_iter().map(figures).collect())
}
