//! SARIF 2.1.0 (OASIS): the results of static analysis, and of scanners that speak it.

use super::{Fault, Finding, Rating, Scan, bounded, codes_in, day};
use serde_json::Value;
use std::collections::BTreeMap;

/// The findings of a document.
pub fn sarif(document: &Value) -> Result<Scan, Vec<Fault>> {
    if document.get("version").and_then(Value::as_str) != Some("2.1.0") {
        return Err(vec![Fault::new("/version", "format", "Expected \"2.1.0\", the version of SARIF.")]);
    }
    let Some(runs) = document.get("runs").and_then(Value::as_array) else {
        return Err(vec![Fault::new("/runs", "required", "Expected a list of runs.")]);
    };
    let (mut scan, mut faults) = (Scan::default(), Vec::new());
    for (at, value) in runs.iter().enumerate() {
        let place = format!("/runs/{at}");
        let Some(scanner) = text(value, "/tool/driver/name") else {
            faults.push(Fault::new(format!("{place}/tool/driver/name"), "required", "Expected the name of the tool."));
            continue;
        };
        let run = Run { value, scanner, ended: text(value, "/invocations/0/endTimeUtc").and_then(day) };
        for (at, result) in value.get("results").and_then(Value::as_array).into_iter().flatten().enumerate() {
            match run.read(result, &format!("{place}/results/{at}")) {
                Ok(Some(findings)) => scan.findings.extend(findings),
                Ok(None) => scan.ignored += 1,
                Err(broken) => faults.push(broken),
            }
        }
    }
    faults.truncate(1_000);
    bounded(scan, faults)
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// A run of a tool.
struct Run<'a> {
    value: &'a Value,
    scanner: &'a str,
    ended: Option<chrono::NaiveDate>,
}

impl<'a> Run<'a> {
    /// The findings of a result, one a location; none if it tells of nothing wrong.
    fn read(&self, result: &'a Value, place: &str) -> Result<Option<Vec<Finding>>, Fault> {
        if is_harmless(result) {
            return Ok(None);
        }
        let rule = self.rule(result);
        let reference = text(result, "/ruleId").or_else(|| text(result, "/rule/id")).or_else(|| text(rule, "/id"));
        let Some(reference) = reference else {
            return Err(Fault::new(format!("{place}/ruleId"), "required", "Expected the rule that the result is of, by ruleId or ruleIndex."));
        };
        let message = text(result, "/message/text").or_else(|| text(result, "/message/markdown"));
        let title = text(rule, "/shortDescription/text").or(message).or_else(|| text(rule, "/name")).unwrap_or(reference);
        let tags = rule.pointer("/properties/tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let codes = codes_in([reference].into_iter().chain(tags).chain(text(result, "/properties/cve")));
        let first = text(result, "/provenance/firstDetectionTimeUtc").and_then(day);
        let last = text(result, "/provenance/lastDetectionTimeUtc").and_then(day).or(self.ended);
        let fingerprint = fingerprint(result);
        let remedy = text(rule, "/help/text").or_else(|| text(result, "/fixes/0/description/text"));
        let finding = |location: Option<String>| Finding {
            place: place.to_owned(),
            hosts: Vec::new(),
            codes: codes.clone(),
            reference: Some(reference.to_owned()),
            title: title.lines().next().unwrap_or(title).to_owned(),
            rating: rating(result, rule),
            fingerprint: fingerprint.clone(),
            location,
            first_seen: first,
            last_seen: last,
            remedy: remedy.map(str::to_owned),
            scanner: self.scanner.to_owned(),
        };
        let mut locations: Vec<String> =
            result.get("locations").and_then(Value::as_array).into_iter().flatten().filter_map(|each| self.location(each)).collect();
        locations.dedup();
        Ok(Some(if locations.is_empty() { vec![finding(None)] } else { locations.into_iter().map(|location| finding(Some(location))).collect() }))
    }

    /// The rule of a result, in the tool or its extension; null if it is not described.
    fn rule(&self, result: &'a Value) -> &'a Value {
        let extension = result.pointer("/rule/toolComponent/index").and_then(Value::as_u64);
        let rules = match extension {
            Some(at) => self.value.pointer(&format!("/tool/extensions/{at}/rules")),
            None => self.value.pointer("/tool/driver/rules"),
        };
        let rules = rules.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let index = result.get("ruleIndex").or_else(|| result.pointer("/rule/index")).and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
        let by_id = || rules.iter().find(|rule| text(rule, "/id").is_some() && text(rule, "/id") == text(result, "/ruleId"));
        index.and_then(|index| rules.get(index)).or_else(by_id).unwrap_or(&Value::Null)
    }

    /// A place as a file and line, else by the name of what it is in.
    fn location(&self, location: &Value) -> Option<String> {
        let artifact = location.pointer("/physicalLocation/artifactLocation");
        let by_index = || {
            let index = artifact?.get("index")?.as_u64()?;
            text(self.value.pointer(&format!("/artifacts/{index}"))?, "/location/uri")
        };
        let uri = artifact.and_then(|artifact| text(artifact, "/uri")).or_else(by_index);
        let line = location.pointer("/physicalLocation/region/startLine").and_then(Value::as_u64);
        match (uri, line) {
            (Some(uri), Some(line)) => Some(format!("{uri}:{line}")),
            (Some(uri), None) => Some(uri.to_owned()),
            (None, _) => text(location, "/logicalLocations/0/fullyQualifiedName").or_else(|| text(location, "/logicalLocations/0/name")).map(str::to_owned),
        }
    }
}

/// What the tool knows a result again by: the first of its fingerprints by name, of the partial ones where it has no others (SARIF 2.1.0, 3.27.16
/// and 3.27.17).
fn fingerprint(result: &Value) -> Option<String> {
    let of = |name: &str| {
        let known: BTreeMap<&String, &str> = result
            .get(name)?
            .as_object()?
            .iter()
            .filter_map(|(name, value)| Some((name, value.as_str()?.trim())))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        known.into_iter().next().map(|(name, value)| format!("{name}: {value}"))
    };
    of("fingerprints").or_else(|| of("partialFingerprints"))
}

/// Whether a result is none of something wrong: passed, not applicable, gone, or suppressed.
fn is_harmless(result: &Value) -> bool {
    let harmless = matches!(text(result, "/kind"), Some("pass" | "notApplicable" | "informational" | "open"));
    let gone = text(result, "/baselineState") == Some("absent");
    let mut suppressions = result.get("suppressions").and_then(Value::as_array).into_iter().flatten();
    let suppressed = suppressions.any(|each| matches!(text(each, "/status"), None | Some("accepted")));
    harmless || gone || suppressed
}

/// How bad a result is: by the security severity of the result or its rule, else by its level.
fn rating(result: &Value, rule: &Value) -> Option<Rating> {
    let score = |value: &Value| {
        let said = value.pointer("/properties/security-severity")?;
        said.as_f64().or_else(|| said.as_str()?.trim().parse().ok())
    };
    if let Some(score) = score(result).or_else(|| score(rule)) {
        return Rating::of_score(score);
    }
    match text(result, "/level").or_else(|| text(rule, "/defaultConfiguration/level")).unwrap_or("warning") {
        "error" => Some(Rating::High),
        "warning" => Some(Rating::Medium),
        "note" => Some(Rating::Low),
        _ => None,
    }
}
