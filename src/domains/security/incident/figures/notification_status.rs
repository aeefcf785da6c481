//! By when each notice of a list is due, over what the caller may see.

use crate::incident::{
    incident_notification::IncidentNotification,
    notification_due::{self, NoticeStage, Regime, Times},
};
use std::collections::HashMap;
use steward_core::view::prelude::*;
use steward_schema::security::{incident_notifications, security_incidents};

/// Due time of a notice: GDPR 72 hours after awareness; NIS2 24 and 72 hours after it, and a month after the 72-hour notice; DORA 4 hours
/// after the classification and at most 24 after awareness, 72 hours after the initial notice, a month after the intermediate one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotificationFigures {
    /// Due time; null where the law names no hour or the event that starts the clock has not happened.
    pub due_at: Option<Instant>,
    /// True if the notice was sent, or is still to be sent, after its due time; null if it is not due, or waived.
    pub late: Option<bool>,
}

/// A notice with whether it is waived, its incident's times, and another notice under the same law.
type Row = ((Id, Regime, NoticeStage, Option<Instant>, bool), (Instant, Option<Instant>), Option<(NoticeStage, Option<Instant>)>);

/// A notice: its law, its stage, when it was sent and whether it is waived, and what its time limit runs from.
type Told = (Regime, NoticeStage, (Option<Instant>, bool), Times);

diesel::alias!(incident_notifications as others: Others);

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
    let now = reader.store.clock.now();
    let mut found: HashMap<Id, Told> = HashMap::new();
    for ((id, regime, stage, sent, is_waived), (aware, classified), other) in rows(reader, ids)? {
        let times = Times { aware, classified, before: None };
        let entry = found.entry(id).or_insert((regime, stage, (sent, is_waived), times));
        if let Some((_, before)) = other.filter(|(other, _)| stage.follows(regime) == Some(*other)) {
            entry.3.before = before;
        }
    }
    let figures = |(id, (regime, stage, (sent, is_waived), times)): (Id, Told)| {
        let due_at = notification_due::due(regime, stage, times);
        let late = due_at.filter(|_| sent.is_some() || !is_waived).map(|due| sent.unwrap_or(now) > due);
        (id, NotificationFigures { due_at, late })
    };
    Ok(found.into_iter().map(figures).collect())
}

/// The notices in sight, of these: each once with every notice of its incident under the same law.
fn rows(reader: &mut Reader<'_>, ids: &[Id]) -> Result<Vec<Row>> {
    use incident_notifications::{id, regime, security_incident_id, sent_at, stage, waiver_basis};
    let seen = reader.sees::<IncidentNotification>()?;
    let same_law = others.field(security_incident_id).eq(security_incident_id).and(others.field(regime).eq(regime));
    let query =
        incident_notifications::table.inner_join(security_incidents::table).left_join(others.on(same_law)).filter(id.eq_any(ids)).filter(seen).select((
            (id, regime, stage, sent_at, waiver_basis.is_not_null()),
            (security_incidents::aware_at, security_incidents::classified_at),
            (others.field(stage), others.field(sent_at)).nullable(),
        ));
    let connection = reader.unscoped("a notice in sight is due by its incident and the notice before it, whether or not those may be read");
    Ok(query.load(connection)?)
}
