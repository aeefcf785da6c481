//! How long it takes until something is back: its own recovery after that of all it stands on.

use std::collections::{HashMap, HashSet};
use steward_core::resource::Id;

/// A way through what must come back, and how long it takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CriticalPath {
    /// Seconds until the last is back.
    pub seconds: i64,
    /// Each with the seconds that its own recovery adds, what comes back first first.
    pub steps: Vec<(Id, i64)>,
}

/// When a plan brings back each subject of its scope, in seconds after its start.
pub type PlanEnds = HashMap<Id, i64>;

/// What stands on what, which of it can be recovered, and how long the recovery of each takes alone.
#[derive(Debug, Default)]
pub struct Recovery {
    supports: HashMap<Id, Vec<Id>>,
    plans: Vec<PlanEnds>,
    // The plan that brings each back soonest, and when.
    own: HashMap<Id, (usize, i64)>,
    recoverable: HashMap<Id, Holding>,
}

/// The longest way to something.
#[derive(Debug, Clone, Copy)]
struct Way {
    /// Seconds until it is back.
    seconds: i64,
    /// What comes back last before it.
    after: Option<Id>,
    /// Seconds of them that its own recovery adds; none if nothing recovers it.
    own: Option<i64>,
}

/// What something that can be recovered holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// Data, or a service on it, of which there is a copy or not.
    Data,
    /// A machine with data on it, which what runs there does without once that is recovered elsewhere.
    Machine,
    /// The same without data: it holds some of its own only where it is backed up or stands for itself.
    Hardware,
}

impl Recovery {
    /// Of pairs of a dependent and its support, and the plans in force.
    pub fn new(pairs: &[(Id, Id)], plans: Vec<PlanEnds>) -> Self {
        let mut supports: HashMap<Id, Vec<Id>> = HashMap::new();
        pairs.iter().for_each(|(dependent, support)| supports.entry(*dependent).or_default().push(*support));
        let mut own: HashMap<Id, (usize, i64)> = HashMap::new();
        for (plan, (subject, end)) in plans.iter().enumerate().flat_map(|(plan, ends)| ends.iter().map(move |each| (plan, each))) {
            let soonest = own.entry(*subject).or_insert((plan, *end));
            if *end < soonest.1 {
                *soonest = (plan, *end);
            }
        }
        Recovery { supports, plans, own, recoverable: HashMap::new() }
    }

    /// The same, with what can be recovered: a person, a vendor or a process has no plan of its own, and none is missed.
    pub fn of_recoverable(self, recoverable: HashMap<Id, Holding>) -> Self {
        Recovery { recoverable, ..self }
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

    /// What some nodes stand on, directly or not, themselves included: each once, in the order of the ids.
    pub fn below_all(&self, nodes: impl Iterator<Item = Id>) -> Vec<Id> {
        let mut below: Vec<Id> = nodes.flat_map(|node| self.below(node)).collect();
        below.sort_unstable();
        below.dedup();
        below
    }

    /// The critical path of something; none if neither it nor anything that it stands on has a recovery. What stands on itself is met
    /// once. A plan goes on after what it has brought back itself: it is not carried out twice.
    pub fn critical_path(&self, node: Id) -> Option<CriticalPath> {
        let below = self.below(node);
        let (mut longest, mut brought): (HashMap<Id, Way>, HashMap<Id, HashMap<usize, i64>>) = Default::default();
        for at in self.ordered(&below) {
            let supports = || self.supports.get(&at).into_iter().flatten();
            let alone = Way { seconds: self.own.get(&at).map_or(0, |(_, end)| *end), after: None, own: self.own.get(&at).map(|(_, end)| *end) };
            let after = supports().filter_map(|support| {
                let own = self.own.get(&at).map(|(plan, end)| (end - brought.get(support).and_then(|ends| ends.get(plan)).unwrap_or(&0)).max(0));
                Some(Way { seconds: longest.get(support)?.seconds.saturating_add(own.unwrap_or(0)), after: Some(*support), own })
            });
            let last = after.chain([alone]).max_by_key(|way| (way.seconds, way.after));
            let ends = self.brought_by(at, supports().filter_map(|support| brought.get(support)));
            brought.insert(at, ends);
            longest.extend(last.map(|way| (at, way)));
        }
        let mut steps = Vec::new();
        let mut next = Some(node);
        while let Some((at, way)) = next.and_then(|at| Some((at, longest.get(&at)?))) {
            steps.extend(way.own.map(|seconds| (at, seconds)));
            next = way.after;
        }
        steps.reverse();
        let seconds = longest.get(&node)?.seconds;
        (!steps.is_empty()).then_some(CriticalPath { seconds, steps })
    }

    /// How far each plan of several subjects is once something and all below it is back.
    fn brought_by<'a>(&self, at: Id, below: impl Iterator<Item = &'a HashMap<usize, i64>>) -> HashMap<usize, i64> {
        let here = self.plans.iter().enumerate().filter(|(_, ends)| ends.len() > 1).filter_map(|(plan, ends)| Some((plan, *ends.get(&at)?)));
        let mut ends: HashMap<usize, i64> = here.collect();
        for (plan, end) in below.flatten() {
            let latest = ends.entry(*plan).or_insert(*end);
            *latest = (*latest).max(*end);
        }
        ends
    }

    /// What something stands on, itself included, that can be recovered and that nothing recovers. The machines below what a plan recovers
    /// are not missed: the plan says how it does without them.
    pub fn uncovered(&self, node: Id) -> Vec<Id> {
        let is_machine = |at: Id| matches!(self.recoverable.get(&at), Some(Holding::Machine | Holding::Hardware));
        let (mut seen, mut open, mut found) = (HashSet::from([(node, false)]), vec![(node, false)], Vec::new());
        while let Some((at, is_replaced)) = open.pop() {
            if self.is_recoverable(at) && !self.is_covered(at) && !is_replaced && !found.contains(&at) {
                found.push(at);
            }
            let below = self.supports.get(&at).into_iter().flatten();
            // What lies between the machines, a volume or a cluster, is replaced with them.
            let goes_with = |support: Id| is_machine(support) || !self.is_recoverable(support);
            let next = below.map(|support| (*support, goes_with(*support) && (self.is_covered(at) || is_replaced)));
            open.extend(next.filter(|each| seen.insert(*each)));
        }
        found
    }

    /// The first things on each way down from something that can be recovered: what a process needs, and what the processes, vendors and
    /// people need that it needs.
    pub fn nearest_recoverable(&self, node: Id) -> Vec<Id> {
        let (mut seen, mut found, mut open) = (HashSet::from([node]), Vec::new(), vec![node]);
        while let Some(at) = open.pop() {
            for support in self.supports.get(&at).into_iter().flatten().copied().filter(|support| seen.insert(*support)) {
                if self.is_recoverable(support) { found.push(support) } else { open.push(support) }
            }
        }
        found
    }

    /// Whether something can be recovered at all.
    pub fn is_recoverable(&self, node: Id) -> bool {
        self.recoverable.contains_key(&node)
    }

    /// Whether something has a recovery of its own.
    pub fn is_covered(&self, node: Id) -> bool {
        self.own.contains_key(&node)
    }

    /// How long it takes until something is back; none if nobody can say, because something that it stands on is recovered by nothing.
    pub fn effective(&self, node: Id) -> Option<i64> {
        self.critical_path(node).filter(|_| self.uncovered(node).is_empty()).map(|path| path.seconds)
    }

    /// What something stands on, itself included, of which all work would be lost because there is no copy of it. What has a copy loses no more
    /// than that, whatever it stands on; a device below which there is none holds nothing where others have one.
    pub fn without_copy(&self, node: Id, is_copied: impl Fn(Id) -> bool) -> Vec<Id> {
        let mut found: HashMap<Id, (bool, Vec<Id>)> = HashMap::new();
        for at in self.ordered(&self.below(node)) {
            let supports = || self.supports.get(&at).into_iter().flatten().filter_map(|support| Some((*support, found.get(support)?)));
            let has_copy = is_copied(at) || supports().any(|(_, (has_copy, _))| *has_copy);
            let is_bare = |has_copy: bool, lost: &[Id]| !has_copy && lost.iter().all(|id| self.recoverable.get(id) == Some(&Holding::Hardware));
            let mut lost: Vec<Id> = match (is_copied(at), has_copy, self.recoverable.contains_key(&at)) {
                (true, ..) => Vec::new(),
                (false, false, true) => vec![at],
                (false, ..) => {
                    supports().filter(|(_, (copy, lost))| !(has_copy && is_bare(*copy, lost))).flat_map(|(_, (_, lost))| lost.iter().copied()).collect()
                }
            };
            lost.sort_unstable();
            lost.dedup();
            found.insert(at, (has_copy, lost));
        }
        found.remove(&node).map(|(_, lost)| lost).unwrap_or_default()
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

    /// A plan for each subject alone.
    fn alone<const N: usize>(ends: [(Id, i64); N]) -> Vec<PlanEnds> {
        ends.into_iter().map(|each| HashMap::from([each])).collect()
    }

    #[test]
    fn a_plan_goes_on_after_what_it_has_brought_back_itself() {
        let [orders, between, database, storage] = [(); 4].map(|()| Id::new());
        let (pairs, shared) = ([(orders, database)], HashMap::from([(database, 3600), (orders, 4200)]));
        let path = Recovery::new(&pairs, vec![shared.clone()]).critical_path(orders).unwrap();
        assert_eq!((path.seconds, path.steps), (4200, vec![(database, 3600), (orders, 600)]));
        // What the plan waits for moves all of it, and what lies between has its own time.
        let pairs = [(orders, database), (database, storage)];
        let path = Recovery::new(&pairs, vec![shared.clone(), HashMap::from([(storage, 1000)])]).critical_path(orders).unwrap();
        assert_eq!((path.seconds, path.steps), (5200, vec![(storage, 1000), (database, 3600), (orders, 600)]));
        let pairs = [(orders, between), (between, database)];
        let seconds = |plans: Vec<PlanEnds>| Recovery::new(&pairs, plans).critical_path(orders).map(|path| path.seconds);
        assert_eq!(seconds(vec![shared.clone()]), Some(4200));
        assert_eq!(seconds(vec![shared.clone(), HashMap::from([(between, 500)])]), Some(4700));
        // Another plan that brings the database back sooner does not shorten the steps of this one.
        assert_eq!(seconds(vec![shared, HashMap::from([(database, 3000)])]), Some(4200));
        let beside = HashMap::from([(database, 3600), (orders, 600)]);
        assert_eq!(seconds(vec![beside]), Some(3600), "side by side, the longer counts");
    }

    #[test]
    fn what_is_below_comes_back_first_and_the_longest_way_counts() {
        let [orders, server, disk, network, spare] = [(); 5].map(|()| Id::new());
        let pairs = [(orders, server), (orders, network), (server, disk)];
        let recovery = Recovery::new(&pairs, alone([(orders, 600), (server, 3600), (disk, 7200), (network, 9000)]));
        // Disk, server, orders: 7,200 + 3,600 + 600; the network alone would be there after 9,000 + 600.
        let path = recovery.critical_path(orders).unwrap();
        assert_eq!((path.seconds, path.steps, recovery.uncovered(orders)), (11_400, vec![(disk, 7200), (server, 3600), (orders, 600)], vec![]));
        assert_eq!(recovery.critical_path(spare), None);
    }

    #[test]
    fn what_has_no_recovery_is_told_and_a_circle_ends() {
        let [orders, server, disk] = [(); 3].map(|()| Id::new());
        let pairs = [(orders, server), (server, disk), (disk, orders)];
        let all = [orders, server, disk].map(|id| (id, Holding::Data));
        let recovery = Recovery::new(&pairs, alone([(server, 100)])).of_recoverable(HashMap::from(all));
        let path = recovery.critical_path(orders).unwrap();
        assert_eq!((path.seconds, path.steps), (100, vec![(server, 100)]));
        assert_eq!(recovery.uncovered(orders).len(), 2);
        assert_eq!(recovery.effective(orders), None, "nobody recovers the others");
    }

    #[test]
    fn what_nothing_recovers_leaves_open_when_all_is_back_and_a_person_needs_no_plan() {
        let [process, covered, bare, person] = [(); 4].map(|()| Id::new());
        let recovery = |pairs: &[(Id, Id)]| {
            Recovery::new(pairs, alone([(covered, 3600)])).of_recoverable(HashMap::from([(covered, Holding::Data), (bare, Holding::Data)]))
        };
        let both = recovery(&[(process, covered), (process, bare), (process, person)]);
        assert_eq!((both.effective(process), both.uncovered(process)), (None, vec![bare]));
        assert_eq!(both.critical_path(process).map(|path| path.seconds), Some(3600), "it takes at least as long as what is known");
        assert_eq!(recovery(&[(process, covered), (process, person)]).effective(process), Some(3600));
        let pairs = [(process, covered), (covered, person), (bare, person)];
        let on_a_machine =
            Recovery::new(&pairs, alone([(covered, 3600)])).of_recoverable(HashMap::from([(person, Holding::Hardware), (covered, Holding::Data)]));
        assert_eq!((on_a_machine.effective(process), on_a_machine.uncovered(bare)), (Some(3600), vec![person]), "its plan does without the machine");
    }

    #[test]
    fn what_lies_between_a_plan_and_its_machines_is_replaced_with_them() {
        let [orders, machine, cluster, server, pool] = [(); 5].map(|()| Id::new());
        let pairs = [(orders, machine), (machine, cluster), (cluster, server), (machine, pool), (pool, server)];
        let kinds = HashMap::from([(orders, Holding::Data), (machine, Holding::Machine), (server, Holding::Hardware)]);
        let recovery = Recovery::new(&pairs, alone([(orders, 3600)])).of_recoverable(kinds);
        assert_eq!((recovery.effective(orders), recovery.uncovered(machine)), (Some(3600), vec![machine, server]));
        assert_eq!(recovery.without_copy(orders, |id| id == machine), Vec::new(), "the server holds nothing of its own");
    }

    #[test]
    fn what_has_no_copy_is_lost_and_hardware_below_a_copy_is_not_asked_for_one() {
        let [process, orders, machine, server, wiki] = [(); 5].map(|()| Id::new());
        let pairs = [(process, orders), (process, wiki), (orders, machine), (orders, server)];
        let kinds = HashMap::from([(orders, Holding::Data), (machine, Holding::Data), (server, Holding::Hardware), (wiki, Holding::Data)]);
        let recovery = Recovery::new(&pairs, Vec::new()).of_recoverable(kinds);
        let lost = |node: Id, copied: &[Id]| recovery.without_copy(node, |id| copied.contains(&id));
        assert_eq!(lost(orders, &[machine]), []);
        assert_eq!(lost(process, &[machine]), [wiki]);
        assert_eq!(lost(process, &[machine, wiki]), []);
        assert_eq!(lost(orders, &[]), [orders]);
        assert_eq!(lost(server, &[machine]), [server]);
    }
}
