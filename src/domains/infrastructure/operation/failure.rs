//! The spread of a failure: a fixpoint over dependencies with redundancy, as a pure function of the edges.

use super::dependency::DependencyKind;
use super::recorded::Missing;
use std::collections::{HashMap, HashSet};
use steward_core::resource::Id;

/// A dependency as the fixpoint sees it: a dependent, and what it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The node that depends.
    pub dependent: Id,
    /// The node that it depends on.
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

    /// An edge recorded by a record itself: it has no alternatives.
    pub fn recorded(dependent: Id, support: Id, hard: bool) -> Edge {
        Edge { dependent, support, hard, group: None }
    }
}

/// The nodes that a failure brings down and those that it harms; each node with the node through which it was reached first.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// The nodes that are down, in the order in which they fall, the lost one left out.
    pub down: Vec<(Id, Id)>,
    /// The nodes that still stand, but with less under them.
    pub degraded: Vec<(Id, Id)>,
    /// Number of nodes that were down before it.
    pub down_before: usize,
}

/// Follows a failure. `edges_on` gives, for the nodes that have just fallen, every edge that stands on one of them, and the whole of
/// each group that such an edge belongs to, at least when it comes first; so the work follows the affected part only, and grows with it.
///
/// A node is down if something that it requires is down, or if fewer of a group with a hard edge stand than must; it is
/// degraded if something that it uses is down, or if a group has shrunk. What is only degraded brings nothing down. What was down `before`
/// does not stand, nor does what falls with it: that is no part of the loss. What is absent is no alternative, but brings nothing down.
pub fn follow<E>(lost: Id, before: &Missing, mut edges_on: impl FnMut(&[Id]) -> Result<Vec<Edge>, E>) -> Result<Loss, E> {
    let mut spread = Spread { absent: before.absent.iter().copied().filter(|node| *node != lost).collect(), ..Spread::default() };
    let earlier: Vec<Id> = before.down.iter().copied().filter(|node| *node != lost).collect();
    // The lost node stood, whatever was down under it: what falls with it is asked for.
    spread.fall(earlier, Some(lost), &mut edges_on)?;
    let down_before = spread.fallen.len();
    let loss = spread.fall(vec![lost], None, &mut edges_on)?;
    Ok(Loss { down_before, ..loss })
}

/// A failure on its way: what has fallen so far, and what is known of groups.
#[derive(Default)]
struct Spread {
    fallen: HashSet<Id>,
    absent: HashSet<Id>,
    groups: Groups,
}

impl Spread {
    /// Lets some nodes fall, and all that falls with them, save for one.
    fn fall<E>(&mut self, start: Vec<Id>, spared: Option<Id>, edges_on: &mut impl FnMut(&[Id]) -> Result<Vec<Edge>, E>) -> Result<Loss, E> {
        let (mut loss, mut harmed) = (Loss::default(), HashMap::new());
        let (mut harmed_in_order, mut frontier) = (Vec::new(), start);
        self.fallen.extend(frontier.iter().copied());
        while !frontier.is_empty() {
            let edges = edges_on(&frontier)?;
            let (mut next, mut falling) = (Vec::new(), HashSet::new());
            let near: HashSet<Id> = frontier.iter().copied().collect();
            edges.iter().for_each(|edge| self.groups.learn(edge, self.fallen.contains(&edge.support) || self.absent.contains(&edge.support)));
            let stands = |node: &Id| !self.fallen.contains(node) && spared != Some(*node);
            for edge in edges.iter().filter(|edge| near.contains(&edge.support) && stands(&edge.dependent)) {
                let falls = if edge.group.is_some() { self.groups.falls(edge) } else { edge.hard };
                if falls && falling.insert(edge.dependent) {
                    next.push((edge.dependent, edge.support));
                } else if !falls && harmed.insert(edge.dependent, edge.support).is_none() {
                    harmed_in_order.push((edge.dependent, edge.support));
                }
            }
            frontier = next.iter().map(|(dependent, _)| *dependent).collect();
            self.fallen.extend(frontier.iter().copied());
            loss.down.extend(next);
        }
        loss.degraded = harmed_in_order.into_iter().filter(|(node, _)| !self.fallen.contains(node)).collect();
        Ok(loss)
    }
}

/// Alternatives of one dependent: which there are, and which of them have fallen.
#[derive(Default)]
struct Group {
    supports: HashSet<Id>,
    lost: HashSet<Id>,
    must_stand: usize,
    hard: bool,
}

/// The groups by their dependent and name, as far as they are known.
#[derive(Default)]
struct Groups(HashMap<Id, HashMap<String, Group>>);

impl Groups {
    fn learn(&mut self, edge: &Edge, is_missing: bool) {
        let Some((name, must_stand)) = &edge.group else { return };
        let named = self.0.entry(edge.dependent).or_default();
        if !named.contains_key(name) {
            named.insert(name.clone(), Group::default());
        }
        let Some(group) = named.get_mut(name) else { return };
        group.supports.insert(edge.support);
        group.must_stand = group.must_stand.max(*must_stand);
        group.hard |= edge.hard;
        if is_missing {
            group.lost.insert(edge.support);
        }
    }

    /// True if fewer stand of the group of an edge than must.
    fn falls(&self, edge: &Edge) -> bool {
        let named = edge.group.as_ref().and_then(|(name, _)| self.0.get(&edge.dependent)?.get(name));
        named.is_some_and(|group| group.hard && group.supports.len() - group.lost.len() < group.must_stand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DependencyKind::{Hosts, Replicates, Requires, Uses};

    fn nodes() -> [Id; 6] {
        std::array::from_fn(|_| Id::new())
    }

    fn down(nodes: &[Id]) -> Missing {
        Missing { down: nodes.to_vec(), absent: Vec::new() }
    }

    fn loss_of(lost: Id, edges: &[Edge]) -> Loss {
        let all = |_: &[Id]| Ok::<_, ()>(edges.to_vec());
        follow(lost, &Missing::default(), all).unwrap()
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
        assert_eq!(loss_of(first, &edges), Loss { degraded: vec![(database, first)], ..Loss::default() });
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
    fn a_group_is_told_once_and_counted_as_its_members_fall() {
        let [rack, first, second, database, ..] = nodes();
        let group = [one_of(database, first, 1), one_of(database, second, 1)];
        let chain = [edge(first, rack, Requires), edge(second, first, Requires)];
        let mut told = false;
        let near = |frontier: &[Id]| {
            let mut edges: Vec<Edge> = chain.iter().chain(&group).filter(|edge| frontier.contains(&edge.support)).cloned().collect();
            if !told && edges.iter().any(|edge| edge.group.is_some()) {
                told = true;
                edges.extend(group.iter().cloned());
            }
            Ok::<_, ()>(edges)
        };
        assert_eq!(follow(rack, &Missing::default(), near).unwrap().down, [(first, rack), (second, first), (database, second)]);
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
        assert_eq!(loss_of(cache, &edges), Loss { degraded: vec![(shop, cache)], ..Loss::default() });
    }

    #[test]
    fn what_is_down_already_stands_for_nothing_and_is_no_part_of_the_loss() {
        let [host, first, second, database, shop, other] = nodes();
        let edges = [
            one_of(database, first, 1),
            one_of(database, second, 1),
            edge(second, host, Requires),
            edge(shop, database, Requires),
            edge(other, host, Requires),
            edge(other, first, Requires),
        ];
        let all = |_: &[Id]| Ok::<_, ()>(edges.to_vec());
        let failure = follow(first, &down(&[host]), all).unwrap();
        assert_eq!((failure.down, failure.down_before), (vec![(database, first), (shop, database)], 3), "the other fell with the host");
        // Of what is down already it is asked what it brought down.
        assert_eq!(follow(host, &down(&[host, first]), all).unwrap().down, [(second, host), (database, second), (shop, database)]);
    }

    #[test]
    fn what_is_not_there_yet_is_no_alternative_and_brings_nothing_down() {
        let [first, planned, database, report, ..] = nodes();
        let edges = [one_of(database, first, 1), one_of(database, planned, 1), edge(report, planned, Requires)];
        let all = |_: &[Id]| Ok::<_, ()>(edges.to_vec());
        let absent = Missing { down: Vec::new(), absent: vec![planned] };
        let loss = follow(first, &absent, all).unwrap();
        assert_eq!((loss.down, loss.down_before), (vec![(database, first)], 0));
        assert!(follow(first, &Missing::default(), all).unwrap().down.is_empty());
    }
}
