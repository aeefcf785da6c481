//! What scanners find: SARIF 2.1.0, and the tables that scanners of hosts export.

mod sarif;
mod table;
#[cfg(test)]
mod tests;

pub use sarif::sarif;
pub use table::table;

use super::Fault;
use chrono::{NaiveDate, NaiveDateTime};

/// Most findings of a file.
const MOST: usize = 50_000;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rating {
    /// 0.1 to 3.9.
    Low,
    /// 4.0 to 6.9.
    Medium,
    /// 7.0 to 8.9.
    High,
    /// 9.0 to 10.0.
    Critical,
}

impl Rating {
    /// The rating of a score by the scale of CVSS 3 and 4; none for 0.
    pub fn of_score(score: f64) -> Option<Rating> {
        match score {
            9.0..=10.0 => Some(Rating::Critical),
            7.0..9.0 => Some(Rating::High),
            4.0..7.0 => Some(Rating::Medium),
            0.1..4.0 => Some(Rating::Low),
            _ => None,
        }
    }
}

/// Something that a scanner found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Finding {
    /// Its place in the file, as a JSON pointer.
    pub place: String,
    /// The hosts that it may be about, by name or address, the best first; none if the file is about one thing.
    pub hosts: Vec<String>,
    /// The identifiers of the weakness, such as CVE-2021-44228; none if the world does not know it.
    pub codes: Vec<String>,
    /// The scanner's own identifier, such as its rule.
    pub reference: Option<String>,
    /// The finding, in a line.
    pub title: String,
    /// How bad it is.
    pub rating: Option<Rating>,
    /// What its scanner knows it again by, wherever it has moved; none where it has no such thing.
    pub fingerprint: Option<String>,
    /// Where in the thing it is: a file and line, or a port.
    pub location: Option<String>,
    /// The day on which it was first found.
    pub first_seen: Option<NaiveDate>,
    /// The day on which it was last found.
    pub last_seen: Option<NaiveDate>,
    /// How it is put right.
    pub remedy: Option<String>,
    /// Name of the scanner.
    pub scanner: String,
}

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scan {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// The number of entries that tell of nothing wrong: passed, suppressed, fixed, for information.
    pub ignored: usize,
}

/// The identifiers of CVE and GitHub in a text, in capitals, each once.
fn codes_in<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut codes = Vec::new();
    for text in texts {
        let upper = text.to_ascii_uppercase();
        for word in upper.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-') {
            let code = word.find("CVE-").and_then(|at| cve(word.get(at..)?)).or_else(|| ghsa(word));
            if let Some(code) = code.filter(|code| !codes.contains(code)) {
                codes.push(code);
            }
        }
    }
    codes
}

/// `CVE-2021-44228` at the beginning of a word.
fn cve(word: &str) -> Option<String> {
    let mut parts = word.splitn(4, '-');
    let (_, year, number) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |text: &str, range: std::ops::RangeInclusive<usize>| range.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(year, 4..=4) && digits(number, 4..=19)).then(|| format!("CVE-{year}-{number}"))
}

/// `GHSA-jfh8-c2jp-5v3q`, whose groups are written small.
fn ghsa(word: &str) -> Option<String> {
    let groups: Vec<&str> = word.strip_prefix("GHSA-")?.split('-').take(3).collect();
    (groups.len() == 3 && groups.iter().all(|group| group.len() == 4)).then(|| format!("GHSA-{}", groups.join("-").to_lowercase()))
}

/// The day of a moment: by ISO 8601, as `06/30/2026 12:00:00`, or as `Jun 30, 2026`.
fn day(text: &str) -> Option<NaiveDate> {
    let sound = |day: &NaiveDate| (1990..2200).contains(&chrono::Datelike::year(day));
    let iso = || NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok();
    let us = || NaiveDate::parse_from_str(text.get(..10)?, "%m/%d/%Y").ok();
    let words = || {
        let part = text.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
        NaiveDate::parse_from_str(&part, "%b %d, %Y").ok().or_else(|| NaiveDateTime::parse_from_str(text, "%d %b %Y %H:%M:%S").ok().map(|at| at.date()))
    };
    iso().or_else(us).or_else(words).filter(sound)
}

/// A scan, or all that is wrong with the file.
fn bounded(scan: Scan, mut faults: Vec<Fault>) -> Result<Scan, Vec<Fault>> {
    if scan.findings.len() > MOST {
        faults.push(Fault::new("", "too_many", "The file has more than 50,000 findings. Send it in parts."));
    }
    if faults.is_empty() { Ok(scan) } else { Err(faults) }
}
