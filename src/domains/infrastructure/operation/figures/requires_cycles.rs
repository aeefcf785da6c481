//! Circles of nodes that require each other.

use super::node::{ImpactNode, nodes};
use crate::operation::{
    dependency::{Dependency, DependencyKind},
    it_service::Service,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::dependencies;

/// Cycle of nodes that all require each other, directly or through others: none of them can be started first.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequiresCycle {
    /// Nodes of the cycle; those that you may not see are left out.
    pub nodes: Vec<ImpactNode>,
}

impl View for RequiresCycle {
    const PATH: &'static str = "infrastructure/requires-cycles";
    const SUMMARY: &'static str = "Get cycles of nodes that require each other";
    const DESCRIPTION: &'static str = "Cycles among the `requires` dependencies that you may see, each with its nodes. They are allowed, because running systems have them; but no node of a cycle can be started, moved or repaired first.";
    const FORMULA: &'static str = "The strongly connected components of more than one node of the graph of requires";
    const SOURCE: &'static str = "R. Tarjan, Depth-first search and linear graph algorithms (1972)";
    type Reads = (Dependency, IfPermitted<Service>);
    type Query = NoQuery;
    type Answer = Listed<Self>;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Listed<Self>> {
        let seen = cx.sees::<Dependency>()?;
        let edges: Vec<(Id, Id)> = dependencies::table
            .filter(dependencies::kind.eq(DependencyKind::Requires))
            .filter(seen.clone())
            .order(dependencies::id)
            .select((dependencies::from_id, dependencies::to_id))
            .load(cx.within(&seen))?;
        let cycles = cycles(&edges);
        let shown = nodes(cx, &cycles.concat())?;
        Ok(cycles.into_iter().map(|cycle| RequiresCycle { nodes: cycle.iter().filter_map(|node| shown.get(node).cloned()).collect() }).collect())
    }
}

/// The strongly connected components of more than one node, each in the order of its ids, the largest first.
fn cycles(edges: &[(Id, Id)]) -> Vec<Vec<Id>> {
    let (mut ahead, mut behind): (BTreeMap<Id, Vec<Id>>, HashMap<Id, Vec<Id>>) = (BTreeMap::new(), HashMap::new());
    for (from, to) in edges {
        ahead.entry(*from).or_default().push(*to);
        behind.entry(*to).or_default().push(*from);
    }
    // Kosaraju's way: the nodes in the order in which a walk ahead leaves them, then walks back in the reverse of it.
    let (mut left, mut known) = (Vec::new(), HashSet::new());
    for start in ahead.keys() {
        let mut stack = vec![(*start, 0)];
        while let Some((node, next)) = stack.pop() {
            if next == 0 && !known.insert(node) {
                continue;
            }
            match ahead.get(&node).and_then(|others| others.get(next)) {
                Some(other) => stack.extend([(node, next + 1), (*other, 0)]),
                None => left.push(node),
            }
        }
    }
    let (mut found, mut taken) = (Vec::new(), HashSet::new());
    for start in left.into_iter().rev() {
        let (mut component, mut stack) = (Vec::new(), vec![start]);
        while let Some(node) = stack.pop() {
            if taken.insert(node) {
                component.push(node);
                stack.extend(behind.get(&node).into_iter().flatten());
            }
        }
        if component.len() > 1 {
            component.sort_unstable();
            found.push(component);
        }
    }
    found.sort_by_key(|component| (std::cmp::Reverse(component.len()), component.first().copied()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_found_with_all_its_nodes_and_a_chain_is_none() {
        let mut nodes: [Id; 7] = std::array::from_fn(|_| Id::new());
        nodes.sort_unstable();
        let [one, two, three, four, five, six, seven] = nodes;
        let edges = [(one, two), (two, three), (three, one), (three, two), (three, four), (four, five), (five, six), (six, five), (seven, one)];
        assert_eq!(cycles(&edges), [vec![one, two, three], vec![five, six]]);
        assert!(cycles(&[(one, two), (one, three), (two, three)]).is_empty());
    }

    #[test]
    fn a_long_chain_that_closes_is_one_circle() {
        let nodes: Vec<Id> = (0..20_000).map(|_| Id::new()).collect();
        let edges: Vec<(Id, Id)> = nodes.iter().zip(nodes.iter().cycle().skip(1)).map(|(from, to)| (*from, *to)).collect();
        assert_eq!(cycles(&edges).first().map(Vec::len), Some(20_000));
    }
}
