//! What was looked at, and what was found.

use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// As it should be.
    Good,
    /// It works, and could be better.
    Note,
    /// It does not work, or is not safe.
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What was looked at.
    pub subject: &'static str,
    /// What was found, and how to mend it.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Good => "ok",
            Severity::Note => "note",
            Severity::Wrong => "wrong",
        };
        write!(f, "{word:<6}{}: {}", self.subject, self.text.replace('\n', " "))
    }
}

pub fn good(subject: &'static str, text: impl Into<String>) -> Finding {
    Finding { severity: Severity::Good, subject, text: text.into() }
}

pub fn note(subject: &'static str, text: impl Into<String>) -> Finding {
    Finding { severity: Severity::Note, subject, text: text.into() }
}

pub fn wrong(subject: &'static str, text: impl Into<String>) -> Finding {
    Finding { severity: Severity::Wrong, subject, text: text.into() }
}

/// What a library says as a sentence, so that another may follow.
pub fn sentence(said: &str) -> String {
    let said = said.trim();
    if said.ends_with(['.', '!', '?']) { said.to_owned() } else { format!("{said}.") }
}

/// What a thing is if all of these hold: the complaints, or that it is as it should be.
pub fn or_good(complaints: Vec<Finding>, subject: &'static str, text: impl Into<String>) -> Vec<Finding> {
    if complaints.is_empty() { vec![good(subject, text)] } else { complaints }
}
