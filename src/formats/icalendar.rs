//! Calendars as iCalendar prints them (RFC 5545): events with a stable identity, for whoever subscribes to them.
//!
//! Not by the crate `icalendar`: it lets carriage returns and other control characters into values, and walks a text from its beginning
//! for each line that it folds.

use chrono::{DateTime, NaiveDate, Utc};

/// When an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// All of a day.
    Day(NaiveDate),
    /// At an instant.
    At(DateTime<Utc>),
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its identity: the same whenever it is printed.
    pub uid: String,
    /// When what it tells was last changed.
    pub stamp: DateTime<Utc>,
    /// Time of the event, or of its beginning.
    pub when: When,
    /// Its last day, or the instant at which it ends; none if it has no length.
    pub until: Option<When>,
    /// What it is, in a line.
    pub summary: String,
    /// What one should know of it.
    pub description: String,
    /// What kinds of things it belongs to.
    pub categories: Vec<String>,
    /// Where more of it can be read; empty if nowhere.
    pub url: String,
}

/// A calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Who prints it, as `-//Owner//Product//EN`.
    pub product: String,
    /// What it is called.
    pub name: String,
    /// How often a reader may look again, in whole hours.
    pub refresh_hours: u32,
    /// Its events.
    pub events: Vec<Event>,
}

/// The longest line, in octets, without its end (section 3.1).
const LONGEST: usize = 75;

/// Prints a calendar.
pub fn print(calendar: &Calendar) -> String {
    let mut lines = Lines(String::new());
    lines.add("BEGIN", "VCALENDAR");
    lines.add("VERSION", "2.0");
    lines.add("PRODID", &text(&calendar.product));
    lines.add("CALSCALE", "GREGORIAN");
    // RFC 7986, and what was used before it.
    lines.add("NAME", &text(&calendar.name));
    lines.add("X-WR-CALNAME", &text(&calendar.name));
    lines.add("REFRESH-INTERVAL;VALUE=DURATION", &format!("PT{}H", calendar.refresh_hours));
    lines.add("X-PUBLISHED-TTL", &format!("PT{}H", calendar.refresh_hours));
    for event in &calendar.events {
        add(&mut lines, event);
    }
    lines.add("END", "VCALENDAR");
    lines.0
}

fn add(lines: &mut Lines, event: &Event) {
    lines.add("BEGIN", "VEVENT");
    lines.add("UID", &text(&event.uid));
    lines.add("DTSTAMP", &instant(event.stamp));
    lines.add("LAST-MODIFIED", &instant(event.stamp));
    match event.when {
        When::Day(day) => lines.add("DTSTART;VALUE=DATE", &day.format("%Y%m%d").to_string()),
        When::At(at) => lines.add("DTSTART", &instant(at)),
    }
    match event.until {
        // The end is the first day that is not part of it (section 3.6.1).
        Some(When::Day(last)) => lines.add("DTEND;VALUE=DATE", &last.succ_opt().unwrap_or(last).format("%Y%m%d").to_string()),
        Some(When::At(at)) => lines.add("DTEND", &instant(at)),
        None => {}
    }
    lines.add("SUMMARY", &text(&event.summary));
    if !event.description.is_empty() {
        lines.add("DESCRIPTION", &text(&event.description));
    }
    if !event.categories.is_empty() {
        lines.add("CATEGORIES", &event.categories.iter().map(|each| text(each)).collect::<Vec<_>>().join(","));
    }
    if !event.url.is_empty() {
        lines.add("URL", &without_controls(&event.url));
    }
    // A date to keep in mind takes no time away.
    lines.add("TRANSP", "TRANSPARENT");
    lines.add("END", "VEVENT");
}

/// `19980118T230000Z`.
fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Text as a value (section 3.3.11): what separates values is escaped, a line break is `\n`, other control characters are left out.
fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    let mut letters = value.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => escaped.push_str("\\\\"),
            ';' => escaped.push_str("\\;"),
            ',' => escaped.push_str("\\,"),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' | '\r' => escaped.push_str("\\n"),
            '\t' => escaped.push('\t'),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

fn without_controls(value: &str) -> String {
    value.chars().filter(|letter| !letter.is_control()).collect()
}

/// Content lines: each ends with CRLF and is folded before it is too long, never inside a character.
struct Lines(String);

impl Lines {
    fn add(&mut self, name: &str, value: &str) {
        let mut length = 0;
        for letter in name.chars().chain([':']).chain(value.chars()) {
            if length + letter.len_utf8() > LONGEST {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(letter);
            length += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn event() -> Event {
        Event {
            uid: "19970901T130000Z-123401@example.com".into(),
            stamp: at("1997-09-01T13:00:00Z"),
            when: When::At(at("1997-09-03T16:30:00Z")),
            until: Some(When::At(at("1997-09-03T19:00:00Z"))),
            summary: "Annual Employee Review".into(),
            description: String::new(),
            categories: vec!["BUSINESS".into(), "HUMAN RESOURCES".into()],
            url: String::new(),
        }
    }

    fn printed(events: Vec<Event>) -> String {
        print(&Calendar { product: "-//ABC Corporation//NONSGML My Product//EN".into(), name: "Dates".into(), refresh_hours: 1, events })
    }

    /// RFC 5545, section 3.6.1: the first example of an event, and the anniversary that takes all of a day.
    #[test]
    fn events_are_those_of_the_standard() {
        let told = printed(vec![event()]);
        for line in [
            "BEGIN:VEVENT",
            "UID:19970901T130000Z-123401@example.com",
            "DTSTAMP:19970901T130000Z",
            "DTSTART:19970903T163000Z",
            "DTEND:19970903T190000Z",
            "SUMMARY:Annual Employee Review",
            "CATEGORIES:BUSINESS,HUMAN RESOURCES",
            "END:VEVENT",
        ] {
            assert!(told.contains(&format!("\r\n{line}\r\n")), "{line} in {told}");
        }
        assert!(
            told.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//ABC Corporation//NONSGML My Product//EN\r\n") && told.ends_with("END:VCALENDAR\r\n")
        );
        let day = printed(vec![Event { when: When::Day(NaiveDate::from_ymd_opt(1997, 11, 2).unwrap()), until: None, ..event() }]);
        assert!(day.contains("\r\nDTSTART;VALUE=DATE:19971102\r\n") && day.contains("\r\nTRANSP:TRANSPARENT\r\n"), "{day}");
        assert!(!day.contains("DTEND"), "{day}");
        // From 28 June to 8 July 2007, both included.
        let day = |month, day| When::Day(NaiveDate::from_ymd_opt(2007, month, day).unwrap());
        let festival = printed(vec![Event { when: day(6, 28), until: Some(day(7, 8)), ..event() }]);
        assert!(festival.contains("\r\nDTSTART;VALUE=DATE:20070628\r\nDTEND;VALUE=DATE:20070709\r\n"), "{festival}");
    }

    /// RFC 5545, section 3.3.11, and what would begin another line.
    #[test]
    fn what_separates_is_escaped_and_no_text_makes_a_line_of_its_own() {
        assert_eq!(text("Project XYZ Final Review\nConference Room - 3B\nCome Prepared."), "Project XYZ Final Review\\nConference Room - 3B\\nCome Prepared.");
        assert_eq!(text("a;b,c\\d"), "a\\;b\\,c\\\\d");
        assert_eq!(text("a\r\nEND:VEVENT\u{0}\u{7}"), "a\\nEND:VEVENT");
        let told = printed(vec![Event { url: "https://example.org/\r\nATTENDEE:x".into(), ..event() }]);
        assert!(!told.contains("\r\nATTENDEE"), "{told}");
    }

    /// RFC 5545, section 3.1: 75 octets without the line break, and never inside a character.
    #[test]
    fn long_lines_are_folded_and_unfold_to_what_they_were() {
        let long = "Ä🙂 This is a long description that exists on a long line. ".repeat(5);
        let told = printed(vec![Event { description: long.clone(), ..event() }]);
        assert!(told.split("\r\n").all(|line| line.len() <= 75), "{told}");
        assert!(told.split("\r\n").any(|line| line.len() > 70), "{told}");
        assert!(!told.replace("\r\n", "").contains(['\r', '\n']), "every line ends with CRLF");
        assert!(told.replace("\r\n ", "").contains(&format!("DESCRIPTION:{long}")), "{told}");
    }
}
