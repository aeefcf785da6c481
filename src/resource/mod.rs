//! What a resource is: its fields, its scope, its lifecycle, its own rules. Everything else about it is generic.
//!
//! A resource is a struct under [`resource!`](crate::resource!) and an `impl` of [`Resource`]. The [`ResourceType`] made from it carries no types:
//! a table of its fields and a few function pointers, so that the store, the HTTP face and the API document are compiled
//! once and not once for each of some 250 collections. This folder knows no HTTP and begins no transaction.

pub mod approval_amount;
pub mod dates;
pub mod declared;
mod document;
pub mod due;
pub mod effect;
pub mod event;
pub mod field;
pub mod flag;
mod inner;
pub mod label;
pub mod lifecycle;
mod mistake;
pub mod model;
pub mod occasion;
pub mod own;
mod ownership;
pub mod ports;
pub mod rule;
pub mod schema;
mod shape;
pub mod state_exception;
pub mod states;
pub mod succession;
pub mod value;

pub mod record;
mod resource_type;
mod resource_types;

pub use approval_amount::ApprovalAmount;
pub use declared::{Guard, Need, Rule};
pub use due::Due;
pub use effect::Effect;
pub use field::{ANY, Field, Made, READ_RESTRICTED};
pub use flag::{Flag, Watch};
pub use lifecycle::{Lifecycle, Move};
pub use model::{Entity, Model};
pub use own::{Own, Whose};
pub use ports::Ports;
pub use record::{Meta, Placement, Record, Stored};
pub use resource_type::ResourceType;
pub use resource_types::{Condition, ResourceTypes};
pub use rule::{Check, Lock, UnmetGuard};
pub use shape::PEOPLE;
pub use state_exception::{Allows, StateException, StateRules};
pub use states::Editable;
pub use value::{FieldType, Id, ValidationErrors};

use crate::database::Dialect;
use crate::error::Result;
use diesel::query_builder::{QueryFragment, QueryId};
use steward_schema::Described;

/// Why a record is written.
#[derive(Debug, Clone, Copy)]
pub enum Cause<'a> {
    /// It is made.
    Create,
    /// Its fields change.
    Update,
    /// It is moved.
    Move(&'a Move),
}

impl Cause<'_> {
    /// The state that a move leads to; none where nothing is moved.
    pub fn to(&self) -> Option<&'static str> {
        if let Cause::Move(step) = self { Some(step.to) } else { None }
    }
}

/// Where a record's permissions come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// It belongs to a unit (`unit_id`), and a grant on that unit or one above it reaches it.
    Unit,
    /// It is itself a unit of the organisation; a grant on it or on one above it reaches it.
    Tree,
    /// It is reached like the record that this field refers to.
    Within(&'static str),
    /// It is reached by the principal who made it, and by who holds the permission on everything.
    Own,
    /// A catalogue: read by whoever may read it anywhere, written with a grant on everything.
    Shared,
}

/// With whom the maker of a record of their own shares it: the fields that name a unit and a role. It is read there, and changed by its
/// maker only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sharing {
    /// The field that names the unit.
    pub unit: &'static str,
    /// The field that names the role.
    pub role: &'static str,
}

/// What a part has to do with its parent.
#[derive(Debug, Clone, Copy)]
pub struct PartOf {
    /// The field that names the parent.
    pub field: &'static str,
    /// The states of the parent in which the part may be written; empty for all.
    pub while_in: &'static [&'static str],
    /// True if it only hangs on its parent, as a comment does: the parent's revision stays.
    pub loose: bool,
}

impl PartOf {
    /// A part of the record that a field names, writable in any of its states.
    pub const fn of(field: &'static str) -> PartOf {
        PartOf { field, while_in: &[], loose: false }
    }

    /// A part that may be written only while its parent is in one of these states.
    pub const fn while_in(field: &'static str, states: &'static [&'static str]) -> PartOf {
        PartOf { field, while_in: states, loose: false }
    }

    /// What hangs on a record without being one with it.
    pub const fn loose(field: &'static str) -> PartOf {
        PartOf { field, while_in: &[], loose: true }
    }
}

/// Fields that must differ together, and the index that sees to it.
#[derive(Debug, Clone, Copy)]
pub struct Unique {
    /// The name of the unique index in the migrations.
    pub index: &'static str,
    /// The fields.
    pub fields: &'static [&'static str],
}

/// Fields by which an import finds the record that a row without an id means, where no unique index says so.
#[derive(Debug, Clone, Copy)]
pub struct NaturalKey {
    /// The fields that agree; empty agrees with empty.
    pub fields: &'static [&'static str],
    /// The reference, and the field there, that is true where records may agree in these fields; none where they never do.
    pub unless: Option<(&'static str, &'static str)>,
}

/// Which of the usual operations a collection has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operations {
    /// `POST` on the collection.
    pub create: bool,
    /// `PATCH` on a record.
    pub update: bool,
    /// `DELETE` on a record.
    pub delete: bool,
}

impl Operations {
    /// Create, update and delete.
    pub const ALL: Operations = Operations { create: true, update: true, delete: true };
    /// Append-only: what happened is written once.
    pub const APPEND: Operations = Operations { create: true, update: false, delete: false };
    /// Only what causes it makes it and moves it.
    pub const NONE: Operations = Operations { create: false, update: false, delete: false };
    /// There is exactly one, made by the service.
    pub const UPDATE: Operations = Operations { create: false, update: true, delete: false };
}

/// A table of the schema crate, as Diesel and the checks of the build use it.
pub trait SchemaTable: diesel::Table + diesel::QuerySource<FromClause: QueryFragment<Dialect>> + Described + Default + QueryId + Send + Sync + 'static {}

impl<T> SchemaTable for T where
    T: diesel::Table + diesel::QuerySource<FromClause: QueryFragment<Dialect>> + Described + Default + QueryId + Send + Sync + 'static
{
}

/// A kind of record. The constants say what is generic about it, the functions what is its own.
pub trait Resource: Model + Clone + std::fmt::Debug {
    /// Its address: `domain/collection`.
    const PATH: &'static str;
    /// The table that holds its records.
    type Table: SchemaTable;
    /// Where its permissions come from.
    const SCOPE: Scope;
    /// The field that people know it by.
    const TITLE: &'static str = "name";
    /// Its parent, if it is a part.
    const PART_OF: Option<PartOf> = None;
    /// True if, belonging to a unit, it also has a person who answers for it (`owner_id`).
    const OWNED: bool = true;
    /// True for what happened: append-only, without state, registry row or edges.
    const FACT: bool = false;
    /// True for facts that say nothing of who recorded them or at what hour: an id at random, midnight, nobody; no revision, no
    /// registry row, no idempotency row; and nobody reads them one by one.
    const ANONYMOUS: bool = false;
    /// True if who may do what depends on its records: a change takes effect with the next request.
    const DECIDES_ACCESS: bool = false;
    /// The fields that name the people for whom alone a record exists; empty if permissions alone decide.
    const PRIVATE_TO: &'static [&'static str] = &[];
    /// By what a record is a person's own; a part that says nothing is theirs whose the parent is.
    const OWN: &'static [Own] = &[];
    /// With whom a record of one's own is shared; none if it is private.
    const SHARING: Option<Sharing> = None;
    /// What must differ between records.
    const UNIQUE: &'static [Unique] = &[];
    /// By what an import finds a record beside what must differ.
    const NATURAL_KEYS: &'static [NaturalKey] = &[];
    /// The states in which its fields may change; empty for all that are not final.
    const EDITABLE_IN: &'static [&'static str] = &[];
    /// Where a record may be deleted beside its first state, and what may change where it is frozen, each with the reason.
    const STATE_EXCEPTIONS: &'static [StateException] = &[];
    /// The references, beside the one that its scope follows, to what it stands on: nothing begins while one of them names a record in a
    /// final state.
    const BASIS: &'static [&'static str] = &[];
    /// The references to what may have ended while this begins or goes on, each with the reason.
    const OUTLIVES: &'static [(&'static str, &'static str)] = &[];
    /// True if its first state is no draft: what a first move asks of its basis is asked when it is made.
    const BEGINS_AT_ONCE: bool = false;
    /// Which operations it has.
    const OPERATIONS: Operations = if Self::FACT { Operations::APPEND } else { Operations::ALL };
    /// Rules about other rows that are declared.
    const RULES: &'static [Rule] = &[];
    /// What its moves need, declared.
    const GUARDS: &'static [Guard] = &[];
    /// The moves that the service makes by date.
    const DUE: &'static [Due] = &[];

    /// Rules that facts may break, which raises a conflict.
    const FLAGS: &'static [Flag] = &[];
    /// Verbs of the permissions that its rules ask for beside those of its operations, as an override does.
    const RULE_VERBS: &'static [&'static str] = &[];

    /// True if a record only joins two others and is one edge of the graph instead of a node; [`Resource::joins`] says which.
    const JOINS: bool = false;
    /// The references whose named record stands under this one in the graph; of all others it stands above.
    const LOWER: &'static [&'static str] = &[];

    /// The states and moves, if it has any.
    fn lifecycle() -> Option<Lifecycle> {
        None
    }

    /// A believable record: the example of the API document and the body of the contract test. References that are not
    /// required stay empty.
    fn sample() -> Self;

    /// Rules between fields, broken by the input alone (422).
    fn rules(&self, _faults: &mut ValidationErrors) {}

    /// What [`Resource::check`] reads of other rows, to be locked before it does.
    fn locks(&self) -> Vec<Lock> {
        Vec::new()
    }

    /// The record with what the service writes of it by itself when it is made, changed or moved: who, when, and what follows. None
    /// if there is nothing of that kind.
    fn stamped(&self, _cause: Cause<'_>, _check: &mut Check<'_>) -> Result<Option<Self>> {
        Ok(None)
    }

    /// Rules about other data (409), inside the write's transaction and through every door.
    fn check(&self, _check: &mut Check<'_>) -> Result<()> {
        Ok(())
    }

    /// Rules against being deleted (409), beside those that come from what refers to it.
    fn check_removal(&self, _check: &mut Check<'_>) -> Result<()> {
        Ok(())
    }

    /// What is missing before a move can be made, beside what is declared.
    fn guard(&self, _step: &Move, _check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        Ok(Vec::new())
    }

    /// What does not hold of a record that is in a state, or comes into it: asked on every way into the state, and of every write to the
    /// record or its parts while it is in it.
    fn unmet_in(&self, _state: &str, _check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        Ok(Vec::new())
    }

    /// What the making of a record makes elsewhere, in the same transaction.
    fn effects_of_creation(&self, _check: &mut Check<'_>) -> Result<Vec<Effect>> {
        Ok(Vec::new())
    }

    /// Effects of the deletion of a record, in the same transaction: asked once it is gone, also of a part that goes with its parent,
    /// and again when it is restored.
    fn effects_of_removal(&self, _check: &mut Check<'_>) -> Result<Vec<Effect>> {
        Ok(Vec::new())
    }

    /// What a change of its fields makes or moves elsewhere, in the same transaction; the record as it was is in the check.
    fn effects_of_change(&self, _check: &mut Check<'_>) -> Result<Vec<Effect>> {
        Ok(Vec::new())
    }

    /// The two records that a joining one connects: the upper, which stands on the other, and the lower.
    fn joins(&self) -> Option<(Id, Id)> {
        None
    }

    /// What a move makes or moves elsewhere, in the same transaction.
    fn effects(&self, _step: &Move, _check: &mut Check<'_>) -> Result<Vec<Effect>> {
        Ok(Vec::new())
    }
}
