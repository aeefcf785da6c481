//! Transitions: the moves that a record can make, who may make them and what is missing.

use super::condition::guard_locks;
use super::record::require_version;
use super::writer::{IfMatch, Writer};
use crate::error::{FieldError, Kind, Problem, Result};
use crate::ports::authority::Verdict;
use crate::resource::label::label;
use crate::resource::{Cause, Entity, Id, Move, ResourceType, Stored, UnmetGuard};
use crate::store::approval::approval::Case;
use crate::store::read::reader::{Reader, holds, place_of, require_held};
use serde_json::{Value, json};

/// A move as a client sees it.
#[derive(Debug, Clone)]
pub struct MoveView {
    /// The state after.
    pub to: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its label for people.
    pub label: String,
    /// Whether the caller may make it.
    pub permitted: bool,
    /// What is missing before it can be made.
    pub unmet: Vec<FieldError>,
}

impl MoveView {
    /// The same as JSON.
    pub fn to_json(&self) -> Value {
        json!({"to": self.to, "name": self.name, "label": self.label, "permitted": self.permitted, "unmet": self.unmet.iter().map(FieldError::to_json).collect::<Vec<_>>()})
    }
}

impl Reader<'_> {
    /// The moves that a record can make from the state it is in.
    pub fn moves(&mut self, definition: &'static ResourceType, stored: &Stored) -> Result<Vec<MoveView>> {
        let state = stored.meta.state.clone().unwrap_or_default();
        let (id, entity) = (stored.meta.id, &*stored.own);
        let mut views = Vec::new();
        for step in definition.lifecycle.iter().flat_map(|lifecycle| lifecycle.moves_from(&state)) {
            let permitted = (!step.automatic || self.session.is_house()) && holds(self.connection, self.store, self.session, (definition, stored), step.name)?;
            let mut unmet = self.with_check(id, Some(entity), Some(&state), |check| definition.guard(entity, step, check))?;
            let verdict = match Case::of(self.connection, self.store, self.session, definition, stored, step)? {
                Some(case) => self.with_check(id, Some(entity), Some(&state), |check| case.judge(check))?,
                None => Verdict::default(),
            };
            let asked = self.asked();
            unmet.extend(asked.unmet(self.connection, definition, stored, step.to)?);
            unmet.extend(asked.unmet_basis(self.connection, definition, stored, step)?);
            unmet.extend(self.with_check(id, Some(entity), Some(&state), |check| definition.unmet_in(entity, step.to, check))?);
            unmet.extend(verdict.unmet);
            views.push(MoveView { to: step.to, name: step.name, label: label(step.name), permitted, unmet: unmet.into_iter().map(|unmet| unmet.0).collect() });
        }
        Ok(views)
    }
}

impl Writer<'_> {
    /// Moves a record to another state.
    pub fn transition(&mut self, definition: &'static ResourceType, id: Id, if_match: &IfMatch, to: &str) -> Result<Stored> {
        let before = self.open_for_move(definition, id, to, if_match)?;
        let state = before.meta.state.clone().unwrap_or_default();
        let step = definition.lifecycle.as_ref().and_then(|lifecycle| lifecycle.moves_from(&state).find(|step| step.to == to).cloned());
        let Some(step) = step else { return Err(self.refusal(definition, &before, &format!("It is {state}, and from there it cannot become {to}."))?.into()) };
        if step.automatic && !self.session.is_house() {
            return Err(self.refusal(definition, &before, &format!("The service itself makes it {to}, when it is time."))?.into());
        }
        let (entity, cells) = (before.own.clone(), definition.cells(&before));
        self.lock_approval(definition, (&before, &*entity), &step)?;
        self.judge(definition, (&*entity, &cells), id, Some(&*entity), Some(&state))?;
        self.take_locks(guard_locks(definition, &step, &cells))?;
        let mut unmet = self.unmet_of_move(definition, &before, &step)?;
        let verdict = self.judge_approval(definition, (&before, &*entity), &step)?;
        unmet.extend(verdict.unmet);
        if let Some(first) = unmet.first() {
            let detail = format!("It cannot become {to} yet: {}", first.0.detail);
            let mut refusal = self.refusal(definition, &before, &detail)?;
            refusal.errors = unmet.into_iter().map(|unmet| unmet.0).collect();
            return Err(refusal.into());
        }
        let mut meta = self.next(&before);
        meta.state = Some(step.to.to_owned());
        let own = self.stamp(definition, entity.clone(), (id, Some(&*entity), Some(&state)), Cause::Move(&step))?;
        let after = Stored { meta, own, ..before.clone() };
        let moved = definition.cells(&after);
        let place = place_of(self.connection, self.store, definition, &after)?;
        let root = crate::store::index::registry::find_one(self.connection, id)?.map(|entry| entry.root_id).filter(|root| *root != id);
        if verdict.warnings.is_empty() {
            self.save(definition, &before, &after, place, root, step.name)?;
        } else {
            let reason = [self.origin.reason.clone()].into_iter().flatten().chain(verdict.warnings.iter().cloned()).collect::<Vec<_>>().join(" ");
            self.because(Some(reason), |writer| writer.save(definition, &before, &after, place, root, step.name))?;
            self.warnings.extend(verdict.warnings);
        }
        self.require_conditions_above(definition, Some(&before), Some(&after))?;
        self.forget_due_moves(definition, id)?;
        self.apply_effects(verdict.effects)?;
        let effects = self.with_check(id, Some(&*entity), Some(&state), |check| definition.effects(&*after.own, &step, check))?;
        let brings = !effects.is_empty();
        self.apply_effects(effects)?;
        if !self.judge_flags(definition, id, Some(&cells), Some(&moved))? && !brings {
            return Ok(after);
        }
        // What it brought about may have changed the record itself.
        crate::store::read::reader::load(self.connection, definition, id, None, false)?.ok_or_else(|| Problem::not_found().into())
    }

    /// What a move misses: by its own guards, by what its state asks for, and by what the record stands on.
    fn unmet_of_move(&mut self, definition: &'static ResourceType, before: &Stored, step: &Move) -> Result<Vec<UnmetGuard>> {
        let (id, entity, state) = (before.meta.id, before.own.clone(), before.meta.state.as_deref());
        let mut unmet = self.with_check(id, Some(&*entity), state, |check| definition.guard(&*entity, step, check))?;
        let asked = self.asked();
        unmet.extend(asked.unmet(self.connection, definition, before, step.to)?);
        unmet.extend(asked.unmet_basis(self.connection, definition, before, step)?);
        unmet.extend(self.with_check(id, Some(&*entity), state, |check| definition.unmet_in(&*entity, step.to, check))?);
        Ok(unmet)
    }

    /// Takes what the judgement of an approving move must have locked, before what the record itself and its effects lock: an approver waits
    /// for their own other approvals first, so that two of them never wait for each other. The judgement asks again once all is locked.
    fn lock_approval(&mut self, definition: &'static ResourceType, (before, entity): (&Stored, &dyn Entity), step: &Move) -> Result<()> {
        if !self.connection.is_postgres() {
            return Ok(());
        }
        let store = self.store;
        let Some(case) = Case::of(self.connection, store, self.session, definition, before, step)? else { return Ok(()) };
        let (id, state) = (before.meta.id, before.meta.state.as_deref());
        let locks = self.with_check(id, Some(entity), state, |check| case.locks(check))?;
        self.take_locks(locks)
    }

    /// Judges an approving move.
    fn judge_approval(&mut self, definition: &'static ResourceType, (before, entity): (&Stored, &dyn Entity), step: &Move) -> Result<Verdict> {
        let store = self.store;
        let Some(case) = Case::of(self.connection, store, self.session, definition, before, step)? else { return Ok(Verdict::default()) };
        self.with_check(before.meta.id, Some(entity), before.meta.state.as_deref(), |check| case.judge(check))
    }

    /// Loads a record to move it. Who may not make this move but may make no sense of it either is told 403 first.
    fn open_for_move(&mut self, definition: &'static ResourceType, id: Id, to: &str, if_match: &IfMatch) -> Result<Stored> {
        self.lock_record(definition, id)?;
        let before = self.reader().get(definition, id)?;
        let state = before.meta.state.clone().unwrap_or_default();
        let lifecycle = definition.lifecycle.as_ref().ok_or_else(Problem::not_found)?;
        let legal = lifecycle.moves_from(&state).find(|step| step.to == to);
        match legal {
            Some(step) => self.open(definition, id, step.name, if_match),
            None => {
                // An illegal move is refused as such only to who could make some move of this kind.
                for name in lifecycle.move_names() {
                    if holds(self.connection, self.store, self.session, (definition, &before), name)? {
                        require_version(&before, if_match)?;
                        return Ok(before);
                    }
                }
                let name = lifecycle.moves.iter().find(|step| step.to == to).map_or("update", |step| step.name);
                require_held(self.connection, self.store, self.session, (definition, &before), name)?;
                Ok(before)
            }
        }
    }

    fn refusal(&mut self, definition: &'static ResourceType, before: &Stored, detail: &str) -> Result<Problem> {
        let moves = self.reader().moves(definition, before)?;
        let allowed: Vec<Value> = moves.iter().map(MoveView::to_json).collect();
        Ok(Problem::new(Kind::Conflict, detail).with("allowed", allowed.into()))
    }
}
