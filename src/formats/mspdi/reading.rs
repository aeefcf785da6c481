//! Reading elements: their values, and what is wrong with them, with the line.

use super::Fault;
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use roxmltree::Node;
use std::ops::RangeInclusive;

/// Most faults that are told.
const MOST_FAULTS: usize = 1_000;
/// Most warnings that are told.
const MOST_WARNINGS: usize = 100;

/// A document as it is read.
pub struct Reading {
    /// Where its lines end, in bytes.
    ends: Vec<usize>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// What is left out of it or taken otherwise.
    pub warnings: Vec<String>,
}

impl Reading {
    /// A document of which nothing is read yet.
    pub fn new(text: &str) -> Self {
        Reading { ends: text.match_indices('\n').map(|(at, _)| at).collect(), faults: Vec::new(), warnings: Vec::new() }
    }

    /// The line on which an element begins.
    pub fn line(&self, node: Node<'_, '_>) -> usize {
        self.ends.partition_point(|end| *end < node.range().start) + 1
    }

    /// Notes what is wrong with an element.
    pub fn fault(&mut self, node: Node<'_, '_>, pointer: &str, code: &'static str, expected: &str) {
        if self.faults.len() < MOST_FAULTS {
            let detail = format!("Line {}: {expected}.", self.line(node));
            self.faults.push(Fault::new(pointer, code, detail));
        }
    }

    /// Notes what is left out or taken otherwise.
    pub fn warn(&mut self, node: Node<'_, '_>, what: &str) {
        if self.warnings.len() < MOST_WARNINGS {
            self.warnings.push(format!("Line {}: {what}", self.line(node)));
        }
    }

    /// The first element of a name within another.
    pub fn child<'a, 'input>(&self, node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
        node.children().find(|child| child.tag_name().name() == name)
    }

    /// The elements of a list, each with its place.
    pub fn listed<'a, 'input>(&self, root: Node<'a, 'input>, list: &str, name: &str) -> Vec<(String, Node<'a, 'input>)> {
        let Some(list) = self.child(root, list) else { return Vec::new() };
        let items = list.children().filter(|node| node.tag_name().name() == name).enumerate();
        items.map(|(at, node)| (format!("/{}/{at}", list.tag_name().name()), node)).collect()
    }

    /// The text of an element, without blanks around it; none if there is none.
    pub fn text<'a>(&self, node: Node<'a, '_>, name: &str) -> Option<&'a str> {
        self.child(node, name)?.text().map(str::trim).filter(|text| !text.is_empty())
    }

    /// Whether an element says yes.
    pub fn flag(&self, node: Node<'_, '_>, name: &str) -> bool {
        matches!(self.text(node, name), Some("1" | "true"))
    }

    /// A value by its parser.
    fn value<T>(&mut self, node: Node<'_, '_>, place: &str, name: &str, expected: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let value = parse(self.text(node, name)?);
        if value.is_none() {
            let child = self.child(node, name).unwrap_or(node);
            self.fault(child, &format!("{place}/{name}"), "format", expected);
        }
        value
    }

    /// A whole number.
    pub fn whole(&mut self, node: Node<'_, '_>, place: &str, name: &str) -> Option<i64> {
        self.value(node, place, name, "expected a whole number", |text| text.parse().ok())
    }

    /// A number within a range.
    pub fn number(&mut self, node: Node<'_, '_>, place: &str, name: &str, range: RangeInclusive<f64>) -> Option<f64> {
        let expected = format!("expected a number from {} to {}", range.start(), range.end());
        self.value(node, place, name, &expected, |text| text.parse().ok().filter(|number| range.contains(number)))
    }

    /// The hours of a duration such as `PT8H0M0S`.
    pub fn hours(&mut self, node: Node<'_, '_>, place: &str, name: &str) -> Option<f64> {
        self.value(node, place, name, "expected a duration such as PT8H0M0S, of 10,000,000 hours at most", hours)
    }

    /// The day of a moment.
    pub fn day(&mut self, node: Node<'_, '_>, place: &str, name: &str) -> Option<NaiveDate> {
        self.moment(node, place, name).map(|moment| moment.date())
    }

    fn moment(&mut self, node: Node<'_, '_>, place: &str, name: &str) -> Option<NaiveDateTime> {
        self.value(node, place, name, "expected a date such as 2026-05-04T08:00:00", |text| match text {
            "NA" => Some(None),
            _ => moment(text).map(Some),
        })
        .flatten()
    }

    /// The first and the last day of a span; what ends at midnight ends on the day before.
    pub fn span(&mut self, node: Node<'_, '_>, place: &str, (start, end): (&str, &str)) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let starts = self.moment(node, place, start);
        let ends = self.moment(node, place, end);
        if let (Some(starts), Some(ends)) = (starts, ends)
            && ends < starts
        {
            let child = self.child(node, end).unwrap_or(node);
            self.fault(child, &format!("{place}/{end}"), "before_start", &format!("{end} must not be before {start}"));
        }
        let last = |ends: NaiveDateTime| {
            let before = ends.date().checked_sub_days(Days::new(1)).filter(|before| starts.is_some_and(|starts| starts.date() <= *before));
            before.filter(|_| ends.time() == NaiveTime::MIN).unwrap_or(ends.date())
        };
        (starts.map(|starts| starts.date()), ends.map(last))
    }
}

/// The hours of `PT8H30M0S`.
fn hours(text: &str) -> Option<f64> {
    let mut rest = text.strip_prefix("PT")?;
    let (mut total, mut units) = (0.0, ["H", "M", "S"].iter().zip([1.0, 60.0, 3600.0]));
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, after) = rest.split_at(end);
        let (unit, parts) = units.find(|(unit, _)| after.starts_with(**unit))?;
        total += number.parse::<f64>().ok()? / parts;
        rest = after.strip_prefix(unit)?;
    }
    (text.len() > 2 && total <= 10_000_000.0).then(|| (total * 1e4).round() / 1e4)
}

/// A moment as the format writes it; its zone, where it has one, is not the plan's.
pub fn moment(text: &str) -> Option<NaiveDateTime> {
    let local = text.get(..19).unwrap_or(text);
    let moment = NaiveDateTime::parse_from_str(local, "%Y-%m-%dT%H:%M:%S").ok();
    let moment = moment.or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN)));
    let sound = (NaiveDate::from_ymd_opt(1900, 1, 1)?, NaiveDate::from_ymd_opt(2200, 1, 1)?);
    moment.filter(|moment| moment.date() >= sound.0 && moment.date() < sound.1)
}
