//! The catalogue of known exploited vulnerabilities of CISA.

use super::{Entry, Fault, Parsed, checked, each};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(rename = "cveID")]
    cve_id: String,
    vendor_project: String,
    product: String,
    vulnerability_name: String,
    date_added: String,
    short_description: String,
    required_action: String,
    due_date: String,
}

/// Reads the catalogue. Its `count` is held against its entries, so that a download that broke off is seen.
pub fn kev(document: &Value) -> Parsed {
    let mut faults = Vec::new();
    let listed: Vec<(String, Listed)> = each(document, "vulnerabilities", &mut faults);
    let stands = document.get("vulnerabilities").and_then(Value::as_array).map_or(0, Vec::len);
    if let Some(count) = document.get("count").and_then(Value::as_u64).filter(|count| u64::try_from(stands) != Ok(*count)) {
        faults.push(Fault::new("/count", "format", format!("The catalogue says that it has {count} entries, and {stands} are there. Fetch it again.")));
    }
    let entry = |(place, listed): (String, Listed)| Entry {
        place,
        code: listed.cve_id,
        title: Some(listed.vulnerability_name),
        description: Some(listed.short_description),
        exploited: Some((listed.date_added, Some(listed.due_date))),
        affected: Some(format!("{} {}", listed.vendor_project, listed.product)),
        remedy: Some(listed.required_action),
        ..Entry::default()
    };
    checked(listed.into_iter().map(entry).collect(), faults)
}
