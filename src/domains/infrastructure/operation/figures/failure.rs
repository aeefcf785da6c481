//! What goes down with what: a fixpoint over dependencies with redundancy, as a pure function of the edges.

use crate::domains::infrastructure::operation::dependency::DependencyKind;
use crate::resource::Id;
use std::collections::{HashMap, HashSet};

/// A dependency as the fixpoint sees it: a dependent, and what it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Which depends.
    pub dependent: Id,
    /// What it depends on.
    pub support: Id,
    /// True if it is down without its support, false if it is degraded.
    pub hard: bool,
    /// The alternatives that this edge is one of, and how many of them must stand.
    pub group: Option<(String, usize)>,
}

impl Edge {
    /// Reads *from depends on to* for requires and uses, *to depends on from* for hosts and replicates.
    pub fn new(from: Id, to: Id, kind: DependencyKind, group: Option<(String, usize)>) -> Edge {
        let (dependent, support) = match kind {
            DependencyKind::Requires | DependencyKind::Uses => (from, to),
            DependencyKind::Hosts | DependencyKind::Replicates => (to, from),
        };
        Edge { dependent, support, hard: matches!(kind, DependencyKind::Requires | DependencyKind::Hosts), group }
    }
}

/// What a failure brings down and what it harms; each node with the node through which it was reached first.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// The nodes that are down, in the order in which they fall, the lost one left out.
    pub down: Vec<(Id, Id)>,
    /// The nodes that still stand, but with less under them.
    pub degraded: Vec<(Id, Id)>,
}

/// Follows a failure. `edges_on` gives, for the nodes that have just fallen, every edge that stands on one of them, and the whole of
/// each group that such an edge belongs to; so the work follows the affected part only.
///
/// A node is down if something that it requires is down, or if fewer of a group with a hard edge stand than must; it is
/// degraded if something that it uses is down, or if a group has shrunk. What is only degraded brings nothing down.
pub fn follow<E>(lost: Id, mut edges_on: impl FnMut(&[Id]) -> Result<Vec<Edge>, E>) -> Result<Loss, E> {
    let mut fallen = HashSet::from([lost]);
    let (mut failure, mut harmed) = (Loss::default(), HashMap::new());
    let (mut harmed_in_order, mut frontier) = (Vec::new(), vec![lost]);
    while !frontier.is_empty() {
        let edges = edges_on(&frontier)?;
        let mut next = Vec::new();
        let groups = groups_of(&edges);
        for edge in edges.iter().filter(|edge| frontier.contains(&edge.support) && !fallen.contains(&edge.dependent)) {
            let falls = match &edge.group {
                None => edge.hard,
                Some((name, _)) => groups.get(&(edge.dependent, name.as_str())).is_some_and(|group| group.falls(&fallen)),
            };
            if falls && !next.iter().any(|(dependent, _)| *dependent == edge.dependent) {
                next.push((edge.dependent, edge.support));
            } else if !falls && harmed.insert(edge.dependent, edge.support).is_none() {
                harmed_in_order.push((edge.dependent, edge.support));
            }
        }
        frontier = next.iter().map(|(dependent, _)| *dependent).collect();
        fallen.extend(frontier.iter().copied());
        failure.down.extend(next);
    }
    failure.degraded = harmed_in_order.into_iter().filter(|(node, _)| !fallen.contains(node)).collect();
    Ok(failure)
}

#[derive(Default)]
struct Group {
    supports: HashSet<Id>,
    must_stand: usize,
    hard: bool,
}

impl Group {
    fn falls(&self, fallen: &HashSet<Id>) -> bool {
        let standing = self.supports.iter().filter(|support| !fallen.contains(support)).count();
        self.hard && standing < self.must_stand
    }
}

fn groups_of(edges: &[Edge]) -> HashMap<(Id, &str), Group> {
    let mut groups: HashMap<(Id, &str), Group> = HashMap::new();
    for edge in edges {
        let Some((name, must_stand)) = &edge.group else { continue };
        let group = groups.entry((edge.dependent, name.as_str())).or_default();
        group.supports.insert(edge.support);
        group.must_stand = group.must_stand.max(*must_stand);
        group.hard |= edge.hard;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use DependencyKind::{Hosts, Replicates, Requires, Uses};

    fn nodes() -> [Id; 6] {
        std::array::from_fn(|_| Id::new())
    }

    fn loss_of(lost: Id, edges: &[Edge]) -> Loss {
        let all = |_: &[Id]| Ok::<_, ()>(edges.to_vec());
        follow(lost, all).unwrap()
    }

    fn edge(from: Id, to: Id, kind: DependencyKind) -> Edge {
        Edge::new(from, to, kind, None)
    }

    fn one_of(from: Id, to: Id, must_stand: usize) -> Edge {
        Edge::new(from, to, Requires, Some(("nodes".into(), must_stand)))
    }

    #[test]
    fn what_requires_or_is_hosted_falls_and_what_uses_or_replicates_is_degraded() {
        let [server, guest, shop, report, copy, _] = nodes();
        let edges = [edge(server, guest, Hosts), edge(shop, guest, Requires), edge(report, shop, Uses), edge(guest, copy, Replicates)];
        let failure = loss_of(server, &edges);
        assert_eq!(failure.down, [(guest, server), (shop, guest)]);
        assert_eq!(failure.degraded, [(copy, guest), (report, shop)]);
    }

    #[test]
    fn a_group_stands_while_enough_of_it_stand() {
        let [first, second, third, database, ..] = nodes();
        let edges = [one_of(database, first, 2), one_of(database, second, 2), one_of(database, third, 2)];
        assert_eq!(loss_of(first, &edges), Loss { down: vec![], degraded: vec![(database, first)] });
        let [rack, ..] = nodes();
        let both: Vec<Edge> = edges.into_iter().chain([edge(first, rack, Requires), edge(second, rack, Requires)]).collect();
        let failure = loss_of(rack, &both);
        assert_eq!(failure.down.iter().map(|(node, _)| *node).collect::<Vec<_>>(), [first, second, database]);
        assert!(failure.degraded.is_empty());
    }

    #[test]
    fn alternatives_that_fall_one_after_another_bring_their_dependent_down_at_the_last() {
        let [rack, first, second, database, ..] = nodes();
        let edges = [one_of(database, first, 1), one_of(database, second, 1), edge(first, rack, Requires), edge(second, first, Requires)];
        assert_eq!(loss_of(rack, &edges).down, [(first, rack), (second, first), (database, second)]);
    }

    #[test]
    fn a_circle_of_requirements_ends_and_names_nothing_twice() {
        let [first, second, third, ..] = nodes();
        let edges = [edge(first, second, Requires), edge(second, third, Requires), edge(third, first, Requires)];
        assert_eq!(loss_of(first, &edges).down, [(third, first), (second, third)]);
    }

    #[test]
    fn a_group_of_what_is_only_used_never_brings_anything_down() {
        let [cache, shop, ..] = nodes();
        let edges = [Edge::new(shop, cache, Uses, Some(("caches".into(), 1)))];
        assert_eq!(loss_of(cache, &edges), Loss { down: vec![], degraded: vec![(shop, cache)] });
    }
}
