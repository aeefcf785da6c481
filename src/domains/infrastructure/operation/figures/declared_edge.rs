//! The declared edges of the dependency graph in sight.

use crate::operation::dependency::{Dependency, DependencyKind, ON_THE_LEFT, ON_THE_RIGHT};
use crate::operation::failure::Edge;
use steward_core::database::expression::Condition;
use steward_core::database::{CHUNK, Narrowed};
use steward_core::resource::value::folded;
use steward_core::view::prelude::*;
use steward_schema::infrastructure::dependencies;

/// The edges from some nodes to what they stand on.
pub fn declared_under(reader: &mut Reader<'_>, nodes: &[Id]) -> Result<Vec<Edge>> {
    edges_of(reader, nodes, |chunk| dependencies::from_id.eq_any(chunk), |chunk| dependencies::to_id.eq_any(chunk))
}

/// The same, of those that are one of several alternatives.
pub fn alternatives_under(reader: &mut Reader<'_>, nodes: &[Id]) -> Result<Vec<Edge>> {
    let in_group = || dependencies::redundancy_group.is_not_null();
    edges_of(reader, nodes, |chunk| dependencies::from_id.eq_any(chunk).and(in_group()), |chunk| dependencies::to_id.eq_any(chunk).and(in_group()))
}

/// The edges to some nodes from what stands on them.
pub fn declared_on(reader: &mut Reader<'_>, nodes: &[Id]) -> Result<Vec<Edge>> {
    edges_of(reader, nodes, |chunk| dependencies::to_id.eq_any(chunk), |chunk| dependencies::from_id.eq_any(chunk))
}

/// The edges of some nodes: what tells those of which the support stands on the right, and those of which it stands on the left.
fn edges_of<'c, R, L>(reader: &mut Reader<'_>, nodes: &'c [Id], right: impl Fn(&'c [Id]) -> R, left: impl Fn(&'c [Id]) -> L) -> Result<Vec<Edge>>
where
    R: Condition<'c, dependencies::table>,
    L: Condition<'c, dependencies::table>,
{
    let (seen, mut edges) = (reader.sees::<Dependency>()?, Vec::new());
    for chunk in nodes.chunks(CHUNK) {
        edges.extend(edges_where(reader, &seen, ON_THE_RIGHT, right(chunk))?);
        edges.extend(edges_where(reader, &seen, ON_THE_LEFT, left(chunk))?);
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
        // Names differ by more than the case of their letters.
        Edge::new(from, to, kind, group.map(|name| (folded(&name), must_stand)))
    };
    Ok(rows.into_iter().map(edge).collect())
}
