//! VEX in CycloneDX: what a supplier says of the weaknesses of its products.

use super::{Entry, Parsed, ProductStatement, Status, checked, cpe_parts, day, each, purl_parts, sentence, text};
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

/// Reads a document.
pub fn cyclonedx(document: &Value) -> Parsed {
    let mut faults = Vec::new();
    let mut known = HashMap::new();
    let own = document.get("metadata").and_then(|metadata| metadata.get("component"));
    let others = document.get("components").and_then(Value::as_array).into_iter().flatten();
    own.into_iter().chain(others).filter_map(|component| Component::deserialize(component).ok()).for_each(|component| remember(component, 0, &mut known));
    let found: Vec<(String, Vulnerability)> = each(document, "vulnerabilities", &mut faults);
    checked(found.into_iter().map(|(place, found)| entry(place, found, &known)).collect(), faults)
}

fn remember(component: Component, depth: usize, known: &mut HashMap<String, Component>) {
    if depth < 32 {
        component.components.iter().cloned().for_each(|inner| remember(inner, depth + 1, known));
    }
    if let Some(reference) = component.reference.clone() {
        known.insert(reference, component);
    }
}

fn entry(place: String, found: Vulnerability, known: &HashMap<String, Component>) -> Entry {
    let status = match found.analysis.state {
        Some(State::Resolved | State::ResolvedWithPedigree) => Status::Fixed,
        Some(State::NotAffected | State::FalsePositive) => Status::NotAffected,
        Some(State::InTriage) => Status::UnderInvestigation,
        Some(State::Exploitable) | None => Status::Affected,
    };
    let justification = found.analysis.justification.filter(|_| status == Status::NotAffected);
    let said = ProductStatement { status, justification, detail: text(found.analysis.detail), ..ProductStatement::default() };
    let description = text(found.description);
    Entry {
        title: description.as_deref().map(sentence),
        vectors: found.ratings.into_iter().filter_map(vector).collect(),
        published: found.published.map(|time| day(&time)),
        modified: found.updated.map(|time| day(&time)),
        remedy: text(found.recommendation),
        url: found.source.url,
        statements: found.affects.iter().map(|affects| named(said.clone(), &affects.reference, known)).collect(),
        code: found.id,
        place,
        description,
        ..Entry::default()
    }
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
