//! VEX in CycloneDX: what a supplier says of the weaknesses of its products.

use super::{Entry, Fault, Parsed, ProductStatement, Status, checked, cpe_parts, day, each, purl_parts, sentence, text};
use crate::formats::version::{Interval, ranges};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    #[serde(default)]
    source: Source,
    #[serde(default)]
    ratings: Vec<Rating>,
    description: Option<String>,
    recommendation: Option<String>,
    published: Option<String>,
    updated: Option<String>,
    #[serde(default)]
    analysis: Analysis,
    #[serde(default)]
    affects: Vec<Affects>,
}

#[derive(Default, Deserialize)]
struct Source {
    url: Option<String>,
}

#[derive(Deserialize)]
struct Rating {
    method: Option<String>,
    vector: Option<String>,
}

#[derive(Default, Deserialize)]
struct Analysis {
    state: Option<State>,
    justification: Option<String>,
    detail: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Resolved,
    ResolvedWithPedigree,
    Exploitable,
    InTriage,
    FalsePositive,
    NotAffected,
}

#[derive(Deserialize)]
struct Affects {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(default)]
    versions: Vec<Versions>,
}

/// One version or a range of them.
#[derive(Deserialize)]
struct Versions {
    version: Option<String>,
    range: Option<String>,
    status: Option<VersionStatus>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum VersionStatus {
    Affected,
    Unaffected,
    Unknown,
}

#[derive(Clone, Deserialize)]
struct Component {
    #[serde(rename = "bom-ref")]
    reference: Option<String>,
    group: Option<String>,
    name: String,
    version: Option<String>,
    cpe: Option<String>,
    purl: Option<String>,
    #[serde(default)]
    components: Vec<Component>,
}

/// The versions of the standard that are read.
const STANDARDS: [&str; 6] = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// The justifications of the format.
const JUSTIFICATIONS: [&str; 9] = [
    "code_not_present",
    "code_not_reachable",
    "requires_configuration",
    "requires_dependency",
    "requires_environment",
    "protected_by_compiler",
    "protected_at_runtime",
    "protected_at_perimeter",
    "protected_by_mitigating_control",
];

/// Reads a document.
pub fn cyclonedx(document: &Value) -> Parsed {
    let mut faults = Vec::new();
    if let Some(standard) = document.get("specVersion").filter(|standard| !standard.as_str().is_some_and(|standard| STANDARDS.contains(&standard))) {
        faults.push(Fault::new("/specVersion", "format", format!("CycloneDX {standard} is not read. Expected a version from \"1.2\" to \"1.7\".")));
    }
    let mut known = HashMap::new();
    let own = document.get("metadata").and_then(|metadata| metadata.get("component"));
    let others = document.get("components").and_then(Value::as_array).into_iter().flatten();
    own.into_iter().chain(others).filter_map(|component| Component::deserialize(component).ok()).for_each(|component| remember(component, 0, &mut known));
    let found: Vec<(String, Vulnerability)> = each(document, "vulnerabilities", &mut faults);
    let entries = found.into_iter().map(|(place, found)| entry(place, found, &known, &mut faults)).collect();
    checked(entries, faults)
}

fn remember(component: Component, depth: usize, known: &mut HashMap<String, Component>) {
    if depth < 32 {
        component.components.iter().cloned().for_each(|inner| remember(inner, depth + 1, known));
    }
    if let Some(reference) = component.reference.clone() {
        known.insert(reference, component);
    }
}

fn entry(place: String, found: Vulnerability, known: &HashMap<String, Component>, faults: &mut Vec<Fault>) -> Entry {
    let status = match found.analysis.state {
        Some(State::Resolved | State::ResolvedWithPedigree) => Status::Fixed,
        Some(State::NotAffected | State::FalsePositive) => Status::NotAffected,
        Some(State::InTriage) => Status::UnderInvestigation,
        Some(State::Exploitable) | None => Status::Affected,
    };
    let justification = found.analysis.justification;
    if let Some(unknown) = justification.as_deref().filter(|word| !JUSTIFICATIONS.contains(word)) {
        let detail = format!("\"{unknown}\" is no justification. Expected one of {}.", JUSTIFICATIONS.join(", "));
        faults.push(Fault::new(format!("{place}/analysis/justification"), "choice", detail));
    }
    let said = ProductStatement { status, justification, detail: text(found.analysis.detail), ..ProductStatement::default() };
    let description = text(found.description);
    let mut statements = Vec::new();
    for (at, affects) in found.affects.iter().enumerate() {
        let of = named(said.clone(), &affects.reference, known);
        statements.extend(versioned(&of, &affects.versions, &format!("{place}/affects/{at}/versions"), faults));
    }
    for said in statements.iter_mut().filter(|said| said.status != Status::NotAffected) {
        said.justification = None;
    }
    Entry {
        title: description.as_deref().map(sentence),
        vectors: found.ratings.into_iter().filter_map(vector).collect(),
        published: found.published.map(|time| day(&time)),
        modified: found.updated.map(|time| day(&time)),
        remedy: text(found.recommendation),
        url: found.source.url,
        statements,
        code: found.id,
        place,
        description,
        ..Entry::default()
    }
}

/// What is said of each of the versions that are named; of the version of the component where none is. What is unaffected is so whatever the analysis
/// found; of versions that have the weakness the analysis may say that it does no harm, or that later ones have it no more.
fn versioned(of: &ProductStatement, versions: &[Versions], place: &str, faults: &mut Vec<Fault>) -> Vec<ProductStatement> {
    if versions.is_empty() {
        return vec![of.clone()];
    }
    let mut statements = Vec::new();
    for (at, each) in versions.iter().enumerate() {
        let spans = match (each.version.as_deref().map(str::trim), each.range.as_deref()) {
            (Some(version), None) if !version.is_empty() => Ok(vec![Interval::of(version)]),
            (None, Some(range)) => ranges(range).map_err(|detail| ("/range", detail)),
            _ => Err(("", "Expected either `version` or `range`.".to_owned())),
        };
        let status = match (each.status, of.status) {
            (Some(VersionStatus::Unaffected), _) => Status::NotAffected,
            (Some(VersionStatus::Unknown), _) => Status::UnderInvestigation,
            (Some(VersionStatus::Affected), Status::Fixed) => Status::Affected,
            (Some(VersionStatus::Affected) | None, analysed) => analysed,
        };
        match spans {
            Ok(spans) => statements.extend(spans.into_iter().map(|Interval { from, from_excluded, until, until_excluded }| ProductStatement {
                status,
                from,
                from_excluded,
                until,
                until_excluded,
                ..of.clone()
            })),
            Err((name, detail)) => faults.push(Fault::new(format!("{place}/{at}{name}"), "format", detail)),
        }
    }
    statements
}

/// The vector of a rating, with the prefix of its version.
fn vector(rating: Rating) -> Option<String> {
    let vector = rating.vector?;
    let prefix = match rating.method.as_deref() {
        Some("CVSSv4") => "CVSS:4.0/",
        Some("CVSSv31") => "CVSS:3.1/",
        Some("CVSSv3") => "CVSS:3.0/",
        Some("CVSSv2") => "",
        _ => return None,
    };
    Some(if vector.starts_with("CVSS:") { vector } else { format!("{prefix}{vector}") })
}

/// A statement about what a reference names: a component of the document, or a package URL after the # of a BOM link.
fn named(said: ProductStatement, reference: &str, known: &HashMap<String, Component>) -> ProductStatement {
    if let Some(component) = known.get(reference) {
        let named = component.cpe.as_deref().and_then(cpe_parts);
        let [vendor, ..] = named.unwrap_or_default();
        let of = ProductStatement {
            vendor: vendor.or_else(|| component.group.clone()),
            product: Some(component.name.clone()),
            cpe: component.cpe.clone(),
            purl: component.purl.clone(),
            ..said
        };
        return of.at(component.version.as_deref());
    }
    let fragment = reference.split_once('#').map_or(reference, |(_, fragment)| fragment);
    if !fragment.starts_with("pkg:") {
        return ProductStatement { product: Some(fragment.to_owned()), ..said };
    }
    let (package, version) = purl_parts(fragment);
    let product = package.rsplit('/').next().map(str::to_owned);
    ProductStatement { product, purl: Some(fragment.to_owned()), ..said }.at(version.as_deref())
}
