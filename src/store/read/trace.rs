//! The trace: what a record stands under and on, over the references of all collections, a level at a time.

use super::field_visibility::FieldVisibility;
use super::reader::Reader;
use super::scope::{around, seen};
use super::search::shows_title;
use crate::database::{SqlValue, Statement};
use crate::error::{Problem, Result};
use crate::resource::{Id, ResourceType};
use diesel::sql_types::{Nullable, Text, Uuid};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// How many records a walk reaches at most.
const MOST: usize = 5_000;
/// How many ids one statement names at most.
const CHUNK: usize = 1_000;
/// How many joining records are read for so many ids at most.
const JOINS: i64 = 50_000;

/// Which way a walk goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From what stands below to what stands above it.
    Up,
    /// From what stands above to what stands below it.
    Down,
    /// Both ways at each step.
    Both,
}

/// A record that a walk reached.
#[derive(Clone)]
pub struct Node {
    /// The record.
    pub id: Id,
    /// Its kind.
    pub definition: &'static ResourceType,
    /// What people call it.
    pub title: String,
    /// Its state, where it has one.
    pub state: Option<String>,
    /// How many steps it is from the start.
    pub depth: usize,
}

/// A reference between two of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The record that refers; of a joining record, the lower one.
    pub from_id: Id,
    /// The record that it names; of a joining record, the upper one.
    pub to_id: Id,
    /// The name of the reference, or of the kind that joins.
    pub field: String,
}

/// A reference of a record to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The record that refers.
    pub holder: Id,
    /// Its state, where it has one.
    pub state: Option<String>,
    /// The name of the reference.
    pub field: String,
    /// The record that it names.
    pub named: Id,
}

/// Where a walk led.
#[derive(Clone)]
pub struct Trace {
    /// The records, nearest first, then by id.
    pub nodes: Vec<Node>,
    /// The references between them.
    pub edges: Vec<Edge>,
    /// True if there is more than a walk may reach.
    pub truncated: bool,
}

/// A record that joins two others: the upper and the lower, and the name of its kind.
type Join = (Id, Id, &'static str);

/// Fields of collections.
type Fields = Vec<(&'static str, Vec<&'static str>)>;

/// Which references count.
struct Rules {
    /// Those whose named record stands under the one that holds them.
    lower: Fields,
    /// Those that the session does not see in every record.
    hidden: Fields,
    /// The kinds whose records are edges.
    joining: Vec<&'static ResourceType>,
}

impl Reader<'_> {
    /// Walks the references from a record that the session sees (404), over records that it sees, and answers with those of
    /// some kinds; the start is always one of them.
    pub fn trace(&mut self, start: Id, direction: Direction, depth: usize, kinds: Option<&[&'static ResourceType]>) -> Result<Trace> {
        let rules = self.rules();
        let first = self.nodes(&[start], &[])?.remove(&start).ok_or_else(Problem::not_found)?;
        let mut cut = false;
        let (mut nodes, stopped) = walk(start, first, depth, MOST, |frontier| self.beside(&rules, direction, frontier, &mut cut))?;
        nodes.retain(|node| node.id == start || kinds.is_none_or(|kinds| kinds.iter().any(|kind| kind.path == node.definition.path)));
        let ids: Vec<Id> = nodes.iter().map(|node| node.id).collect();
        let edges = self.edges(&rules, &ids, &mut cut)?;
        Ok(Trace { nodes, edges, truncated: stopped || cut })
    }

    /// Those of some records that the session sees, of whatever kinds, in order of their ids; with depth 0.
    pub fn records(&mut self, ids: &[Id]) -> Result<Vec<Node>> {
        let mut found = Vec::new();
        for chunk in ids.chunks(CHUNK) {
            found.extend(self.nodes(chunk, &[])?.into_values());
        }
        Ok(found)
    }

    /// Those of some references, each a kind and a name, that name one of these records, or that one of these holds; as far as the session
    /// sees who holds them.
    pub fn references(&mut self, fields: &[(&'static str, &'static str)], ids: &[Id], held: bool) -> Result<Vec<Reference>> {
        let mut wanted: Fields = fields.iter().map(|(path, field)| (*path, vec![*field])).collect();
        let hidden = self.rules().hidden;
        wanted.retain(|(path, names)| !hidden.iter().any(|(other, hidden)| other == path && names.iter().all(|name| hidden.contains(name))));
        let mut found = Vec::new();
        for chunk in ids.chunks(CHUNK) {
            let mut query = Statement::new("SELECT e.from_id, h.state, e.field, e.to_id FROM edges e JOIN registry h ON h.id = e.from_id");
            query.push(format!(" JOIN registry r ON r.id = h.id{} WHERE r.deleted_at IS NULL AND ", around(0)));
            query.push(if held { "e.from_id IN (" } else { "e.to_id IN (" }).bind_all(chunk.iter().copied().map(SqlValue::Id)).push(") AND ");
            query.append(one_of(&wanted)).push(" AND ").append(seen(&self.store.definitions, self.session)).push(" ORDER BY e.from_id, e.field");
            let rows = query.once().load::<(Uuid, Nullable<Text>, Text, Uuid), (Id, Option<String>, String, Id)>(self.connection)?;
            found.extend(rows.into_iter().map(|(holder, state, field, named)| Reference { holder, state, field, named }));
        }
        Ok(found)
    }

    /// The records of some collections that are in one of some states, of those that the session sees, in order of their ids.
    pub fn in_states(&mut self, wanted: &[(&'static str, &'static [&'static str])]) -> Result<Vec<Id>> {
        let mut found = Vec::new();
        // A query for each collection, so that the index by state is used.
        for (path, states) in wanted {
            let mut query = Statement::new(format!("SELECT r.id FROM registry r{} WHERE r.deleted_at IS NULL AND r.collection = ", around(0)));
            query.bind(*path).push(" AND r.state IN (").bind_all(states.iter().copied().map(SqlValue::from)).push(") AND ");
            query.append(seen(&self.store.definitions, self.session));
            found.extend(query.once().load::<Uuid, Id>(self.connection)?);
        }
        found.sort_unstable();
        Ok(found)
    }

    fn rules(&self) -> Rules {
        let all = self.store.definitions.all().iter().copied().filter(|definition| !definition.fact);
        let hidden = all.clone().map(|definition| {
            let sight = FieldVisibility::of(definition, self.session);
            let holding = definition.written_fields().filter(|field| !field.refers_to.is_empty() || field.holds_references());
            (definition.path, holding.map(|field| field.name).filter(|name| !sight.shows(name)).collect::<Vec<_>>())
        });
        let hidden: Fields = hidden.filter(|(_, fields)| !fields.is_empty()).collect();
        let lower = all.clone().filter(|definition| !definition.lower.is_empty()).map(|definition| (definition.path, definition.lower.to_vec())).collect();
        // What joins by a reference that the session does not see joins nothing for it.
        let joining = all.filter(|definition| definition.is_edge && hidden.iter().all(|(path, _)| *path != definition.path)).collect();
        Rules { lower, hidden, joining }
    }

    /// The records one step from these.
    fn beside(&mut self, rules: &Rules, direction: Direction, frontier: &[Id], cut: &mut bool) -> Result<BTreeMap<Id, Node>> {
        let edge_kinds: Vec<&'static str> =
            self.store.definitions.all().iter().filter(|definition| definition.is_edge).map(|definition| definition.path).collect();
        let mut found = BTreeMap::new();
        for chunk in frontier.chunks(CHUNK) {
            let outward = rules.references("e.to_id", "e.from_id", direction.takes_named(), chunk);
            let inward = rules.references("e.from_id", "e.to_id", direction.takes_holder(), chunk);
            for references in [outward, inward].into_iter().flatten() {
                found.extend(self.nodes_where(references, &edge_kinds)?);
            }
        }
        let near: HashSet<Id> = frontier.iter().copied().collect();
        let joins = self.joins(rules, frontier, cut)?;
        let others: BTreeSet<Id> = joins.into_iter().flat_map(|(upper, lower, _)| direction.ends(upper, lower, &near)).collect();
        let others: Vec<Id> = others.into_iter().filter(|id| !found.contains_key(id) && !near.contains(id)).collect();
        for chunk in others.chunks(CHUNK) {
            found.extend(self.nodes(chunk, &edge_kinds)?);
        }
        Ok(found)
    }

    /// Those of some records that the session sees, some kinds left out.
    fn nodes(&mut self, ids: &[Id], without: &[&'static str]) -> Result<BTreeMap<Id, Node>> {
        let mut condition = Statement::default();
        condition.bind_all(ids.iter().copied().map(SqlValue::Id));
        self.nodes_where(condition, without)
    }

    /// The records whose ids are among some and that the session sees: those with the least ids, one more than a walk may reach.
    fn nodes_where(&mut self, ids: Statement, without: &[&'static str]) -> Result<BTreeMap<Id, Node>> {
        let mut query =
            Statement::new(format!("SELECT r.id, r.collection, r.title, r.state FROM registry r{} WHERE r.deleted_at IS NULL AND r.id IN (", around(0)));
        query.append(ids).push(")");
        if !without.is_empty() {
            query.push(" AND r.collection NOT IN (").bind_all(without.iter().copied().map(SqlValue::from)).push(")");
        }
        query.push(" AND ").append(seen(&self.store.definitions, self.session));
        query.push(" ORDER BY r.id LIMIT ").bind(MOST as i64 + 1);
        type Row = (Id, String, String, Option<String>);
        let rows = query.once().load::<(Uuid, Text, Text, Nullable<Text>), Row>(self.connection)?;
        let mut shown: HashMap<&'static str, bool> = HashMap::new();
        let node = |(id, collection, title, state): Row| {
            let definition = self.store.definitions.get(&collection)?;
            let shown = *shown.entry(definition.path).or_insert_with(|| shows_title(definition, self.session));
            Some((id, Node { id, definition, title: if shown { title } else { definition.singular.clone() }, state, depth: 0 }))
        };
        Ok(rows.into_iter().filter_map(node).collect())
    }

    /// The joining records that the session sees and that name one of these.
    fn joins(&mut self, rules: &Rules, ids: &[Id], cut: &mut bool) -> Result<Vec<Join>> {
        if rules.joining.is_empty() {
            return Ok(Vec::new());
        }
        let mut found: HashMap<&'static str, (&'static ResourceType, BTreeSet<Id>)> = HashMap::new();
        for chunk in ids.chunks(CHUNK) {
            let mut query = Statement::new(format!("SELECT r.id, r.collection FROM registry r{} WHERE r.deleted_at IS NULL AND r.collection IN (", around(0)));
            query.bind_all(rules.joining.iter().map(|definition| SqlValue::from(definition.path)));
            query.push(") AND r.id IN (SELECT e.from_id FROM edges e WHERE e.to_id IN (").bind_all(chunk.iter().copied().map(SqlValue::Id)).push(")) AND ");
            query.append(seen(&self.store.definitions, self.session)).push(" ORDER BY r.id LIMIT ").bind(JOINS);
            let rows = query.once().load::<(Uuid, Text), (Id, String)>(self.connection)?;
            *cut |= rows.len() as i64 == JOINS;
            for (id, collection) in rows {
                if let Some(definition) = self.store.definitions.get(&collection) {
                    found.entry(definition.path).or_insert_with(|| (definition, BTreeSet::new())).1.insert(id);
                }
            }
        }
        let mut joins = Vec::new();
        for (definition, ids) in found.into_values() {
            let ids: Vec<Id> = ids.into_iter().collect();
            for chunk in ids.chunks(CHUNK) {
                joins.extend(self.ends_of(definition, chunk)?);
            }
        }
        Ok(joins)
    }

    /// What some joining records of a kind connect. That the session sees them has been asked.
    fn ends_of(&mut self, definition: &'static ResourceType, ids: &[Id]) -> Result<Vec<Join>> {
        let mut query = Statement::new(format!("SELECT {} FROM {} WHERE id IN (", definition.columns, definition.table));
        query.bind_all(ids.iter().copied().map(SqlValue::Id)).push(")");
        let records = (definition.rows.load)(&query.once(), self.connection)?;
        let ends: Vec<Option<(Id, Id)>> = records.iter().map(|record| definition.joins(&*record.own)).collect::<Result<_>>()?;
        Ok(ends.into_iter().flatten().map(|(upper, lower)| (upper, lower, definition.singular.as_str())).collect())
    }

    /// The references between some records.
    fn edges(&mut self, rules: &Rules, ids: &[Id], cut: &mut bool) -> Result<Vec<Edge>> {
        let there: HashSet<Id> = ids.iter().copied().collect();
        let mut edges = BTreeSet::new();
        for chunk in ids.chunks(CHUNK) {
            let mut query = Statement::new("SELECT e.from_id, e.to_id, e.field FROM edges e JOIN registry h ON h.id = e.from_id WHERE e.from_id IN (");
            query.bind_all(chunk.iter().copied().map(SqlValue::Id)).push(") AND NOT ").append(one_of(&rules.hidden));
            let rows = query.once().load::<(Uuid, Uuid, Text), (Id, Id, String)>(self.connection)?;
            let between = rows.into_iter().filter(|(_, to_id, _)| there.contains(to_id));
            edges.extend(between.map(|(from_id, to_id, field)| Edge { from_id, to_id, field }));
        }
        let joins = self.joins(rules, ids, cut)?.into_iter().filter(|(upper, lower, _)| there.contains(upper) && there.contains(lower));
        edges.extend(joins.map(|(upper, lower, kind)| Edge { from_id: lower, to_id: upper, field: kind.to_owned() }));
        Ok(edges.into_iter().collect())
    }
}

impl Rules {
    /// A sub-select of what is at one end of the references that have one of these at the other; none if no reference can be one.
    /// `lower` says which references count: those whose named record stands under its holder, the others, or all.
    fn references(&self, wanted: &'static str, known: &'static str, lower: Option<bool>, ids: &[Id]) -> Option<Statement> {
        if lower == Some(true) && self.lower.is_empty() {
            return None;
        }
        let mut query = Statement::new("SELECT ");
        query.push(wanted).push(" FROM edges e JOIN registry h ON h.id = e.from_id WHERE ").push(known).push(" IN (");
        query.bind_all(ids.iter().copied().map(SqlValue::Id)).push(") AND NOT ").append(one_of(&self.hidden));
        if let Some(lower) = lower {
            query.push(if lower { " AND " } else { " AND NOT " }).append(one_of(&self.lower));
        }
        Some(query)
    }
}

/// The condition on a reference `e` of a record `h` that it is one of some fields.
fn one_of(fields: &Fields) -> Statement {
    let mut condition = Statement::new("(1 = 0");
    for (path, names) in fields {
        condition.push(" OR (h.collection = ").bind(*path).push(" AND e.field IN (").bind_all(names.iter().copied().map(SqlValue::from)).push("))");
    }
    condition.push(")");
    condition
}

impl Direction {
    /// Which references lead from their holder to what they name: all, or only those in which that stands below (true) or above.
    fn takes_named(self) -> Option<bool> {
        match self {
            Direction::Up => Some(false),
            Direction::Down => Some(true),
            Direction::Both => None,
        }
    }

    /// Which references lead from what they name to their holder.
    fn takes_holder(self) -> Option<bool> {
        self.takes_named().map(|below| !below)
    }

    /// Where a joining record leads from some records.
    fn ends(self, upper: Id, lower: Id, near: &HashSet<Id>) -> Vec<Id> {
        let down = (self != Direction::Up && near.contains(&upper)).then_some(lower);
        let up = (self != Direction::Down && near.contains(&lower)).then_some(upper);
        down.into_iter().chain(up).collect()
    }
}

/// Walks from a record, a level at a time, until nothing new is found, the depth is reached, or so many records are; then
/// of the last level those with the least ids are kept. True if some were not.
fn walk(start: Id, first: Node, depth: usize, most: usize, mut beside: impl FnMut(&[Id]) -> Result<BTreeMap<Id, Node>>) -> Result<(Vec<Node>, bool)> {
    let mut seen = HashSet::from([start]);
    let (mut nodes, mut frontier) = (vec![Node { depth: 0, ..first }], vec![start]);
    for level in 1..=depth {
        let mut new: Vec<Node> = beside(&frontier)?.into_values().filter(|node| !seen.contains(&node.id)).collect();
        let more = new.len() > most.saturating_sub(nodes.len());
        new.truncate(most.saturating_sub(nodes.len()));
        frontier = new.iter().map(|node| node.id).collect();
        seen.extend(&frontier);
        nodes.extend(new.into_iter().map(|node| Node { depth: level, ..node }));
        if more || frontier.is_empty() {
            return Ok((nodes, more));
        }
    }
    Ok((nodes, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::{Resource, ResourceType, Scope, value::Title};
    use std::sync::LazyLock;
    use steward_schema::{ColumnType, Described, Held};

    crate::resource! {
        /// A thing.
        pub struct Thing {
            /// Its name.
            pub name: Title,
        }
    }

    diesel::table! {
        things (id) {
            id -> Uuid,
            revision -> BigInt,
            created_at -> Timestamptz,
            created_by -> Uuid,
            updated_at -> Timestamptz,
            updated_by -> Uuid,
            name -> Text,
            custom -> Nullable<Jsonb>,
        }
    }

    impl Described for things::table {
        const NAME: &'static str = "things";
        const COLUMNS: &'static [Held] = &[
            Held { name: "id", sql_type: ColumnType::Uuid, nullable: false },
            Held { name: "revision", sql_type: ColumnType::BigInt, nullable: false },
            Held { name: "created_at", sql_type: ColumnType::Timestamptz, nullable: false },
            Held { name: "created_by", sql_type: ColumnType::Uuid, nullable: false },
            Held { name: "updated_at", sql_type: ColumnType::Timestamptz, nullable: false },
            Held { name: "updated_by", sql_type: ColumnType::Uuid, nullable: false },
            Held { name: "name", sql_type: ColumnType::Text, nullable: false },
            Held { name: "custom", sql_type: ColumnType::Jsonb, nullable: true },
        ];
    }

    impl Resource for Thing {
        const PATH: &'static str = "house/things";
        type Table = things::table;
        const SCOPE: Scope = Scope::Shared;

        fn sample() -> Self {
            Thing { name: "A thing".into() }
        }
    }

    static THING: LazyLock<ResourceType> = LazyLock::new(ResourceType::of::<Thing>);

    fn id(number: usize) -> Id {
        Id::parse(&format!("00000000-0000-7000-8000-{number:012}")).unwrap()
    }

    fn node(number: usize) -> Node {
        Node { id: id(number), definition: &THING, title: number.to_string(), state: None, depth: 99 }
    }

    /// Walks a graph of numbers from 0.
    fn walked(edges: &[(usize, usize)], depth: usize, most: usize) -> (Vec<(usize, usize)>, bool) {
        let (nodes, truncated) = walk(id(0), node(0), depth, most, |frontier| {
            let next = edges.iter().filter(|(from, _)| frontier.contains(&id(*from)));
            Ok(next.map(|(_, to)| (id(*to), node(*to))).collect())
        })
        .unwrap();
        (nodes.into_iter().map(|node| (node.title.parse().unwrap(), node.depth)).collect(), truncated)
    }

    #[test]
    fn a_walk_takes_the_shortest_way_and_ends_in_a_circle() {
        let graph = [(0, 2), (0, 1), (1, 3), (2, 3), (3, 0), (3, 4)];
        assert_eq!(walked(&graph, 20, 100), (vec![(0, 0), (1, 1), (2, 1), (3, 2), (4, 3)], false));
        assert_eq!(walked(&graph, 1, 100), (vec![(0, 0), (1, 1), (2, 1)], false));
    }

    #[test]
    fn a_walk_stops_at_the_most_and_says_so() {
        let graph = [(0, 3), (0, 2), (0, 1), (1, 9)];
        assert_eq!(walked(&graph, 20, 3), (vec![(0, 0), (1, 1), (2, 1)], true));
        assert_eq!(walked(&graph, 20, 4), (vec![(0, 0), (1, 1), (2, 1), (3, 1)], true));
        assert_eq!(walked(&graph, 20, 5), (vec![(0, 0), (1, 1), (2, 1), (3, 1), (9, 2)], false));
    }

    #[test]
    fn what_is_named_stands_above_unless_the_field_says_below() {
        let near = HashSet::from([id(1)]);
        assert_eq!((Direction::Up.takes_named(), Direction::Up.takes_holder()), (Some(false), Some(true)));
        assert_eq!((Direction::Down.takes_named(), Direction::Down.takes_holder()), (Some(true), Some(false)));
        assert_eq!((Direction::Both.takes_named(), Direction::Both.takes_holder()), (None, None));
        assert_eq!(Direction::Down.ends(id(1), id(2), &near), [id(2)]);
        assert_eq!(Direction::Up.ends(id(1), id(2), &near), []);
        assert_eq!(Direction::Up.ends(id(2), id(1), &near), [id(2)]);
        assert_eq!(Direction::Both.ends(id(2), id(1), &near), [id(2)]);
    }
}
