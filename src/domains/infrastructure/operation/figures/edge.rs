//! The edges of the dependency graph in sight: those that are declared, and those that follow from what is recorded.

use super::failure::Edge;
use crate::operation::{
    dependency::{Dependency, DependencyKind, ON_THE_LEFT, ON_THE_RIGHT},
    recorded::{self, Standing},
};
use std::collections::HashSet;
use steward_core::database::expression::Condition;
use steward_core::database::{CHUNK, Narrowed};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::dependencies;

/// Most edges that are followed from one node to all that it stands on.
const MOST: usize = 200_000;

/// Every edge that leads from a node to what it stands on, directly or through others (409 if there are too many).
pub fn edges_under(reader: &mut Reader<'_>, root: Id) -> Result<Vec<Edge>> {
    let seen = reader.sees::<Dependency>()?;
    let (mut all, mut known, mut frontier) = (Vec::new(), HashSet::from([root]), vec![root]);
    while !frontier.is_empty() {
        let before = all.len();
        for chunk in frontier.chunks(CHUNK) {
            all.extend(edges_where(reader, &seen, ON_THE_RIGHT, dependencies::from_id.eq_any(chunk))?);
            all.extend(edges_where(reader, &seen, ON_THE_LEFT, dependencies::to_id.eq_any(chunk))?);
        }
        all.extend(recorded::under_nodes(reader, &frontier)?.into_iter().map(edge_of));
        if all.len() > MOST {
            return Err(Problem::conflict("", "too_many", format!("It stands on more than {MOST} others. Ask for a node that stands on fewer.")).into());
        }
        frontier = all.iter().skip(before).map(|edge| edge.support).filter(|support| known.insert(*support)).collect();
    }
    Ok(all)
}

fn edge_of(each: Standing) -> Edge {
    Edge { group: each.alternatives.map(|name| (name.to_owned(), 1)), ..Edge::recorded(each.dependent, each.support, each.hard) }
}

/// The edges that stand on these nodes, and the whole of each group that one of them belongs to, once.
pub fn edges_on(reader: &mut Reader<'_>, fallen: &[Id], known: &mut HashSet<Id>) -> Result<Vec<Edge>> {
    let seen = reader.sees::<Dependency>()?;
    let mut edges = Vec::new();
    for chunk in fallen.chunks(CHUNK) {
        edges.extend(edges_where(reader, &seen, ON_THE_RIGHT, dependencies::to_id.eq_any(chunk))?);
        edges.extend(edges_where(reader, &seen, ON_THE_LEFT, dependencies::from_id.eq_any(chunk))?);
    }
    edges.extend(recorded::on_nodes(reader, fallen)?.into_iter().map(edge_of));
    let grouped: Vec<Id> = edges.iter().filter(|edge| edge.group.is_some()).map(|edge| edge.dependent).filter(|dependent| known.insert(*dependent)).collect();
    for chunk in grouped.chunks(CHUNK) {
        let in_group = || dependencies::redundancy_group.is_not_null();
        edges.extend(edges_where(reader, &seen, ON_THE_RIGHT, dependencies::from_id.eq_any(chunk).and(in_group()))?);
        edges.extend(edges_where(reader, &seen, ON_THE_LEFT, dependencies::to_id.eq_any(chunk).and(in_group()))?);
    }
    Ok(edges)
}

/// The edges in sight of some kinds that satisfy a condition.
fn edges_where<'c>(
    reader: &mut Reader<'_>,
    seen: &Narrowed<dependencies::table>,
    kinds: [DependencyKind; 2],
    condition: impl Condition<'c, dependencies::table>,
) -> Result<Vec<Edge>> {
    let rows: Vec<(Id, Id, DependencyKind, Option<String>, Option<i64>)> = dependencies::table
        .filter(dependencies::kind.eq_any(kinds))
        .filter(condition)
        .filter(seen.clone())
        .order(dependencies::id)
        .select((dependencies::from_id, dependencies::to_id, dependencies::kind, dependencies::redundancy_group, dependencies::min_up))
        .load(reader.within(seen))?;
    let edge = |(from, to, kind, group, min_up): (Id, Id, DependencyKind, Option<String>, Option<i64>)| {
        let must_stand = min_up.and_then(|least| usize::try_from(least).ok()).unwrap_or(1);
        Edge::new(from, to, kind, group.map(|name| (name, must_stand)))
    };
    Ok(rows.into_iter().map(edge).collect())
}
