//! EPSS scores as FIRST publishes them: CSV with the day in its first line.

use super::{Entry, Fault, Parsed, checked, day, is_day};

/// Reads the file.
pub fn epss(text: &str) -> Parsed {
    let mut faults = Vec::new();
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let said = lines
        .next()
        .and_then(|(_, line)| line.strip_prefix('#'))
        .and_then(|line| line.split(',').find_map(|part| part.trim().strip_prefix("score_date:").map(day)));
    let Some(on) = said.filter(|on| is_day(on)) else {
        return Err(vec![Fault::new(
            "/1",
            "required",
            "Expected the first line to say the day, such as #model_version:v2025.03.14,score_date:2026-03-28T12:55:00Z.",
        )]);
    };
    if !lines.next().is_some_and(|(_, line)| line.trim().starts_with("cve,epss")) {
        return Err(vec![Fault::new("/2", "required", "Expected the columns cve,epss,percentile.")]);
    }
    let mut entries = Vec::new();
    for (at, line) in lines {
        let place = format!("/{}", at + 1);
        let mut cells = line.split(',').map(str::trim);
        let (code, score) = (cells.next().unwrap_or_default(), cells.next().and_then(|score| score.parse::<f64>().ok()));
        match score.filter(|score| (0.0..=1.0).contains(score)) {
            Some(score) => entries.push(Entry { place, code: code.to_owned(), epss: Some((score, on.clone())), ..Entry::default() }),
            None => faults.push(Fault::new(format!("{place}/epss"), "format", "Expected a probability from 0 to 1.")),
        }
    }
    checked(entries, faults)
}
