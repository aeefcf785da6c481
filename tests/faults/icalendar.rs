//! Calendars of any text and date: what is printed reads back as it was meant, and no text makes a line of its own.

use crate::bounded::Bounds;
use crate::random::{ODD, Random};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use steward::formats::icalendar::{Calendar, Event, When, print};

const TEXTS: &[&str] = &[
    "",
    "Contract: Rack space, second floor; see C:\\plans",
    "Review\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTENDEE:mailto:mallory@example.org",
    "Ä🙂 This is a long description that exists on a long line, and it goes on, and on, and on, and on.",
    "\\n\\,\\;\\\\",
    "BEGIN:VALARM",
];
const URLS: &[&str] = &["", "https://example.org/a?b=c,d;e", "https://example.org/\r\nX-EVIL:1"];

/// A line of a calendar: its name with parameters, and its value as it stands there.
type Line = (String, String);

fn calendar(random: &mut Random) -> Calendar {
    let start: DateTime<Utc> = DateTime::from_timestamp(-2_208_988_800, 0).unwrap();
    let first = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();
    // 300 years, from 1900 on.
    let instant = |random: &mut Random| start + TimeDelta::seconds(i64::try_from(random.next(9_467_000_000)).unwrap());
    let events = (0..random.next(4)).map(|_| Event {
        uid: random.near(TEXTS, ODD),
        stamp: instant(random),
        when: if random.next(2) == 0 { When::Day(first + Days::new(random.next(109_000) as u64)) } else { When::At(instant(random)) },
        until: (random.next(2) == 0).then(|| When::At(instant(random))),
        summary: random.near(TEXTS, ODD),
        description: random.near(TEXTS, ODD),
        categories: (0..random.next(3)).map(|_| random.near(TEXTS, ODD)).collect(),
        url: random.near(URLS, ODD),
    });
    let events = events.collect();
    Calendar { product: random.near(TEXTS, ODD), name: random.near(TEXTS, ODD), refresh_hours: random.next(100) as u32, events }
}

/// What a text is once it was printed: line breaks of one form, and no other control characters.
fn meant(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(|letter| matches!(letter, '\n' | '\t') || !letter.is_control()).collect()
}

/// The lines that a calendar must have, in order, with the values that they must read back as; a list is one value for each.
fn expected(calendar: &Calendar) -> Vec<(String, Vec<String>)> {
    let one = |name: &str, value: String| (name.to_owned(), vec![value]);
    let refresh = format!("PT{}H", calendar.refresh_hours);
    let mut lines = vec![
        one("BEGIN", "VCALENDAR".into()),
        one("VERSION", "2.0".into()),
        one("PRODID", meant(&calendar.product)),
        one("CALSCALE", "GREGORIAN".into()),
        one("NAME", meant(&calendar.name)),
        one("X-WR-CALNAME", meant(&calendar.name)),
        one("REFRESH-INTERVAL;VALUE=DURATION", refresh.clone()),
        one("X-PUBLISHED-TTL", refresh),
    ];
    for event in &calendar.events {
        let instant = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
        lines.extend([
            one("BEGIN", "VEVENT".into()),
            one("UID", meant(&event.uid)),
            one("DTSTAMP", instant(event.stamp)),
            one("LAST-MODIFIED", instant(event.stamp)),
        ]);
        lines.push(match event.when {
            When::Day(day) => one("DTSTART;VALUE=DATE", day.format("%Y%m%d").to_string()),
            When::At(at) => one("DTSTART", instant(at)),
        });
        lines.extend(event.until.map(|until| match until {
            When::Day(last) => one("DTEND;VALUE=DATE", last.succ_opt().unwrap().format("%Y%m%d").to_string()),
            When::At(at) => one("DTEND", instant(at)),
        }));
        lines.push(one("SUMMARY", meant(&event.summary)));
        if !event.description.is_empty() {
            lines.push(one("DESCRIPTION", meant(&event.description)));
        }
        if !event.categories.is_empty() {
            lines.push(("CATEGORIES".into(), event.categories.iter().map(|category| meant(category)).collect()));
        }
        if !event.url.is_empty() {
            lines.push(one("URL", event.url.chars().filter(|letter| !letter.is_control()).collect()));
        }
        lines.extend([one("TRANSP", "TRANSPARENT".into()), one("END", "VEVENT".into())]);
    }
    lines.push(one("END", "VCALENDAR".into()));
    lines
}

/// The lines of a printed calendar, unfolded (RFC 5545, section 3.1).
fn lines(printed: &str) -> Vec<Line> {
    let body = printed.strip_suffix("\r\n").expect("the last line ends");
    assert!(body.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n']) && !line.is_empty()), "{printed:?}");
    let unfolded = body.replace("\r\n ", "");
    unfolded.split("\r\n").map(|line| line.split_once(':').map(|(name, value)| (name.to_owned(), value.to_owned())).expect("a name and a value")).collect()
}

/// The texts of a value (section 3.3.11): a comma that is not escaped stands between two.
fn texts(value: &str) -> Vec<String> {
    let (mut texts, mut letters) = (vec![String::new()], value.chars());
    while let Some(letter) = letters.next() {
        let text = texts.last_mut().unwrap();
        match letter {
            ',' => texts.push(String::new()),
            ';' => panic!("a semicolon that is not escaped: {value:?}"),
            '\\' => text.push(match letters.next() {
                Some('n' | 'N') => '\n',
                Some(escaped @ ('\\' | ';' | ',')) => escaped,
                other => panic!("{other:?} is escaped in {value:?}"),
            }),
            letter => text.push(letter),
        }
    }
    texts
}

fn calendars(cases: usize) {
    let (mut random, mut bounds) = (Random::new("iCalendar"), Bounds::new("iCalendar", 1, 2));
    for _ in 0..cases {
        let calendar = calendar(&mut random);
        let input = format!("{calendar:?}");
        let printed = bounds.within(&input, || print(&calendar));
        let read: Vec<_> = lines(&printed)
            .into_iter()
            .map(|(name, value)| {
                // An address is no text: nothing in it is escaped.
                let values = if name == "URL" { vec![value] } else { texts(&value) };
                (name, values)
            })
            .collect();
        assert_eq!(read, expected(&calendar), "{calendar:?}");
    }
}

#[test]
fn a_calendar_of_any_texts_and_dates_reads_back_as_it_was_meant() {
    calendars(3_000);
}

#[test]
#[ignore = "takes minutes"]
fn a_hundred_thousand_calendars_read_back_as_they_were_meant() {
    calendars(100_000);
}
