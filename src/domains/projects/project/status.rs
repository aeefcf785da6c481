//! How a project stands, as a calculation alone: progress, change of scope, and the colours of its tolerances.

use super::tolerance::Tolerance;
use crate::schedule::work_kind::{ProgressMethod, WorkKind};
use chrono::Datelike;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use steward_core::choice;
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Date, Figure, Note};
use utoipa::ToSchema;

choice! {
    /// Colour of a measure against its tolerance.
    pub enum Colour {
        /// Green: within the tolerance.
        Green = "green",
        /// Amber: to be watched.
        Amber = "amber",
        /// Red: beyond the tolerance, so that a higher level must decide.
        Red = "red",
    }
}

/// Evaluation of a tolerance.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Judgement {
    /// Colour of the measure; null if it cannot be computed or has no tolerance.
    pub colour: Option<Colour>,
    /// Measured value in the unit of the tolerance; null if it cannot be computed.
    pub measure: Figure,
    /// Limit above which it is amber; null without a tolerance.
    pub amber_above: Figure,
    /// Limit above which it is red; null without a tolerance.
    pub red_above: Figure,
    /// Explanation in words.
    pub reason: Note,
}

/// What is known of a work item. An amount is in minor units.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Work {
    pub id: Id,
    pub parent: Option<Id>,
    pub state: String,
    pub kind: WorkKind,
    pub method: ProgressMethod,
    pub effort_hours: Option<f64>,
    pub percent: f64,
    /// Weight in percent and whether it is done.
    pub steps: Vec<(f64, bool)>,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub deadline_on: Option<Date>,
    pub actual_starts_on: Option<Date>,
    pub actual_ends_on: Option<Date>,
    pub cost: Option<(Currency, i64)>,
}

impl Work {
    fn is_cancelled(&self) -> bool {
        self.state == "cancelled"
    }

    /// Whether it was finished on a day: by its actual end whatever its state, or by its state where that is not told.
    pub fn is_finished(&self, as_of: Date) -> bool {
        self.actual_ends_on.map_or(self.state == "done", |end| end <= as_of)
    }

    /// What it weighs among other work.
    pub fn weight(&self) -> f64 {
        weight(self.kind, self.effort_hours)
    }

    fn is_started(&self, as_of: Date) -> bool {
        let begun = matches!(self.state.as_str(), "in_progress" | "review" | "blocked" | "done");
        self.actual_starts_on.map_or(begun, |start| start <= as_of)
    }

    /// How many percent of it are done on a day, by its method.
    pub fn percent_done(&self, as_of: Date) -> f64 {
        if self.is_finished(as_of) {
            return 100.0;
        }
        match self.method {
            ProgressMethod::ZeroHundred => 0.0,
            ProgressMethod::FiftyFifty => {
                if self.is_started(as_of) {
                    50.0
                } else {
                    0.0
                }
            }
            ProgressMethod::Percent => self.percent,
            ProgressMethod::Weighted => self.steps.iter().filter(|(_, done)| *done).map(|(weight, _)| weight).sum(),
            ProgressMethod::LevelOfEffort => self.starts_on.zip(self.ends_on).map_or(0.0, |(starts, ends)| passed_percent(Some(starts), ends, as_of)),
        }
    }
}

/// What a baseline holds of a work item. An amount is in minor units.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct BaselineItem {
    pub id: Id,
    pub parent: Option<Id>,
    pub ends_on: Option<Date>,
    pub cost: Option<(Currency, i64)>,
}

/// The work that is not cancelled and has nothing under it that is not.
pub fn leaves(work: &[Work]) -> Vec<&Work> {
    let above: HashSet<Id> = work.iter().filter(|item| !item.is_cancelled()).filter_map(|item| item.parent).collect();
    work.iter().filter(|item| !item.is_cancelled() && !above.contains(&item.id)).collect()
}

/// The items of a baseline that had nothing under them.
pub fn kept_leaves(kept: &[BaselineItem]) -> Vec<&BaselineItem> {
    let above: HashSet<Id> = kept.iter().filter_map(|item| item.parent).collect();
    kept.iter().filter(|item| !above.contains(&item.id)).collect()
}

/// What work weighs among other work: its effort, or 1 where that is not told; a milestone is no work and weighs nothing.
pub fn weight(kind: WorkKind, effort_hours: Option<f64>) -> f64 {
    if kind == WorkKind::Milestone { 0.0 } else { effort_hours.unwrap_or(1.0) }
}

/// Σ w·% / Σ w over the weights of work; none when nothing weighs anything.
pub fn progress(leaves: &[&Work], as_of: Date) -> Option<f64> {
    let total: f64 = leaves.iter().map(|item| item.weight()).sum();
    (total > 0.0).then(|| leaves.iter().map(|item| item.weight() * item.percent_done(as_of)).sum::<f64>() / total)
}

/// How many working days, Monday to Friday, lie after one day up to another; less than 0 if that one is earlier.
pub fn working_days(from: Date, to: Date) -> i64 {
    if to < from {
        return -working_days(to, from);
    }
    let days = (to.0 - from.0).num_days();
    let first = i64::from(from.0.weekday().num_days_from_monday());
    // Whole weeks have five; of the rest, those that are no Saturday or Sunday.
    let rest = (1..=days % 7).filter(|day| !matches!((first + day) % 7, 5 | 6)).count();
    days / 7 * 5 + i64::try_from(rest).unwrap_or(0)
}

/// How many percent of the working days of a span have passed at the end of a day; of one without a first day all or nothing.
pub fn passed_percent(starts: Option<Date>, ends: Date, as_of: Date) -> f64 {
    match starts {
        _ if as_of >= ends => 100.0,
        Some(starts) if as_of >= starts => {
            let before = starts.0.pred_opt().map_or(starts, Date);
            working_days(before, as_of) as f64 / working_days(before, ends).max(1) as f64 * 100.0
        }
        _ => 0.0,
    }
}

/// What came into the scope and what left it, and both together in percent of what was in it; no percent when nothing was.
/// What lies in an item of the baseline only tells it in more detail.
pub fn scope_change(kept: &[BaselineItem], work: &[Work]) -> (usize, usize, Option<f64>) {
    let then: HashSet<Id> = kept_leaves(kept).iter().map(|item| item.id).collect();
    let parents: HashMap<Id, Option<Id>> = work.iter().map(|item| (item.id, item.parent)).collect();
    let in_scope = |item: &&&Work| {
        let mut at = Some(item.id);
        for _ in 0..=parents.len() {
            match at {
                Some(id) if then.contains(&id) => return true,
                Some(id) => at = parents.get(&id).copied().flatten(),
                None => return false,
            }
        }
        false
    };
    let now: HashSet<Id> = work.iter().filter(|item| !item.is_cancelled()).map(|item| item.id).collect();
    let added = leaves(work).iter().filter(|item| !in_scope(item)).count();
    let removed = then.iter().filter(|id| !now.contains(id)).count();
    let percent = (!then.is_empty()).then(|| (added + removed) as f64 / then.len() as f64 * 100.0);
    (added, removed, percent)
}

/// By how many percent the cost at completion has grown; none without a cost then, or with several currencies.
pub fn cost_growth(then: &[Option<(Currency, i64)>], now: &[Option<(Currency, i64)>]) -> Option<f64> {
    let currency = then.iter().flatten().next()?.0;
    let sum = |costs: &[Option<(Currency, i64)>]| {
        let told = costs.iter().flatten();
        told.map(|(each, minor)| (*each == currency).then_some(i128::from(*minor))).sum::<Option<i128>>()
    };
    let (then, now) = (sum(then)?, sum(now)?);
    (then > 0).then(|| (now - then) as f64 / then as f64 * 100.0)
}

/// By how many percent what was realised falls short of what was due; none if nothing is due, or with several currencies.
/// What is due and not told counts as nothing.
pub fn shortfall(due: &[(Currency, i64, Option<i64>)]) -> Option<f64> {
    let currency = due.first()?.0;
    if due.iter().any(|(each, _, _)| *each != currency) {
        return None;
    }
    let planned: i128 = due.iter().map(|(_, planned, _)| i128::from(*planned)).sum();
    let realised: i128 = due.iter().map(|(_, _, realised)| i128::from(realised.unwrap_or(0))).sum();
    (planned > 0).then(|| (planned - realised) as f64 / planned as f64 * 100.0)
}

/// The colour of a measure against its tolerance, with the reason. `what` says what the measure is, or why there is none.
pub fn judge(measure: Option<f64>, what: String, tolerance: Option<&Tolerance>) -> Judgement {
    let limits = tolerance.map(|tolerance| (tolerance.amber_above.0, tolerance.red_above.0));
    let colour = measure.zip(limits).map(|(measure, (amber, red))| match measure {
        above if above > red => Colour::Red,
        above if above > amber => Colour::Amber,
        _ => Colour::Green,
    });
    let against = match (measure, limits, colour) {
        (_, None, _) => " No tolerance is set.".to_owned(),
        (None, ..) => String::new(),
        (_, Some((_, red)), Some(Colour::Red)) => format!(" That is above the red limit of {red}."),
        (_, Some((amber, _)), Some(Colour::Amber)) => format!(" That is above the amber limit of {amber}."),
        (_, Some((amber, _)), _) => format!(" That is within the amber limit of {amber}."),
    };
    let [amber_above, red_above] = [limits.map(|(amber, _)| amber), limits.map(|(_, red)| red)].map(Figure);
    Judgement { colour, measure: Figure(measure), amber_above, red_above, reason: Note::cut(&format!("{what}{against}")) }
}

/// The worst of some colours; none if there is none.
pub fn worst(colours: impl IntoIterator<Item = Option<Colour>>) -> Option<Colour> {
    colours.into_iter().flatten().max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use steward_core::resource::value::Number;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn work(method: ProgressMethod, state: &str, effort_hours: Option<f64>) -> Work {
        Work {
            id: Id::new(),
            parent: None,
            state: state.into(),
            kind: WorkKind::Task,
            method,
            effort_hours,
            percent: 0.0,
            steps: Vec::new(),
            starts_on: None,
            ends_on: None,
            deadline_on: None,
            actual_starts_on: None,
            actual_ends_on: None,
            cost: None,
        }
    }

    const FRIDAY: &str = "2026-05-15";

    #[test]
    fn each_method_tells_its_percent() {
        use ProgressMethod::{FiftyFifty, LevelOfEffort, Percent, Weighted, ZeroHundred};
        let today = day(FRIDAY);
        let done = |method, state| work(method, state, None).percent_done(today);
        assert_eq!(
            [done(ZeroHundred, "in_progress"), done(ZeroHundred, "done"), done(FiftyFifty, "todo"), done(FiftyFifty, "review")],
            [0.0, 100.0, 0.0, 50.0]
        );
        assert_eq!(Work { percent: 30.0, ..work(Percent, "in_progress", None) }.percent_done(today), 30.0);
        assert_eq!(Work { steps: vec![(60.0, true), (40.0, false)], ..work(Weighted, "in_progress", None) }.percent_done(today), 60.0);
        // Monday 11 to Friday 22 May are ten working days, of which five have passed on Friday 15.
        let effort = Work { starts_on: Some(day("2026-05-11")), ends_on: Some(day("2026-05-22")), ..work(LevelOfEffort, "in_progress", None) };
        assert_eq!(effort.percent_done(today), 50.0);
        // What was finished later was not finished then.
        let later = Work { actual_ends_on: Some(day("2026-05-18")), actual_starts_on: Some(day("2026-05-14")), ..work(FiftyFifty, "done", None) };
        assert_eq!([later.percent_done(today), later.percent_done(day("2026-05-18")), later.percent_done(day("2026-05-13"))], [50.0, 100.0, 0.0]);
    }

    #[test]
    fn progress_weighs_leaves_by_effort_and_leaves_out_what_is_cancelled() {
        let top = work(ProgressMethod::Percent, "done", Some(1000.0));
        let items = vec![
            Work { parent: Some(top.id), percent: 50.0, ..work(ProgressMethod::Percent, "in_progress", Some(30.0)) },
            Work { parent: Some(top.id), ..work(ProgressMethod::ZeroHundred, "done", Some(9.0)) },
            Work { parent: Some(top.id), ..work(ProgressMethod::ZeroHundred, "todo", None) },
            Work { parent: Some(top.id), ..work(ProgressMethod::ZeroHundred, "cancelled", Some(500.0)) },
            top,
        ];
        // By hand: (30 · 50 + 9 · 100 + 1 · 0) / (30 + 9 + 1) = 2400 / 40.
        assert_eq!(progress(&leaves(&items), day(FRIDAY)), Some(60.0));
        assert_eq!(progress(&[], day(FRIDAY)), None);
        // A milestone is no work: (30 · 50 + 10 · 100) / 40.
        let half = Work { percent: 50.0, ..work(ProgressMethod::Percent, "in_progress", Some(30.0)) };
        let all = work(ProgressMethod::ZeroHundred, "done", Some(10.0));
        let milestone = Work { kind: WorkKind::Milestone, ..work(ProgressMethod::ZeroHundred, "todo", None) };
        assert_eq!(progress(&[&half, &all, &milestone], day(FRIDAY)), Some(62.5));
        assert_eq!(progress(&[&milestone], day(FRIDAY)), None);
        assert_eq!(progress(&[&work(ProgressMethod::Percent, "todo", Some(0.0))], day(FRIDAY)), None);
    }

    #[test]
    fn working_days_leave_out_the_weekend_in_both_directions() {
        assert_eq!(working_days(day(FRIDAY), day("2026-05-18")), 1);
        assert_eq!(working_days(day(FRIDAY), day("2026-06-15")), 21);
        assert_eq!(working_days(day("2026-05-18"), day(FRIDAY)), -1);
        assert_eq!(working_days(day("2026-05-13"), day("2026-05-17")), 2);
    }

    #[test]
    fn scope_changes_by_what_comes_and_goes_and_not_by_detail() {
        let [a, b, c, d] = std::array::from_fn(|_| work(ProgressMethod::Percent, "todo", None));
        let kept: Vec<BaselineItem> = [&a, &b, &c, &d].map(|item| BaselineItem { id: item.id, parent: None, ends_on: None, cost: None }).into();
        let detail = Work { parent: Some(a.id), ..work(ProgressMethod::Percent, "todo", None) };
        let new = work(ProgressMethod::Percent, "todo", None);
        let gone = Work { state: "cancelled".into(), ..d };
        // Four were in scope; one is new, one was cancelled, and one was told in more detail: 2 / 4.
        assert_eq!(scope_change(&kept, &[a, b, c, gone, detail, new]), (1, 1, Some(50.0)));
        assert_eq!(scope_change(&[], &[]), (0, 0, None));
    }

    #[test]
    fn cost_and_benefit_are_compared_in_one_currency() {
        let (euro, yen) = (Currency::sample("EUR"), Currency::sample("JPY"));
        // 1,000.00 became 1,080.00.
        assert_eq!(cost_growth(&[Some((euro, 60_000)), None, Some((euro, 40_000))], &[Some((euro, 108_000))]), Some(8.0));
        assert_eq!(cost_growth(&[Some((euro, 60_000))], &[Some((yen, 1))]), None);
        assert_eq!(cost_growth(&[], &[Some((euro, 1))]), None);
        // 300.00 were due and 240.00 came, for one of the two it is not known yet.
        assert_eq!(shortfall(&[(euro, 25_000, Some(24_000)), (euro, 5_000, None)]), Some(20.0));
        assert_eq!(shortfall(&[]), None);
    }

    #[test]
    fn a_colour_follows_from_the_limits_and_says_why() {
        let tolerance = Tolerance { amber_above: Number(5.0), red_above: Number(10.0) };
        let colour = |measure| judge(measure, "So it is.".into(), Some(&tolerance)).colour;
        assert_eq!(
            [colour(Some(5.0)), colour(Some(5.1)), colour(Some(10.1)), colour(None)],
            [Some(Colour::Green), Some(Colour::Amber), Some(Colour::Red), None]
        );
        assert_eq!(
            &*judge(Some(7.0), "It ends 7 working days late.".into(), Some(&tolerance)).reason,
            "It ends 7 working days late. That is above the amber limit of 5."
        );
        assert_eq!(judge(Some(7.0), String::new(), None).colour, None);
        assert_eq!(worst([Some(Colour::Green), None, Some(Colour::Red), Some(Colour::Amber)]), Some(Colour::Red));
        assert_eq!(worst([None, None]), None);
    }
}
