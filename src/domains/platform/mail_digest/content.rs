//! What a digest says: subject and text, over what its reader may see.

use super::mail_digest::{DigestTopic, MailDigest};
use crate::home::{HomeDate, NAMED, NEWS_SECONDS, conflicts, due, mentions};
use steward_core::error::Result;
use steward_core::resource::value::Instant;
use steward_core::store::Reader;
use steward_core::view::queue::waiting_approvals;

/// Greatest length of a quoted text, in characters.
const QUOTED: usize = 300;

/// Subject and text of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// A part of a mail: what it is called in the subject, its heading, how many there are, and the first of them.
struct Part {
    named: String,
    heading: String,
    count: i64,
    lines: Vec<String>,
}

/// What a digest says now, with the comments since an instant; nothing if there is nothing to tell.
pub fn content(reader: &mut Reader<'_>, digest: &MailDigest, since: Option<Instant>, public_url: &str) -> Result<Option<Content>> {
    let mut parts = Vec::new();
    for topic in &digest.topics {
        match topic {
            DigestTopic::Approvals => parts.push(approvals(reader)?),
            DigestTopic::Due => parts.extend(dates(reader, u32::try_from(digest.days_ahead.0).unwrap_or_default())?),
            DigestTopic::Mentions => parts.push(comments(reader, since)?),
            DigestTopic::Conflicts => parts.push(open_conflicts(reader)?),
        }
    }
    parts.retain(|part| part.count > 0);
    if parts.is_empty() {
        return Ok(None);
    }
    let named: Vec<String> = parts.iter().map(|part| format!("{} {}", part.count, part.named)).collect();
    let mut body = String::new();
    for part in &parts {
        body.push_str(&format!("{} ({})\n", part.heading, part.count));
        part.lines.iter().for_each(|text| body.push_str(&format!("- {text}\n")));
        let more = part.count - i64::try_from(part.lines.len()).unwrap_or(part.count);
        if more > 0 {
            body.push_str(&format!("  and {more} more\n"));
        }
        body.push('\n');
    }
    body.push_str(&format!("All of it: {public_url}/api/v1/platform/home\nTimes and parts of this mail: {public_url}/api/v1/platform/mail-digests\n"));
    Ok(Some(Content { subject: format!("Steward: {}", named.join(", ")), body }))
}

fn approvals(reader: &mut Reader<'_>) -> Result<Part> {
    let queue = waiting_approvals(reader, NAMED)?;
    let told = queue.data.iter().map(|each| {
        let since = each.waiting_since.date();
        line(&format!("{}: {} since {since} ({}/{})", each.label.0, each.title.0, each.collection.0, each.id))
    });
    Ok(Part { named: "to approve".into(), heading: "Waiting for your approval".into(), count: queue.total, lines: told.collect() })
}

fn dates(reader: &mut Reader<'_>, ahead_days: u32) -> Result<[Part; 2]> {
    let found = due(reader, ahead_days)?;
    let told = |each: &HomeDate| line(&format!("{} {}: {} ({}/{})", each.on, each.label.0, each.title.0, each.collection.0, each.id));
    let lines = |overdue: bool| found.data.iter().filter(|each| each.overdue == overdue).map(told).collect();
    let (overdue, near) = (found.overdue_count.0, found.total_count.0 - found.overdue_count.0);
    let late = Part { named: "overdue".into(), heading: "Overdue".into(), count: overdue, lines: lines(true) };
    Ok([late, Part { named: "due".into(), heading: format!("Within the next {ahead_days} days"), count: near, lines: lines(false) }])
}

fn comments(reader: &mut Reader<'_>, since: Option<Instant>) -> Result<Part> {
    let earliest = reader.store.now().plus_seconds(-NEWS_SECONDS);
    let found = mentions(reader, since.map_or(earliest, |since| since.max(earliest)))?;
    let told = found.data.iter().map(|each| line(&format!("{}: {} (on {})", each.created_at.date(), each.text.0, each.subject_id)));
    Ok(Part { named: "comments".into(), heading: "Comments that name or answer you".into(), count: found.total_count.0, lines: told.collect() })
}

fn open_conflicts(reader: &mut Reader<'_>) -> Result<Part> {
    let found = conflicts(reader)?;
    let told = found.data.iter().map(|each| line(&format!("{} (on {})", each.detail.0, each.subject_id)));
    Ok(Part { named: "conflicts".into(), heading: "Conflicts that you can resolve".into(), count: found.total_count.0, lines: told.collect() })
}

/// A text in one line of a mail, not too long.
fn line(text: &str) -> String {
    let mut line: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(QUOTED).collect();
    if text.chars().nth(QUOTED).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::{QUOTED, line};

    #[test]
    fn a_title_stays_in_its_line() {
        assert_eq!(line("one\r\nBcc: all@example.org"), "one  Bcc: all@example.org");
        assert_eq!(line(&"x".repeat(1_000)).chars().count(), QUOTED + 1);
    }
}
