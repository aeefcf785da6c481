//! The availability of something that stands on others: in series all of them are needed, of a group so many.

use super::decision_diagram::{DOWN, Diagrams, Node, UP};
use crate::operation::failure::Edge;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use steward_core::resource::Id;

/// How many nodes below groups may fail.
const MOST_VARIABLES: usize = 1_000;

/// What a node stands on: what it needs, and the groups of which so many must stand.
#[derive(Debug, Default)]
struct Under {
    needs: Vec<Id>,
    groups: BTreeMap<String, (BTreeSet<Id>, usize)>,
}

/// The edges, by their dependent. What is only used takes nothing away.
pub struct Structure(HashMap<Id, Under>);

impl Structure {
    /// The structure of these edges. What is absent is no alternative; of a group in which fewer are left than must stand, all of them must,
    /// and one of which nothing is left is taken as planned.
    pub fn new(edges: &[Edge], absent: &HashSet<Id>) -> Self {
        let mut under: HashMap<Id, Under> = HashMap::new();
        for edge in edges.iter().filter(|edge| edge.hard) {
            let of = under.entry(edge.dependent).or_default();
            match &edge.group {
                None => of.needs.push(edge.support),
                Some((name, must_stand)) => {
                    let group = of.groups.entry(name.clone()).or_default();
                    group.0.insert(edge.support);
                    group.1 = group.1.max(*must_stand);
                }
            }
        }
        for (members, must_stand) in under.values_mut().flat_map(|under| under.groups.values_mut()) {
            let there: BTreeSet<Id> = members.iter().copied().filter(|member| !absent.contains(member)).collect();
            if !there.is_empty() && there.len() < members.len() {
                *must_stand = (*must_stand).min(there.len());
                *members = there;
            }
        }
        Structure(under)
    }

    /// The availability of a node, from 0 to 1, with those of the nodes by themselves (1 where none is known): the probability that it stands, with all
    /// that it needs and enough of each group. Nodes fail independently; one on which several stand fails for all of them at once. None if what the
    /// groups share is too much to be computed.
    pub fn availability(&self, root: Id, own: &HashMap<Id, f64>) -> Option<f64> {
        // What is needed in any case is given, so that the groups are asked on this condition.
        let series = self.series(root);
        let alone: f64 = series.iter().map(|node| own.get(node).copied().unwrap_or(1.0)).product();
        let mut diagrams = Diagrams::default();
        let mut stands: HashMap<Id, Node> = series.iter().map(|node| (*node, UP)).collect();
        let below = self.below(&series, &stands);
        let variables: HashMap<Id, usize> = below.iter().filter(|node| own.get(node).is_some_and(|share| *share < 1.0)).copied().zip(0..).collect();
        if variables.len() > MOST_VARIABLES {
            return None;
        }
        stands.extend(below.iter().map(|node| (*node, UP)));
        // Nodes that stand on each other stand together: all are up until something that they need is not.
        let mut changed = true;
        while changed {
            changed = false;
            for node in below.iter().rev() {
                let by_itself = variables.get(node).map_or(Some(UP), |variable| diagrams.node(*variable, UP, DOWN))?;
                let whole = self.under(*node, by_itself, &stands, &mut diagrams)?;
                changed |= stands.insert(*node, whole) != Some(whole);
            }
        }
        let mut whole = UP;
        // Two that need the same group need it once.
        let groups: BTreeSet<&(BTreeSet<Id>, usize)> = series.iter().filter_map(|node| self.0.get(node)).flat_map(|under| under.groups.values()).collect();
        for (members, must_stand) in groups {
            let enough = diagrams.at_least(&members.iter().filter_map(|member| stands.get(member).copied()).collect::<Vec<_>>(), *must_stand)?;
            whole = diagrams.both(whole, enough)?;
        }
        let mut shares = vec![1.0; variables.len()];
        for (node, variable) in &variables {
            if let (Some(share), Some(known)) = (shares.get_mut(*variable), own.get(node)) {
                *share = *known;
            }
        }
        Some(alone * diagrams.probability(whole, &shares))
    }

    /// When a node stands, with all that it stands on directly.
    fn under(&self, node: Id, by_itself: Node, stands: &HashMap<Id, Node>, diagrams: &mut Diagrams) -> Option<Node> {
        let Some(under) = self.0.get(&node) else { return Some(by_itself) };
        let mut whole = by_itself;
        for need in under.needs.iter().filter_map(|need| stands.get(need)) {
            whole = diagrams.both(whole, *need)?;
        }
        for (members, must_stand) in under.groups.values() {
            let enough = diagrams.at_least(&members.iter().filter_map(|member| stands.get(member).copied()).collect::<Vec<_>>(), *must_stand)?;
            whole = diagrams.both(whole, enough)?;
        }
        Some(whole)
    }

    /// The node and all that it needs, directly or through others.
    fn series(&self, root: Id) -> Vec<Id> {
        let (mut series, mut known, mut next) = (Vec::new(), HashSet::new(), vec![root]);
        while let Some(node) = next.pop() {
            if known.insert(node) {
                series.push(node);
                next.extend(self.0.get(&node).into_iter().flat_map(|under| &under.needs));
            }
        }
        series
    }

    /// All that stands below some nodes and is not given, each after what stands on it.
    fn below(&self, roots: &[Id], given: &HashMap<Id, Node>) -> Vec<Id> {
        let supports = |node: &Id| {
            let under = self.0.get(node);
            under.into_iter().flat_map(|under| under.needs.iter().chain(under.groups.values().flat_map(|(members, _)| members))).copied()
        };
        let (mut known, mut after) = (HashSet::new(), Vec::new());
        let mut open: Vec<(Id, bool)> = roots.iter().flat_map(&supports).map(|node| (node, false)).collect();
        while let Some((node, is_done)) = open.pop() {
            if is_done {
                after.push(node);
            } else if !given.contains_key(&node) && known.insert(node) {
                open.push((node, true));
                open.extend(supports(&node).map(|support| (support, false)));
            }
        }
        after.reverse();
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
    }

    fn structure(edges: &[Edge]) -> Structure {
        Structure::new(edges, &HashSet::new())
    }

    fn one_of(dependent: Id, support: Id, must_stand: usize) -> Edge {
        Edge { group: Some(("nodes".into(), must_stand)), ..Edge::recorded(dependent, support, true) }
    }

    #[test]
    fn what_is_needed_twice_counts_once_and_what_is_used_does_not_count() {
        let [shop, app, database, power, report] = std::array::from_fn(|_| Id::new());
        let edges = [
            Edge::recorded(shop, app, true),
            Edge::recorded(shop, database, true),
            Edge::recorded(app, power, true),
            Edge::recorded(database, power, true),
            Edge::recorded(shop, report, false),
            Edge::recorded(power, shop, true),
        ];
        let own = HashMap::from([(shop, 0.999), (app, 0.99), (database, 0.98), (power, 0.9), (report, 0.5)]);
        near(structure(&edges).availability(shop, &own).unwrap(), 0.999 * 0.99 * 0.98 * 0.9);
    }

    #[test]
    fn enough_of_a_group_stand_with_the_chance_of_the_binomial_distribution() {
        // ReliaWiki, RBDs and analytical system reliability, k-out-of-n parallel configuration: of six pumps at 85 % four must work, 95.27 %.
        let (shop, pumps): (Id, [Id; 6]) = (Id::new(), std::array::from_fn(|_| Id::new()));
        let edges: Vec<Edge> = pumps.iter().map(|pump| one_of(shop, *pump, 4)).collect();
        let own: HashMap<Id, f64> = pumps.iter().map(|pump| (*pump, 0.85)).collect();
        let found = structure(&edges).availability(shop, &own).unwrap();
        assert!((found - 0.9527).abs() < 5e-5, "{found}");
    }

    #[test]
    fn what_is_not_there_yet_is_no_alternative() {
        let [shop, first, second, planned] = std::array::from_fn(|_| Id::new());
        let own = HashMap::from([(first, 0.9), (second, 0.8), (planned, 0.5)]);
        let of = |must_stand| [first, second, planned].map(|member| one_of(shop, member, must_stand));
        let without = |edges: &[Edge], absent: &[Id]| Structure::new(edges, &absent.iter().copied().collect()).availability(shop, &own).unwrap();
        near(without(&of(1), &[planned]), 1.0 - 0.1 * 0.2);
        near(without(&of(3), &[planned]), 0.9 * 0.8);
        near(without(&of(1), &[first, second, planned]), 1.0 - 0.1 * 0.2 * 0.5);
    }

    #[test]
    fn members_of_a_group_bring_what_they_stand_on() {
        let [shop, first, second, left, right] = std::array::from_fn(|_| Id::new());
        let edges = [one_of(shop, first, 1), one_of(shop, second, 1), Edge::recorded(first, left, true), Edge::recorded(second, right, true)];
        let own = HashMap::from([(shop, 0.99), (first, 0.9), (second, 0.9), (left, 0.8), (right, 0.7)]);
        near(structure(&edges).availability(shop, &own).unwrap(), 0.99 * (1.0 - (1.0 - 0.72) * (1.0 - 0.63)));
    }

    #[test]
    fn what_members_of_a_group_share_fails_for_all_of_them_at_once() {
        let [shop, first, second, power] = std::array::from_fn(|_| Id::new());
        let shared = [one_of(shop, first, 1), one_of(shop, second, 1), Edge::recorded(first, power, true), Edge::recorded(second, power, true)];
        let own = HashMap::from([(first, 0.9), (second, 0.9), (power, 0.9)]);
        // 0.9 · (1 − 0.1 · 0.1), not 1 − (1 − 0.81)².
        near(structure(&shared).availability(shop, &own).unwrap(), 0.891);
        // A member that another member stands on: of X and Y, Y on X, one stands where X does.
        let nested = [one_of(shop, first, 1), one_of(shop, second, 1), Edge::recorded(second, first, true)];
        near(structure(&nested).availability(shop, &own).unwrap(), 0.9);
        // The bridge of five parts at p: 2p² + 2p³ − 5p⁴ + 2p⁵ (IEC 61078); at 0.9 it is 0.97848.
        let [left, right, far_left, far_right, bridge, ways] = std::array::from_fn(|_| Id::new());
        let paths: [Id; 4] = std::array::from_fn(|_| Id::new());
        let through = [vec![left, far_left], vec![right, far_right], vec![left, bridge, far_right], vec![right, bridge, far_left]];
        let mut edges: Vec<Edge> = paths.iter().map(|path| one_of(ways, *path, 1)).collect();
        edges.extend(paths.iter().zip(&through).flat_map(|(path, parts)| parts.iter().map(|part| Edge::recorded(*path, *part, true))));
        let own = [left, right, far_left, far_right, bridge].map(|part| (part, 0.9)).into();
        near(structure(&edges).availability(ways, &own).unwrap(), 0.97848);
    }

    #[test]
    fn a_member_that_stands_on_its_dependent_brings_nothing_more() {
        let [shop, first, second] = std::array::from_fn(|_| Id::new());
        let edges = [
            one_of(shop, first, 1),
            one_of(shop, second, 1),
            Edge::recorded(first, shop, true),
            Edge::recorded(second, first, true),
            Edge::recorded(first, second, true),
        ];
        let own = HashMap::from([(shop, 0.99), (first, 0.9), (second, 0.9)]);
        near(structure(&edges).availability(shop, &own).unwrap(), 0.99 * 0.81);
    }

    #[test]
    fn groups_over_groups_are_computed_without_their_number_of_ways() {
        // Twelve layers of three, each on the whole layer below: 3¹² ways, and 36 nodes.
        let layers: Vec<[Id; 3]> = (0..12).map(|_| std::array::from_fn(|_| Id::new())).collect();
        let shop = Id::new();
        let mut edges: Vec<Edge> = layers[0].iter().map(|node| one_of(shop, *node, 2)).collect();
        edges.extend(layers.windows(2).flat_map(|pair| pair[0].iter().flat_map(|node| pair[1].iter().map(|support| one_of(*node, *support, 2)))));
        let own: HashMap<Id, f64> = layers.iter().flatten().map(|node| (*node, 0.9)).collect();
        // Each layer is 2 of 3 given that the one below is enough: 0.972 twelve times.
        near(structure(&edges).availability(shop, &own).unwrap(), 0.972_f64.powi(12));
    }

    #[test]
    fn what_shares_too_much_is_refused_in_time() {
        // 40 groups of 8 members, each member on two of 300 nodes that are shared without order.
        let shared: Vec<Id> = (0..300).map(|_| Id::new()).collect();
        let shop = Id::new();
        let mut edges = Vec::new();
        let mut seed = 1_u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % shared.len()
        };
        for group in 0..40 {
            for _ in 0..8 {
                let member = Id::new();
                edges.push(Edge { group: Some((group.to_string(), 4)), ..Edge::recorded(shop, member, true) });
                edges.extend([next(), next()].map(|at| Edge::recorded(member, shared[at], true)));
            }
        }
        let own: HashMap<Id, f64> = shared.iter().map(|node| (*node, 0.99)).collect();
        assert_eq!(structure(&edges).availability(shop, &own), None);
    }
}
