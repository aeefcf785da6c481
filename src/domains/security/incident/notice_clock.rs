//! By when a notice is due, by what is recorded of its incident and of the notices before it.

use super::notification_due::{self, NoticeStage, Regime, Times};
use super::waiver_basis::WaiverBasis;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::{Instant, Title, folded};
use steward_core::resource::{Check, Id};
use steward_schema::security::{incident_notifications, security_incidents};

/// A notice as far as another one waits for it.
#[derive(Queryable)]
pub struct Told {
    authority: Title,
    due_at: Option<Instant>,
    /// When it was sent.
    pub sent_at: Option<Instant>,
    /// When it was waived.
    pub waived_at: Option<Instant>,
    basis: Option<WaiverBasis>,
}

/// From when the time limit of the next notice runs: the sending of this one, or, where it is exempted, the time by which it was due.
pub fn runs_from(sent_at: Option<Instant>, basis: Option<WaiverBasis>, due_at: Option<Instant>) -> Option<Instant> {
    sent_at.or_else(|| due_at.filter(|_| basis == Some(WaiverBasis::Exemption)))
}

/// The notices of a stage of a law about an incident: those to a recipient, else all.
pub fn of_stage(check: &mut Check<'_>, incident: Id, (law, wanted): (Regime, NoticeStage), recipient: &Title) -> Result<Vec<Told>> {
    use incident_notifications::{authority, due_at, id, regime, security_incident_id, sent_at, stage, waived_at, waiver_basis};
    let of_law = incident_notifications::table.filter(security_incident_id.eq(incident)).filter(regime.eq(law).and(stage.eq(wanted)));
    let mut all: Vec<Told> = of_law.order((sent_at, id)).select((authority, due_at, sent_at, waived_at, waiver_basis)).load(check.connection)?;
    let is_same = |notice: &Told| folded(&notice.authority.0) == folded(&recipient.0);
    if all.iter().any(is_same) {
        all.retain(is_same);
    }
    Ok(all)
}

/// By when a notice about an incident to a recipient is due.
pub fn due(check: &mut Check<'_>, incident: Id, (law, stage): (Regime, NoticeStage), recipient: &Title) -> Result<Option<Instant>> {
    use security_incidents::{aware_at, classified_at, recovered_at};
    let found = security_incidents::table.find(incident).select((aware_at, classified_at, recovered_at));
    let found: Option<(Instant, Option<Instant>, Option<Instant>)> = found.first(check.connection).optional()?;
    let Some((aware, classified, handled)) = found else { return Ok(None) };
    let before = match stage.follows(law) {
        None => None,
        Some(earlier) => {
            let notices = of_stage(check, incident, (law, earlier), recipient)?;
            let sent = notices.iter().filter_map(|notice| notice.sent_at).min();
            sent.or_else(|| notices.iter().filter_map(|notice| runs_from(None, notice.basis, notice.due_at)).min())
        }
    };
    let is_ongoing = (law, stage) == (Regime::Nis2, NoticeStage::Final)
        && of_stage(check, incident, (law, NoticeStage::Progress), recipient)?.iter().any(|notice| notice.sent_at.is_some());
    Ok(notification_due::due(law, stage, Times { aware, classified, before, is_ongoing, handled }))
}
