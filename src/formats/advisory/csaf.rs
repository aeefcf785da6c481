//! Advisories and VEX documents in CSAF 2.0.

use super::{Entry, Fault, Parsed, ProductStatement, Status, checked, cpe_parts, day, each, purl_parts, text, unreadable};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

/// How deep the branches of a product tree may nest.
const MOST_LEVELS: usize = 32;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Head {
    title: Option<String>,
    tracking: Tracking,
    references: Vec<Reference>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tracking {
    id: Option<String>,
    initial_release_date: Option<String>,
    current_release_date: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    category: Option<String>,
    url: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tree {
    branches: Vec<Branch>,
    full_product_names: Vec<Product>,
    relationships: Vec<Relationship>,
}

#[derive(Deserialize)]
struct Branch {
    category: String,
    name: String,
    #[serde(default)]
    branches: Vec<Branch>,
    product: Option<Product>,
}

#[derive(Deserialize)]
struct Product {
    name: String,
    product_id: String,
    #[serde(default)]
    product_identification_helper: Helper,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Helper {
    cpe: Option<String>,
    purl: Option<String>,
}

#[derive(Deserialize)]
struct Relationship {
    product_reference: String,
    full_product_name: Product,
}

#[derive(Deserialize)]
struct Vulnerability {
    cve: Option<String>,
    title: Option<String>,
    #[serde(default)]
    ids: Vec<Identifier>,
    #[serde(default)]
    notes: Vec<Note>,
    #[serde(default)]
    product_status: HashMap<String, Vec<String>>,
    #[serde(default)]
    scores: Vec<HashMap<String, Value>>,
    #[serde(default)]
    flags: Vec<Flag>,
    #[serde(default)]
    threats: Vec<Detail>,
    #[serde(default)]
    remediations: Vec<Detail>,
}

#[derive(Deserialize)]
struct Identifier {
    text: String,
}

#[derive(Deserialize)]
struct Note {
    category: String,
    text: String,
}

#[derive(Deserialize)]
struct Flag {
    label: String,
    #[serde(default)]
    product_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Detail {
    category: String,
    details: String,
    #[serde(default)]
    product_ids: Vec<String>,
}

/// A product by its id: its name, and what is said of it without a status.
type Products = HashMap<String, (String, ProductStatement)>;

/// Reads a document.
pub fn csaf(document: &Value) -> Parsed {
    let mut faults = Vec::new();
    let head: Head = part(document, "document", &mut faults);
    if document.get("document").is_some() && text(head.tracking.id.clone()).is_none() {
        faults.push(Fault::new("/document/tracking/id", "required", "Expected the identifier of the document (CSAF 2.0, 3.2.1.12.4)."));
    }
    let tree: Tree = part(document, "product_tree", &mut faults);
    let mut products = Products::new();
    tree.branches.into_iter().for_each(|branch| walk(branch, ProductStatement::default(), 0, &mut products));
    tree.full_product_names.into_iter().for_each(|product| add(product, ProductStatement::default(), &mut products));
    for relation in tree.relationships {
        let known = products.get(&relation.product_reference).map(|(_, known)| known.clone()).unwrap_or_default();
        add(relation.full_product_name, known, &mut products);
    }
    let found: Vec<(String, Vulnerability)> = each(document, "vulnerabilities", &mut faults);
    let entries = found.into_iter().enumerate().map(|(at, (place, found))| entry(place, at, found, &head, &products, &mut faults)).collect();
    checked(entries, faults)
}

fn part<T: Default + for<'de> Deserialize<'de>>(document: &Value, name: &'static str, faults: &mut Vec<Fault>) -> T {
    let Some(value) = document.get(name) else {
        if name == "document" {
            faults.push(Fault::new("/document", "required", "Expected the member `document` of a CSAF document."));
        }
        return T::default();
    };
    T::deserialize(value).unwrap_or_else(|error| {
        faults.push(Fault::new(format!("/{name}"), "format", unreadable("part", &error)));
        T::default()
    })
}

fn walk(branch: Branch, above: ProductStatement, depth: usize, products: &mut Products) {
    let mut here = above;
    match branch.category.as_str() {
        "vendor" => here.vendor = Some(branch.name),
        "product_name" => here.product = Some(branch.name),
        "product_version" => here = here.at(Some(bare(&branch.name))),
        "product_version_range" => here = ranged(here, &branch.name),
        _ => {}
    }
    if let Some(product) = branch.product {
        add(product, here.clone(), products);
    }
    if depth < MOST_LEVELS {
        branch.branches.into_iter().for_each(|branch| walk(branch, here.clone(), depth + 1, products));
    }
}

fn add(product: Product, mut known: ProductStatement, products: &mut Products) {
    let Helper { cpe, purl } = product.product_identification_helper;
    if let Some([vendor, named, version]) = cpe.as_deref().and_then(cpe_parts) {
        known.vendor = known.vendor.or(vendor);
        known.product = known.product.or(named);
        known = if known.from.is_none() && known.until.is_none() { known.at(version.as_deref()) } else { known };
    }
    if let Some(version) = purl.as_deref().and_then(|purl| purl_parts(purl).1).filter(|_| known.from.is_none() && known.until.is_none()) {
        known = known.at(Some(&version));
    }
    known.product = known.product.or_else(|| Some(product.name.clone()));
    (known.cpe, known.purl) = (cpe.or(known.cpe), purl.or(known.purl));
    products.insert(product.product_id, (product.name, known));
}

/// A version without the letter that some put before it.
fn bare(version: &str) -> &str {
    let rest = version.trim().trim_start_matches(['v', 'V']);
    if rest.starts_with(|first: char| first.is_ascii_digit()) { rest } else { version.trim() }
}

/// A range such as `<V2.4`, `>=1.0|<2.0` or `vers:generic/<=5`; what is not understood stands for itself, and nothing for all versions.
fn ranged(mut of: ProductStatement, range: &str) -> ProductStatement {
    let range = range.strip_prefix("vers:").and_then(|rest| rest.split_once('/')).map_or(range, |(_, rest)| rest);
    if matches!(range.trim().to_ascii_lowercase().as_str(), "" | "*" | "all" | "all versions") {
        return of;
    }
    let signs = ["<=", ">=", "<", ">"];
    let mut understood = false;
    for bound in range.split(['|', ',', ' ']).map(str::trim).filter(|bound| !bound.is_empty()) {
        let Some((sign, version)) = signs.iter().find_map(|sign| Some((*sign, bound.strip_prefix(sign)?))) else { continue };
        understood = true;
        let version = Some(bare(version).to_owned());
        match sign {
            "<=" | "<" => (of.until, of.until_excluded) = (version, sign == "<"),
            _ => (of.from, of.from_excluded) = (version, sign == ">"),
        }
    }
    if understood { of } else { of.at(Some(bare(range.trim_start_matches('=')))) }
}

/// A product that is said to be affected and not affected.
fn contradicted(said: &HashMap<String, Vec<String>>) -> Option<&String> {
    let not = said.get("known_not_affected")?;
    let mut affected = ["known_affected", "first_affected", "last_affected"].into_iter().filter_map(|name| said.get(name)).flatten();
    affected.find(|id| not.contains(id))
}

fn entry(place: String, at: usize, found: Vulnerability, head: &Head, products: &Products, faults: &mut Vec<Fault>) -> Entry {
    let mut statements = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    let mut said: Vec<(&String, &Vec<String>)> = found.product_status.iter().collect();
    said.sort();
    for (name, ids) in said {
        let status = match name.as_str() {
            "known_affected" | "first_affected" | "last_affected" => Status::Affected,
            "known_not_affected" => Status::NotAffected,
            "fixed" | "first_fixed" => Status::Fixed,
            "under_investigation" => Status::UnderInvestigation,
            _ => continue,
        };
        for id in ids {
            let Some((name, known)) = products.get(id) else {
                faults.push(Fault::new(format!("{place}/product_status"), "format", format!("The product tree has no product {id}.")));
                continue;
            };
            if status == Status::Affected {
                names.push(name);
            }
            let not = status == Status::NotAffected;
            let flag = found.flags.iter().find(|flag| not && flag.product_ids.contains(id));
            let impact =
                found.threats.iter().find(|threat| not && threat.category == "impact" && (threat.product_ids.is_empty() || threat.product_ids.contains(id)));
            let (justification, detail) = (flag.map(|flag| flag.label.clone()), impact.map(|impact| impact.details.clone()));
            statements.push(ProductStatement { status, justification, detail, ..known.clone() });
        }
    }
    if let Some((name, _)) = contradicted(&found.product_status).and_then(|id| products.get(id)) {
        let detail = format!("{name} is said to be affected and not affected (CSAF 2.0, 6.1.6). Say one of the two.");
        faults.push(Fault::new(format!("{place}/product_status"), "contradiction", detail));
    }
    let code = found.cve.or_else(|| found.ids.into_iter().next().map(|id| id.text));
    let code = code.unwrap_or_else(|| format!("{}-{}", head.tracking.id.as_deref().unwrap_or_default(), at + 1));
    let note = |wanted: &[&str]| found.notes.iter().find(|note| wanted.contains(&note.category.as_str())).map(|note| note.text.clone());
    let remedy = ["vendor_fix", "mitigation", "workaround"].iter().find_map(|wanted| found.remediations.iter().find(|each| each.category == *wanted));
    let vectors =
        ["cvss_v4", "cvss_v3", "cvss_v2"].iter().flat_map(|name| found.scores.iter().filter_map(|score| score.get(*name)?.get("vectorString")?.as_str()));
    let titled = text(found.title).filter(|title| *title != code);
    Entry {
        title: titled.or_else(|| text(head.title.clone())),
        description: text(note(&["summary", "description"])),
        vectors: vectors.map(str::to_owned).collect(),
        published: head.tracking.initial_release_date.as_deref().map(day),
        modified: head.tracking.current_release_date.as_deref().map(day),
        affected: text(Some(names.join("; "))),
        remedy: remedy.map(|remedy| remedy.details.clone()),
        url: head.references.iter().find(|each| each.category.as_deref() == Some("self") && !each.url.ends_with(".json")).map(|each| each.url.clone()),
        code,
        place,
        statements,
        ..Entry::default()
    }
}
