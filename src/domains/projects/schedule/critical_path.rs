//! The critical path method: early and late dates, floats, and what drives each work, on working calendars.
//!
//! Forward: a start is the latest of the first day of the project, the data date, what its links ask and its constraint. Backward:
//! a finish is the earliest of the finish of the project, what its successors need and its constraint. A constraint never breaks
//! a link: where both cannot hold, the float is negative. Work that has started keeps its start, and what is left of it waits
//! for the data date and for its links (retained logic).
#[cfg(test)]
mod tests;

use super::network::{Link, Network, Plan, Predecessor, Step};
use super::work_dependency::WorkDependencyKind;
use super::work_item::Constraint;
use super::work_time::{DAY, WorkTime, day_of_finish, day_of_start};

/// The dates of a piece of work. Days count from 1970-01-01, floats are in seconds of its calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Dates {
    pub early_start: i64,
    pub early_finish: i64,
    pub late_start: i64,
    pub late_finish: i64,
    pub total_float: i64,
    pub free_float: i64,
    pub critical: bool,
    /// The link that decides its early dates, by position.
    pub driver: Option<usize>,
}

/// A plan with its dates.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The dates of each work, by position.
    pub dates: Vec<Dates>,
    /// The last day of the project; none without work.
    pub finish: Option<i64>,
    /// Seconds since 1970-01-01 at which it ends.
    #[cfg(test)]
    pub finish_at: i64,
}

/// Computes the dates of a plan; the work of a circle where there is one.
pub fn schedule(plan: &Plan) -> Result<Schedule, Vec<usize>> {
    let network = Network::new(plan)?;
    Ok(Pass::new(&network).run())
}

/// What is computed of work on the way. Instants are seconds since 1970-01-01, worked seconds are those of its calendar.
#[derive(Debug, Clone, Copy)]
struct Work {
    /// The worked seconds before its start, or before what is left of it.
    start: i64,
    /// The worked seconds before its finish.
    finish: i64,
    late_finish: i64,
    /// Limits of the late dates from what lies around it.
    start_limit: Option<i64>,
    finish_limit: Option<i64>,
    /// The instants between which it lies; of what has started the start of all of it.
    starts_at: i64,
    finishes_at: i64,
    late_starts_at: i64,
    late_finishes_at: i64,
    /// The first work in a summary.
    first: usize,
    driver: Option<usize>,
    free_float: i64,
    total_float: i64,
    critical: bool,
}

/// One computation.
pub struct Pass<'a> {
    network: &'a Network<'a>,
    plan: &'a Plan,
    /// Durations, and what is left of them.
    durations: Vec<(i64, i64)>,
    work: Vec<Work>,
    finishes_at: i64,
}

impl<'a> Pass<'a> {
    /// A computation with the durations of the plan.
    pub fn new(network: &'a Network<'a>) -> Pass<'a> {
        let durations = network.plan.tasks.iter().map(|task| (task.duration, task.remaining)).collect();
        Pass::with(network, durations)
    }

    /// A computation with other durations, and others that are left.
    pub fn with(network: &'a Network<'a>, durations: Vec<(i64, i64)>) -> Pass<'a> {
        let blank = Work {
            start: 0,
            finish: 0,
            late_finish: 0,
            start_limit: None,
            finish_limit: None,
            starts_at: 0,
            finishes_at: 0,
            late_starts_at: 0,
            late_finishes_at: 0,
            first: 0,
            driver: None,
            free_float: 0,
            total_float: 0,
            critical: false,
        };
        Pass { network, plan: network.plan, durations, work: vec![blank; network.plan.tasks.len()], finishes_at: i64::MIN }
    }

    /// Both passes.
    pub fn run(mut self) -> Schedule {
        self.forward();
        for step in self.network.order.iter().rev() {
            self.backward(*step);
        }
        self.delay();
        self.roll_up();
        let finish = (!self.plan.tasks.is_empty()).then(|| day_of_finish(self.finishes_at));
        Schedule {
            dates: (0..self.work.len()).map(|task| self.dates(task)).collect(),
            finish,
            #[cfg(test)]
            finish_at: self.finishes_at,
        }
    }

    fn time(&self, task: usize) -> &'a WorkTime {
        &self.plan.calendars[self.plan.tasks[task].calendar]
    }

    fn is_started(&self, task: usize) -> bool {
        self.plan.tasks[task].started.is_some()
    }

    fn is_finished(&self, task: usize) -> bool {
        self.plan.tasks[task].finished.is_some()
    }

    fn forward(&mut self) {
        for step in &self.network.order {
            match *step {
                Step::Leaf(task) => self.forward_leaf(task),
                Step::Open(task) => self.forward_open(task),
                Step::Close(task) => self.forward_close(task),
            }
        }
        let last = self.work.iter().map(|work| work.finishes_at).max();
        self.finishes_at = last.unwrap_or(self.plan.first_day * DAY);
    }

    /// The instants at which a predecessor starts and finishes.
    fn ends_of(&self, predecessor: Predecessor) -> (i64, i64) {
        match predecessor {
            Predecessor::Task(task) => (self.work[task].starts_at, self.work[task].finishes_at),
            Predecessor::Event(first, last) => (first * DAY, (last + 1) * DAY),
        }
    }

    /// The worked seconds of the successor before which a link does not let it start or finish.
    fn bound(&self, link: &Link) -> i64 {
        let (start, finish) = self.ends_of(link.predecessor);
        let from = if matches!(link.kind, WorkDependencyKind::Fs | WorkDependencyKind::Ff) { finish } else { start };
        self.time(link.successor).worked(from) + link.lag
    }

    /// The latest of the bounds of the links to an end of some work, with the link.
    fn latest(&self, task: usize, to_start: bool) -> Option<(i64, usize)> {
        let links = self.network.incoming[task].iter().copied();
        let fitting = links.filter(|at| matches!(self.plan.links[*at].kind, WorkDependencyKind::Fs | WorkDependencyKind::Ss) == to_start);
        fitting.map(|at| (self.bound(&self.plan.links[at]), at)).reduce(|best, next| if next.0 > best.0 { next } else { best })
    }

    fn forward_leaf(&mut self, at: usize) {
        let (task, time) = (&self.plan.tasks[at], self.time(at));
        let (mut duration, remaining) = self.durations[at];
        if task.started.is_some() {
            duration = remaining;
        }
        let mut start = time.before(self.plan.first_day.max(self.plan.data_day));
        let mut driver = None;
        let mut at_least = |bound: i64, link: Option<usize>| {
            if bound > start || (bound == start && driver.is_none() && link.is_some()) {
                (start, driver) = (bound.max(start), link);
            }
        };
        if let Some(parent) = task.parent {
            at_least(time.worked(self.work[parent].starts_at), self.work[parent].driver);
        }
        if let Some((bound, link)) = self.latest(at, true) {
            at_least(bound, Some(link));
        }
        if let Some((bound, link)) = self.latest(at, false) {
            at_least(bound - duration, Some(link));
        }
        if task.started.is_none() {
            task.not_before.iter().for_each(|day| at_least(time.before(*day), None));
            match (task.constraint, task.constraint_day) {
                (Constraint::Snet | Constraint::Mso, Some(day)) => at_least(time.before(day), None),
                (Constraint::Fnet | Constraint::Mfo, Some(day)) => at_least(time.before(day + 1) - duration, None),
                _ => {}
            }
        }
        task.not_done_before.iter().for_each(|day| at_least(time.before(day + 1) - duration, None));
        let work = &mut self.work[at];
        (work.start, work.finish, work.driver) = (start, start + duration, driver);
        (work.starts_at, work.finishes_at) = (time.start(work.start), time.finish(work.finish));
        if let Some(day) = task.started {
            work.starts_at = day * DAY;
        }
        if let Some(day) = task.finished {
            (work.start, work.finish, work.driver) = (time.before(task.started.unwrap_or(day)), time.before(day + 1), None);
            work.finishes_at = time.finish(work.finish).max(day * DAY + 1);
        }
    }

    /// The instant before which nothing in a summary starts.
    fn forward_open(&mut self, at: usize) {
        let (task, time) = (&self.plan.tasks[at], self.time(at));
        let mut opens = (i64::MIN, None);
        if let Some(parent) = task.parent {
            opens = (self.work[parent].starts_at, self.work[parent].driver);
        }
        if let Some((bound, link)) = self.latest(at, true).filter(|(bound, _)| time.start(*bound) > opens.0) {
            opens = (time.start(bound), Some(link));
        }
        let day = task.constraint_day.filter(|_| matches!(task.constraint, Constraint::Snet | Constraint::Mso));
        if let Some(day) = day.filter(|day| day * DAY > opens.0) {
            opens = (day * DAY, None);
        }
        let first = self.plan.first_day * DAY;
        (self.work[at].starts_at, self.work[at].driver) = if opens.0 < first { (first, None) } else { opens };
    }

    fn forward_close(&mut self, at: usize) {
        let children = &self.network.children[at];
        let first = children.iter().map(|child| (self.work[*child].starts_at, self.leaf_of(*child))).min();
        let last = children.iter().map(|child| self.work[*child].finishes_at).max();
        let bound = self.latest(at, false).map(|(bound, _)| self.time(at).finish(bound));
        let work = &mut self.work[at];
        (work.starts_at, work.first) = first.unwrap_or((work.starts_at, at));
        work.finishes_at = last.max(bound).unwrap_or(work.starts_at);
    }

    fn leaf_of(&self, task: usize) -> usize {
        if self.network.is_summary(task) { self.work[task].first } else { task }
    }

    /// The instants until which the ends of the predecessor of a link may be put off; the start is none where the link goes
    /// from the finish.
    fn limit(&self, link: &Link, late: bool) -> Option<i64> {
        let (successor, time) = (link.successor, self.time(link.successor));
        if self.is_finished(successor) {
            return None;
        }
        let work = &self.work[successor];
        let to_start = matches!(link.kind, WorkDependencyKind::Fs | WorkDependencyKind::Ss);
        let instant = match (to_start, late, self.network.is_summary(successor)) {
            (false, true, true) => work.finish_limit.unwrap_or(self.finishes_at),
            (false, false, true) => work.finishes_at,
            (true, true, true) => work.late_starts_at,
            (true, false, true) => work.starts_at,
            (to_start, late, false) => {
                let finish = if late { work.late_finish } else { work.finish };
                let worked = if to_start { finish - (work.finish - work.start) } else { finish };
                return Some(time.start(worked - link.lag));
            }
        };
        Some(time.start(time.worked(instant) - link.lag))
    }

    /// The earliest of the limits of the links from an end of some work.
    fn earliest(&self, task: usize, from_start: bool, late: bool) -> Option<i64> {
        let links = self.network.outgoing[task].iter().map(|at| &self.plan.links[*at]);
        let fitting = links.filter(|link| matches!(link.kind, WorkDependencyKind::Ss | WorkDependencyKind::Sf) == from_start);
        fitting.filter_map(|link| self.limit(link, late)).min()
    }

    fn backward(&mut self, step: Step) {
        match step {
            Step::Leaf(task) => self.backward_leaf(task),
            Step::Close(task) => self.backward_close(task),
            Step::Open(task) => {
                let starts = self.network.children[task].iter().map(|child| self.work[*child].late_starts_at);
                self.work[task].late_starts_at = starts.min().unwrap_or(self.finishes_at);
            }
        }
    }

    fn backward_leaf(&mut self, at: usize) {
        let (task, time) = (&self.plan.tasks[at], self.time(at));
        let around = task.parent.and_then(|parent| self.work[parent].finish_limit);
        let finish = [Some(self.finishes_at), around, self.earliest(at, false, true)].into_iter().flatten().min();
        let mut late = time.worked(finish.unwrap_or(self.finishes_at));
        let duration = self.work[at].finish - self.work[at].start;
        if !self.is_started(at) {
            let start = [self.work[at].start_limit, self.earliest(at, true, true)].into_iter().flatten().min();
            start.iter().for_each(|instant| late = late.min(time.worked(*instant) + duration));
            if let (Constraint::Snlt | Constraint::Mso, Some(day)) = (task.constraint, task.constraint_day) {
                late = late.min(time.before(day) + duration);
            }
        }
        if let (Constraint::Fnlt | Constraint::Mfo, Some(day)) = (task.constraint, task.constraint_day) {
            late = late.min(time.before(day + 1));
        }
        if self.is_finished(at) {
            late = self.work[at].finish;
        }
        let work = &mut self.work[at];
        work.late_finish = late;
        work.total_float = late - work.finish;
        (work.late_starts_at, work.late_finishes_at) = (time.start(late - duration), time.finish(late));
        if task.started.is_some() {
            work.late_starts_at = work.starts_at;
        }
        if task.finished.is_some() {
            work.late_finishes_at = work.finishes_at;
        }
        work.critical = work.total_float <= 0 && task.finished.is_none();
    }

    /// The limits that a summary hands on to what is in it.
    fn backward_close(&mut self, at: usize) {
        let task = &self.plan.tasks[at];
        let around = task.parent.and_then(|parent| self.work[parent].finish_limit);
        let day = task.constraint_day.filter(|_| matches!(task.constraint, Constraint::Fnlt | Constraint::Mfo));
        let constrained = day.map(|day| (day + 1) * DAY);
        self.work[at].finish_limit = [around, self.earliest(at, false, true), constrained].into_iter().flatten().min();
        if let Some(limit) = self.earliest(at, true, true) {
            let first = self.work[at].first;
            let known = self.work[first].start_limit.unwrap_or(limit);
            self.work[first].start_limit = Some(known.min(limit));
        }
    }

    /// Free floats; what is to be as late as possible is put off by its own.
    fn delay(&mut self) {
        for step in self.network.order.iter().rev() {
            let Step::Leaf(at) = *step else { continue };
            if self.is_finished(at) {
                continue;
            }
            let time = self.time(at);
            let finish = self.earliest(at, false, false).map(|instant| time.worked(instant) - self.work[at].finish);
            let start = self.earliest(at, true, false).filter(|_| !self.is_started(at)).map(|instant| time.worked(instant) - self.work[at].start);
            let open = finish.is_none() && start.is_none() && self.plan.tasks[at].parent.is_none_or(|parent| self.limits_nothing(parent));
            let end = open.then(|| time.worked(self.finishes_at) - self.work[at].finish);
            let around = self.around(at);
            let free = [finish, start, end, around].into_iter().flatten().min().unwrap_or(self.work[at].total_float).max(0);
            let free = free.min(self.work[at].total_float.max(0));
            let work = &mut self.work[at];
            work.free_float = free;
            if free > 0 && self.plan.tasks[at].constraint == Constraint::Alap && self.plan.tasks[at].started.is_none() {
                (work.start, work.finish, work.total_float, work.free_float) = (work.start + free, work.finish + free, work.total_float - free, 0);
                (work.starts_at, work.finishes_at) = (time.start(work.start), time.finish(work.finish));
                work.critical = work.total_float <= 0;
                work.driver = None;
            }
        }
    }

    fn limits_nothing(&self, task: usize) -> bool {
        self.network.outgoing[task].is_empty() && self.plan.tasks[task].parent.is_none_or(|parent| self.limits_nothing(parent))
    }

    /// By how much work may be put off without what waits for the work around it starting later.
    fn around(&self, task: usize) -> Option<i64> {
        let (mut parent, mut limit) = (self.plan.tasks[task].parent, None::<i64>);
        while let Some(at) = parent {
            if let Some(instant) = self.earliest(at, false, false) {
                limit = Some(limit.map_or(instant, |known| known.min(instant)));
            }
            parent = self.plan.tasks[at].parent;
        }
        limit.map(|instant| self.time(task).worked(instant) - self.work[task].finish)
    }

    /// Summaries from what is in them.
    fn roll_up(&mut self) {
        for step in &self.network.order {
            let Step::Close(at) = *step else { continue };
            let children: Vec<Work> = self.network.children[at].iter().map(|child| self.work[*child]).collect();
            let work = &mut self.work[at];
            work.starts_at = children.iter().map(|child| child.starts_at).min().unwrap_or(work.starts_at);
            work.finishes_at = work.finishes_at.max(children.iter().map(|child| child.finishes_at).max().unwrap_or(work.finishes_at));
            work.late_starts_at = children.iter().map(|child| child.late_starts_at).min().unwrap_or(work.starts_at);
            work.late_finishes_at = children.iter().map(|child| child.late_finishes_at).max().unwrap_or(work.finishes_at);
            work.total_float = children.iter().map(|child| child.total_float).min().unwrap_or(0);
            work.free_float = children.iter().max_by_key(|child| (child.finishes_at, -child.free_float)).map_or(0, |child| child.free_float);
            work.critical = children.iter().any(|child| child.critical);
        }
    }

    fn dates(&self, at: usize) -> Dates {
        let work = &self.work[at];
        let point = !self.network.is_summary(at) && work.start == work.finish && self.plan.tasks[at].started.is_none();
        // What takes no time is at the end of what it waits for, else at the beginning of its day.
        let task = &self.plan.tasks[at];
        let by_finish = matches!(task.constraint, Constraint::Fnet | Constraint::Fnlt | Constraint::Mfo) || task.not_done_before.is_some();
        let days = |starts_at: i64, finishes_at: i64, at_end: bool| match (point, at_end) {
            (false, _) => (day_of_start(starts_at), day_of_finish(finishes_at)),
            (true, true) => (day_of_finish(finishes_at), day_of_finish(finishes_at)),
            (true, false) => (day_of_start(starts_at), day_of_start(starts_at)),
        };
        // A day before which it may not start is its day, although nothing is worked since the end of the day before.
        let held = matches!(task.constraint, Constraint::Snet | Constraint::Mso)
            && task.constraint_day.is_some_and(|day| self.plan.calendars[task.calendar].before(day) == work.start);
        let early_at_end = by_finish || (work.driver.is_some() && !held);
        let late_at_end = if work.total_float == 0 { early_at_end } else { !matches!(task.constraint, Constraint::Snlt | Constraint::Mso) };
        let (early_start, early_finish) = days(work.starts_at, work.finishes_at, early_at_end);
        let (late_start, late_finish) = days(work.late_starts_at, work.late_finishes_at, late_at_end);
        let (total_float, free_float, critical, driver) = (work.total_float, work.free_float, work.critical, work.driver);
        Dates { early_start, early_finish, late_start, late_finish, total_float, free_float, critical, driver }
    }
}
