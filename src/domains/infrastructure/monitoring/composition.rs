//! The availability of something that stands on others: in series all of them are needed, of a group so many.

use crate::domains::infrastructure::operation::figures::failure::Edge;
use crate::resource::Id;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// How many groups may lie within each other; what is deeper counts by itself alone.
const DEEPEST: usize = 12;

/// What a node stands on: what it needs, and the groups of which so many must stand.
#[derive(Debug, Default)]
struct Under {
    needs: Vec<Id>,
    groups: BTreeMap<String, (BTreeSet<Id>, usize)>,
}

/// The edges, by their dependent. What is only used takes nothing away.
pub struct Structure(HashMap<Id, Under>);

impl Structure {
    /// The structure of these edges.
    pub fn new(edges: &[Edge]) -> Self {
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
        Structure(under)
    }

    /// The availability of a node, from 0 to 1, with those of the nodes by themselves (1 where none is known): the product over all that it
    /// needs, each once, and over its groups the probability that enough of them stand. Members of a group fail independently.
    pub fn availability(&self, root: Id, own: &HashMap<Id, f64>) -> f64 {
        self.of(root, own, &HashSet::new(), 0)
    }

    fn of(&self, root: Id, own: &HashMap<Id, f64>, counted: &HashSet<Id>, depth: usize) -> f64 {
        let series = self.series(root, counted);
        let alone: f64 = series.iter().map(|node| own.get(node).copied().unwrap_or(1.0)).product();
        if depth >= DEEPEST {
            return alone;
        }
        let mut counted = counted.clone();
        counted.extend(&series);
        // Two that need the same group need it once.
        let groups: BTreeSet<&(BTreeSet<Id>, usize)> = series.iter().filter_map(|node| self.0.get(node)).flat_map(|under| under.groups.values()).collect();
        let standing = groups.into_iter().map(|(members, must_stand)| {
            let each: Vec<f64> = members.iter().map(|member| if counted.contains(member) { 1.0 } else { self.of(*member, own, &counted, depth + 1) }).collect();
            at_least(&each, *must_stand)
        });
        alone * standing.product::<f64>()
    }

    /// The node and all that it needs, directly or through others, but for what is counted already.
    fn series(&self, root: Id, counted: &HashSet<Id>) -> Vec<Id> {
        let (mut series, mut known, mut next) = (Vec::new(), counted.clone(), vec![root]);
        while let Some(node) = next.pop() {
            if known.insert(node) {
                series.push(node);
                next.extend(self.0.get(&node).into_iter().flat_map(|under| &under.needs));
            }
        }
        series
    }
}

/// The probability that at least so many of independent parts stand.
pub fn at_least(parts: &[f64], must_stand: usize) -> f64 {
    let mut standing = vec![1.0];
    for part in parts {
        let mut next = vec![0.0; standing.len() + 1];
        for (count, probability) in standing.iter().enumerate() {
            if let Some(same) = next.get_mut(count) {
                *same += probability * (1.0 - part);
            }
            if let Some(more) = next.get_mut(count + 1) {
                *more += probability * part;
            }
        }
        standing = next;
    }
    standing.iter().skip(must_stand).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
    }

    fn one_of(dependent: Id, support: Id, must_stand: usize) -> Edge {
        Edge { group: Some(("nodes".into(), must_stand)), ..Edge::recorded(dependent, support, true) }
    }

    #[test]
    fn so_many_of_a_group_stand_with_the_probability_of_the_book() {
        // 2 of 3 at 0.9: 3 · 0.9² · 0.1 + 0.9³ (Trivedi, Probability and Statistics with Reliability, triple modular redundancy: 3R² − 2R³).
        near(at_least(&[0.9, 0.9, 0.9], 2), 0.972);
        near(at_least(&[0.99, 0.95], 1), 1.0 - 0.01 * 0.05);
        near(at_least(&[0.99, 0.95], 2), 0.99 * 0.95);
        near(at_least(&[0.5], 2), 0.0);
        near(at_least(&[], 0), 1.0);
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
        near(Structure::new(&edges).availability(shop, &own), 0.999 * 0.99 * 0.98 * 0.9);
    }

    #[test]
    fn members_of_a_group_bring_what_they_stand_on() {
        let [shop, first, second, left, right] = std::array::from_fn(|_| Id::new());
        let edges = [one_of(shop, first, 1), one_of(shop, second, 1), Edge::recorded(first, left, true), Edge::recorded(second, right, true)];
        let own = HashMap::from([(shop, 0.99), (first, 0.9), (second, 0.9), (left, 0.8), (right, 0.7)]);
        near(Structure::new(&edges).availability(shop, &own), 0.99 * (1.0 - (1.0 - 0.72) * (1.0 - 0.63)));
    }
}
