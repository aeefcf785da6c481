//! The format by examples.

use super::*;

fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

/// A plan with some elements under Project.
fn plan(inner: &str) -> Result<Plan, Vec<Fault>> {
    parse(&format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Project xmlns=\"http://schemas.microsoft.com/project\">\n{inner}\n</Project>"))
}

/// Two tasks of two days and of one, the second with something more.
fn two(more: &str) -> String {
    format!(
        "<Tasks><Task><UID>1</UID><Name>A</Name><OutlineLevel>1</OutlineLevel><Duration>PT16H0M0S</Duration></Task>
        <Task><UID>2</UID><Name>B</Name><OutlineLevel>1</OutlineLevel><Duration>PT8H0M0S</Duration>{more}</Task></Tasks>"
    )
}

fn link(kind: i64, lag: i64, format: i64) -> String {
    format!("<PredecessorLink><PredecessorUID>1</PredecessorUID><Type>{kind}</Type><LinkLag>{lag}</LinkLag><LagFormat>{format}</LagFormat></PredecessorLink>")
}

fn broken(text: &str) -> Vec<String> {
    plan(text).unwrap_err().into_iter().map(|fault| format!("{} {} {}", fault.pointer, fault.code, fault.detail)).collect()
}

#[test]
fn tasks_lie_in_each_other_by_their_level_and_summaries_have_no_numbers_of_their_own() {
    let plan = plan(
        "<Tasks>
        <Task><UID>0</UID><Name>Plan</Name><OutlineLevel>0</OutlineLevel></Task>
        <Task><UID>7</UID><Name>Build</Name><OutlineLevel>1</OutlineLevel><Duration>PT24H0M0S</Duration><Start>2026-06-01T08:00:00</Start></Task>
        <Task><UID>3</UID><Name>Wire</Name><OutlineLevel>2</OutlineLevel><Duration>PT16H30M0S</Duration><Work>PT33H0M0S</Work><Cost>210000</Cost>
          <Start>2026-06-01T08:00:00</Start><Finish>2026-06-03T00:00:00</Finish><PercentComplete>40</PercentComplete></Task>
        <Task><UID>9</UID><IsNull>1</IsNull></Task>
        <Task><UID>4</UID><Name>Off</Name><OutlineLevel>2</OutlineLevel><Active>0</Active></Task>
        <Task><UID>5</UID><Name>Live</Name><OutlineLevel>1</OutlineLevel><Milestone>1</Milestone><Duration>PT0H0M0S</Duration>
          <ConstraintType>7</ConstraintType><ConstraintDate>2026-06-30T17:00:00</ConstraintDate></Task>
        </Tasks>",
    )
    .unwrap();
    let told: Vec<_> = plan.tasks.iter().map(|task| (task.uid, task.code.as_str(), task.parent, task.is_summary, task.is_milestone)).collect();
    assert_eq!(told, [(7, "1", None, true, false), (3, "1.1", Some(0), false, false), (5, "2", None, false, true)]);
    let wire = &plan.tasks[1];
    assert_eq!((wire.duration_hours, wire.work_hours, wire.cost, wire.percent), (Some(16.5), Some(33.0), Some(2_100.0), 40.0));
    assert_eq!((wire.starts_on, wire.ends_on), (day("2026-06-01"), day("2026-06-02")), "midnight is the end of the day before");
    assert_eq!((plan.tasks[0].duration_hours, plan.tasks[0].starts_on), (None, None));
    assert_eq!((plan.tasks[2].constraint, plan.tasks[2].constraint_on), ("fnlt", day("2026-06-30")));
    assert_eq!((plan.warnings.len(), plan.warnings[0].as_str()), (1, "Line 9: Off is inactive and is left out."));
}

#[test]
fn codes_are_those_of_the_file_if_each_task_has_its_own() {
    let codes = |first: &str, second: &str| {
        let text = two(&format!("<WBS>{second}</WBS>")).replacen("<Name>A", &format!("<WBS>{first}</WBS><Name>A"), 1);
        plan(&text).unwrap().tasks.into_iter().map(|task| task.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("P.1", "P.2"), ["P.1", "P.2"]);
    assert_eq!(codes("P.1", "p.1"), ["1", "2"]);
    assert_eq!(codes("P.1", "P 2"), ["1", "2"]);
}

#[test]
fn links_have_a_kind_and_a_lag_in_tenths_of_a_minute_or_in_percent() {
    let told = |kind, lag, format| {
        let link = plan(&two(&link(kind, lag, format))).unwrap().links.remove(0);
        (link.predecessor, link.successor, link.kind, link.lag_hours)
    };
    assert_eq!([0, 1, 2, 3].map(|kind| told(kind, 0, 7).2), ["ff", "fs", "sf", "ss"]);
    // A day of eight hours is 4,800 tenths of a minute; half of two days; a day around the clock is 40 of 168 hours of it.
    assert_eq!(told(1, 4_800, 7), (0, 1, "fs", 8.0));
    assert_eq!([told(1, -2_400, 5).3, told(1, 50, 19).3, told(1, 50, 51).3, told(1, 14_400, 8).3], [-4.0, 8.0, 8.0, 5.71]);
}

#[test]
fn calendars_have_a_week_and_days_that_differ() {
    let plan = plan(
        "<CalendarUID>1</CalendarUID><Calendars><Calendar><UID>1</UID><Name>Four</Name><IsBaseCalendar>1</IsBaseCalendar><WeekDays>
        <WeekDay><DayType>6</DayType><DayWorking>0</DayWorking></WeekDay>
        <WeekDay><DayType>1</DayType><DayWorking>1</DayWorking><WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime></WorkingTime>
          <WorkingTime><FromTime>22:00:00</FromTime><ToTime>00:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay>
        <WeekDay><DayType>0</DayType><DayWorking>0</DayWorking><TimePeriod><FromDate>2026-12-24T00:00:00</FromDate><ToDate>2026-12-26T23:59:00</ToDate></TimePeriod></WeekDay>
        </WeekDays><Exceptions>
        <Exception><TimePeriod><FromDate>2026-12-24T00:00:00</FromDate><ToDate>2026-12-24T23:59:00</ToDate></TimePeriod><Name>Eve</Name><Type>1</Type><DayWorking>0</DayWorking></Exception>
        <Exception><TimePeriod><FromDate>2026-01-01T00:00:00</FromDate><ToDate>2028-12-31T23:59:00</ToDate></TimePeriod><Type>2</Type><Month>4</Month><MonthDay>1</MonthDay><DayWorking>0</DayWorking></Exception>
        <Exception><TimePeriod><FromDate>2026-01-01T00:00:00</FromDate><ToDate>2028-12-31T23:59:00</ToDate></TimePeriod><Name>Odd</Name><Type>6</Type><DayWorking>0</DayWorking></Exception>
        </Exceptions></Calendar><Calendar><UID>2</UID><Name>Ann</Name><IsBaseCalendar>0</IsBaseCalendar></Calendar></Calendars>",
    )
    .unwrap();
    assert_eq!(plan.calendars.len(), 1, "that of a resource is none that work follows");
    let calendar = &plan.calendars[0];
    assert_eq!(calendar.week, [8.0, 8.0, 8.0, 8.0, 0.0, 0.0, 6.0]);
    let days: Vec<String> = calendar.exceptions.iter().map(|(day, hours, name)| format!("{day} {hours} {}", name.as_deref().unwrap_or("-"))).collect();
    assert_eq!(days, ["2026-05-01 0 -", "2026-12-24 0 Eve", "2026-12-25 0 -", "2026-12-26 0 -", "2027-05-01 0 -", "2028-05-01 0 -"]);
    assert!(plan.warnings[0].contains("Odd recurs"), "{:?}", plan.warnings);
}

#[test]
fn people_work_on_tasks_and_the_first_baseline_is_read() {
    let baseline = "<Baseline><Number>1</Number><Cost>1</Cost></Baseline><Baseline><Number>0</Number><Start>2026-06-01T08:00:00</Start><Finish>2026-06-01T17:00:00</Finish><Work>PT8H0M0S</Work><Cost>5000</Cost></Baseline>";
    let people = "<Resources><Resource><UID>1</UID><Name>Ann</Name><EmailAddress>ann@example.org</EmailAddress><Type>1</Type></Resource>
        <Resource><UID>2</UID><Name>Cable</Name><Type>0</Type></Resource></Resources>
        <Assignments><Assignment><TaskUID>2</TaskUID><ResourceUID>1</ResourceUID><Work>PT8H0M0S</Work></Assignment>
        <Assignment><TaskUID>2</TaskUID><ResourceUID>2</ResourceUID></Assignment><Assignment><TaskUID>1</TaskUID><ResourceUID>-65535</ResourceUID></Assignment></Assignments>";
    let plan = plan(&format!("{}{people}", two(baseline))).unwrap();
    let ann = Assignment { task: 1, name: "Ann".into(), email: Some("ann@example.org".into()), starts_on: None, ends_on: None, work_hours: Some(8.0) };
    assert_eq!(plan.assignments, [ann]);
    let frozen = Frozen { starts_on: day("2026-06-01"), ends_on: day("2026-06-01"), work_hours: Some(8.0), cost: Some(50.0) };
    assert_eq!((plan.tasks[1].baseline.as_ref(), plan.tasks[0].baseline.as_ref()), (Some(&frozen), None));
}

#[test]
fn what_is_broken_is_named_with_its_line() {
    let refused = |more: &str| broken(&two(more));
    assert_eq!(refused("<Work>8 h</Work>"), ["/Tasks/1/Work format Line 4: expected a duration such as PT8H0M0S, of 10,000,000 hours at most."]);
    assert_eq!(refused("\n<ConstraintType>8</ConstraintType>"), ["/Tasks/1/ConstraintType range Line 4: expected a constraint from 0 to 7."]);
    assert_eq!(refused("<ConstraintType>4</ConstraintType>").len(), 1);
    assert_eq!(
        refused("<Start>2026-06-02T08:00:00</Start>\n<Finish>2026-06-01T08:00:00</Finish>"),
        ["/Tasks/1/Finish before_start Line 5: Finish must not be before Start."]
    );
    assert_eq!(
        refused("<PredecessorLink><PredecessorUID>9</PredecessorUID></PredecessorLink>"),
        ["/Tasks/1/PredecessorLink/0/PredecessorUID reference Line 4: no task has the UID 9."]
    );
    assert_eq!(refused(&format!("{}{}", link(1, 0, 7), link(1, 0, 7)))[0].split(' ').nth(1), Some("duplicate"));
    assert_eq!(broken("<Tasks><Task><UID>1</UID></Task></Tasks>"), ["/Tasks/0/Name required Line 3: expected a name."]);
    assert_eq!(broken(&two("").replace("<UID>2", "<UID>1"))[0].split(' ').nth(1), Some("duplicate"));
    let torn = parse("<Project>\n<Tasks>\n</Project>").unwrap_err().remove(0);
    assert!(torn.code == "xml" && torn.detail.contains("line 3"), "{torn:?}");
    assert_eq!(parse("<Plan/>").unwrap_err()[0].code, "format");
}

#[test]
fn a_document_type_is_refused_so_that_nothing_grows_and_nothing_comes_in() {
    let text = "<!DOCTYPE Project [<!ENTITY a \"aaaa\">]><Project>&a;</Project>";
    assert_eq!(parse(text).unwrap_err()[0].code, "xml");
    let deep = 100_000;
    assert_eq!(parse(&"<Project>".repeat(deep)).unwrap_err()[0].code, "xml");
    assert_eq!(parse(&format!("{}{}", "<Project>".repeat(deep), "</Project>".repeat(deep))).map(|plan| plan.tasks.len()).unwrap_or_default(), 0);
}

#[test]
fn durations_have_hours_minutes_and_seconds_in_that_order() {
    let hours = |text: &str| plan(&two(&format!("<Work>{text}</Work>"))).map(|plan| plan.tasks[1].work_hours).unwrap_or_default();
    assert_eq!([hours("PT8H0M0S"), hours("PT1H30M"), hours("PT90M0S"), hours("PT0H0M36S")], [Some(8.0), Some(1.5), Some(1.5), Some(0.01)]);
    assert_eq!([hours("PT"), hours("PT8"), hours("PT5M8H"), hours("P1D"), hours("PT1e9H")], [None; 5]);
}
