//! How long it takes until something is back: its own recovery after that of all it stands on.

use std::collections::{HashMap, HashSet};
use steward_core::resource::Id;

/// A way through what must come back, and how long it takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CriticalPath {
    /// Seconds until the last is back.
    pub seconds: i64,
    /// Each with the seconds of its own recovery, what comes back first first.
    pub steps: Vec<(Id, i64)>,
    /// What is on some way and has no recovery of its own.
    pub uncovered: Vec<Id>,
}

/// What stands on what, and how long the recovery of each takes alone.
#[derive(Debug, Default)]
pub struct Recovery {
    supports: HashMap<Id, Vec<Id>>,
    own: HashMap<Id, i64>,
}

impl Recovery {
    /// Of pairs of a dependent and its support, and the seconds of each recovery.
    pub fn new(pairs: &[(Id, Id)], own: HashMap<Id, i64>) -> Self {
        let mut supports: HashMap<Id, Vec<Id>> = HashMap::new();
        pairs.iter().for_each(|(dependent, support)| supports.entry(*dependent).or_default().push(*support));
        Recovery { supports, own }
    }

    /// What something stands on, directly or not, itself first.
    pub fn below(&self, node: Id) -> Vec<Id> {
        let (mut seen, mut found, mut open) = (HashSet::from([node]), Vec::new(), vec![node]);
        while let Some(at) = open.pop() {
            found.push(at);
            open.extend(self.supports.get(&at).into_iter().flatten().copied().filter(|support| seen.insert(*support)));
        }
        found
    }

    /// The critical path of something; none if neither it nor anything that it stands on has a recovery. What stands on itself is met
    /// once.
    pub fn critical_path(&self, node: Id) -> Option<CriticalPath> {
        let below = self.below(node);
        let mut longest: HashMap<Id, (i64, Option<Id>)> = HashMap::new();
        for at in self.ordered(&below) {
            let supports = self.supports.get(&at).into_iter().flatten();
            let last = supports.filter_map(|support| Some((longest.get(support)?.0, *support))).max();
            let before = last.map_or(0, |(seconds, _)| seconds);
            longest.insert(at, (before.saturating_add(self.own.get(&at).copied().unwrap_or(0)), last.map(|(_, support)| support)));
        }
        let mut steps = Vec::new();
        let mut next = Some(node);
        while let Some(at) = next {
            steps.extend(self.own.get(&at).map(|seconds| (at, *seconds)));
            next = longest.get(&at).and_then(|(_, support)| *support);
        }
        steps.reverse();
        let uncovered: Vec<Id> = below.into_iter().filter(|at| !self.own.contains_key(at)).collect();
        let seconds = longest.get(&node)?.0;
        (!steps.is_empty()).then_some(CriticalPath { seconds, steps, uncovered })
    }

    /// Some nodes, each after what it stands on.
    fn ordered(&self, nodes: &[Id]) -> Vec<Id> {
        let mut ordered = Vec::new();
        let mut done: HashSet<Id> = HashSet::new();
        let mut begun: HashSet<Id> = HashSet::new();
        for start in nodes {
            let mut open = vec![*start];
            while let Some(at) = open.last().copied() {
                if done.contains(&at) {
                    open.pop();
                } else if begun.insert(at) {
                    // What has begun and is not done is a circle: it is not waited for.
                    open.extend(self.supports.get(&at).into_iter().flatten().filter(|support| !begun.contains(*support)));
                } else {
                    open.pop();
                    done.insert(at);
                    ordered.push(at);
                }
            }
        }
        ordered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_comes_back_first_and_the_longest_way_counts() {
        let [orders, server, disk, network, spare] = [(); 5].map(|()| Id::new());
        let pairs = [(orders, server), (orders, network), (server, disk)];
        let recovery = Recovery::new(&pairs, HashMap::from([(orders, 600), (server, 3600), (disk, 7200), (network, 9000)]));
        // Disk, server, orders: 7,200 + 3,600 + 600; the network alone would be there after 9,000 + 600.
        let path = recovery.critical_path(orders).unwrap();
        assert_eq!((path.seconds, path.steps, path.uncovered), (11_400, vec![(disk, 7200), (server, 3600), (orders, 600)], vec![]));
        assert_eq!(recovery.critical_path(spare), None);
    }

    #[test]
    fn what_has_no_recovery_is_told_and_a_circle_ends() {
        let [orders, server, disk] = [(); 3].map(|()| Id::new());
        let pairs = [(orders, server), (server, disk), (disk, orders)];
        let path = Recovery::new(&pairs, HashMap::from([(server, 100)])).critical_path(orders).unwrap();
        assert_eq!((path.seconds, path.steps), (100, vec![(server, 100)]));
        assert_eq!(path.uncovered.len(), 2);
    }
}
