//! The edges of the dependency graph in sight: those that are declared, and those that follow from what is recorded.

use super::cluster_hosts;
use super::declared_edge::{alternatives_under, declared_on, declared_under};
use crate::operation::failure::Edge;
use crate::operation::recorded::{self, Standing};
use std::collections::HashSet;
use steward_core::view::prelude::*;

/// Most edges that are followed from one node to all that it stands on.
const MOST: usize = 200_000;

/// Every edge that leads from a node to what it stands on, directly or through others (409 if there are too many).
pub fn edges_under(reader: &mut Reader<'_>, root: Id) -> Result<Vec<Edge>> {
    let (mut all, mut known, mut frontier) = (Vec::new(), HashSet::from([root]), vec![root]);
    while !frontier.is_empty() {
        let (before, declared) = (all.len(), declared_under(reader, &frontier)?);
        all.extend(cluster_hosts::with_tolerance(reader, declared, &HashSet::new())?);
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
    let declared = declared_on(reader, fallen)?;
    let mut edges = cluster_hosts::with_tolerance(reader, declared, known)?;
    edges.extend(recorded::on_nodes(reader, fallen)?.into_iter().map(edge_of));
    let grouped: Vec<Id> = edges.iter().filter(|edge| edge.group.is_some()).map(|edge| edge.dependent).filter(|dependent| known.insert(*dependent)).collect();
    edges.extend(alternatives_under(reader, &grouped)?);
    Ok(edges)
}
