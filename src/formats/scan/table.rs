//! Tables of scanners of hosts, by the columns that the exports of Nessus, OpenVAS and Qualys have in common, whatever they call them.

use super::{Fault, Finding, Rating, Scan, bounded, codes_in, day};
use crate::formats::csv::{self, Cell, Rows};
use std::collections::HashMap;

/// The columns, each with the names that exports give it, in small letters and digits, the best first.
const COLUMNS: [(Column, &[&str]); 11] = [
    (Column::Host, &["asset", "assetname", "fqdn", "dns", "dnsname", "hostname", "host", "netbios", "netbiosname", "ip", "ipaddress"]),
    (Column::Code, &["cve", "cves", "cveid", "cveids"]),
    (Column::Reference, &["pluginid", "nvtoid", "qid", "plugin", "checkid", "vulnerabilityid"]),
    (Column::Title, &["name", "title", "nvtname", "pluginname", "vulnerability", "vulnerabilityname"]),
    (Column::Severity, &["risk", "riskfactor", "severity"]),
    (Column::Port, &["port"]),
    (Column::Protocol, &["protocol", "portprotocol"]),
    (Column::Location, &["location", "path", "url"]),
    (Column::FirstSeen, &["firstseen", "firstdetected", "firstdiscovered", "firstfound", "detectedon"]),
    (Column::LastSeen, &["lastseen", "lastdetected", "lastobserved", "lastfound", "timestamp", "seenon"]),
    (Column::Remedy, &["solution", "remediation", "remedy"]),
];
/// Most rows before the header: a report may begin with what it is of.
const MOST_BEFORE: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Column {
    Host,
    Code,
    Reference,
    Title,
    Severity,
    Port,
    Protocol,
    Location,
    FirstSeen,
    LastSeen,
    Remedy,
}

/// Which scanner a table is of, as far as its severities differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scanner {
    Nessus,
    OpenVas,
    Qualys,
    Other,
}

/// The header of a table.
struct Header {
    /// The places of each column, the best first.
    places: HashMap<Column, Vec<usize>>,
    /// The places of what tells that a row is of nothing wrong: its type, its status.
    kind: Option<usize>,
    status: Option<usize>,
    scanner: Scanner,
    names: Vec<String>,
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

fn text(cell: Option<&Cell>) -> Option<&str> {
    match cell {
        Some(Cell::Text(text)) => Some(csv::unguarded(text.trim())).filter(|text| !text.is_empty()),
        _ => None,
    }
}

impl Header {
    /// A row as a header; none if it names no hosts, or nothing that is found on them.
    fn of(row: &[Cell]) -> Option<Header> {
        let names: Vec<String> = row.iter().map(|cell| text(Some(cell)).unwrap_or_default().to_owned()).collect();
        let plain: Vec<String> = names.iter().map(|name| plain(name)).collect();
        let place = |wanted: &str| plain.iter().position(|name| name == wanted);
        let places: HashMap<Column, Vec<usize>> =
            COLUMNS.iter().map(|(column, known)| (*column, known.iter().filter_map(|name| place(name)).collect())).collect();
        let has = |column: Column| places.get(&column).is_some_and(|places: &Vec<usize>| !places.is_empty());
        let scanner = match () {
            () if place("qid").is_some() => Scanner::Qualys,
            () if place("nvtoid").is_some() || place("nvtname").is_some() => Scanner::OpenVas,
            () if place("pluginid").is_some() => Scanner::Nessus,
            () => Scanner::Other,
        };
        let is_one = has(Column::Host) && (has(Column::Code) || has(Column::Reference) || has(Column::Title));
        is_one.then(|| Header { kind: place("type"), status: place("vulnstatus").or_else(|| place("status")), scanner, names, places })
    }

    /// The values that a row has in a column, the best first.
    fn values<'r>(&self, row: &'r [Cell], column: Column) -> Vec<&'r str> {
        self.places.get(&column).into_iter().flatten().filter_map(|at| text(row.get(*at))).collect()
    }

    fn value<'r>(&self, row: &'r [Cell], column: Column) -> Option<&'r str> {
        self.values(row, column).into_iter().next()
    }

    /// The name of a column as the file writes it.
    fn name(&self, column: Column) -> &str {
        let place = self.places.get(&column).and_then(|places| places.first());
        place.and_then(|at| self.names.get(*at)).map_or("", String::as_str)
    }

    /// How bad a row is: by the words of the scanners, else by their numbers. Of Qualys 1 to 5, of others 0 to 4, with decimals the score of CVSS.
    fn rating(&self, said: &str) -> Result<Option<Rating>, ()> {
        let number = said.parse::<f64>().ok().filter(|number| (0.0..=10.0).contains(number));
        Ok(match said.to_ascii_lowercase().as_str() {
            "critical" | "urgent" => Some(Rating::Critical),
            "high" | "serious" | "important" => Some(Rating::High),
            "medium" | "moderate" => Some(Rating::Medium),
            "low" | "minimal" | "minor" => Some(Rating::Low),
            "none" | "log" | "info" | "informational" | "information" | "debug" | "false positive" => None,
            _ if number.is_none() => return Err(()),
            _ if said.contains('.') || number > Some(5.0) => number.and_then(Rating::of_score),
            "5" => Some(Rating::Critical),
            "4" => Some(if self.scanner == Scanner::Qualys { Rating::High } else { Rating::Critical }),
            "3" => Some(if self.scanner == Scanner::Qualys { Rating::Medium } else { Rating::High }),
            "2" => Some(if self.scanner == Scanner::Qualys { Rating::Low } else { Rating::Medium }),
            "1" => Some(Rating::Low),
            _ => None,
        })
    }

    /// Whether a row tells of nothing wrong: what is for information only, or fixed.
    fn is_harmless(&self, row: &[Cell]) -> bool {
        let word = |at: Option<usize>| at.and_then(|at| text(row.get(at))).map(str::to_ascii_lowercase);
        let kind = word(self.kind);
        let informs = self.scanner == Scanner::Qualys && matches!(kind.as_deref(), Some("ig" | "info" | "information gathered"));
        informs || matches!(word(self.status).as_deref(), Some("fixed" | "closed" | "resolved"))
    }

    /// The finding of a row; none if it tells of nothing wrong.
    fn read(&self, row: &[Cell], number: usize) -> Result<Option<Finding>, Fault> {
        let broken = |column: Column, code, detail: &str| Fault::new(format!("/{number}/{}", self.name(column)), code, format!("Row {number}: {detail}"));
        if self.is_harmless(row) {
            return Ok(None);
        }
        let said = self.value(row, Column::Severity);
        let rating = said.map_or(Ok(None), |said| self.rating(said));
        let rating = rating.map_err(|()| broken(Column::Severity, "format", "expected a severity such as High, or a score from 0 to 10."))?;
        if said.is_some() && rating.is_none() {
            return Ok(None);
        }
        let hosts: Vec<String> = self.values(row, Column::Host).into_iter().map(str::to_owned).collect();
        if hosts.is_empty() {
            return Err(broken(Column::Host, "required", "expected the host that the finding is on."));
        }
        let codes = codes_in(self.values(row, Column::Code));
        let reference = self.value(row, Column::Reference).or_else(|| self.value(row, Column::Title).filter(|_| codes.is_empty()));
        let title = self.value(row, Column::Title).or(codes.first().map(String::as_str)).or(reference);
        let Some(title) = title.map(str::to_owned) else {
            return Err(broken(Column::Title, "required", "expected what was found: a title, a CVE or the scanner's number."));
        };
        let date = |column: Column| match self.value(row, column) {
            None => Ok(None),
            Some(said) => day(said).map(Some).ok_or_else(|| broken(column, "format", "expected a date such as 2026-06-30 or 06/30/2026.")),
        };
        Ok(Some(Finding {
            place: format!("/{number}"),
            hosts,
            codes,
            reference: reference.map(str::to_owned),
            title,
            rating,
            fingerprint: None,
            location: self.location(row),
            first_seen: date(Column::FirstSeen)?,
            last_seen: date(Column::LastSeen)?,
            remedy: self.value(row, Column::Remedy).map(str::to_owned),
            scanner: match self.scanner {
                Scanner::Nessus => "Nessus",
                Scanner::OpenVas => "OpenVAS",
                Scanner::Qualys => "Qualys",
                Scanner::Other => "Scanner",
            }
            .to_owned(),
        }))
    }

    /// Where on the host: what the table says, else port and protocol; none for the host as a whole.
    fn location(&self, row: &[Cell]) -> Option<String> {
        if let Some(said) = self.value(row, Column::Location) {
            return Some(said.to_owned());
        }
        let port = self.value(row, Column::Port).filter(|port| !matches!(*port, "0" | "general"))?;
        match self.value(row, Column::Protocol).filter(|_| !port.contains('/')) {
            Some(protocol) => Some(format!("{port}/{}", protocol.to_ascii_lowercase())),
            None => Some(port.to_owned()),
        }
    }
}

/// The findings of a table.
pub fn table(text: &str) -> Result<Scan, Vec<Fault>> {
    let (delimiter, text) = csv::sniffed(text.trim_start_matches('\u{feff}'));
    let delimiter = [',', ';', '\t'].into_iter().find(|each| delimiter == *each).unwrap_or(',');
    let mut rows = Rows::of(text, delimiter).enumerate();
    let malformed = |malformed: csv::Malformed| vec![Fault::new(format!("/{}", malformed.row), "csv", format!("Row {}: {}.", malformed.row, malformed.detail))];
    let mut header = None;
    for (_, row) in rows.by_ref().take(MOST_BEFORE) {
        header = Header::of(&row.map_err(malformed)?);
        if header.is_some() {
            break;
        }
    }
    let Some(header) = header else {
        let detail = "No row names the columns. Expected at least one for the host (Host, IP, DNS) and one for what was found (CVE, Plugin ID, NVT OID, QID, Name, Title).";
        return Err(vec![Fault::new("", "header", detail)]);
    };
    let (mut scan, mut faults) = (Scan::default(), Vec::new());
    for (at, row) in rows {
        match header.read(&row.map_err(malformed)?, at + 1) {
            Ok(Some(finding)) => scan.findings.push(finding),
            Ok(None) => scan.ignored += 1,
            Err(broken) if faults.len() < 1_000 => faults.push(broken),
            Err(_) => {}
        }
    }
    bounded(scan, faults)
}
