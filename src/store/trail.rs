//! Whose hands a record has gone through on its way to an approval.

use crate::resource::value::Instant;
use crate::resource::{Definition, Id, Lifecycle, Move, Need};
use serde_json::{Map, Value};

/// Who brought a record into its state.
#[derive(Debug, Clone, Default)]
pub(super) struct Brought {
    /// Since when it is in it.
    pub since: Option<Instant>,
    /// Who made the move into it.
    pub by: Option<Id>,
    /// Who made a move on its way, who brought it here, and who changed it since.
    pub hands: Vec<Id>,
}

/// Follows a record through its revisions.
///
/// Whoever moves it on towards an approval submits it; that somebody else looked at it in between changes nothing. Where an
/// approving move could be made, another one is the reviewer's answer: who sends back or rejects has submitted nothing. A new
/// round begins in the first state.
pub(super) struct Trail {
    definition: &'static Definition,
    state: &'static str,
    submitted: Vec<Id>,
    here: Vec<Id>,
    since: Option<Instant>,
    by: Option<Id>,
    document: Option<Map<String, Value>>,
}

impl Trail {
    pub fn new(definition: &'static Definition) -> Trail {
        let state = definition.lifecycle.as_ref().map(Lifecycle::first).unwrap_or_default();
        Trail { definition, state, submitted: Vec::new(), here: Vec::new(), since: None, by: None, document: None }
    }

    /// Whether it must see what changed: where an approving move asks for fields, whoever makes it fills them.
    pub fn needs_documents(definition: &'static Definition) -> bool {
        moves(definition).any(|step| step.approving && asked_for(definition, step.to).next().is_some())
    }

    /// Adds a revision.
    pub fn follow(&mut self, action: &str, actor: Id, at: Instant, document: Option<&str>) {
        let document = document.and_then(|text| serde_json::from_str(text).ok());
        if action == "create" {
            self.enter(actor, at);
        } else if let Some(step) = self.step(action) {
            if !step.approving && !self.is_reviewed(step.from) {
                self.submitted.push(actor);
            }
            self.state = step.to;
            if self.definition.lifecycle.as_ref().map(Lifecycle::first) == Some(step.to) {
                self.submitted.clear();
            }
            self.enter(actor, at);
        } else if !self.only_asked_for(document.as_ref()) {
            self.here.push(actor);
        }
        self.document = document;
    }

    /// What it comes to.
    pub fn brought(self) -> Brought {
        let mut hands = self.submitted;
        hands.extend(self.here);
        Brought { since: self.since, by: self.by, hands }
    }

    fn enter(&mut self, actor: Id, at: Instant) {
        (self.here, self.since, self.by) = (vec![actor], Some(at), Some(actor));
    }

    fn step(&self, action: &str) -> Option<&'static Move> {
        moves(self.definition).find(|step| step.name == action && step.from == self.state)
    }

    fn is_reviewed(&self, state: &str) -> bool {
        moves(self.definition).any(|step| step.from == state && step.approving)
    }

    /// Whether a change is of nothing but what an approving move from here asks for.
    fn only_asked_for(&self, after: Option<&Map<String, Value>>) -> bool {
        let (Some(before), Some(after)) = (&self.document, after) else { return false };
        let steps: Vec<&str> = moves(self.definition).filter(|step| step.approving && step.from == self.state).map(|step| step.to).collect();
        let asked = |name: &str| steps.iter().any(|to| asked_for(self.definition, to).any(|field| field == name));
        let mut changed = after.iter().filter(|(name, value)| before.get(*name) != Some(value)).map(|(name, _)| name.as_str());
        changed.all(|name| matches!(name, "revision" | "updated_at" | "updated_by") || asked(name))
    }
}

fn moves(definition: &'static Definition) -> impl Iterator<Item = &'static Move> {
    definition.lifecycle.iter().flat_map(|lifecycle| lifecycle.moves.iter())
}

/// The fields that a move to a state asks for.
fn asked_for(definition: &'static Definition, to: &str) -> impl Iterator<Item = &'static str> {
    let guards = definition.guards.iter().filter(move |guard| guard.to.contains(&to));
    let fields = guards.filter_map(|guard| if let Need::Set(fields) = guard.need { Some(fields) } else { None });
    fields.flatten().copied()
}
