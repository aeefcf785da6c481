//! By when each notice of a list is due, over what the caller may see.

use super::incident_notification::IncidentNotification;
use super::notification_due::{self, NoticeStage, Regime, Times};
use crate::database::{Cell, Kind, Statement};
use crate::http::view::Figures;
use crate::resource::Id;
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::Instant;
use std::collections::HashMap;

crate::answer! {
    /// By when a notice is due: GDPR 72 hours after awareness; NIS2 24 and 72 hours after it, and a month after the 72-hour
    /// notice; DORA 4 hours after the classification and at most 24 after awareness, 72 hours after the initial notice, a month
    /// after the intermediate one.
    pub struct NotificationFigures {
        /// By when; null where the law names no hour or what it runs from has not happened.
        pub due_at: Option<Instant>,
        /// Whether it was sent, or is still to be sent, later than that; null if it is not due.
        pub late: Option<bool>,
    }
}

/// The figures of each notice of a list.
pub static FIGURES: Figures = Figures {
    schema: answer_schema::<NotificationFigures>,
    compute: |reader, ids| {
        let Some(narrowed) = reader.narrowed::<IncidentNotification>()? else { return Ok(HashMap::new()) };
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let mut query = Statement::new(
            "SELECT n.id, n.regime, n.stage, n.sent_at, i.aware_at, i.classified_at, b.regime, b.stage, b.sent_at \
             FROM (SELECT id, security_incident_id, regime, stage, sent_at FROM incident_notifications WHERE id IN (",
        );
        query.bind_all(ids.iter().map(|id| Cell::Id(*id))).push(")").append(narrowed);
        query.push(
            ") n JOIN security_incidents i ON i.id = n.security_incident_id \
             LEFT JOIN incident_notifications b ON b.security_incident_id = n.security_incident_id AND b.regime = n.regime",
        );
        let kinds = [Kind::Id, Kind::Text, Kind::Text, Kind::Instant, Kind::Instant, Kind::Instant, Kind::Text, Kind::Text, Kind::Instant];
        let rows = query.once().rows(reader.connection, &kinds)?;
        let now = reader.store.clock.now();
        let mut found: HashMap<Id, (Regime, NoticeStage, Option<Instant>, Times)> = HashMap::new();
        for row in &rows {
            let word = |at: usize| row.get(at).and_then(Cell::as_text).unwrap_or_default();
            let instant = |at: usize| row.get(at).and_then(Cell::as_instant);
            let named = (row.first().and_then(Cell::as_id), Regime::from_word(word(1)), NoticeStage::from_word(word(2)), instant(4));
            let (Some(id), Some(regime), Some(stage), Some(aware)) = named else { continue };
            let times = Times { aware, classified: instant(5), before: None };
            let entry = found.entry(id).or_insert((regime, stage, instant(3), times));
            if stage.follows(regime).is_some_and(|before| before.word() == word(7)) {
                entry.3.before = instant(8);
            }
        }
        let figures = |(id, (regime, stage, sent, times)): (Id, (Regime, NoticeStage, Option<Instant>, Times))| {
            let due_at = notification_due::due(regime, stage, times);
            (id, Model::to_json(&NotificationFigures { due_at, late: due_at.map(|due| sent.unwrap_or(now) > due) }).into())
        };
        Ok(found.into_iter().map(figures).collect())
    },
};
