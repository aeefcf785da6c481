//! Schedules against worked examples that others have published, each named where it is used.
//!
//! A date of a source with a time of day is the working day whose beginning or end is the same working moment: a finish at 08:00 on
//! a Monday is the end of the Friday before it. Durations, lags and floats are working days of eight hours.

use crate::schedule::critical_path::{Dates, schedule};
use crate::schedule::network::{Link, Plan, Predecessor, Task};
use crate::schedule::work_dependency::WorkDependencyKind::{self, Ff, Fs, Sf, Ss};
use crate::schedule::work_item::Constraint::{self, Alap, Asap, Fnet, Fnlt, Mfo, Mso, Snet, Snlt};
use crate::schedule::work_time::{DAY, HOUR, WorkTime};
use chrono::NaiveDate;

/// A working day, in seconds.
const WORKDAY: i64 = 8 * HOUR;

/// Monday to Sunday of a calendar without weekends.
const SEVEN_DAYS: [f64; 7] = [8.0; 7];

fn day(year: i32, month: u32, day: u32) -> i64 {
    NaiveDate::from_ymd_opt(year, month, day).unwrap().signed_duration_since(NaiveDate::default()).num_days()
}

fn task(days: i64) -> Task {
    Task {
        parent: None,
        calendar: 0,
        duration: days * WORKDAY,
        remaining: days * WORKDAY,
        constraint: Asap,
        constraint_day: None,
        not_before: None,
        not_done_before: None,
        started: None,
        finished: None,
    }
}

fn constrained(days: i64, constraint: Constraint, day: i64) -> Task {
    Task { constraint, constraint_day: Some(day), ..task(days) }
}

fn link(predecessor: usize, successor: usize, kind: WorkDependencyKind, lag_days: i64) -> Link {
    Link { predecessor: Predecessor::Task(predecessor), successor, kind, lag: lag_days * WORKDAY }
}

fn plan(first_day: i64, tasks: Vec<Task>, links: Vec<Link>) -> Plan {
    Plan { calendars: vec![WorkTime::standard()], tasks, links, first_day, data_day: first_day }
}

fn dates(plan: &Plan) -> Vec<Dates> {
    schedule(plan).unwrap().dates
}

/// Early start and finish, late start and finish, as days after a day, and total and free float.
fn rows(plan: &Plan, after: i64) -> Vec<[i64; 6]> {
    let of = |dates: &Dates| {
        let [es, ef, ls, lf] = [dates.early_start, dates.early_finish, dates.late_start, dates.late_finish].map(|day| day - after);
        [es, ef, ls, lf, dates.total_float / WORKDAY, dates.free_float / WORKDAY]
    };
    dates(plan).iter().map(of).collect()
}

/// Early start and finish, late start and finish, in working days that have passed since the project began, as textbooks count them.
fn offsets(plan: &Plan) -> Vec<[i64; 4]> {
    let before = plan.first_day - 1;
    let passed = |day: i64| plan.calendars[0].days_between(before, day);
    let of = |dates: &Dates| [passed(dates.early_start - 1), passed(dates.early_finish), passed(dates.late_start - 1), passed(dates.late_finish)];
    dates(plan).iter().map(of).collect()
}

/// Immo Landwerth, Immutable.ProjectModel (GitHub, terrajobst/immutable-project-model, 2018), a model of the scheduling of Microsoft
/// Project: two tasks of two and three days and a link, the first task on 26 and 27 February 2018. Days are those of February: 29 is
/// 1 March. Microsoft Project lets a link pull a task before the start of the project, which nothing does here: in those cases the
/// plan begins on 19 February, and a constraint holds the first task on 26 February.
fn pair(first_day: i64, kind: WorkDependencyKind, lag: i64) -> [[i64; 6]; 2] {
    let february = day(2018, 1, 31);
    let tasks = vec![constrained(2, Snet, february + 26), task(3)];
    let all = rows(&plan(february + first_day, tasks, vec![link(0, 1, kind, lag)]), february);
    [all[0], all[1]]
}

/// The first task without float.
const FIRST: [i64; 6] = [26, 27, 26, 27, 0, 0];

#[test]
fn finish_to_start_links_of_immutable_project_model_have_its_dates_and_slacks() {
    // TaskLinkTests.cs, TaskLink_FinishToStart and its cases of a positive and a negative lag.
    assert_eq!(pair(26, Fs, 0), [FIRST, [28, 30, 28, 30, 0, 0]]);
    assert_eq!(pair(26, Fs, 1), [FIRST, [29, 33, 29, 33, 0, 0]]);
    assert_eq!(pair(26, Fs, -1), [FIRST, [27, 29, 27, 29, 0, 0]]);
    assert_eq!(pair(19, Fs, -3), [FIRST, [23, 27, 23, 27, 0, 0]]);
}

#[test]
fn start_to_start_links_of_immutable_project_model_have_its_dates_and_slacks() {
    // TaskLinkTests.cs, TaskLink_StartToStart and its cases of a positive and a negative lag.
    assert_eq!(pair(26, Ss, 0), [FIRST, [26, 28, 26, 28, 0, 0]]);
    assert_eq!(pair(26, Ss, 1), [FIRST, [27, 29, 27, 29, 0, 0]]);
    assert_eq!(pair(19, Ss, -1), [FIRST, [23, 27, 23, 27, 0, 0]]);
}

#[test]
fn finish_to_finish_links_of_immutable_project_model_have_its_dates_and_slacks() {
    // TaskLinkTests.cs, TaskLink_FinishToFinish and its cases of a positive and a negative lag.
    let second = [26, 28, 26, 28, 0, 0];
    assert_eq!(pair(26, Ff, 0), [[26, 27, 27, 28, 1, 1], second]);
    assert_eq!(pair(26, Ff, 1), [FIRST, second]);
    assert_eq!(pair(26, Ff, -1), [[26, 27, 27, 28, 1, 1], second]);
    // Its cases AtProjectStart and BeforeProjectStart: tasks of five, three and two days, the third linked to the second.
    let february = day(2018, 1, 31);
    for (lag, free) in [(-1, 0), (-2, 1)] {
        let plan = plan(february + 26, vec![task(5), task(3), task(2)], vec![link(1, 2, Ff, lag)]);
        assert_eq!(rows(&plan, february), [[26, 30, 26, 30, 0, 0], [26, 28, 28, 30, 2, free], [26, 27, 29, 30, 3, 3]], "{lag}");
    }
}

#[test]
fn start_to_finish_links_of_immutable_project_model_have_its_dates_and_slacks() {
    // TaskLinkTests.cs, TaskLink_StartToFinish and its cases of a positive and a negative lag. The finishes at 08:00 on Monday 26 and on
    // Friday 23 February there are the ends of Friday 23 and of Thursday 22 here.
    assert_eq!(pair(19, Sf, 0), [FIRST, [21, 23, 23, 27, 2, 2]]);
    assert_eq!(pair(19, Sf, 1), [FIRST, [22, 26, 23, 27, 1, 1]]);
    assert_eq!(pair(19, Sf, -1), [FIRST, [20, 22, 23, 27, 3, 3]]);
}

/// Tasks, and after them one of five days for each constraint, in the order of the tests of Immutable.ProjectModel.
fn with_each_constraint(mut tasks: Vec<Task>, start: i64, finish: i64) -> Vec<Task> {
    tasks.extend([task(5), Task { constraint: Alap, ..task(5) }]);
    let dated = [(Mso, start), (Mfo, finish), (Snlt, start), (Snet, start), (Fnlt, finish), (Fnet, finish)];
    tasks.extend(dated.map(|(constraint, day)| constrained(5, constraint, day)));
    tasks
}

#[test]
fn constraints_of_immutable_project_model_have_its_dates() {
    // TaskTests.cs, Task_ConstraintDate_Set_Future_WhenUnlinked: eight tasks from 19 February 2018, constrained to 08:00 on Monday
    // 26 February: as a finish, to the end of Friday 23. As late as possible: start and finish there are early start and finish here.
    let february = day(2018, 1, 31);
    let tasks = with_each_constraint(Vec::new(), february + 26, february + 23);
    let four = |row: [i64; 6]| [row[0], row[1], row[2], row[3]];
    let all: Vec<[i64; 4]> = rows(&plan(february + 19, tasks, Vec::new()), february).into_iter().map(four).collect();
    let (early, late, between) = ([19, 23, 19, 23], [26, 30, 26, 30], [19, 23, 26, 30]);
    assert_eq!(all, [between, late, late, early, between, late, early, between]);
}

#[test]
fn constraints_to_the_dates_that_links_give_change_nothing() {
    // TaskTests.cs, Task_ConstraintType_Set_DoesNotChangeSchedule_WhenLinked: each task follows one of three days.
    let february = day(2018, 1, 31);
    let tasks = with_each_constraint(vec![task(3)], february + 22, february + 28);
    let links = (1..tasks.len()).map(|successor| link(0, successor, Fs, 0)).collect();
    let all = rows(&plan(february + 19, tasks, links), february);
    assert_eq!(all[0], [19, 21, 19, 21, 0, 0]);
    assert_eq!(all[1..], [[22, 28, 22, 28, 0, 0]; 8]);
}

#[test]
fn constraints_that_links_do_not_allow_leave_the_negative_slack_of_microsoft_project() {
    // TaskTests.cs, Task_ConstraintDate_Set_Future_WhenLinked: the same tasks, constrained to 08:00 on Tuesday 20 February, as a finish to
    // the end of Monday 19. The total slacks of -2 and -7 days are those that its comments note as the ones of Microsoft Project.
    let february = day(2018, 1, 31);
    let tasks = with_each_constraint(vec![task(3)], february + 20, february + 19);
    let links = (1..tasks.len()).map(|successor| link(0, successor, Fs, 0)).collect();
    let all = rows(&plan(february + 19, tasks, links), february);
    assert_eq!(all[0], [19, 21, 8, 12, -7, 0]);
    for free in [1, 2, 6, 8] {
        assert_eq!(all[free], [22, 28, 22, 28, 0, 0], "{free}");
    }
    // Late dates, total and free slack of must start on, must finish on, start and finish no later than. Microsoft Project moves their early
    // dates before the end of the predecessor; a constraint never breaks a link here, and they stay at 22 to 28 February.
    let late = |row: [i64; 6]| [row[2], row[3], row[4], row[5]];
    assert_eq!([3, 4, 5, 7].map(|at| late(all[at])), [[20, 26, -2, 0], [13, 19, -7, 0], [20, 26, -2, 0], [13, 19, -7, 0]]);
    assert!([3, 4, 5, 7].iter().all(|at| all[*at][..2] == [22, 28]));
}

#[test]
fn calendars_of_immutable_project_model_have_its_dates() {
    // CalendarTests.cs: a task of ten days and one of five after it, of eight hours each. Five and six days a week from 29 January 2018.
    let january = day(2017, 12, 31);
    let on = |calendar: WorkTime, first_day: i64| Plan { calendars: vec![calendar], ..plan(first_day, vec![task(10), task(5)], vec![link(0, 1, Fs, 0)]) };
    let early = |plan: &Plan| dates(plan).iter().map(|dates| [dates.early_start - january, dates.early_finish - january]).collect::<Vec<_>>();
    assert_eq!(early(&on(WorkTime::standard(), january + 29)), [[29, 40], [43, 47]]);
    let six_days = WorkTime::new([8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 0.0], []);
    assert_eq!(early(&on(six_days, january + 29)), [[29, 39], [40, 45]]);
    // Around the clock from 1 February: 80 hours end at 08:00 on 4 February, 40 more at midnight after 5 February.
    let always = on(WorkTime::new([24.0; 7], []), january + 32);
    assert_eq!(early(&always), [[32, 35], [35, 36]]);
    assert_eq!(schedule(&always).unwrap().finish_at, (january + 37) * DAY);
}

/// The widget manufacturing project of the examples of SAS/OR User's Guide: Project Management, The CPM Procedure: Approve Plan, Drawings,
/// Study Market, Write Specs, Prototype, Mkt. Strat., Materials, Facility, Init. Prod., Evaluate, Test Market, Changes, Production and
/// Marketing, each with its successors.
fn widget(first_day: i64) -> Plan {
    let durations = [5, 10, 5, 5, 15, 10, 10, 10, 10, 10, 15, 5, 0, 0];
    let successors: [&[usize]; 14] = [&[1, 2, 3], &[4], &[5], &[4], &[6, 7], &[10, 13], &[8], &[8], &[10, 13, 9], &[11], &[11], &[12], &[], &[]];
    let links = successors.iter().enumerate().flat_map(|(from, successors)| successors.iter().map(move |to| link(from, *to, Fs, 0)));
    plan(first_day, durations.map(task).into(), links.collect())
}

/// A date as SAS prints it: `01DEC03`.
fn sas(date: &str) -> i64 {
    let month = ["JAN", "FEB", "MAR", "NOV", "DEC"].iter().zip([1, 2, 3, 11, 12]).find(|(name, _)| **name == &date[2..5]).unwrap().1;
    day(2000 + date[5..].parse::<i32>().unwrap(), month, date[..2].parse().unwrap())
}

#[test]
fn the_widget_project_of_sas_has_its_dates_and_floats_on_weekdays() {
    // SAS/OR, The CPM Procedure, Example 4.6 (Changing Duration Units), Output 4.6.1: INTERVAL=WEEKDAY from 1 December 2003. Its milestones
    // are on the day after the end of what they wait for (Production 08MAR04, Marketing 09FEB04 and 08MAR04); here they are at that end.
    let published = [
        ("01DEC03", "05DEC03", "01DEC03", "05DEC03", 0, 0),
        ("08DEC03", "19DEC03", "08DEC03", "19DEC03", 0, 0),
        ("08DEC03", "12DEC03", "19JAN04", "23JAN04", 30, 0),
        ("08DEC03", "12DEC03", "15DEC03", "19DEC03", 5, 5),
        ("22DEC03", "09JAN04", "22DEC03", "09JAN04", 0, 0),
        ("15DEC03", "26DEC03", "26JAN04", "06FEB04", 30, 30),
        ("12JAN04", "23JAN04", "12JAN04", "23JAN04", 0, 0),
        ("12JAN04", "23JAN04", "12JAN04", "23JAN04", 0, 0),
        ("26JAN04", "06FEB04", "26JAN04", "06FEB04", 0, 0),
        ("09FEB04", "20FEB04", "16FEB04", "27FEB04", 5, 5),
        ("09FEB04", "27FEB04", "09FEB04", "27FEB04", 0, 0),
        ("01MAR04", "05MAR04", "01MAR04", "05MAR04", 0, 0),
        ("05MAR04", "05MAR04", "05MAR04", "05MAR04", 0, 0),
        ("06FEB04", "06FEB04", "05MAR04", "05MAR04", 20, 20),
    ];
    let expected = published.map(|(es, ef, ls, lf, total, free)| [sas(es), sas(ef), sas(ls), sas(lf), total, free]);
    assert_eq!(rows(&widget(sas("01DEC03")), 0), expected);
    // The same example: on seven days a week the project finishes on 9 February 2004, its last milestone, rather than on 8 March.
    let daily = Plan { calendars: vec![WorkTime::new(SEVEN_DAYS, [])], ..widget(sas("01DEC03")) };
    assert_eq!(schedule(&daily).unwrap().finish, Some(sas("09FEB04") - 1));
}

#[test]
fn the_time_constraints_of_the_widget_project_of_sas_have_its_dates_and_its_negative_float() {
    // SAS/OR, The CPM Procedure, Example 4.12 (Activity Time Constraints): Drawings finish on 15 December (FEQ), Write Specs starts no
    // earlier than that (SGE), Evaluate finishes by 27 February (FLE), Test Market starts on 16 February (MS, which does not break a link
    // in this project).
    let mut plan = widget(sas("01DEC03"));
    for (at, constraint, date) in [(1, Mfo, "15DEC03"), (3, Snet, "15DEC03"), (9, Fnlt, "27FEB04"), (10, Mso, "16FEB04")] {
        (plan.tasks[at].constraint, plan.tasks[at].constraint_day) = (constraint, Some(sas(date)));
    }
    let all = rows(&plan, 0);
    // Output 4.12.2, Approve Plan. Its free float is printed as -4 too; here free float is never less than 0.
    assert_eq!(all[0], [sas("01DEC03"), sas("05DEC03"), sas("25NOV03"), sas("01DEC03"), -4, 0]);
    // From its text: Drawings finishes on 19 December for its predecessor's sake, and Test Market starts early and late on 16 February.
    assert_eq!((all[1][1], all[10][0], all[10][2]), (sas("19DEC03"), sas("16FEB04"), sas("16FEB04")));
}

/// Tasks of OpenProject's `spec/services/work_packages/set_schedule_service_working_days_spec.rb` (GitHub, opf/openproject), each with
/// its days and the lag after the one before it: first and last days, as days after a Monday, on a calendar of working weekdays.
fn chain(first_day: i64, working: [f64; 7], tasks: &[(i64, i64)]) -> Vec<[i64; 2]> {
    let monday = day(2026, 6, 1);
    let links = tasks.iter().enumerate().skip(1).map(|(at, (_, lag))| link(at - 1, at, Fs, *lag)).collect();
    let plan = plan(monday + first_day, tasks.iter().map(|(days, _)| task(*days)).collect(), links);
    let plan = Plan { calendars: vec![WorkTime::new(working, [])], ..plan };
    dates(&plan).iter().map(|dates| [dates.early_start - monday, dates.early_finish - monday]).collect()
}

const WEEKDAYS: [f64; 7] = [8.0, 8.0, 8.0, 8.0, 8.0, 0.0, 0.0];

#[test]
fn lags_of_openproject_count_working_days_only() {
    // "with the follower having some space left and a delay": three days after Monday of the second week.
    assert_eq!(chain(0, WEEKDAYS, &[(6, 0), (3, 3)]), [[0, 7], [11, 15]]);
    // "with the follower having a delay overlapping non-working days": two days after a Friday.
    assert_eq!(chain(4, WEEKDAYS, &[(1, 0), (2, 2)]), [[4, 4], [9, 10]]);
    // "when moving forward with some delay and spaces between the followers".
    let followers = [[3, 3], [4, 8], [14, 17], [18, 24], [25, 28]];
    assert_eq!(chain(3, WEEKDAYS, &[(1, 0), (3, 0), (4, 3), (5, 0), (2, 0)]), followers);
}

#[test]
fn followers_of_openproject_are_on_working_days_only() {
    // "when moving successor will cover non-working days": four days from Monday, then three.
    assert_eq!(chain(0, WEEKDAYS, &[(4, 0), (3, 0)]), [[0, 3], [4, 8]]);
    // "... predecessor due date now being non-working days": only Mondays and Wednesdays are worked.
    assert_eq!(chain(0, [8.0, 0.0, 8.0, 0.0, 0.0, 0.0, 0.0], &[(2, 0), (1, 0), (2, 0)]), [[0, 2], [7, 7], [9, 14]]);
    // "... predecessor start date now being non-working days": only Tuesdays and Wednesdays are.
    assert_eq!(chain(0, [0.0, 8.0, 8.0, 0.0, 0.0, 0.0, 0.0], &[(2, 0), (1, 0), (2, 0)]), [[1, 2], [8, 8], [9, 15]]);
}

#[test]
fn holidays_of_openproject_are_not_worked() {
    // `spec/services/work_packages/shared/working_days_spec.rb`, "with some non working days (Christmas 2022-12-25 and new year's day
    // 2023-01-01)": all other days are worked. Due dates of two and eight days from 24 December, and start dates back from them.
    let (eve, boxing_day, second) = (day(2022, 12, 24), day(2022, 12, 26), day(2023, 1, 2));
    let holidays = WorkTime::new(SEVEN_DAYS, [(day(2022, 12, 25), 0.0), (day(2023, 1, 1), 0.0)]);
    let on = |calendar: &WorkTime, plan: Plan| dates(&Plan { calendars: vec![calendar.clone()], ..plan });
    let due = on(&holidays, plan(eve, vec![task(2), task(8)], Vec::new()));
    assert_eq!([due[0].early_finish, due[1].early_finish], [boxing_day, second]);
    let start = on(&holidays, plan(eve - 9, vec![constrained(2, Mfo, boxing_day), constrained(8, Mfo, second)], Vec::new()));
    assert!(start.iter().all(|dates| (dates.early_start, dates.late_start) == (eve, eve)));
    // The soonest working day with a delay: of seven days from 24 December, and, with weekends and no holiday, of eight from 29 July 2022. A
    // predecessor ends the day before.
    let follower = |calendar: &WorkTime, date: i64, lag: i64| on(calendar, plan(date - 1, vec![task(1), task(1)], vec![link(0, 1, Fs, lag)]))[1].early_start;
    assert_eq!(follower(&holidays, eve, 7), second);
    assert_eq!(follower(&WorkTime::standard(), day(2022, 7, 29), 8), day(2022, 8, 10));
}

#[test]
fn a_follower_of_openproject_waits_for_both_of_its_paths() {
    // "with a chain of followers with two paths leading to the same follower in the end", of the same file: the first is on a Friday.
    let monday = day(2026, 6, 1);
    let links = [(0, 1), (1, 2), (0, 3), (2, 4), (3, 4)].map(|(from, to)| link(from, to, Fs, 0));
    let all = rows(&plan(monday + 4, [1, 3, 5, 3, 3].map(task).into(), links.into()), monday);
    assert_eq!(all.iter().map(|row| [row[0], row[1]]).collect::<Vec<_>>(), [[4, 4], [7, 9], [10, 16], [7, 9], [17, 21]]);
}

#[test]
fn links_of_parents_of_openproject_hold_for_their_children() {
    // The same file, "without dates, with a duration and with the parent being restricted in its ability to be moved": the parent follows
    // a Wednesday with a lag of three days, its child lasts four.
    let monday = day(2026, 6, 1);
    let child = |days| Task { parent: Some(0), ..task(days) };
    let all = rows(&plan(monday + 2, vec![task(0), child(4), task(1)], vec![link(2, 0, Fs, 3)]), monday);
    assert_eq!([&all[0][..2], &all[1][..2], &all[2][..2]], [[8, 11], [8, 11], [2, 2]]);
    // "with a parent having a follower": the child lasts from Monday to Friday, the follower of the parent three days.
    let all = rows(&plan(monday, vec![task(0), child(5), task(3)], vec![link(0, 2, Fs, 0)]), monday);
    assert_eq!([&all[0][..2], &all[1][..2], &all[2][..2]], [[0, 4], [0, 4], [7, 9]]);
}

#[test]
fn a_combination_of_links_of_mubarak_has_his_early_and_late_dates() {
    // Saleh Mubarak, Construction Project Scheduling and Control, chapter Precedence Networks, as excerpted at what-when-how.com (page 121):
    // A of five, B of seven and C of three days, linked start to start and finish to finish. Late dates are given for B and C.
    let both = |from, to| [link(from, to, Ss, 0), link(from, to, Ff, 0)];
    let all = offsets(&plan(day(2026, 6, 1), vec![task(5), task(7), task(3)], [both(0, 1), both(1, 2)].concat()));
    assert_eq!(([all[0][0], all[0][1]], all[1], all[2]), ([0, 5], [0, 7, 0, 7], [4, 7, 4, 7]));
}

#[test]
fn start_to_start_links_of_odeh_have_his_early_and_late_dates() {
    // Ibrahim Odeh, Construction Scheduling (Columbia University, Coursera), Determining Critical Path in a Start to Start Relationship: x, y
    // and z of nine, four and two days.
    let plan = plan(day(2026, 6, 1), vec![task(9), task(4), task(2)], vec![link(0, 1, Ss, 0), link(1, 2, Ss, 0)]);
    assert_eq!(offsets(&plan), [[0, 9, 0, 9], [0, 4, 5, 9], [0, 2, 7, 9]]);
    assert_eq!(dates(&plan).iter().map(|dates| dates.critical).collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn lag_and_lead_of_the_concrete_of_ibm_hold_in_both_passes() {
    // IBM, Project Management Orientation (PM10G, 2007), Lag and Lead Time in the Forward and Backward Pass: Mix Concrete of six days, Pour
    // Concrete of four, counted from day 1. The late finish, 18 and 10, is given: a third task makes the project as long.
    for (lag, late_finish, mix, pour) in [(5, 18, [1, 7, 3, 9], [12, 16, 14, 18]), (-2, 10, [1, 7, 2, 8], [5, 9, 6, 10])] {
        let all = offsets(&plan(day(2026, 6, 1), vec![task(6), task(4), task(late_finish - 1)], vec![link(0, 1, Fs, lag)]));
        assert_eq!([all[0], all[1]].map(|row| row.map(|passed| passed + 1)), [mix, pour], "{lag}");
    }
}
