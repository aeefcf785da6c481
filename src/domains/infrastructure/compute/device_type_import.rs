//! Importing device types: the library of NetBox.

use super::device_type::DeviceType;
use super::manufacturer::Manufacturer;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use steward_core::access::Session;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::formats::device_type::{self, DeviceModel};
use steward_core::resource::Id;
use steward_core::resource::value::{Text, folded};
use steward_core::store::{IfMatch, Outcome, Store, Writer};
use steward_core::view::{Action, Call, Prepare, members_of};
use steward_schema::infrastructure::{device_types, manufacturers};
use utoipa::{IntoParams, ToSchema};

choice! {
    /// Format of device types.
    pub enum DeviceTypeFormat {
        /// YAML of the devicetype-library of NetBox.
        NetboxYaml = "netbox-yaml",
    }
}

/// Parameters of the import.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Format of the file.
    #[param(inline)]
    #[expect(dead_code, reason = "there is one format, and a request must name it")]
    format: DeviceTypeFormat,
}

/// File of the devicetype-library: YAML, one or several documents.
#[derive(Debug, ToSchema)]
pub struct DeviceTypeFile(#[expect(dead_code, reason = "described here, read by the parser of the format")] String);

/// Result of an import.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct DeviceTypesImported {
    /// Number of device types created.
    pub created: u32,
    /// Number of device types changed.
    pub updated: u32,
    /// Number of device types that already matched the file.
    pub unchanged: u32,
    /// Number of manufacturers created.
    pub manufacturers_created: u32,
    /// Device types, in the order of the file.
    pub device_type_ids: Vec<Id>,
}

/// The device types of a file.
pub struct DeviceModels(Vec<DeviceModel>);

/// `POST infrastructure/device-types/import`.
#[derive(Debug)]
pub struct ImportDeviceTypes;

impl Action for ImportDeviceTypes {
    const PATH: &'static str = "infrastructure/device-types/import";
    const OPERATION_ID: &'static str = "import_device_types";
    const SUMMARY: &'static str = "Import device types";
    const DESCRIPTION: &'static str = "Creates device types and their manufacturers from the YAML of NetBox's devicetype-library, or updates those of the same manufacturer and model from the file: `u_height` (1 if left out), `is_full_depth` (true if left out), `weight` with `weight_unit`, and the total draw of the `power-ports`, by `allocated_draw`, else `maximum_draw`. \
        Other members are ignored. A file with errors is refused with the position of each, the documents counted from 0, and changes nothing.";
    const PERMISSIONS: &'static [&'static str] =
        &["infrastructure.device_types:create", "infrastructure.device_types:update", "infrastructure.manufacturers:create"];
    const FORMS: &'static [&'static str] = &["application/yaml", "text/yaml", "application/x-yaml", "application/octet-stream"];
    const LIMIT: usize = 8 << 20;
    type Query = Query;
    type Body = DeviceTypeFile;
    type Prepared = DeviceModels;
    type Answer = DeviceTypesImported;

    fn example(_: &str) -> Value {
        "manufacturer: Example\nmodel: R-200\nslug: example-r-200\nu_height: 2\nis_full_depth: true\nweight: 24.5\nweight_unit: kg\n".into()
    }

    fn apply(writer: &mut Writer<'_>, _: &Call, models: &DeviceModels) -> Result<Outcome> {
        let definitions = [writer.definition::<Manufacturer>()?, writer.definition::<DeviceType>()?];
        writer.lock_many(&definitions, &[])?;
        let makers: Vec<(Id, String)> = manufacturers::table.select((manufacturers::id, manufacturers::name)).load(writer.connection)?;
        let mut makers: HashMap<String, Id> = makers.into_iter().map(|(id, name)| (folded(&name), id)).collect();
        let mut outcome = DeviceTypesImported::default();
        for model in &models.0 {
            let name = Text::<1, 200>::cut(&model.manufacturer).0;
            let maker = match makers.get(&folded(&name)) {
                Some(id) => *id,
                None => {
                    let definition = writer.definition::<Manufacturer>()?;
                    let id = writer.create(definition, members_of(json!({"name": name})))?.meta.id;
                    makers.insert(folded(&name), id);
                    outcome.manufacturers_created += 1;
                    id
                }
            };
            put(writer, maker, model, &mut outcome)?;
        }
        Outcome::of(200, &outcome)
    }
}

impl Prepare for DeviceModels {
    fn prepare(_: &Store, _: &Session, call: &Call) -> Result<DeviceModels> {
        Ok(DeviceModels(device_type::parse(call.text()?)?))
    }
}

/// Makes a device type, or brings it to what the file says.
fn put(writer: &mut Writer<'_>, maker: Id, model: &DeviceModel, outcome: &mut DeviceTypesImported) -> Result<()> {
    let definition = writer.definition::<DeviceType>()?;
    let name = Text::<1, 200>::cut(&model.model).0;
    let mut members = members_of(json!({"height_units": model.height_units, "full_depth": model.full_depth}));
    // What the file does not say, somebody may have found out.
    for (field, value) in [("weight_kg", model.weight_kg), ("power_draw_w", model.power_draw_w)] {
        if let Some(value) = value {
            members.insert(field.into(), value.into());
        }
    }
    let known: Vec<(Id, String)> =
        device_types::table.filter(device_types::manufacturer_id.eq(maker)).select((device_types::id, device_types::model)).load(writer.connection)?;
    let id = match known.into_iter().find(|(_, other)| folded(other) == folded(&name)) {
        None => {
            members.extend(members_of(json!({"manufacturer_id": maker.to_string(), "model": name})));
            outcome.created += 1;
            writer.create(definition, members)?.meta.id
        }
        Some((id, _)) => {
            let before = writer.reader().get(definition, id)?.meta.revision;
            let after = writer.update(definition, id, &IfMatch::Any, &members)?.meta.revision;
            if after == before {
                outcome.unchanged += 1
            } else {
                outcome.updated += 1
            }
            id
        }
    };
    outcome.device_type_ids.push(id);
    Ok(())
}
