//! A resource without its type: what the layers that are compiled once work with.

use super::field::{Field, join};
use super::flag::Flag;
use super::model::{Entity, Input};
use super::record::{Placement, Record, Rows, Stored, place};
use super::rule::{Check, Lock, UnmetGuard};
use super::shape::{BESIDE, OWNED, PLACED};
use super::state_exception::StateRules;
use super::value::{Custom, Instant, Text, ValidationErrors, Whole};
use super::{Cause, Due, Effect, FieldType, Guard, Id, Lifecycle, Move, NaturalKey, Need, Operations, Own, PartOf, Resource, Rule, Scope, Sharing, Unique};
use crate::database::{Row, SqlValue};
use crate::error::{Error, Result};
use serde_json::{Map, Value};
use std::sync::Arc;
use steward_schema::Described;

type Read = fn(Map<String, Value>, &mut ValidationErrors) -> Option<Arc<dyn Entity>>;

/// A resource as a table of its fields and a few function pointers.
pub struct ResourceType {
    /// `ControlTest`.
    pub type_name: &'static str,
    /// `governance/control-tests`.
    pub path: &'static str,
    /// `governance`.
    pub domain: &'static str,
    /// `control-tests`.
    pub collection: &'static str,
    /// `control_tests`: the table, and the name in permissions and operation ids.
    pub table: String,
    /// `control_test`.
    pub singular: String,
    /// What it is.
    pub doc: String,
    /// Its own fields.
    pub fields: &'static [Field],
    /// The fields that the client writes because of its scope: `unit_id` and `owner_id`.
    pub placement: &'static [Field],
    /// What every record has beside: the values of custom fields.
    pub beside: &'static [Field],
    /// Where its permissions come from.
    pub scope: Scope,
    /// Its parent, if it is a part.
    pub part_of: Option<PartOf>,
    /// True for what happened.
    pub fact: bool,
    /// True for facts that say nothing of who recorded them.
    pub anonymous: bool,
    /// True if who may do what depends on its records.
    pub decides_access: bool,
    /// The field that people know it by.
    pub title: &'static str,
    /// The fields that name the people for whom alone a record exists.
    pub private_to: &'static [&'static str],
    /// By what its records are somebody's own, as it declares it.
    pub own: &'static [Own],
    /// With whom a record of one's own is shared.
    pub sharing: Option<Sharing>,
    /// What must differ.
    pub unique: &'static [Unique],
    /// By what an import finds a record beside that.
    pub natural_keys: &'static [NaturalKey],
    /// True if its records are edges of the graph and no nodes.
    pub is_edge: bool,
    /// The references whose named record stands under this one in the graph.
    pub lower: &'static [&'static str],
    /// The states in which it may change; empty for all that are not final.
    pub editable_in: &'static [&'static str],
    /// What it declares of its states.
    pub state_rules: StateRules,
    /// Which operations it has.
    pub operations: Operations,
    /// Rules about other rows.
    pub rules: &'static [Rule],
    /// What its moves need.
    pub guards: &'static [Guard],
    /// Rules that facts may break.
    pub flags: &'static [Flag],
    /// Verbs of the permissions that its rules ask for beside those of its operations.
    pub rule_verbs: &'static [&'static str],
    /// The moves that the service makes by date.
    pub due: &'static [Due],
    /// Its states and moves.
    pub lifecycle: Option<Lifecycle>,
    /// The columns of one row, in the order in which they are read.
    pub columns: String,
    /// How its rows are read and written.
    pub rows: Rows,
    /// A believable record.
    pub sample: fn() -> Map<String, Value>,
    read: Read,
    locks: fn(&dyn Entity) -> Result<Vec<Lock>>,
    check: fn(&dyn Entity, &mut Check<'_>) -> Result<()>,
    guard: fn(&dyn Entity, &Move, &mut Check<'_>) -> Result<Vec<UnmetGuard>>,
    unmet_in: fn(&dyn Entity, &str, &mut Check<'_>) -> Result<Vec<UnmetGuard>>,
    created: fn(&dyn Entity, &mut Check<'_>) -> Result<Vec<Effect>>,
    changed: fn(&dyn Entity, &mut Check<'_>) -> Result<Vec<Effect>>,
    removed: fn(&dyn Entity, &mut Check<'_>) -> Result<Vec<Effect>>,
    joins: fn(&dyn Entity) -> Result<Option<(Id, Id)>>,
    effects: fn(&dyn Entity, &Move, &mut Check<'_>) -> Result<Vec<Effect>>,
    stamped: fn(&dyn Entity, Cause<'_>, &mut Check<'_>) -> Result<Option<Arc<dyn Entity>>>,
    keep: fn(&dyn Entity, &mut Check<'_>) -> Result<()>,
}

/// The fields that the service writes.
const SERVER: &[Field] = &[
    Field::of::<Id>("id", &["Identifier: a UUID of version 7, in order of creation."]),
    Field::of::<Whole<1, { i64::MAX }>>("revision", &["Revision number: 1 at creation, one more at each change. It is the ETag."]),
    Field::of::<Text<1, 40>>("state", &["State in the lifecycle. It changes by transitions only."]),
    Field::of::<Instant>("created_at", &["Time of creation (UTC)."]),
    Field::of::<Id>("created_by", &["Principal that created the record."]),
    Field::of::<Instant>("updated_at", &["Time of the last change (UTC)."]),
    Field::of::<Id>("updated_by", &["Principal that last changed the record."]),
];

/// The same where nothing is said of who.
const ANONYMOUS_SERVER: &[Field] = &[
    Field::of::<Id>("id", &["Identifier: a UUID of version 4, at random."]),
    Field::of::<Instant>("created_at", &["Day on which it was recorded, as its midnight in UTC."]),
    Field::of::<Option<Id>>("created_by", &["Always null: the author is not known."]),
];

/// The fields that say where records stand.
fn placement<R: Resource>() -> &'static [Field] {
    match R::SCOPE {
        Scope::Unit if R::OWNED => OWNED,
        Scope::Unit => PLACED,
        _ => &[],
    }
}

impl ResourceType {
    /// The definition of a resource.
    ///
    /// # Panics
    /// At the start, if its table is another collection's, or has a state while it has no lifecycle, or the other way round: a mistake in
    /// the source.
    pub fn of<R: Resource>() -> ResourceType {
        let (domain, collection) = R::PATH.split_once('/').unwrap_or((R::PATH, ""));
        let lifecycle = R::lifecycle();
        require_fitting_table::<R>(collection, lifecycle.is_some());
        ResourceType {
            type_name: R::NAME,
            path: R::PATH,
            domain,
            collection,
            table: collection.replace('-', "_"),
            singular: snake(R::NAME),
            doc: join(R::DOC),
            fields: R::FIELDS,
            placement: placement::<R>(),
            beside: if R::FACT { &[] } else { BESIDE },
            scope: R::SCOPE,
            part_of: R::PART_OF,
            fact: R::FACT,
            anonymous: R::ANONYMOUS,
            decides_access: R::DECIDES_ACCESS,
            title: R::TITLE,
            private_to: R::PRIVATE_TO,
            own: R::OWN,
            sharing: R::SHARING,
            unique: R::UNIQUE,
            natural_keys: R::NATURAL_KEYS,
            is_edge: R::JOINS,
            lower: R::LOWER,
            editable_in: R::EDITABLE_IN,
            state_rules: StateRules::of::<R>(),
            operations: R::OPERATIONS,
            rules: R::RULES,
            guards: R::GUARDS,
            flags: R::FLAGS,
            rule_verbs: R::RULE_VERBS,
            due: R::DUE,
            lifecycle,
            columns: Record::<R>::SHAPE.columns(),
            rows: Rows::of::<R>(),
            sample: || R::sample().to_json(),
            read: |members, faults| {
                let record = R::read(&mut Input::new(members, R::FIELDS, faults))?;
                record.rules(faults);
                refuse_same(R::FIELDS, &record, faults);
                Some(Arc::new(record))
            },
            locks: |entity| Ok(typed::<R>(entity)?.locks()),
            check: |entity, check| typed::<R>(entity)?.check(check),
            guard: |entity, step, check| typed::<R>(entity)?.guard(step, check),
            unmet_in: |entity, state, check| typed::<R>(entity)?.unmet_in(state, check),
            created: |entity, check| typed::<R>(entity)?.effects_of_creation(check),
            changed: |entity, check| typed::<R>(entity)?.effects_of_change(check),
            removed: |entity, check| typed::<R>(entity)?.effects_of_removal(check),
            joins: |entity| Ok(typed::<R>(entity)?.joins()),
            effects: |entity, step, check| typed::<R>(entity)?.effects(step, check),
            stamped: |entity, cause, check| Ok(typed::<R>(entity)?.stamped(cause, check)?.map(|own| Arc::new(own) as Arc<dyn Entity>)),
            keep: |entity, check| typed::<R>(entity)?.check_removal(check),
        }
    }

    /// `domain.collection:verb`, with the collection in snake case.
    pub fn permission(&self, verb: &str) -> String {
        format!("{}.{}:{verb}", self.domain, self.table)
    }

    /// Placement, own fields and custom ones: all that a client writes.
    pub fn written_fields(&self) -> impl Iterator<Item = &'static Field> {
        self.placement.iter().chain(self.fields).chain(self.beside)
    }

    /// What a client may write of them.
    pub fn client_fields(&self) -> impl Iterator<Item = &'static Field> {
        self.written_fields().filter(|field| !field.read_only)
    }

    /// The fields that only the service writes, beside those that every record has.
    pub fn read_only_fields(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(|field| field.read_only)
    }

    /// What the service makes with a new record and shows once.
    pub fn once_fields(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(|field| field.once.is_some())
    }

    /// The field that names the other end of what joins the record on which it hangs to one of any kind: who does not see that end does
    /// not see what joins them either.
    pub fn far_end(&self) -> Option<&'static str> {
        let part = self.part_of.filter(|part| part.loose && self.is_edge)?;
        self.fields.iter().find(|field| field.refers_to_any() && field.name != part.field).map(|field| field.name)
    }

    /// The moves that are due by date from a state.
    pub fn due_from(&self, state: &str) -> impl Iterator<Item = &'static Due> {
        let lifecycle = self.lifecycle.as_ref();
        self.due.iter().filter(move |due| lifecycle.is_some_and(|lifecycle| due.states(lifecycle).contains(&state)))
    }

    /// What is declared of dates that cannot be: mistakes in the source, found when the service is put together.
    pub(super) fn mistakes_of_dates(&self) -> Vec<String> {
        let kind = |name: &str| self.field(name).and_then(|field| field.columns.first()).map(|column| column.kind);
        super::due::mistakes(self.due, self.lifecycle.as_ref(), &kind).into_iter().map(|what| format!("{}: {what}", self.path)).collect()
    }

    /// The moves of its lifecycle; none if it has none.
    pub fn moves(&self) -> impl Iterator<Item = &Move> {
        self.lifecycle.iter().flat_map(|lifecycle| lifecycle.moves.iter())
    }

    /// What is declared that a state needs.
    pub fn needs_of(&self, state: &str) -> impl Iterator<Item = &'static Need> {
        self.guards.iter().filter(move |guard| guard.to.contains(&state)).map(|guard| &guard.need)
    }

    /// Where the cells of a written field stand in a row.
    pub fn span_of(&self, name: &str) -> Option<std::ops::Range<usize>> {
        let mut at = 0;
        for field in self.written_fields() {
            let end = at + field.columns.len();
            if field.name == name {
                return Some(at..end);
            }
            at = end;
        }
        None
    }

    /// A written field by its name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.written_fields().find(|field| field.name == name)
    }

    /// All references, placement included.
    pub fn references(&self) -> impl Iterator<Item = &'static Field> {
        self.written_fields().filter(|field| !field.refers_to.is_empty())
    }

    /// The fields that the service writes, as a list may use them.
    pub fn listed_server_fields(&self) -> impl Iterator<Item = &'static Field> {
        let names = self.server_fields();
        let all = if self.anonymous { ANONYMOUS_SERVER } else { SERVER };
        all.iter().filter(move |field| names.contains(&field.name))
    }

    /// A field that a list can filter or sort by, the service's own included; whether the caller may is asked elsewhere.
    pub fn listed_field(&self, name: &str) -> Option<&'static Field> {
        self.listed_server_fields().chain(self.written_fields()).find(|field| field.name == name && field.is_filterable())
    }

    /// The people for whom alone a record exists, as one text; none if permissions alone decide.
    pub fn named_people(&self, document: &Map<String, Value>) -> Option<String> {
        if self.private_to.is_empty() {
            return None;
        }
        let named = self.private_to.iter().filter_map(|name| document.get(*name));
        let ids = named.flat_map(|value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]));
        Some(ids.filter_map(|id| id.as_str().map(str::to_owned)).collect::<Vec<_>>().join(" "))
    }

    /// The names of the fields that the service writes.
    pub fn server_fields(&self) -> &'static [&'static str] {
        match (self.fact, self.lifecycle.is_some()) {
            (true, _) => &["id", "created_at", "created_by"],
            (false, true) => &["id", "revision", "state", "created_at", "created_by", "updated_at", "updated_by"],
            (false, false) => &["id", "revision", "created_at", "created_by", "updated_at", "updated_by"],
        }
    }

    /// Reads the resource's own fields from JSON, with its rules between fields.
    pub fn read(&self, members: Map<String, Value>, faults: &mut ValidationErrors) -> Option<Arc<dyn Entity>> {
        (self.read)(members, faults)
    }

    /// The cells of the written fields of a record, in order.
    pub fn cells(&self, stored: &Stored) -> Row {
        self.cells_of(stored.placement, &*stored.own, stored.custom.as_ref())
    }

    /// The same of a record in its parts.
    pub fn cells_of(&self, placement: Placement, own: &dyn Entity, custom: Option<&Custom>) -> Row {
        let mut cells = Row::new();
        place(self.placement, placement, &mut cells);
        cells.extend(own.cells());
        if !self.beside.is_empty() {
            match custom {
                Some(custom) => custom.store(&mut cells),
                None => Custom::store_null(&mut cells),
            }
        }
        cells
    }

    /// The cells of one written field of a record.
    pub fn cells_of_field(&self, stored: &Stored, name: &str) -> Row {
        self.span_of(name).and_then(|span| self.cells(stored).get(span).map(<[SqlValue]>::to_vec)).unwrap_or_default()
    }

    /// The record with what the service writes of it by itself; none if that is nothing.
    pub fn stamped(&self, entity: &dyn Entity, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Arc<dyn Entity>>> {
        (self.stamped)(entity, cause, check)
    }

    /// What its rules must have locked.
    pub fn locks(&self, entity: &dyn Entity) -> Result<Vec<Lock>> {
        (self.locks)(entity)
    }

    /// Runs its rules about other data.
    pub fn check(&self, entity: &dyn Entity, check: &mut Check<'_>) -> Result<()> {
        (self.check)(entity, check)
    }

    /// Runs its rules against being deleted.
    pub fn check_removal(&self, entity: &dyn Entity, check: &mut Check<'_>) -> Result<()> {
        (self.keep)(entity, check)
    }

    /// Runs the guard of a move.
    pub fn guard(&self, entity: &dyn Entity, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        (self.guard)(entity, step, check)
    }

    /// What does not hold of a record in a state.
    pub fn unmet_in(&self, entity: &dyn Entity, state: &str, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        (self.unmet_in)(entity, state, check)
    }

    /// What the making of a record makes elsewhere.
    pub fn effects_of_creation(&self, entity: &dyn Entity, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        (self.created)(entity, check)
    }

    /// What a change of its fields makes elsewhere.
    pub fn effects_of_change(&self, entity: &dyn Entity, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        (self.changed)(entity, check)
    }

    /// Effects of the deletion of a record, or of its restoring.
    pub fn effects_of_removal(&self, entity: &dyn Entity, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        (self.removed)(entity, check)
    }

    /// The upper and the lower record that a joining one connects.
    pub fn joins(&self, entity: &dyn Entity) -> Result<Option<(Id, Id)>> {
        (self.joins)(entity)
    }

    /// What a move does elsewhere.
    pub fn effects(&self, entity: &dyn Entity, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        (self.effects)(entity, step, check)
    }

    /// A written field's column that is compared, and its cell in a row.
    pub fn compared<'c>(&self, cells: &'c [SqlValue], name: &str) -> Option<(String, &'c SqlValue)> {
        let mut rest = cells;
        for field in self.written_fields() {
            let (mine, others) = rest.split_at_checked(field.columns.len())?;
            rest = others;
            if field.name == name {
                let at = field.columns.iter().position(|column| column.suffix == "_key").unwrap_or(0);
                return Some((format!("{name}{}", field.columns.get(at)?.suffix), mine.get(at)?));
            }
        }
        None
    }

    /// The names of the members of an answer, in order.
    pub fn member_names(&self) -> Vec<&'static str> {
        let (before, after) = self.server_fields().iter().partition::<Vec<&str>, _>(|name| matches!(**name, "id" | "revision" | "state"));
        let written = self.written_fields().filter(|field| !field.secret).map(|field| field.name);
        before.into_iter().chain(written).chain(after).collect()
    }
}

/// Refuses a table that is another collection's, or that has a state where the resource has no lifecycle, or the other way round.
fn require_fitting_table<R: Resource>(collection: &str, has_states: bool) {
    let is_ahead = cfg!(feature = "schema-ahead") || R::Table::COLUMNS.is_empty();
    assert!(is_ahead || R::Table::NAME == collection.replace('-', "_"), "{}: its table is called {}", R::PATH, R::Table::NAME);
    assert!(is_ahead || has_states == Record::<R>::SHAPE.has_state(), "{}: a lifecycle and a column state go together", R::PATH);
}

/// A record by the type that its definition was made of.
fn typed<R: Resource>(entity: &dyn Entity) -> Result<&R> {
    entity.as_any().downcast_ref().ok_or_else(|| Error::broken(format!("a record that is none of {}", R::PATH)))
}

/// Refuses a reference that names the same record as the one that it must differ from.
fn refuse_same(fields: &'static [Field], record: &dyn Entity, faults: &mut ValidationErrors) {
    if fields.iter().all(|field| field.differs_from.is_none()) {
        return;
    }
    let (members, sample) = (record.to_json(), Id::sample().to_json());
    for (field, other) in fields.iter().filter_map(|field| Some((field, field.differs_from?))) {
        let value = members.get(field.name).filter(|value| !value.is_null() && **value != sample);
        let detail = format!("It must be another one than {other}.");
        faults.require(value.is_none() || value != members.get(other), field.name, "same", &detail);
    }
}

/// `ControlTest` as `control_test`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (at, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}
