//! Who may approve what: asked for every approving move, in its transaction.

use crate::error::Result;
use crate::resource::value::Money;
use crate::resource::{Check, Effect, Id, Lock, Move, ResourceType, UnmetGuard};

/// What a record is worth to who approves it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Value {
    /// Amounts of which the greatest counts; each is a sum, by currency.
    pub sums: Vec<Vec<Money>>,
    /// What must be filled before it can be told; none if it is known, or if it is worth no money.
    pub lacking: Option<String>,
    /// Whether the amounts may be told to the caller.
    pub shown: bool,
}

/// An approving move that somebody wants to make. Who, which record and when is in the [`Check`] beside it.
pub struct ApprovalRequest<'a> {
    /// The kind of record.
    pub definition: &'static ResourceType,
    /// The move.
    pub step: &'a Move,
    /// The unit in which the record stands; none if it stands in no unit.
    pub unit: Option<Id>,
    /// That unit and all above it; where it stands in none, the units at the top.
    pub units: &'a [Id],
    /// The person who answers for the move: the one whose account makes it, or who owns the service account.
    pub person: Option<Id>,
    /// The person whose account makes it: what was delegated to them is theirs to use. A service account is nobody's.
    pub holder: Option<Id>,
    /// All that the person who answers has accounts with, the caller's among them.
    pub accounts: &'a [Id],
    /// The accounts of everybody involved: who asked for the record, wrote it or a part of it, or brought it into its state.
    pub hands: &'a [Id],
    /// Whether one of those is the caller's person.
    pub own: bool,
    /// What the record is worth.
    pub value: &'a Value,
}

impl ApprovalRequest<'_> {
    /// The permission of the move, which is also the kind of its delegations.
    pub fn permission(&self) -> String {
        self.definition.permission(self.step.name)
    }
}

/// What is said of an approving move.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// Why it cannot be made; empty if it can.
    pub unmet: Vec<UnmetGuard>,
    /// What is let through and must be known.
    pub warnings: Vec<String>,
    /// Who could make it, as a sentence; told where the caller cannot.
    pub who_could: Option<String>,
    /// What is written down when it is made.
    pub effects: Vec<Effect>,
}

/// What is missing where who would approve a record is involved: asked for it, wrote it or a part of it, or moved it on its way.
pub fn four_eyes(state: &str) -> UnmetGuard {
    UnmetGuard::new("", "four_eyes", format!("Somebody else must do this: you asked for it, wrote it or a part of it, or moved it on its way to {state}."))
}

/// Ports whether somebody may approve something.
pub trait Authority: Send + Sync {
    /// What must be locked before it is asked.
    fn locks(&self, check: &mut Check<'_>, asked: &ApprovalRequest<'_>) -> Result<Vec<Lock>>;

    /// Whether the separation of duties and what was delegated let the caller make the move.
    fn judge(&self, check: &mut Check<'_>, asked: &ApprovalRequest<'_>) -> Result<Verdict>;
}

fn port(check: &Check<'_>) -> Option<&'static dyn Authority> {
    check.definitions.answers.get::<&'static dyn Authority>().copied()
}

/// What must be locked before it is judged whether somebody may approve something.
pub fn locks(check: &mut Check<'_>, asked: &ApprovalRequest<'_>) -> Result<Vec<Lock>> {
    port(check).map_or(Ok(Vec::new()), |port| port.locks(check, asked))
}

/// Whether somebody may approve something; nobody may where nobody knows.
pub fn judge(check: &mut Check<'_>, asked: &ApprovalRequest<'_>) -> Result<Verdict> {
    let nobody = || Verdict { unmet: vec![UnmetGuard::new("", "authority", "Nobody here says who may approve this.")], ..Verdict::default() };
    port(check).map_or_else(|| Ok(nobody()), |port| port.judge(check, asked))
}
