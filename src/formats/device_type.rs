//! Device types in the format of NetBox's devicetype-library: YAML, one or several documents.

use super::Fault;
use serde::Deserialize;

/// Most device types of a file.
const MOST: usize = 5_000;

/// A model of hardware.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceModel {
    /// Who makes it.
    pub manufacturer: String,
    /// The model as its maker names it.
    pub model: String,
    /// Height in rack units; 0 for what stands in a chassis.
    pub height_units: f64,
    /// Whether it takes both sides of a rack.
    pub full_depth: bool,
    /// Weight in kilograms.
    pub weight_kg: Option<f64>,
    /// What its power ports draw in all, in watts: what each is allocated, else the most that it draws.
    pub power_draw_w: Option<f64>,
}

/// A document of the library, as far as it is read; the library has more members.
#[derive(Debug, Deserialize)]
struct Document {
    manufacturer: String,
    model: String,
    #[serde(default = "one")]
    u_height: f64,
    #[serde(default = "yes")]
    is_full_depth: bool,
    weight: Option<f64>,
    weight_unit: Option<Unit>,
    #[serde(default, rename = "power-ports")]
    power_ports: Vec<PowerPort>,
}

#[derive(Debug, Deserialize)]
struct PowerPort {
    maximum_draw: Option<f64>,
    allocated_draw: Option<f64>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Unit {
    Kg,
    G,
    Lb,
    Oz,
}

impl Unit {
    /// Kilograms in one of it: the international avoirdupois pound is 0.45359237 kg exactly (NIST SP 811).
    fn kilograms(self) -> f64 {
        match self {
            Unit::Kg => 1.0,
            Unit::G => 0.001,
            Unit::Lb => 0.453_592_37,
            Unit::Oz => 0.453_592_37 / 16.0,
        }
    }
}

fn one() -> f64 {
    1.0
}

fn yes() -> bool {
    true
}

/// The device types of a file.
pub fn parse(text: &str) -> Result<Vec<DeviceModel>, Vec<Fault>> {
    let documents: Vec<Document> = serde_saphyr::from_multiple(text).map_err(|error| vec![Fault::new("", "yaml", told(&error))])?;
    if documents.is_empty() || documents.len() > MOST {
        return Err(vec![Fault::new("", "count", "Expected one device type, or up to 5,000 as documents of their own.")]);
    }
    let (mut models, mut faults) = (Vec::new(), Vec::new());
    for (at, document) in documents.into_iter().enumerate() {
        match model(document) {
            Ok(model) => models.push(model),
            Err((member, code, detail)) => faults.push(Fault::new(format!("/{at}/{member}"), code, detail)),
        }
    }
    if faults.is_empty() { Ok(models) } else { Err(faults) }
}

fn model(document: Document) -> Result<DeviceModel, (&'static str, &'static str, &'static str)> {
    let halves = document.u_height * 2.0;
    if !(0.0..=200.0).contains(&halves) || halves != halves.trunc() {
        return Err(("u_height", "range", "Expected a height from 0 to 100 in steps of a half."));
    }
    if document.manufacturer.trim().is_empty() || document.model.trim().is_empty() {
        return Err((if document.model.trim().is_empty() { "model" } else { "manufacturer" }, "required", "Expected a name."));
    }
    let weight = match (document.weight, document.weight_unit) {
        (Some(weight), Some(unit)) => Some(weight * unit.kilograms()),
        (Some(_), None) => return Err(("weight_unit", "required", "Say in what the weight is: kg, g, lb or oz.")),
        (None, _) => None,
    };
    let draws: Vec<f64> = document.power_ports.iter().filter_map(|port| port.allocated_draw.or(port.maximum_draw)).collect();
    let rounded = |value: f64| (value * 1_000.0).round() / 1_000.0;
    if weight.is_some_and(|weight| !(0.0..=10_000.0).contains(&weight)) || draws.iter().any(|draw| !(0.0..=100_000.0).contains(draw)) {
        return Err(("weight", "range", "Expected a weight up to 10,000 kg, and ports that draw up to 100,000 W."));
    }
    Ok(DeviceModel {
        manufacturer: document.manufacturer.trim().to_owned(),
        model: document.model.trim().to_owned(),
        height_units: document.u_height,
        full_depth: document.is_full_depth,
        weight_kg: weight.map(rounded),
        power_draw_w: (!draws.is_empty()).then(|| rounded(draws.iter().sum())),
    })
}

/// Where a text is no YAML of device types, and what is expected there.
fn told(error: &serde_saphyr::Error) -> String {
    let place = error.location().map(|place| format!("Line {}, column {}: ", place.line(), place.column())).unwrap_or_default();
    let text = error.to_string();
    match text.split("missing field `").nth(1).and_then(|rest| rest.split('`').next()) {
        Some(member) => format!("{place}the member {member} is missing. Say it."),
        None => format!(
            "{place}this is no YAML of a device type. Expected members with values of their type, such as manufacturer: Example, model: R 2 and u_height: 2."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLADE: &str = "manufacturer: Example\nmodel: Blade 7\nslug: example-blade-7\nu_height: 0\nis_full_depth: false\nsubdevice_role: child\n";

    #[test]
    fn a_document_says_what_a_type_is_and_what_it_leaves_out_is_usual() {
        let text = format!(
            "---\nmanufacturer: Example\nmodel: R 2\nu_height: 2.5\nweight: 40\nweight_unit: lb\npower-ports:\n  - name: PS1\n    type: iec-60320-c14\n    maximum_draw: 750\n  - name: PS2\n    maximum_draw: 800\n    allocated_draw: 500\ncomments: \"[Sheet](https://example.org)\"\n---\n{BLADE}"
        );
        let models = parse(&text).unwrap();
        assert_eq!((models[0].height_units, models[0].full_depth, models[0].weight_kg, models[0].power_draw_w), (2.5, true, Some(18.144), Some(1250.0)));
        assert_eq!((models[1].model.as_str(), models[1].height_units, models[1].full_depth, models[1].weight_kg), ("Blade 7", 0.0, false, None));
    }

    #[test]
    fn what_is_broken_is_named() {
        let place = |text: &str| parse(text).unwrap_err().into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect::<Vec<_>>();
        assert_eq!(place("manufacturer: Example\n"), [" yaml"]);
        assert_eq!(place(&format!("{BLADE}weight: 3\n")), ["/0/weight_unit required"]);
        assert_eq!(place(&BLADE.replace("u_height: 0", "u_height: 0.3")), ["/0/u_height range"]);
        assert_eq!(place("a: [unclosed"), [" yaml"]);
        let detail = |text: &str| parse(text).unwrap_err().remove(0).detail;
        assert!(detail("manufacturer: Example\n").contains("the member model is missing."));
        let tall = detail(&BLADE.replace("u_height: 0", "u_height: tall"));
        assert!(tall.starts_with("Line 4, column 11: this is no YAML of a device type. Expected"), "{tall}");
        assert_eq!(place(""), [" count"]);
    }

    #[test]
    fn a_text_that_grows_by_its_aliases_is_refused() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = level - 1;
            text.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{before}"); 9].join(", ")));
        }
        assert!(parse(&format!("{text}{BLADE}")).is_err());
    }
}
