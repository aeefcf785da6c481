//! Calendars: the working hours of a week, and the days that differ.

use super::reading::{Reading, moment};
use chrono::{Days, NaiveDate, NaiveTime, Timelike};
use roxmltree::Node;
use std::collections::BTreeMap;

/// Working hours of a day of which nothing else is said.
const USUAL: f64 = 8.0;
/// Most days that differ in a calendar.
const MOST_EXCEPTIONS: usize = 1_000;

/// A calendar.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WorkCalendar {
    /// Its number.
    pub uid: i64,
    /// Name.
    pub name: String,
    /// Working hours from Monday to Sunday.
    pub week: [f64; 7],
    /// The days that differ from their weekday, in order: day, working hours, name.
    pub exceptions: Vec<(NaiveDate, f64, Option<String>)>,
}

/// The share of all hours that is working time in a calendar; of 40 hours a week where it is not known.
pub fn working_share(calendars: &[WorkCalendar], uid: Option<i64>) -> f64 {
    let known = calendars.iter().find(|calendar| Some(calendar.uid) == uid);
    known.map_or(5.0 * USUAL, |calendar| calendar.week.iter().sum()) / 168.0
}

/// The calendars that work can follow; those of single resources are left out.
pub fn read(reading: &mut Reading, root: Node<'_, '_>) -> Vec<WorkCalendar> {
    let mut calendars = Vec::new();
    for (place, node) in reading.listed(root, "Calendars", "Calendar") {
        if matches!(reading.text(node, "IsBaseCalendar"), Some("0" | "false")) {
            continue;
        }
        let Some(uid) = reading.whole(node, &place, "UID") else {
            reading.fault(node, &place, "required", "expected UID, a whole number");
            continue;
        };
        let name = reading.text(node, "Name").unwrap_or("Calendar").to_owned();
        let mut calendar = WorkCalendar { uid, name, week: [USUAL, USUAL, USUAL, USUAL, USUAL, 0.0, 0.0], exceptions: Vec::new() };
        let mut exceptions = BTreeMap::new();
        if let Some(days) = reading.child(node, "WeekDays") {
            let days = days.children().filter(|child| child.tag_name().name() == "WeekDay").enumerate();
            for (at, day) in days.collect::<Vec<_>>() {
                week_day(reading, (day, &format!("{place}/WeekDays/{at}")), &mut calendar.week, &mut exceptions);
            }
        }
        if let Some(days) = reading.child(node, "Exceptions") {
            let days = days.children().filter(|child| child.tag_name().name() == "Exception").enumerate();
            for (at, day) in days.collect::<Vec<_>>() {
                exception(reading, (day, &format!("{place}/Exceptions/{at}")), &mut exceptions);
            }
        }
        calendar.exceptions = exceptions.into_iter().map(|(day, (hours, name))| (day, hours, name)).take(MOST_EXCEPTIONS).collect();
        calendars.push(calendar);
    }
    calendars
}

type Exceptions = BTreeMap<NaiveDate, (f64, Option<String>)>;

/// A day of the week, from 1 for Sunday, or, as 0, some days that differ.
fn week_day(reading: &mut Reading, (node, place): (Node<'_, '_>, &str), week: &mut [f64; 7], exceptions: &mut Exceptions) {
    let Some(hours) = hours(reading, node, place) else { return };
    match reading.whole(node, place, "DayType") {
        Some(0) => days(reading, (node, place), exceptions, (hours, None)),
        Some(day) => match usize::try_from((day + 5) % 7).ok().filter(|_| (1..=7).contains(&day)).and_then(|day| week.get_mut(day)) {
            Some(of_day) => *of_day = hours,
            None => reading.fault(node, &format!("{place}/DayType"), "range", "expected a day from 0 to 7"),
        },
        None => reading.fault(node, &format!("{place}/DayType"), "required", "expected a day from 0 to 7"),
    }
}

/// Some days that differ: one after the other, or the same day of each year.
fn exception(reading: &mut Reading, (node, place): (Node<'_, '_>, &str), exceptions: &mut Exceptions) {
    let name = reading.text(node, "Name").map(str::to_owned);
    let Some(hours) = hours(reading, node, place) else { return };
    let period = reading.whole(node, place, "Period").unwrap_or(1);
    match reading.whole(node, place, "Type") {
        None | Some(1 | 9) if period <= 1 => days(reading, (node, place), exceptions, (hours, name)),
        Some(2) => yearly(reading, (node, place), exceptions, (hours, name)),
        _ => reading
            .warn(node, &format!("The exception {} recurs in a way that a calendar here has not; it is left out. Add its days.", name.unwrap_or_default())),
    }
}

/// The span of an exception, both ends included.
fn period(reading: &mut Reading, (node, place): (Node<'_, '_>, &str)) -> Option<(NaiveDate, NaiveDate)> {
    let period = reading.child(node, "TimePeriod");
    let day = |name: &str| period.and_then(|period| reading.text(period, name)).and_then(moment).map(|moment| moment.date());
    let span = day("FromDate").zip(day("ToDate")).filter(|(from, to)| from <= to);
    if span.is_none() {
        reading.fault(
            period.unwrap_or(node),
            &format!("{place}/TimePeriod"),
            "format",
            "expected FromDate and ToDate, dates such as 2026-12-24T00:00:00, in order",
        );
    }
    span
}

fn days(reading: &mut Reading, (node, place): (Node<'_, '_>, &str), exceptions: &mut Exceptions, said: (f64, Option<String>)) {
    let Some((from, to)) = period(reading, (node, place)) else { return };
    for day in from.iter_days().take_while(|day| *day <= to).take(MOST_EXCEPTIONS) {
        let known = exceptions.entry(day).or_insert_with(|| said.clone());
        known.1 = known.1.take().or_else(|| said.1.clone());
    }
}

/// The same day of each year, by month (from 0) and day.
fn yearly(reading: &mut Reading, (node, place): (Node<'_, '_>, &str), exceptions: &mut Exceptions, said: (f64, Option<String>)) {
    let Some((from, to)) = period(reading, (node, place)) else { return };
    let part = |reading: &mut Reading, name| reading.whole(node, place, name).and_then(|part| u32::try_from(part).ok());
    let (month, day) = (part(reading, "Month"), part(reading, "MonthDay"));
    let Some((month, day)) = month.zip(day) else {
        return reading.fault(node, place, "required", "expected Month and MonthDay");
    };
    let years = from.iter_days().step_by(28).take_while(|each| *each <= to + Days::new(28)).take(MOST_EXCEPTIONS * 13);
    for each in years {
        use chrono::Datelike;
        if let Some(on) = NaiveDate::from_ymd_opt(each.year(), month + 1, day).filter(|on| *on >= from && *on <= to) {
            exceptions.entry(on).or_insert_with(|| said.clone());
        }
    }
}

/// The working hours of a day: none on a free one, the usual where it says no times.
fn hours(reading: &mut Reading, node: Node<'_, '_>, place: &str) -> Option<f64> {
    if !reading.flag(node, "DayWorking") {
        return Some(0.0);
    }
    let Some(times) = reading.child(node, "WorkingTimes") else { return Some(USUAL) };
    let mut total = 0.0;
    for (at, time) in times.children().filter(Node::is_element).enumerate() {
        let clock = |name: &str| reading.text(time, name).and_then(|text| NaiveTime::parse_from_str(text, "%H:%M:%S").ok());
        let Some((from, to)) = clock("FromTime").zip(clock("ToTime")) else {
            // An empty entry is one of no hours.
            if time.children().any(|child| child.is_element()) {
                reading.fault(time, &format!("{place}/WorkingTimes/{at}"), "format", "expected FromTime and ToTime, times such as 08:00:00");
                return None;
            }
            continue;
        };
        let seconds = |time: NaiveTime| f64::from(time.num_seconds_from_midnight());
        let end = if to <= from { seconds(to) + 86_400.0 } else { seconds(to) };
        total += (end - seconds(from)) / 3_600.0;
    }
    Some(f64::min(total, 24.0))
}
