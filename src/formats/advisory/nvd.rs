//! CVE records of the NVD, API 2.0: one, or a page of them.

use super::{Entry, Fault, Parsed, ProductStatement, checked, cpe_parts, day, each, sentence, unreadable};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Item {
    cve: Cve,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cve {
    id: String,
    vuln_status: Option<String>,
    published: Option<String>,
    last_modified: Option<String>,
    cisa_exploit_add: Option<String>,
    cisa_action_due: Option<String>,
    cisa_required_action: Option<String>,
    cisa_vulnerability_name: Option<String>,
    #[serde(default)]
    descriptions: Vec<Description>,
    #[serde(default)]
    metrics: Metrics,
    #[serde(default)]
    configurations: Vec<Configuration>,
}

#[derive(Deserialize)]
struct Description {
    lang: String,
    value: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metrics {
    #[serde(rename = "cvssMetricV40")]
    v40: Vec<Metric>,
    #[serde(rename = "cvssMetricV31")]
    v31: Vec<Metric>,
    #[serde(rename = "cvssMetricV30")]
    v30: Vec<Metric>,
    #[serde(rename = "cvssMetricV2")]
    v2: Vec<Metric>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metric {
    #[serde(rename = "type", default)]
    kind: String,
    cvss_data: CvssData,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CvssData {
    vector_string: String,
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(default)]
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    #[serde(default)]
    cpe_match: Vec<CpeMatch>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CpeMatch {
    vulnerable: bool,
    criteria: String,
    version_start_including: Option<String>,
    version_start_excluding: Option<String>,
    version_end_including: Option<String>,
    version_end_excluding: Option<String>,
}

/// Reads a record, or a page of them.
pub fn nvd(document: &Value) -> Parsed {
    let mut faults = Vec::new();
    let items: Vec<(String, Item)> = if document.get("cve").is_some() {
        match Item::deserialize(document) {
            Ok(item) => vec![("/cve".to_owned(), item)],
            Err(error) => {
                faults.push(Fault::new("/cve", "format", unreadable("record", &error)));
                Vec::new()
            }
        }
    } else {
        each(document, "vulnerabilities", &mut faults)
    };
    for (place, item) in items.iter().filter(|(_, item)| !is_cve_id(&item.cve.id)) {
        let place = place.strip_suffix("/cve").unwrap_or(place);
        let detail = format!("\"{}\" is no identifier of a CVE record. Expected CVE-YYYY-NNNN, with four digits or more at its end.", item.cve.id);
        faults.push(Fault::new(format!("{place}/cve/id"), "format", detail));
    }
    checked(items.into_iter().map(|(place, item)| entry(place, item.cve)).collect(), faults)
}

/// Whether a text is an identifier as the CVE programme gives them: a year, and four digits or more.
fn is_cve_id(text: &str) -> bool {
    let parts = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    parts.is_some_and(|(year, number)| year.len() == 4 && is_number(year) && number.len() >= 4 && is_number(number))
}

fn entry(place: String, cve: Cve) -> Entry {
    let english = cve.descriptions.into_iter().find(|each| each.lang == "en").map(|each| each.value);
    let Metrics { v40, v31, v30, v2 } = cve.metrics;
    let vectors = [v40, v31, v30, v2].into_iter().flat_map(|mut metrics| {
        metrics.sort_by_key(|metric| metric.kind != "Primary");
        metrics.into_iter().map(|metric| metric.cvss_data.vector_string)
    });
    // A record that was rejected is no weakness of anything.
    let is_rejected = cve.vuln_status.as_deref() == Some("Rejected");
    let configurations = if is_rejected { Vec::new() } else { cve.configurations };
    let matches = configurations.into_iter().flat_map(|configuration| configuration.nodes).flat_map(|node| node.cpe_match);
    Entry {
        place,
        url: Some(format!("https://nvd.nist.gov/vuln/detail/{}", cve.id)),
        code: cve.id,
        title: cve.cisa_vulnerability_name.or_else(|| english.as_deref().map(sentence)),
        description: english,
        vectors: vectors.collect(),
        exploited: cve.cisa_exploit_add.map(|on| (on, cve.cisa_action_due)),
        published: cve.published.map(|time| day(&time)),
        modified: cve.last_modified.map(|time| day(&time)),
        remedy: cve.cisa_required_action,
        statements: matches.filter(|each| each.vulnerable).filter_map(statement).collect(),
        ..Entry::default()
    }
}

fn statement(matched: CpeMatch) -> Option<ProductStatement> {
    let [vendor, product, version] = cpe_parts(&matched.criteria)?;
    let of = ProductStatement { vendor, product: Some(product?), cpe: Some(matched.criteria), ..ProductStatement::default() };
    if version.is_some() {
        return Some(of.at(version.as_deref()));
    }
    let (from_excluded, until_excluded) = (matched.version_start_excluding.is_some(), matched.version_end_excluding.is_some());
    let from = matched.version_start_including.or(matched.version_start_excluding);
    let until = matched.version_end_including.or(matched.version_end_excluding);
    Some(ProductStatement { from, from_excluded, until, until_excluded, ..of })
}
