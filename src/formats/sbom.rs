//! Bills of materials: the components of a CycloneDX document, in JSON.

use super::Fault;
use serde_json::Value;
use std::collections::HashSet;

/// Most components of a document.
const MOST: usize = 50_000;
/// How deep components may lie within each other.
const DEEPEST: usize = 32;

/// A component: software in a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its kind, as the standard names it: library, application, container.
    pub kind: String,
    /// Its name, with its group.
    pub name: String,
    /// Its version; empty where it has none.
    pub version: String,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Its package URL, with the version.
    pub purl: Option<String>,
    /// Its name in the Common Platform Enumeration.
    pub cpe: Option<String>,
    /// Its licences as an SPDX expression.
    pub license_expression: Option<String>,
}

impl Component {
    /// The package URL without version, qualifiers and subpath (package-url/purl-spec): what all versions share.
    pub fn purl_of_product(&self) -> Option<String> {
        let purl = self.purl.as_deref()?;
        let bare = purl.split(['?', '#']).next().unwrap_or_default();
        let name_from = bare.rfind('/').map_or(0, |at| at + 1);
        let name = bare.get(name_from..).unwrap_or_default();
        let end = name.rfind('@').map_or(bare.len(), |at| name_from + at);
        bare.get(..end).filter(|bare| !bare.is_empty()).map(str::to_owned)
    }
}

/// The components of a document, those within others too, each once.
pub fn parse(document: &Value) -> Result<Vec<Component>, Vec<Fault>> {
    let is_one = document.get("bomFormat").and_then(Value::as_str) == Some("CycloneDX");
    if !is_one {
        return Err(vec![Fault::new("/bomFormat", "format", "Expected \"CycloneDX\": the JSON form of the standard.")]);
    }
    let (mut components, mut faults, mut known) = (Vec::new(), Vec::new(), HashSet::new());
    match document.get("components") {
        None => {}
        Some(Value::Array(list)) => read(list, "/components", 0, &mut components, &mut faults),
        Some(_) => faults.push(Fault::new("/components", "type", "Expected a list.")),
    }
    if components.len() > MOST {
        faults.push(Fault::new("/components", "too_many", "The document has more than 50,000 components. Send it in parts."));
    }
    components.retain(|component| known.insert((component.purl.clone(), component.name.clone(), component.version.clone())));
    if faults.is_empty() { Ok(components) } else { Err(faults) }
}

fn read(list: &[Value], pointer: &str, depth: usize, components: &mut Vec<Component>, faults: &mut Vec<Fault>) {
    for (at, value) in list.iter().enumerate().take(MOST + 1) {
        let here = format!("{pointer}/{at}");
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        if faults.len() >= 1_000 || components.len() > MOST {
            return;
        }
        let (Some(name), Some(kind)) = (text("name"), text("type")) else {
            let missing = if text("name").is_none() { "name" } else { "type" };
            faults.push(Fault::new(format!("{here}/{missing}"), "required", "Every component has a name and a type."));
            continue;
        };
        if value.get("purl").is_some() && !text("purl").is_some_and(|purl| purl.starts_with("pkg:")) {
            faults.push(Fault::new(format!("{here}/purl"), "purl", "Expected a package URL, such as pkg:npm/left-pad@1.3.0."));
            continue;
        }
        let name = text("group").map_or_else(|| name.clone(), |group| format!("{group}/{name}"));
        components.push(Component {
            kind,
            name,
            version: text("version").unwrap_or_default(),
            publisher: text("publisher").or_else(|| value.pointer("/supplier/name").and_then(Value::as_str).map(str::to_owned)),
            description: text("description"),
            purl: text("purl"),
            cpe: text("cpe"),
            license_expression: licenses(value),
        });
        match value.get("components") {
            None => {}
            Some(Value::Array(inner)) if depth < DEEPEST => read(inner, &format!("{here}/components"), depth + 1, components, faults),
            Some(_) => faults.push(Fault::new(format!("{here}/components"), "type", "Expected a list, not too deep within others.")),
        }
    }
}

/// The licences that are named by their SPDX identifiers, or as an expression.
fn licenses(component: &Value) -> Option<String> {
    let of = |choice: &Value| {
        let word = choice.get("expression").or_else(|| choice.pointer("/license/id"))?;
        word.as_str().map(str::to_owned)
    };
    let named: Vec<String> = component.get("licenses")?.as_array()?.iter().filter_map(of).collect();
    (!named.is_empty()).then(|| named.join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn components_within_others_count_and_twins_count_once() {
        let document = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
            {"type": "application", "name": "shop", "version": "2.1", "licenses": [{"license": {"id": "MIT"}}, {"license": {"id": "Apache-2.0"}}],
                "components": [{"type": "library", "group": "org.example", "name": "core", "version": "1", "purl": "pkg:maven/org.example/core@1?type=jar"}]},
            {"type": "library", "group": "org.example", "name": "core", "version": "1", "purl": "pkg:maven/org.example/core@1?type=jar"},
            {"type": "library", "name": "bare"},
        ]});
        let found = parse(&document).unwrap();
        assert_eq!(found.iter().map(|component| component.name.as_str()).collect::<Vec<_>>(), ["shop", "org.example/core", "bare"]);
        assert_eq!(found[0].license_expression.as_deref(), Some("MIT AND Apache-2.0"));
        assert_eq!(found[1].purl_of_product().as_deref(), Some("pkg:maven/org.example/core"));
        assert_eq!((found[2].version.as_str(), found[2].purl_of_product()), ("", None));
    }

    #[test]
    fn a_package_of_a_scope_keeps_it() {
        let purl = |purl: &str| Component {
            purl: Some(purl.into()),
            ..parse(&json!({"bomFormat": "CycloneDX", "components": [{"type": "library", "name": "a"}]})).unwrap().remove(0)
        };
        assert_eq!(purl("pkg:npm/%40angular/animation@12.3.1#src").purl_of_product().as_deref(), Some("pkg:npm/%40angular/animation"));
        assert_eq!(purl("pkg:npm/@angular/animation@12").purl_of_product().as_deref(), Some("pkg:npm/@angular/animation"));
        assert_eq!(purl("pkg:golang/google.golang.org/genproto").purl_of_product().as_deref(), Some("pkg:golang/google.golang.org/genproto"));
    }

    #[test]
    fn what_is_broken_is_named_by_its_place() {
        let broken = json!({"bomFormat": "CycloneDX", "components": [{"type": "library"}, {"name": "x"}, {"type": "library", "name": "y", "purl": "npm/y"}]});
        let places: Vec<String> = parse(&broken).unwrap_err().into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(places, ["/components/0/name", "/components/1/type", "/components/2/purl"]);
        assert!(parse(&json!({"spdxVersion": "SPDX-2.3"})).is_err() && parse(&json!({"bomFormat": "CycloneDX", "components": 1})).is_err());
    }
}
