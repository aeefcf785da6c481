//! Advisories as others publish them: CISA KEV, NVD CVE 2.0, CSAF 2.0, CycloneDX VEX and EPSS.

mod csaf;
mod cyclonedx;
mod epss;
mod kev;
mod nvd;
#[cfg(test)]
mod tests;

pub use csaf::csaf;
pub use cyclonedx::cyclonedx;
pub use epss::epss;
pub use kev::kev;
pub use nvd::nvd;

use super::Fault;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashSet;

/// What a document says about one weakness.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entry {
    /// The place in the document, as a JSON pointer.
    pub place: String,
    /// The identifier, such as CVE-2024-3094.
    pub code: String,
    /// The weakness, in a line.
    pub title: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// CVSS vectors, each with the prefix of its version; the one to be preferred first.
    pub vectors: Vec<String>,
    /// The day on which it was listed as exploited, and the day by which the list wants it fixed.
    pub exploited: Option<(String, Option<String>)>,
    /// Probability of exploitation, and its day.
    pub epss: Option<(f64, String)>,
    /// Day of publication.
    pub published: Option<String>,
    /// Day of the last change.
    pub modified: Option<String>,
    /// Products in words.
    pub affected: Option<String>,
    /// Remedy.
    pub remedy: Option<String>,
    /// Address of the entry.
    pub url: Option<String>,
    /// What is said of products.
    pub statements: Vec<ProductStatement>,
}

/// What is said of a product.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Status {
    /// It has the weakness.
    #[default]
    Affected,
    /// It has not.
    NotAffected,
    /// It has it no more.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
}

/// What is said of the versions of a product.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProductStatement {
    /// The status.
    pub status: Status,
    /// Vendor of the product.
    pub vendor: Option<String>,
    /// Name of the product.
    pub product: Option<String>,
    /// CPE 2.3 name.
    pub cpe: Option<String>,
    /// Package URL.
    pub purl: Option<String>,
    /// The first version, or the one that it is after.
    pub from: Option<String>,
    /// True if that is not itself meant.
    pub from_excluded: bool,
    /// The last version, or the one that it is before.
    pub until: Option<String>,
    /// True if that is not itself meant.
    pub until_excluded: bool,
    /// Why it is not affected, in a word of CISA or CycloneDX.
    pub justification: Option<String>,
    /// The same in words.
    pub detail: Option<String>,
}

impl ProductStatement {
    /// With one version, where it says one.
    fn at(mut self, version: Option<&str>) -> Self {
        let version = version.filter(|version| !matches!(*version, "" | "*" | "-")).map(str::to_owned);
        (self.from, self.until) = (version.clone(), version);
        self
    }
}

/// The entries of a document, or all that is wrong with it.
pub type Parsed = Result<Vec<Entry>, Vec<Fault>>;

/// Reads each element of an array of the document.
fn each<T: DeserializeOwned>(document: &Value, name: &'static str, faults: &mut Vec<Fault>) -> Vec<(String, T)> {
    let Some(entries) = document.get(name).and_then(Value::as_array) else {
        faults.push(Fault::new(format!("/{name}"), "required", format!("Expected the array `{name}`.")));
        return Vec::new();
    };
    let mut read = Vec::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        let place = format!("/{name}/{at}");
        match T::deserialize(entry) {
            Ok(found) => read.push((place, found)),
            Err(error) => faults.push(Fault::new(place, "format", unreadable("entry", &error))),
        }
    }
    read
}

/// What keeps a part of the document from being read: a member that is missing, or a value of another type.
fn unreadable(part: &str, error: &serde_json::Error) -> String {
    let text = error.to_string();
    if let Some(member) = text.split("missing field `").nth(1).and_then(|rest| rest.split('`').next()) {
        return format!("The {part} cannot be read: its member `{member}` is missing.");
    }
    match text.split_once("expected ").map(|(_, expected)| expected).filter(|expected| !expected.contains("struct")) {
        Some(expected) => format!("The {part} cannot be read. Expected {expected} where it has another value."),
        None => format!("The {part} cannot be read: a member is not of its type. Expected what the format describes."),
    }
}

/// The entries, unless something is wrong with them: each code is named once and looks like one, and days are days.
fn checked(entries: Vec<Entry>, mut faults: Vec<Fault>) -> Parsed {
    let mut seen = HashSet::new();
    for entry in &entries {
        let sound = !entry.code.is_empty() && entry.code.len() <= 64 && !entry.code.chars().any(|letter| letter.is_whitespace() || letter.is_control());
        if !sound {
            faults.push(Fault::new(&entry.place, "format", "Expected an identifier such as CVE-2024-3094."));
        } else if !seen.insert(entry.code.as_str()) {
            faults.push(Fault::new(&entry.place, "duplicate", format!("{} stands in the document twice. Name it once.", entry.code)));
        }
        let listed = entry.exploited.iter().flat_map(|(on, due)| std::iter::once(on).chain(due));
        for day in listed.chain(&entry.published).chain(&entry.modified) {
            if !is_day(day) {
                faults.push(Fault::new(&entry.place, "format", format!("\"{day}\" is no day. Expected YYYY-MM-DD.")));
            }
        }
    }
    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}

fn is_day(text: &str) -> bool {
    let digits = |range: std::ops::Range<usize>| text.get(range).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    text.len() == 10 && digits(0..4) && digits(5..7) && digits(8..10) && text.get(4..5) == Some("-") && text.get(7..8) == Some("-")
}

/// The day of a time.
fn day(time: &str) -> String {
    time.split(['T', ' ']).next().unwrap_or(time).to_owned()
}

/// Text, without blanks at its ends; none if nothing is left.
fn text(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The first sentence of a text.
fn sentence(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.split_once(". ").map_or(line, |(first, _)| first).trim().trim_end_matches('.').to_owned()
}

/// Vendor, product and version of a CPE 2.3 name; what it leaves open is none.
pub fn cpe_parts(cpe: &str) -> Option<[Option<String>; 3]> {
    let mut parts = vec![String::new()];
    let mut letters = cpe.chars();
    while let Some(letter) = letters.next() {
        match (letter, parts.last_mut()) {
            ('\\', Some(part)) => part.extend(letters.next()),
            (':', _) => parts.push(String::new()),
            (letter, Some(part)) => part.push(letter),
            _ => {}
        }
    }
    let known = |at: usize| parts.get(at).filter(|part| !matches!(part.as_str(), "" | "*" | "-")).cloned();
    (parts.first().map(String::as_str) == Some("cpe") && parts.len() > 4).then(|| [known(3), known(4), known(5)])
}

/// A package URL without version and qualifiers, and its version.
pub fn purl_parts(purl: &str) -> (String, Option<String>) {
    let bare = purl.split(['?', '#']).next().unwrap_or(purl);
    match bare.rsplit_once('@').filter(|(_, version)| !version.contains('/')) {
        Some((package, version)) => (package.to_owned(), Some(version.replace("%2B", "+")).filter(|version| !version.is_empty())),
        None => (bare.to_owned(), None),
    }
}
