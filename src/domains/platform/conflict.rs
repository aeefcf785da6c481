//! Conflicts: what happened although a rule speaks against it.

use diesel::prelude::*;
use steward_core::choice;
use steward_core::database::CHUNK;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::ports::conflict::{Conflicts, OpenConflict, Settled};
use steward_core::resource::value::{Instant, Note, Text};
use steward_core::resource::{ANY, Check, Effect, Id, Lifecycle, Move, Operations, PartOf, Placement, Resource, Scope, StateException, UnmetGuard};
use steward_schema::platform::conflicts;

choice! {
    /// Resolution of a conflict.
    pub enum Resolution {
        /// The rule is kept again. Set by the service only.
        CauseGone = "cause_gone",
        /// Accepted knowingly as it is.
        Accepted = "accepted",
        /// Dismissed: there is no conflict.
        Dismissed = "dismissed",
    }
}

steward_core::resource! {
    /// Fact that breaks a rule. Plans may be refused, facts may not: a fact is recorded, and raises a conflict, once for each record and
    /// rule. It ends when its cause is gone, or when a user accepts or dismisses it with a reason; an accepted one is raised again only
    /// when it changes. Only the service raises them.
    pub struct Conflict {
        /// Record in conflict.
        #[field(refers_to(ANY), fixed)]
        pub subject_id: Id,
        /// Rule that is broken, as `domain.collection:rule`.
        #[field(search, fixed)]
        pub rule: Text<1, 200>,
        /// Finding in words. The service writes it, and updates it when it changes.
        #[field(search)]
        pub detail: Note,
        /// Resolution of the conflict. It may be set before the transition; left out, it is `accepted`.
        pub resolution: Option<Resolution>,
        /// Reason for the acceptance or dismissal; or give the reason with the transition.
        #[field(search)]
        pub resolution_note: Option<Note>,
        /// Time at which the cause was gone (UTC). The service writes it.
        #[field(happened)]
        pub ended_at: Option<Instant>,
    }
}

impl Resource for Conflict {
    const PATH: &'static str = "platform/conflicts";
    type Table = steward_schema::platform::conflicts::table;
    const SCOPE: Scope = Scope::Within("subject_id");
    const PART_OF: Option<PartOf> = Some(PartOf::loose("subject_id"));
    const TITLE: &'static str = "rule";
    const OPERATIONS: Operations = Operations { create: false, update: true, delete: false };
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::by_service(&["resolved"], "The service keeps up to date what it says of a fact that was accepted.")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("open→resolved:resolve"))
    }

    fn sample() -> Self {
        Conflict {
            subject_id: Id::sample(),
            rule: "infrastructure.licenses:quantity".into(),
            detail: "12 seats are in use, and 10 are licensed.".into(),
            resolution: Some(Resolution::Accepted),
            resolution_note: Some("Two more are ordered.".into()),
            ended_at: None,
        }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(before) = check.before::<Conflict>()?.filter(|_| check.actor != Id::system()) else { return Ok(()) };
        if before.detail != self.detail {
            return refuse("/detail", "The service writes what speaks against it. Say what you know in resolution_note.");
        }
        if before.ended_at != self.ended_at {
            return refuse("/ended_at", "The service sees when the cause is gone.");
        }
        if before.resolution != self.resolution && self.resolution == Some(Resolution::CauseGone) {
            return refuse("/resolution", "Whether the cause is gone is judged by the service. Accept the conflict or dismiss it.");
        }
        let told = (before.resolution, &before.resolution_note) != (self.resolution, &self.resolution_note);
        if told && check.state == Some("resolved") {
            return Err(Problem::conflict("/resolution", "immutable", "It is resolved. Comment on it instead.").into());
        }
        Ok(())
    }

    fn guard(&self, _: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if check.actor == Id::system() || self.resolution_note.is_some() || check.reason.is_some() {
            return Ok(Vec::new());
        }
        let detail = "Say why it is accepted or dismissed: as the reason of the transition, or in resolution_note.";
        Ok(vec![UnmetGuard::new("/resolution_note", "reason", detail)])
    }

    fn effects(&self, _: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if self.resolution.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![Effect::update(check.id, |conflict: &mut Conflict| conflict.resolution = Some(Resolution::Accepted))])
    }
}

fn refuse(pointer: &str, advice: &str) -> Result<()> {
    Err(Problem::invalid(vec![FieldError::new(pointer, "server_field", advice)]).into())
}

/// The conflicts of this service.
pub struct Ledger;

impl Conflicts for Ledger {
    fn settle(&self, check: &mut Check<'_>, subject: Id, rule: &str, detail: Option<&str>) -> Result<Settled> {
        let about = conflicts::table.filter(conflicts::subject_id.eq(subject).and(conflicts::rule.eq(rule)));
        let latest = about.order((conflicts::created_at.desc(), conflicts::id.desc()));
        let latest: Option<(Id, String, String, Option<Instant>)> =
            latest.select((conflicts::id, conflicts::state, conflicts::detail, conflicts::ended_at)).first(check.connection).optional()?;
        let latest = latest.as_ref().map(|(id, state, detail, ended)| Latest { id: *id, open: state == "open", detail, ended: ended.is_some() });
        let now = check.now;
        Ok(match step(latest.as_ref(), detail) {
            Step::Nothing => Settled::default(),
            Step::Raise(detail) => {
                let raised =
                    Conflict { subject_id: subject, rule: rule.into(), detail: Note::cut(detail), resolution: None, resolution_note: None, ended_at: None };
                Settled { effects: vec![Effect::create(Placement::default(), raised)], raised: true }
            }
            Step::Tell(id, detail) => {
                let detail = Note::cut(detail);
                only(Effect::update(id, move |conflict: &mut Conflict| conflict.detail = detail.clone()))
            }
            Step::End(id) => Settled {
                effects: vec![
                    Effect::update(id, move |conflict: &mut Conflict| {
                        (conflict.resolution, conflict.ended_at) = (Some(Resolution::CauseGone), Some(now));
                    }),
                    Effect::transition::<Conflict>(id, "resolved"),
                ],
                raised: false,
            },
            Step::Note(id) => only(Effect::update(id, move |conflict: &mut Conflict| conflict.ended_at = Some(now))),
        })
    }

    fn open(&self, check: &mut Check<'_>, subjects: &[Id]) -> Result<Vec<OpenConflict>> {
        let mut open = Vec::new();
        for chunk in subjects.chunks(CHUNK) {
            let about = conflicts::table.filter(conflicts::state.eq("open").and(conflicts::subject_id.eq_any(chunk))).order(conflicts::id);
            let rows: Vec<(String, String)> = about.select((conflicts::rule, conflicts::detail)).load(check.connection)?;
            open.extend(rows.into_iter().map(|(rule, detail)| OpenConflict { rule, detail }));
        }
        Ok(open)
    }
}

fn only(effect: Effect) -> Settled {
    Settled { effects: vec![effect], raised: false }
}

/// The latest conflict about a record and a rule.
#[derive(Debug, Clone, Copy)]
struct Latest<'a> {
    id: Id,
    open: bool,
    detail: &'a str,
    ended: bool,
}

/// What a judgement asks for.
#[derive(Debug, PartialEq, Eq)]
enum Step<'a> {
    Nothing,
    Raise(&'a str),
    Tell(Id, &'a str),
    End(Id),
    Note(Id),
}

/// What is to be done, from the latest conflict and what speaks against the record now.
fn step<'a>(latest: Option<&Latest<'_>>, detail: Option<&'a str>) -> Step<'a> {
    match (latest, detail) {
        (None, None) => Step::Nothing,
        (Some(latest), None) if latest.open => Step::End(latest.id),
        (Some(latest), None) if !latest.ended => Step::Note(latest.id),
        (Some(_), None) => Step::Nothing,
        (Some(latest), Some(detail)) if latest.open && latest.detail != detail => Step::Tell(latest.id, detail),
        (Some(latest), Some(_)) if latest.open => Step::Nothing,
        // Somebody accepted just this, and it has been so since.
        (Some(latest), Some(detail)) if !latest.ended && latest.detail == detail => Step::Nothing,
        (_, Some(detail)) => Step::Raise(detail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_is_raised_once_and_ends_with_its_cause() {
        let id = Id::sample();
        let latest = |open, ended| Latest { id, open, detail: "12 of 10", ended };
        assert_eq!(step(None, None), Step::Nothing);
        assert_eq!(step(None, Some("12 of 10")), Step::Raise("12 of 10"));
        assert_eq!(step(Some(&latest(true, false)), Some("12 of 10")), Step::Nothing);
        assert_eq!(step(Some(&latest(true, false)), Some("13 of 10")), Step::Tell(id, "13 of 10"));
        assert_eq!(step(Some(&latest(true, false)), None), Step::End(id));
        assert_eq!(step(Some(&latest(false, true)), Some("12 of 10")), Step::Raise("12 of 10"), "it came back");
    }

    #[test]
    fn what_was_accepted_is_raised_again_only_when_it_changes() {
        let id = Id::sample();
        let accepted = Latest { id, open: false, detail: "12 of 10", ended: false };
        assert_eq!(step(Some(&accepted), Some("12 of 10")), Step::Nothing);
        assert_eq!(step(Some(&accepted), Some("13 of 10")), Step::Raise("13 of 10"));
        assert_eq!(step(Some(&accepted), None), Step::Note(id));
    }
}
