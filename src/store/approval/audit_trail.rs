//! Whose hands a record has gone through on its way to an approval.

use crate::resource::value::Instant;
use crate::resource::{Id, Lifecycle, Move, Need, ResourceType};
use crate::store::read::time_travel::STAMPS;
use serde_json::{Map, Value};

/// Who brought a record into its state.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct Brought {
    /// Since when it is in it.
    pub since: Option<Instant>,
    /// Who made the move into it.
    pub by: Option<Id>,
    /// Everybody involved: who wrote it or parts of it, who asked for it, who made a move on its way, and who brought it here.
    pub hands: Vec<Id>,
}

/// Follows a record through its revisions.
///
/// Whoever wrote it or a part of it, in whichever round, is involved. Whoever moves it on towards an approval submits it; that
/// somebody else looked at it in between changes nothing. Where an approving move could be made, another one is the reviewer's
/// answer: who sends back or rejects has submitted nothing. A new round of submitting begins in the first state.
pub(in crate::store) struct Trail {
    definition: &'static ResourceType,
    state: &'static str,
    wrote: Vec<Id>,
    submitted: Vec<Id>,
    here: Vec<Id>,
    since: Option<Instant>,
    by: Option<Id>,
    document: Option<Map<String, Value>>,
}

impl Trail {
    pub fn new(definition: &'static ResourceType) -> Trail {
        Trail { definition, state: first(definition), wrote: Vec::new(), submitted: Vec::new(), here: Vec::new(), since: None, by: None, document: None }
    }

    /// Whether it must see what changed: where an approving move asks for fields, whoever makes it fills them.
    pub fn needs_documents(definition: &'static ResourceType) -> bool {
        definition.moves().any(|step| step.approving && asks_for(definition, step).next().is_some())
    }

    /// Adds a revision.
    pub fn follow(&mut self, action: &str, actor: Id, at: Instant, document: Option<&str>) {
        let document = document.and_then(|text| serde_json::from_str(text).ok());
        if action == "create" {
            self.wrote.push(actor);
            self.enter(actor, at);
        } else if action == "change_parts" {
            self.wrote.push(actor);
        } else if let Some(step) = self.step(action) {
            if step.to == first(self.definition) {
                self.submitted.clear();
            } else if self.approvals().next().is_none() {
                self.submitted.push(actor);
            }
            self.state = step.to;
            self.enter(actor, at);
        } else if !self.only_asked_for(document.as_ref()) {
            self.wrote.push(actor);
        }
        self.document = document;
    }

    /// What it comes to.
    pub fn brought(self) -> Brought {
        let mut hands = self.wrote;
        hands.extend(self.submitted);
        hands.extend(self.here);
        hands.sort_unstable();
        hands.dedup();
        Brought { since: self.since, by: self.by, hands }
    }

    fn enter(&mut self, actor: Id, at: Instant) {
        (self.here, self.since, self.by) = (vec![actor], Some(at), Some(actor));
    }

    fn step(&self, action: &str) -> Option<&'static Move> {
        self.definition.moves().find(|step| step.name == action && step.from == self.state)
    }

    /// The approving moves that could be made now.
    fn approvals(&self) -> impl Iterator<Item = &'static Move> {
        self.definition.moves().filter(|step| step.approving && step.from == self.state)
    }

    /// Whether a change is of nothing but what an approving move from here asks for.
    fn only_asked_for(&self, after: Option<&Map<String, Value>>) -> bool {
        let (Some(before), Some(after)) = (&self.document, after) else { return false };
        let asked: Vec<&str> = self.approvals().flat_map(|step| asks_for(self.definition, step)).collect();
        let mut changed = after.iter().filter(|(name, value)| before.get(*name) != Some(value)).map(|(name, _)| name.as_str());
        changed.all(|name| STAMPS.contains(&name) || asked.contains(&name))
    }
}

fn first(definition: &'static ResourceType) -> &'static str {
    definition.lifecycle.as_ref().map(Lifecycle::first).unwrap_or_default()
}

/// The fields that a move asks for.
fn asks_for(definition: &'static ResourceType, step: &'static Move) -> impl Iterator<Item = &'static str> {
    let fields = definition.needs_of(step.to).filter_map(|need| if let Need::Set(fields) = need { Some(*fields) } else { None });
    fields.flatten().copied()
}
