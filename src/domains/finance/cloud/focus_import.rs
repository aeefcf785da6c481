//! `POST finance/cloud-charges/import`: rows of cost and usage from a FOCUS 1.0 file.

use super::cloud_charge::CloudCharge;
use super::cloud_load::CloudLoad;
use diesel::prelude::*;
use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use steward_core::access::Session;
use steward_core::database::CHUNK;
use steward_core::error::{Error, Kind, NAMED, Problem, Result};
use steward_core::formats::focus::{self, Fault, FocusRow};
use steward_core::resource::model::read_value;
use steward_core::resource::value::{Text, hex};
use steward_core::resource::{Id, Model, ResourceType, ValidationErrors};
use steward_core::store::{IfMatch, Outcome, Store, Writer};
use steward_core::view::{Action, Binary, Call, Count, IdOf, Prepare, UnitReference, require};
use steward_schema::finance::{cloud_charges, cloud_loads};
use utoipa::{IntoParams, ToSchema};

/// The greatest size of a file, unpacked.
const UNPACKED: u64 = 256 << 20;

/// Parameters of the import.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Name of the batch. The file replaces the charges of the last load of that name. Left out, each billing period of a billing account is a
    /// batch.
    pub batch: Option<String>,
    /// Unit of the charges; the caller's if left out.
    #[param(inline, value_type = Option<UnitReference>)]
    pub unit_id: Option<Id>,
}

/// A batch of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchImported {
    /// Load that holds the charges.
    pub cloud_load_id: IdOf<CloudLoad>,
    /// Name of the batch.
    pub batch: Text<1, 200>,
    /// Number of rows.
    pub rows: Count,
    /// True if the charges were already present, without change.
    pub unchanged: bool,
}

/// Outcome of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct FocusImported {
    /// Number of new charges.
    pub created: u64,
    /// Number of restated charges.
    pub updated: u64,
    /// Number of unchanged charges.
    pub unchanged: u64,
    /// Number of charges of the previous loads that the file no longer contains.
    pub removed: u64,
    /// Batches of the file.
    pub batches: Vec<BatchImported>,
}

/// `POST finance/cloud-charges/import`.
#[derive(Debug)]
pub struct ImportFocus;

impl Action for ImportFocus {
    const PATH: &'static str = "finance/cloud-charges/import";
    const OPERATION_ID: &'static str = "import_focus";
    const SUMMARY: &'static str = "Import a FOCUS file";
    const DESCRIPTION: &'static str = "Import of cost and usage in CSV by FOCUS 1.0, optionally compressed with gzip. `NULL` and empty cells are null, times without a zone are UTC, costs keep up to 12 decimals. \
        A row is identified by its column `Id` (or x_RowId, x_Id, x_LineItemId), else by its content; columns without a field are kept. \
        The rows of a batch become a load, which replaces the previous load of that batch: charges of a replaced load are kept but no longer count. An unchanged batch creates nothing. \
        A row already in another batch is refused. A file with a broken row imports nothing, and `errors` name row and column.";
    const PERMISSIONS: &'static [&'static str] =
        &["finance.cloud_charges:create", "finance.cloud_loads:create", "finance.cloud_loads:read", "finance.cloud_loads:replace"];
    const FORMS: &'static [&'static str] = &["text/csv", "application/gzip", "application/x-gzip", "application/octet-stream"];
    const LIMIT: usize = 32 << 20;
    const LONG: bool = true;
    type Query = Query;
    type Body = Binary;
    type Prepared = FocusFile;
    type Answer = FocusImported;

    fn example(_: &str) -> Value {
        "BilledCost,BillingAccountId,BillingCurrency,…\r\n".into()
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, file: &FocusFile) -> Result<Outcome> {
        let query: Query = call.query()?;
        let mut outcome = FocusImported { created: 0, updated: 0, unchanged: 0, removed: 0, batches: Vec::new() };
        for (batch, rows) in file.batches(query.batch.as_deref()) {
            let batch = Batch { name: Text::<1, 200>::cut(&batch), rows, unit: query.unit_id };
            let imported = batch.import(writer, &mut outcome)?;
            outcome.batches.push(imported);
        }
        Outcome::of(200, &outcome)
    }
}

/// A file that was read.
pub struct FocusFile {
    rows: Vec<FocusRow>,
}

impl Prepare for FocusFile {
    fn prepare(_: &Store, session: &Session, call: &Call) -> Result<FocusFile> {
        require(session, ImportFocus::PERMISSIONS)?;
        let text = unpacked(&call.body)?;
        let rows = focus::parse(&text, NAMED).map_err(|faults| refusal(&faults))?;
        Ok(FocusFile { rows })
    }
}

impl FocusFile {
    /// The rows by batch: all in one where it is named.
    fn batches(&self, named: Option<&str>) -> BTreeMap<String, Vec<&FocusRow>> {
        let mut batches: BTreeMap<String, Vec<&FocusRow>> = BTreeMap::new();
        for row in &self.rows {
            let text = |field: &str| row.members.get(field).and_then(Value::as_str).unwrap_or_default();
            let month: String = text("billing_starts_at").chars().take(7).collect();
            let own = || format!("{} {} {month}", text("provider"), text("billing_account"));
            batches.entry(named.map_or_else(own, str::to_owned)).or_default().push(row);
        }
        batches
    }
}

/// The text of a file, unpacked where it is gzip (400, 413).
fn unpacked(body: &[u8]) -> Result<Cow<'_, str>> {
    let not_utf8 = || Problem::bad_request("The file is not UTF-8. Save it as UTF-8 and send it again.");
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(std::str::from_utf8(body).map_err(|_| not_utf8())?));
    }
    let mut bytes = Vec::new();
    let read = MultiGzDecoder::new(body).take(UNPACKED + 1).read_to_end(&mut bytes);
    read.map_err(|_| Problem::bad_request("The file begins as gzip and cannot be unpacked. Pack it again."))?;
    if bytes.len() as u64 > UNPACKED {
        return Err(Problem::new(Kind::TooLarge, "The file is larger than 256 MB when it is unpacked. Send it in parts.").into());
    }
    Ok(Cow::Owned(String::from_utf8(bytes).map_err(|_| not_utf8())?))
}

/// The answer to a file that is not imported.
fn refusal(faults: &[Fault]) -> Error {
    let error = |fault: &Fault| {
        let mut told = json!({"column": fault.column, "pointer": format!("/{}", fault.column), "code": fault.code, "detail": fault.detail});
        // What is wrong with the header is in no row.
        if fault.row > 0 {
            told["row"] = fault.row.into();
        }
        told
    };
    let detail = format!("{} cells or rows are broken, and nothing was imported; errors names them.", faults.len());
    let errors: Vec<Value> = faults.iter().map(error).collect();
    Problem::new(Kind::Invalid, detail).with("errors", errors.into()).with("count", faults.len().into()).into()
}

/// The rows of a batch.
struct Batch<'a> {
    name: Text<1, 200>,
    rows: Vec<&'a FocusRow>,
    unit: Option<Id>,
}

impl Batch<'_> {
    fn import(&self, writer: &mut Writer<'_>, outcome: &mut FocusImported) -> Result<BatchImported> {
        let rows = steward_core::resource::value::Whole(self.rows.len() as i64);
        let told = |load: Id, unchanged: bool| BatchImported { cloud_load_id: load.into(), batch: self.name.clone(), rows, unchanged };
        let digest = self.digest();
        let last: Option<(Id, String)> = cloud_loads::table
            .filter(cloud_loads::batch.eq(&self.name).and(cloud_loads::state.eq("loaded")))
            .order(cloud_loads::id.desc())
            .select((cloud_loads::id, cloud_loads::digest))
            .first(writer.connection)
            .optional()?;
        if let Some((load, before)) = &last
            && *before == digest
        {
            outcome.unchanged += self.rows.len() as u64;
            return Ok(told(*load, true));
        }
        let replaced = last.map(|(load, _)| load);
        self.refuse_others(writer, replaced)?;
        self.count(writer, replaced, outcome)?;
        let load = self.write(writer, replaced, &digest)?;
        Ok(told(load, false))
    }

    /// What tells the content of the batch, in whatever order its rows stand.
    fn digest(&self) -> String {
        let mut rows: Vec<String> = self.rows.iter().map(|row| format!("{} {}", row.key, Value::Object(row.members.clone()))).collect();
        rows.sort_unstable();
        hex(&Sha256::digest(rows.join("\n").as_bytes()))
    }

    /// Refuses rows that stand outside of the batch already: they would be charged twice.
    fn refuse_others(&self, writer: &mut Writer<'_>, replaced: Option<Id>) -> Result<()> {
        let mut faults = Vec::new();
        let keys: Vec<&str> = self.rows.iter().map(|row| row.key.as_str()).collect();
        for chunk in keys.chunks(CHUNK) {
            let there: Vec<(String, Option<Id>, Option<String>, Option<String>)> = cloud_charges::table
                .left_join(cloud_loads::table)
                .filter(cloud_charges::row_key.eq_any(chunk))
                .select((cloud_charges::row_key, cloud_charges::cloud_load_id, cloud_loads::state.nullable(), cloud_loads::batch.nullable()))
                .load(writer.connection)?;
            let counting = there.into_iter().filter(|(_, load, state, _)| state.as_deref() != Some("replaced") && (load.is_none() || *load != replaced));
            for (key, _, _, batch) in counting {
                let Some(row) = self.rows.iter().find(|row| row.key == key) else { continue };
                let place = batch.map_or("outside of any batch".to_owned(), |batch| format!("in batch \"{batch}\""));
                let detail = format!("The row {key} stands {place} already. Import it as that batch to restate it.");
                faults.push(Fault { row: row.number, column: "Id".into(), code: "other_batch", detail });
            }
        }
        faults.truncate(NAMED);
        if faults.is_empty() { Ok(()) } else { Err(refusal(&faults)) }
    }

    /// Counts what is new, restated, the same, and gone.
    fn count(&self, writer: &mut Writer<'_>, replaced: Option<Id>, outcome: &mut FocusImported) -> Result<()> {
        let mut before: HashMap<String, CloudCharge> = HashMap::new();
        if let Some(load) = replaced {
            let of_load = cloud_charges::table.filter(cloud_charges::cloud_load_id.eq(load)).select(cloud_charges::id);
            let ids: Vec<Id> = of_load.load(writer.connection)?;
            let definition = writer.definition::<CloudCharge>()?;
            for stored in writer.reader().find_all(definition, &ids)? {
                if let Some(charge) = stored.own.as_any().downcast_ref::<CloudCharge>() {
                    before.insert(charge.row_key.0.clone(), charge.clone());
                }
            }
        }
        for row in &self.rows {
            match before.remove(&row.key) {
                None => outcome.created += 1,
                Some(charge) if is_same(&charge, row) => outcome.unchanged += 1,
                Some(_) => outcome.updated += 1,
            }
        }
        outcome.removed += before.len() as u64;
        Ok(())
    }

    /// Makes the load and its charges, and replaces the load before.
    fn write(&self, writer: &mut Writer<'_>, replaced: Option<Id>, digest: &str) -> Result<Id> {
        let loads = writer.definition::<CloudLoad>()?;
        let common = |field: &str| {
            let first = self.rows.first()?.members.get(field)?;
            self.rows.iter().all(|row| row.members.get(field) == Some(first)).then(|| first.clone())
        };
        let mut members = Map::new();
        for field in ["provider", "billing_account", "billing_starts_at", "billing_ends_at"] {
            members.extend(common(field).map(|value| (field.to_owned(), value)));
        }
        members.insert("batch".into(), self.name.0.clone().into());
        members.insert("row_count".into(), self.rows.len().into());
        members.insert("digest".into(), digest.into());
        members.extend(replaced.map(|load| ("replaces_id".to_owned(), load.to_string().into())));
        members.extend(self.unit());
        let load = writer.create(loads, members)?.meta.id;
        if let Some(before) = replaced {
            writer.transition(loads, before, &IfMatch::Any, "replaced")?;
        }
        let charges = writer.definition::<CloudCharge>()?;
        for row in &self.rows {
            self.charge(writer, charges, load, row)?;
        }
        Ok(load)
    }

    fn charge(&self, writer: &mut Writer<'_>, charges: &'static ResourceType, load: Id, row: &FocusRow) -> Result<()> {
        let mut members = row.members.clone();
        members.insert("row_key".into(), row.key.clone().into());
        members.insert("cloud_load_id".into(), load.to_string().into());
        members.extend(self.unit());
        match writer.create(charges, members) {
            Ok(_) => Ok(()),
            Err(Error::Problem(problem)) if matches!(problem.kind, Kind::Invalid | Kind::Conflict) => {
                let fault = |pointer: &str, code: &str, detail: &str| Fault {
                    row: row.number,
                    column: pointer.trim_start_matches('/').to_owned(),
                    code: if code == "duplicate" { "duplicate" } else { "value" },
                    detail: detail.to_owned(),
                };
                let mut faults: Vec<Fault> = problem.errors.iter().map(|each| fault(&each.pointer, &each.code, &each.detail)).collect();
                if faults.is_empty() {
                    faults.push(fault("", "value", &problem.detail));
                }
                Err(refusal(&faults))
            }
            Err(error) => Err(error),
        }
    }

    fn unit(&self) -> Option<(String, Value)> {
        self.unit.map(|unit| ("unit_id".to_owned(), unit.to_string().into()))
    }
}

/// Whether a charge is as a row says.
fn is_same(charge: &CloudCharge, row: &FocusRow) -> bool {
    let mut members = row.members.clone();
    members.insert("row_key".into(), row.key.clone().into());
    let mut faults = ValidationErrors::new();
    let Some(mut anew) = read_value::<CloudCharge>(Value::Object(members), &mut faults) else { return false };
    anew.cloud_load_id = charge.cloud_load_id;
    (anew.cloud_resource_id, anew.service_id, anew.cost_center_id) = (charge.cloud_resource_id, charge.service_id, charge.cost_center_id);
    anew.to_json() == charge.to_json()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    #[test]
    fn a_packed_file_is_the_file() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all("BilledCost\n1\n".as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(unpacked(&packed).unwrap(), "BilledCost\n1\n");
        assert_eq!(unpacked(b"BilledCost").unwrap(), "BilledCost");
        for broken in [&packed[..8], &[0xff, 0xfe][..]] {
            assert!(unpacked(broken).is_err());
        }
    }
}
