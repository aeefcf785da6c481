//! The table, and whether a ratio of it is worse than the committed one.

use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// By how much a ratio may fall before the bench fails: the machine's own noise is within that.
const TOLERANCE: f64 = 0.20;

/// A row of the table.
pub struct Row {
    /// What is done.
    pub work: &'static str,
    /// How often in a second.
    pub per_second: f64,
    /// Milliseconds of the service's processor time for each.
    pub cpu_milliseconds: f64,
    /// Milliseconds within which half and 99 of 100 are answered.
    pub times: (f64, f64),
    /// Megabytes that the service has in memory then.
    pub megabytes: usize,
    /// How often in a second a handler sends the same bytes.
    pub bare: f64,
    /// How often in a second the driver does the same in the database.
    pub driver: Option<f64>,
    /// How often in a second the peer does the same.
    pub peer: Option<f64>,
}

impl Row {
    /// The share of its parts' speed: of the handler and of the driver, one after the other.
    pub fn share(&self) -> f64 {
        let parts = 1.0 / (1.0 / self.bare + self.driver.map_or(0.0, |driver| 1.0 / driver));
        self.per_second / parts
    }
}

/// Prints the table.
pub fn print(rows: &[Row]) {
    let has_peer = rows.iter().any(|row| row.peer.is_some());
    let peer = if has_peer { " peer/s | times the peer |" } else { "" };
    println!("| work | per second | CPU ms | p50 ms | p99 ms | MB then | handler/s | driver/s | share of both |{peer}");
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|{}", if has_peer { "--:|--:|" } else { "" });
    for row in rows {
        let driver = row.driver.map_or("–".to_owned(), |driver| format!("{driver:.0}"));
        let peer = match row.peer {
            _ if !has_peer => String::new(),
            None => " – | – |".to_owned(),
            Some(peer) => format!(" {peer:.0} | {:.1} |", row.per_second / peer),
        };
        println!(
            "| {} | {:.0} | {:.2} | {:.1} | {:.1} | {} | {:.0} | {driver} | {:.2} |{peer}",
            row.work,
            row.per_second,
            row.cpu_milliseconds,
            row.times.0,
            row.times.1,
            row.megabytes,
            row.bare,
            row.share()
        );
    }
}

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/load/ratios.json")
}

/// Writes the ratios of a run as those to compare with.
pub fn record(database: &str, rows: &[Row]) {
    let mut all = read();
    let ratios: Map<String, Value> = rows.iter().map(|row| (row.work.to_owned(), ((row.share() * 1_000.0).round() / 1_000.0).into())).collect();
    all.insert(database.to_owned(), ratios.into());
    let text = serde_json::to_string_pretty(&all).expect("JSON") + "\n";
    std::fs::write(committed(), text).expect("the ratios are written");
}

/// What is slower beside its parts than the committed ratios say.
pub fn regressions(database: &str, rows: &[Row]) -> Vec<String> {
    let all = read();
    let regressed = rows.iter().filter_map(|row| {
        let before = all.get(database)?.get(row.work)?.as_f64()?;
        let worse = row.share() < before * (1.0 - TOLERANCE);
        worse.then(|| format!("{database}: {}: {:.2} of its parts, and {before:.2} in benches/load/ratios.json", row.work, row.share()))
    });
    regressed.collect()
}

fn read() -> Map<String, Value> {
    let text = std::fs::read_to_string(committed()).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}
