//! The critical path method against published and hand-worked examples.

use super::*;
use crate::schedule::network::Task;
use crate::schedule::work_time::HOUR;
use Constraint::{Alap, Asap, Fnet, Fnlt, Mfo, Mso, Snet, Snlt};
use WorkDependencyKind::{Ff, Fs, Sf, Ss};

/// 2026-06-01, a Monday; its days are named by their date.
const JUNE: i64 = 20_604;

fn task(days: f64) -> Task {
    let duration = (days * 8.0 * HOUR as f64).round() as i64;
    Task {
        parent: None,
        calendar: 0,
        duration,
        remaining: duration,
        constraint: Asap,
        constraint_day: None,
        not_before: None,
        not_done_before: None,
        started: None,
        finished: None,
    }
}

fn bound(days: f64, constraint: Constraint, june: i64) -> Task {
    Task { constraint, constraint_day: Some(JUNE + june), ..task(days) }
}

fn link(predecessor: usize, successor: usize, kind: WorkDependencyKind, lag_days: i64) -> Link {
    Link { predecessor: Predecessor::Task(predecessor), successor, kind, lag: lag_days * 8 * HOUR }
}

fn plan(tasks: Vec<Task>, links: Vec<Link>) -> Plan {
    Plan { calendars: vec![WorkTime::standard()], tasks, links, first_day: JUNE + 1, data_day: JUNE + 1 }
}

fn dates(plan: &Plan) -> Vec<Dates> {
    schedule(plan).unwrap().dates
}

/// Early start and finish, late start and finish, as days of June, and total and free float in working days.
fn june(plan: &Plan) -> Vec<[i64; 6]> {
    let of = |dates: &Dates| {
        let [es, ef, ls, lf] = [dates.early_start, dates.early_finish, dates.late_start, dates.late_finish].map(|day| day - JUNE);
        [es, ef, ls, lf, dates.total_float / (8 * HOUR), dates.free_float / (8 * HOUR)]
    };
    dates(plan).iter().map(of).collect()
}

/// Early starts in working days after the first, as textbooks count them.
fn offsets(plan: &Plan) -> Vec<i64> {
    dates(plan).iter().map(|dates| plan.calendars[0].days_between(JUNE, dates.early_start - 1)).collect()
}

#[test]
fn a_precedence_diagram_of_a_course_comes_out_as_there() {
    // Network Construction – Precedence Diagram Method (course of 2019, in nvidia/Nemotron-CC-Math-v1): fourteen activities,
    // finish to start but for A–B, I–K and G–J, which are start to start.
    let days = [2.0, 10.0, 13.0, 12.0, 12.0, 7.0, 10.0, 16.0, 6.0, 12.0, 5.0, 8.0, 5.0, 3.0];
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = std::array::from_fn(|at| at);
    let start_to_start = [(a, b), (i, k), (g, j)];
    let links = [(a, c), (a, d), (b, e), (b, f), (d, g), (d, h), (f, i), (c, j), (e, l), (i, l), (k, l), (h, m), (g, n), (j, n), (l, n), (m, n)];
    let links = links.map(|(from, to)| link(from, to, Fs, 0)).into_iter().chain(start_to_start.map(|(from, to)| link(from, to, Ss, 0)));
    let plan = plan(days.map(task).into(), links.collect());
    assert_eq!(offsets(&plan), [0, 0, 2, 2, 10, 10, 14, 14, 17, 15, 17, 23, 30, 35]);
    // By hand, backwards from day 38: L may end on 35, E and I on 27, K on 27, B on 14 (F on 21), C and D on 23 and 14.
    let floats: Vec<i64> = dates(&plan).iter().map(|dates| dates.total_float / (8 * HOUR)).collect();
    assert_eq!(floats, [0, 4, 8, 0, 5, 4, 9, 0, 4, 8, 5, 4, 0, 0]);
    let critical: Vec<usize> = (0..14).filter(|at| dates(&plan)[*at].critical).collect();
    assert_eq!(critical, [a, d, h, m, n]);
    assert_eq!(plan.calendars[0].days_between(JUNE, schedule(&plan).unwrap().finish.unwrap()), 38);
}

#[test]
fn the_example_of_pert_has_its_slack() {
    // Wikipedia, Program evaluation and review technique: expected times 4, 5.33, 5.17, 6.33, 5.17, 4.5 and 5.17 days; the
    // critical path a–c–e–g takes 19.51 days, b has a slack of 3.84, d and f have one of 4.68.
    let [a, b, c, d, e, f, g] = std::array::from_fn(|at| at);
    let links = [(a, c), (a, d), (b, e), (c, e), (d, f), (e, g)].map(|(from, to)| link(from, to, Fs, 0));
    let plan = plan([4.0, 5.33, 5.17, 6.33, 5.17, 4.5, 5.17].map(task).into(), links.into());
    let all = dates(&plan);
    let slack: Vec<i64> = all.iter().map(|dates| (dates.total_float * 100).div_euclid(8 * HOUR)).collect();
    assert_eq!([a, b, c, d, e, f, g].map(|at| slack[at]), [0, 384, 0, 468, 0, 468, 0]);
    let end = plan.calendars[0].worked(schedule(&plan).unwrap().finish_at) - plan.calendars[0].before(JUNE + 1);
    assert_eq!(end * 100 / (8 * HOUR), 1951);
    assert_eq!([all[g].driver, all[e].driver, all[f].driver, all[a].driver], [Some(5), Some(3), Some(4), None]);
}

/// Two tasks of two and three days with a link: June dates of the second.
fn second(kind: WorkDependencyKind, lag: i64) -> [i64; 2] {
    let all = june(&plan(vec![task(2.0), task(3.0)], vec![link(0, 1, kind, lag)]));
    [all[1][0], all[1][1]]
}

#[test]
fn each_kind_of_link_holds_with_lag_and_lead() {
    // The four kinds, lag and lead as the PMBOK Guide defines them (precedence diagramming method; leads and lags). By hand, from Monday
    // 1 June. The first is 1–2 June.
    assert_eq!([second(Fs, 0), second(Fs, 1), second(Fs, -1)], [[3, 5], [4, 8], [2, 4]]);
    assert_eq!([second(Ss, 0), second(Ss, 2), second(Ss, -5)], [[1, 3], [3, 5], [1, 3]]);
    // It would end on 2 June and cannot start before the project: 1–3 June.
    assert_eq!([second(Ff, 0), second(Ff, 3), second(Ff, 8)], [[1, 3], [3, 5], [10, 12]]);
    assert_eq!([second(Sf, 0), second(Sf, 5), second(Sf, 10)], [[1, 3], [3, 5], [10, 12]]);
}

#[test]
fn late_dates_follow_each_kind_of_link_backwards() {
    // The backward pass of the PMI Practice Standard for Scheduling. By hand: the third ends the project on 12 June; each link leaves the first so much.
    let of = |kind, lag| june(&plan(vec![task(2.0), task(3.0), task(10.0)], vec![link(0, 1, kind, lag)]));
    // The second may be 10–12 June: the first ends by 9 June.
    assert_eq!(of(Fs, 0)[0], [1, 2, 8, 9, 5, 0]);
    assert_eq!(of(Fs, 2)[0], [1, 2, 4, 5, 3, 0]);
    // The first starts by 10 June.
    assert_eq!(of(Ss, 0)[0], [1, 2, 10, 11, 7, 0]);
    // The first ends by 12 June; the second ends on 3 June as it is, so the first has a day.
    assert_eq!(of(Ff, 0)[0], [1, 2, 11, 12, 8, 1]);
    assert_eq!(of(Ff, 4)[0], [1, 2, 5, 8, 4, 0]);
    // The first starts by the end of 12 June less a lag of five days, and ends with the project at the latest.
    assert_eq!(of(Sf, 5)[0], [1, 2, 8, 9, 5, 0]);
}

#[test]
fn several_links_of_a_pair_hold_together() {
    // A ladder: the second starts a day after the first has and ends a day after it has.
    let all = june(&plan(vec![task(5.0), task(2.0)], vec![link(0, 1, Ss, 1), link(0, 1, Ff, 1)]));
    assert_eq!([all[0], all[1]], [[1, 5, 1, 5, 0, 0], [5, 8, 5, 8, 0, 0]]);
}

#[test]
fn each_constraint_moves_what_it_says() {
    let with = |constrained: Task| june(&plan(vec![task(10.0), constrained], Vec::new()))[1];
    // The eight constraints as Microsoft Project defines them (constraint types), and as the PMI Practice Standard for Scheduling does, which
    // never breaks a link. By hand: the project is 1–12 June, the second takes two days.
    assert_eq!(with(task(2.0)), [1, 2, 11, 12, 8, 8]);
    assert_eq!(with(Task { constraint: Alap, ..task(2.0) }), [11, 12, 11, 12, 0, 0]);
    assert_eq!(with(bound(2.0, Snet, 4)), [4, 5, 11, 12, 5, 5]);
    assert_eq!(with(bound(2.0, Snlt, 4)), [1, 2, 4, 5, 3, 3]);
    assert_eq!(with(bound(2.0, Fnet, 9)), [8, 9, 11, 12, 3, 3]);
    assert_eq!(with(bound(2.0, Fnlt, 9)), [1, 2, 8, 9, 5, 5]);
    assert_eq!(with(bound(2.0, Mso, 4)), [4, 5, 4, 5, 0, 0]);
    assert_eq!(with(bound(2.0, Mfo, 9)), [8, 9, 8, 9, 0, 0]);
    // A Sunday counts as the Monday after it for a start, as the Friday before it for a finish.
    assert_eq!(with(bound(2.0, Mso, 7)), [8, 9, 8, 9, 0, 0]);
    assert_eq!(with(bound(2.0, Mfo, 7)), [4, 5, 4, 5, 0, 0]);
}

#[test]
fn a_constraint_that_cannot_hold_is_negative_float_along_the_chain() {
    // Total float is late less early dates, and negative where a constraint cannot hold (GAO Schedule Assessment Guide, best practice 7). By hand:
    // the first ends on 5 June, the second must start on 3 June, or end by 8 June: three days too early, or two.
    for (constraint, day, float) in [(Mso, 3, -3), (Snlt, 3, -3), (Fnlt, 8, -2), (Mfo, 8, -2)] {
        let all = june(&plan(vec![task(5.0), bound(3.0, constraint, day)], vec![link(0, 1, Fs, 0)]));
        assert_eq!((all[1][0], all[1][1], all[1][4], all[0][4]), (8, 10, float, float), "{constraint:?}");
    }
}

#[test]
fn as_late_as_possible_delays_nobody() {
    // The first could be 1 June; the last, after the second of five days, starts on 8 June.
    let tasks = vec![Task { constraint: Alap, ..task(1.0) }, task(5.0), task(1.0)];
    let all = june(&plan(tasks, vec![link(0, 2, Fs, 0), link(1, 2, Fs, 0)]));
    assert_eq!([all[0], all[2]], [[5, 5, 5, 5, 0, 0], [8, 8, 8, 8, 0, 0]]);
}

#[test]
fn a_calendar_with_exceptions_moves_the_work() {
    // Working time of a resource calendar with an exception, as Microsoft Project defines it. By hand: Monday to Thursday of ten hours, and 3 June is free: forty hours are 1, 2, 4 and 8 June.
    let calendar = WorkTime::new([10.0, 10.0, 10.0, 10.0, 0.0, 0.0, 0.0], [(JUNE + 3, 0.0)]);
    let plan = Plan { calendars: vec![calendar], ..plan(vec![task(5.0), task(1.25)], vec![link(0, 1, Fs, 0)]) };
    let all = dates(&plan);
    assert_eq!([all[0].early_finish - JUNE, all[1].early_start - JUNE, all[1].early_finish - JUNE], [8, 9, 9]);
}

#[test]
fn work_on_other_calendars_meets_on_the_same_days() {
    // The first also works on weekends: five days from Thursday 4 to Monday 8 June; the second goes on on Tuesday.
    let mut plan = plan(vec![Task { calendar: 1, ..bound(5.0, Snet, 4) }, task(1.0)], vec![link(0, 1, Fs, 0)]);
    plan.calendars.push(WorkTime::new([8.0; 7], []));
    assert_eq!(june(&plan), [[4, 8, 4, 8, 0, 0], [9, 9, 9, 9, 0, 0]]);
    // Ends on Saturday: the second starts on Monday, and the first has Sunday to spare.
    plan.tasks[0].duration = 3 * 8 * HOUR;
    assert_eq!(june(&plan), [[4, 6, 5, 7, 1, 1], [8, 8, 8, 8, 0, 0]]);
}

#[test]
fn what_has_happened_stays_and_what_is_left_goes_on_from_the_data_date() {
    let mut plan = plan(vec![task(5.0), task(4.0), task(1.0)], vec![link(0, 1, Fs, 0), link(1, 2, Fs, 0)]);
    plan.data_day = JUNE + 15;
    (plan.tasks[0].started, plan.tasks[0].finished) = (Some(JUNE + 2), Some(JUNE + 9));
    (plan.tasks[1].started, plan.tasks[1].remaining) = (Some(JUNE + 10), 2 * 8 * HOUR);
    // Two days are left of the second: 15 and 16 June.
    assert_eq!(june(&plan), [[2, 9, 2, 9, 0, 0], [10, 16, 10, 16, 0, 0], [17, 17, 17, 17, 0, 0]]);
    assert_eq!(dates(&plan).iter().map(|dates| dates.critical).collect::<Vec<_>>(), [false, true, true]);
    // What was not done when it was planned moves with the data date.
    let plan = Plan { data_day: JUNE + 28, ..self::plan(vec![task(20.0), task(5.0)], vec![link(0, 1, Fs, 0)]) };
    assert_eq!([june(&plan)[0][0], june(&plan)[0][1]], [29, 54]);
}

#[test]
fn work_that_was_begun_out_of_order_waits_with_what_is_left() {
    // Retained logic: the first is not done, so the second's last day comes after it.
    let mut plan = plan(vec![task(3.0), task(4.0)], vec![link(0, 1, Fs, 0)]);
    (plan.tasks[1].started, plan.tasks[1].remaining) = (Some(JUNE - 3), 8 * HOUR);
    assert_eq!(june(&plan)[1][..2], [-3, 4]);
}

#[test]
fn an_event_outside_moves_the_schedule() {
    let mut plan = plan(vec![task(2.0)], Vec::new());
    plan.links.push(Link { predecessor: Predecessor::Event(JUNE + 9, JUNE + 9), successor: 0, kind: Fs, lag: 0 });
    assert_eq!((june(&plan)[0][0], dates(&plan)[0].driver), (10, Some(0)));
}

#[test]
fn a_milestone_is_at_the_end_of_what_it_waits_for() {
    let all = june(&plan(vec![task(5.0), task(0.0), bound(0.0, Mso, 8), bound(0.0, Mfo, 5)], vec![link(0, 1, Fs, 0)]));
    assert_eq!([all[1][0], all[1][1], all[2][0], all[3][1]], [5, 5, 8, 5]);
}

#[test]
fn a_summary_spans_what_is_in_it_and_links_hold_for_all_of_that() {
    // 0 holds 1 (two days) and 2 (three days after 1); 3 comes before all of it, 4 after.
    let within = |days| Task { parent: Some(0), ..task(days) };
    let links = vec![link(1, 2, Fs, 0), link(3, 0, Fs, 0), link(0, 4, Fs, 0), link(3, 5, Ss, 0)];
    let all = june(&plan(vec![task(0.0), within(2.0), within(3.0), task(1.0), task(1.0), within(1.0)], links));
    assert_eq!(all, [[2, 8, 2, 8, 0, 0], [2, 3, 2, 3, 0, 0], [4, 8, 4, 8, 0, 0], [1, 1, 1, 1, 0, 0], [9, 9, 9, 9, 0, 0], [2, 2, 8, 8, 4, 4]]);
    assert_eq!(dates(&plan(vec![task(0.0), within(2.0), task(1.0)], vec![link(2, 0, Fs, 0)]))[1].driver, Some(0));
}

#[test]
fn a_circle_is_named_by_its_work() {
    let circle = schedule(&plan(vec![task(1.0); 4], vec![link(0, 1, Fs, 0), link(1, 2, Ss, 0), link(2, 0, Ff, 0), link(2, 3, Fs, 0)])).unwrap_err();
    assert_eq!(circle.len(), 3);
    assert!([0, 1, 2].iter().all(|task| circle.contains(task)));
    assert!(schedule(&Plan::default()).unwrap().finish.is_none());
}

#[test]
fn ten_thousand_items_with_thirty_thousand_links_are_scheduled() {
    let links = (0..30_000).map(|at| (at % 9_999, at / 9_999 + 1)).map(|(from, ahead)| (from, (from + ahead * ahead).min(9_999)));
    let links = links.filter(|(from, to)| from < to).map(|(from, to)| link(from, to, Fs, 0));
    let plan = plan(vec![task(1.0); 10_000], links.collect());
    let all = schedule(&plan).unwrap();
    assert_eq!(plan.calendars[0].days_between(JUNE, all.finish.unwrap()), 10_000);
    assert!(all.dates.iter().all(|dates| dates.critical && dates.free_float == 0));
}
