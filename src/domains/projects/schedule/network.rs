//! A plan as a network: work in a tree, the links between it, and an order in which each comes after what it waits for.
//!
//! Work with other work in it is a summary: its beginning comes before all that is in it, its end after. A link from a summary
//! leaves from its end; one to its start leads to its beginning.

use super::work_dependency::WorkDependencyKind;
use super::work_item::Constraint;
use super::work_time::WorkTime;
use std::collections::HashMap;

/// A piece of work. Times are in seconds, days count from 1970-01-01.
#[derive(Debug, Clone)]
pub struct Task {
    /// The work that it lies in.
    pub parent: Option<usize>,
    /// Its calendar, by position.
    pub calendar: usize,
    /// Its whole duration.
    pub duration: i64,
    /// The duration that is left once it has started.
    pub remaining: i64,
    /// When it may be scheduled.
    pub constraint: Constraint,
    /// The day of the constraint.
    pub constraint_day: Option<i64>,
    /// The day before which it does not start, constraint aside.
    pub not_before: Option<i64>,
    /// The day before which it does not finish, constraint aside.
    pub not_done_before: Option<i64>,
    /// The day on which it started.
    pub started: Option<i64>,
    /// The day on which it was finished.
    pub finished: Option<i64>,
}

/// Where a link comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Predecessor {
    /// Work of the plan.
    Task(usize),
    /// An event outside of the plan: its first and its last day.
    Event(i64, i64),
}

/// One waits for another.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// What is waited for.
    pub predecessor: Predecessor,
    /// The work that waits.
    pub successor: usize,
    /// Which end waits for which.
    pub kind: WorkDependencyKind,
    /// The time between, in the calendar of the successor; less than 0 for a lead.
    pub lag: i64,
}

/// What is to be scheduled.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The calendars.
    pub calendars: Vec<WorkTime>,
    /// The work.
    pub tasks: Vec<Task>,
    /// What waits for what.
    pub links: Vec<Link>,
    /// The first day of the project: nothing starts before it.
    pub first_day: i64,
    /// The first day on which what is not done can be done.
    pub data_day: i64,
}

/// A step of the order: work without other work in it, or the beginning or the end of a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Work without other work in it.
    Leaf(usize),
    /// The beginning of a summary.
    Open(usize),
    /// The end of a summary.
    Close(usize),
}

/// A plan in an order that can be computed.
#[derive(Debug)]
pub struct Network<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Each step after those that it waits for.
    pub order: Vec<Step>,
    /// The links to each work, by position.
    pub incoming: Vec<Vec<usize>>,
    /// The links from each work, by position.
    pub outgoing: Vec<Vec<usize>>,
    /// The work in each work.
    pub children: Vec<Vec<usize>>,
}

impl<'a> Network<'a> {
    /// Puts a plan in order; the work of a circle, each waiting for the one before it, where there is one.
    pub fn new(plan: &'a Plan) -> Result<Network<'a>, Vec<usize>> {
        let count = plan.tasks.len();
        let (mut incoming, mut outgoing, mut children) = (vec![Vec::new(); count], vec![Vec::new(); count], vec![Vec::new(); count]);
        for (at, task) in plan.tasks.iter().enumerate() {
            if let Some(parent) = task.parent {
                children[parent].push(at);
            }
        }
        for (at, link) in plan.links.iter().enumerate() {
            incoming[link.successor].push(at);
            if let Predecessor::Task(predecessor) = link.predecessor {
                outgoing[predecessor].push(at);
            }
        }
        let mut network = Network { plan, order: Vec::new(), incoming, outgoing, children };
        network.order = network.sorted()?;
        Ok(network)
    }

    /// Whether some work has other work in it.
    pub fn is_summary(&self, task: usize) -> bool {
        !self.children[task].is_empty()
    }

    /// Steps have numbers: the beginning of work is its position, the end of a summary its position after all work.
    fn step(&self, number: usize) -> Step {
        let count = self.plan.tasks.len();
        match number.checked_sub(count) {
            Some(task) => Step::Close(task),
            None if self.is_summary(number) => Step::Open(number),
            None => Step::Leaf(number),
        }
    }

    fn end_of(&self, task: usize) -> usize {
        if self.is_summary(task) { self.plan.tasks.len() + task } else { task }
    }

    /// What comes after each step.
    fn following(&self) -> Vec<Vec<usize>> {
        let count = self.plan.tasks.len();
        let mut following = vec![Vec::new(); 2 * count];
        for (at, task) in self.plan.tasks.iter().enumerate() {
            if let Some(parent) = task.parent {
                following[parent].push(at);
                following[self.end_of(at)].push(count + parent);
            }
            if self.is_summary(at) {
                following[at].push(count + at);
            }
        }
        for link in &self.plan.links {
            let Predecessor::Task(predecessor) = link.predecessor else { continue };
            let to_start = matches!(link.kind, WorkDependencyKind::Fs | WorkDependencyKind::Ss);
            let to = if to_start { link.successor } else { self.end_of(link.successor) };
            following[self.end_of(predecessor)].push(to);
        }
        following
    }

    fn sorted(&self) -> Result<Vec<Step>, Vec<usize>> {
        let following = self.following();
        let mut awaited = vec![0_usize; following.len()];
        following.iter().flatten().for_each(|to| awaited[*to] += 1);
        let is_step = |number: &usize| *number < self.plan.tasks.len() || self.is_summary(*number - self.plan.tasks.len());
        let steps = (0..following.len()).filter(is_step).count();
        let mut order: Vec<usize> = (0..following.len()).filter(|number| is_step(number) && awaited[*number] == 0).collect();
        let mut at = 0;
        while let Some(number) = order.get(at).copied() {
            for to in &following[number] {
                awaited[*to] -= 1;
                if awaited[*to] == 0 {
                    order.push(*to);
                }
            }
            at += 1;
        }
        if order.len() == steps { Ok(order.into_iter().map(|number| self.step(number)).collect()) } else { Err(self.circle(&following, &awaited)) }
    }

    /// A circle among the steps that still wait.
    fn circle(&self, following: &[Vec<usize>], awaited: &[usize]) -> Vec<usize> {
        let mut before: HashMap<usize, usize> = HashMap::new();
        for (from, steps) in following.iter().enumerate().filter(|(from, _)| awaited[*from] > 0) {
            for to in steps.iter().filter(|to| awaited[**to] > 0) {
                before.insert(*to, from);
            }
        }
        // Whoever still waits, waits for one that still waits: going back leads into a circle.
        let (mut seen, mut path) = (HashMap::new(), Vec::new());
        let mut at = before.keys().min().copied();
        while let Some(number) = at {
            if let Some(first) = seen.insert(number, path.len()) {
                path.drain(..first);
                break;
            }
            path.push(number);
            at = before.get(&number).copied();
        }
        path.reverse();
        let mut tasks: Vec<usize> = path.into_iter().map(|number| number % self.plan.tasks.len().max(1)).collect();
        tasks.dedup();
        if tasks.len() > 1 && tasks.first() == tasks.last() {
            tasks.pop();
        }
        tasks
    }
}
