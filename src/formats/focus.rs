//! FOCUS 1.0 (FinOps Open Cost and Usage Specification): rows of cost and usage from CSV.

use super::csv::{self, Cell};
use chrono::{DateTime, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write;

/// How many decimals an amount keeps.
const PLACES: u32 = 12;

/// What a column holds.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Time,
    Number,
    Cost,
    Words(&'static [&'static str]),
    Tags,
}

/// A column that has a field of its own.
struct Typed {
    column: &'static str,
    field: &'static str,
    form: Form,
    required: bool,
}

const fn typed(column: &'static str, field: &'static str, form: Form, required: bool) -> Typed {
    Typed { column, field, form, required }
}

const TYPED: &[Typed] = &[
    typed("ProviderName", "provider", Form::Text, true),
    typed("PublisherName", "publisher", Form::Text, false),
    typed("InvoiceIssuerName", "invoice_issuer", Form::Text, false),
    typed("BillingAccountId", "billing_account", Form::Text, true),
    typed("SubAccountId", "sub_account", Form::Text, false),
    typed("BillingPeriodStart", "billing_starts_at", Form::Time, true),
    typed("BillingPeriodEnd", "billing_ends_at", Form::Time, true),
    typed("ChargePeriodStart", "starts_at", Form::Time, true),
    typed("ChargePeriodEnd", "ends_at", Form::Time, true),
    typed("ChargeCategory", "charge_category", Form::Words(&["usage", "purchase", "tax", "credit", "adjustment"]), true),
    typed("ChargeDescription", "charge_description", Form::Text, false),
    typed("ServiceCategory", "service_category", Form::Text, true),
    typed("ServiceName", "service_name", Form::Text, true),
    typed("RegionId", "region", Form::Text, false),
    typed("ResourceId", "resource", Form::Text, false),
    typed("SkuId", "sku", Form::Text, false),
    typed("SkuPriceId", "sku_price", Form::Text, false),
    typed("PricingCategory", "pricing_category", Form::Words(&["standard", "dynamic", "committed", "other"]), false),
    typed("PricingQuantity", "pricing_quantity", Form::Number, false),
    typed("PricingUnit", "pricing_unit", Form::Text, false),
    typed("ConsumedQuantity", "consumed_quantity", Form::Number, false),
    typed("ConsumedUnit", "consumed_unit", Form::Text, false),
    typed("CommitmentDiscountId", "commitment_discount", Form::Text, false),
    typed("CommitmentDiscountCategory", "commitment_discount_category", Form::Text, false),
    typed("CommitmentDiscountType", "commitment_discount_type", Form::Text, false),
    typed("CommitmentDiscountStatus", "commitment_discount_status", Form::Words(&["used", "unused"]), false),
    typed("BilledCost", "billed_cost", Form::Cost, true),
    typed("EffectiveCost", "effective_cost", Form::Cost, true),
    typed("ListCost", "list_cost", Form::Cost, true),
    typed("ContractedCost", "contracted_cost", Form::Cost, true),
    typed("Tags", "tags", Form::Tags, false),
];

/// The column of the currency of all costs.
const CURRENCY: &str = "BillingCurrency";
/// Columns that tell a row from all others, where a provider gives one.
const KEYS: &[&str] = &["Id", "x_RowId", "x_Id", "x_LineItemId"];

/// A row of cost and usage, as the fields of a cloud charge.
#[derive(Debug, Clone, PartialEq)]
pub struct FocusRow {
    /// Its number in the file; 1 is the first row below the header.
    pub number: usize,
    /// What tells it from all others.
    pub key: String,
    /// Its fields.
    pub members: Map<String, Value>,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The row; 0 is the header.
    pub row: usize,
    /// The column.
    pub column: String,
    /// A word for it.
    pub code: &'static str,
    /// What is wrong, and what to do.
    pub detail: String,
}

/// Reads a file; what is wrong with it names rows and columns, at most so many.
pub fn parse(text: &str, most_faults: usize) -> Result<Vec<FocusRow>, Vec<Fault>> {
    let mut rows = csv::Rows::of(text, ',');
    let malformed = |row: usize, detail: &str| vec![Fault { row, column: String::new(), code: "csv", detail: detail.to_owned() }];
    let header = match rows.next() {
        Some(Ok(header)) => header,
        Some(Err(malformed_row)) => return Err(malformed(0, malformed_row.detail)),
        None => return Err(malformed(0, "The file is empty.")),
    };
    let names: Vec<String> = header.into_iter().map(|cell| if let Cell::Text(name) = cell { name.trim().to_owned() } else { String::new() }).collect();
    let mut faults = missing(&names);
    if !faults.is_empty() {
        return Err(faults);
    }
    let (mut read, mut seen) = (Vec::new(), HashMap::new());
    for (at, row) in rows.enumerate() {
        let number = at + 1;
        match row {
            Err(broken) => faults.push(Fault { row: number, column: String::new(), code: "csv", detail: broken.detail.to_owned() }),
            Ok(cells) if cells.len() != names.len() => {
                let detail = format!("The row has {} cells, and the header {}.", cells.len(), names.len());
                faults.push(Fault { row: number, column: String::new(), code: "csv", detail });
            }
            Ok(cells) => {
                let row = Reading { number, cells: names.iter().zip(cells).map(|(name, cell)| (name.as_str(), known(cell))).collect() };
                let members = row.members(&mut faults);
                let key = row.key(&mut seen, &mut faults);
                read.push(FocusRow { number, key, members });
            }
        }
        if faults.len() >= most_faults {
            break;
        }
    }
    faults.truncate(most_faults);
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

fn missing(names: &[String]) -> Vec<Fault> {
    let needed = TYPED.iter().filter(|typed| typed.required).map(|typed| typed.column).chain([CURRENCY]);
    let missing = needed.filter(|column| !names.iter().any(|name| name == column));
    let fault = |column: &str| Fault { row: 0, column: column.to_owned(), code: "column", detail: format!("FOCUS 1.0 requires the column {column}.") };
    missing.map(fault).collect()
}

/// What a cell holds; nothing where it is empty or says NULL.
fn known(cell: Cell) -> Option<String> {
    match cell {
        Cell::Text(text) if !text.trim().is_empty() && text != "NULL" => Some(text.trim().to_owned()),
        _ => None,
    }
}

/// A row that is being read.
struct Reading<'a> {
    number: usize,
    cells: Vec<(&'a str, Option<String>)>,
}

impl Reading<'_> {
    fn cell(&self, column: &str) -> Option<&str> {
        self.cells.iter().find(|(name, _)| *name == column).and_then(|(_, cell)| cell.as_deref())
    }

    fn members(&self, faults: &mut Vec<Fault>) -> Map<String, Value> {
        let mut members = Map::new();
        let fault = |column: &str, code: &'static str, detail: String| Fault { row: self.number, column: column.to_owned(), code, detail };
        let currency = self.cell(CURRENCY);
        if currency.is_none() {
            faults.push(fault(CURRENCY, "required", "Every row has a billing currency.".into()));
        }
        for typed in TYPED {
            let Some(text) = self.cell(typed.column) else {
                if typed.required {
                    faults.push(fault(typed.column, "required", format!("FOCUS 1.0 requires a value of {}.", typed.column)));
                }
                continue;
            };
            match value(typed.form, text, currency.unwrap_or_default()) {
                Ok(value) => drop(members.insert(typed.field.to_owned(), value)),
                Err((code, detail)) => faults.push(fault(typed.column, code, detail)),
            }
        }
        let others = self.cells.iter().filter(|(name, _)| *name != CURRENCY && !TYPED.iter().any(|typed| typed.column == *name));
        members.insert("columns".into(), others.map(|(name, cell)| json!({"column": name, "value": cell})).collect());
        members
    }

    /// What tells the row from all others: the provider's own key, else a digest of the row and how often it was there before.
    fn key(&self, seen: &mut HashMap<String, usize>, faults: &mut Vec<Fault>) -> String {
        if let Some((column, key)) = KEYS.iter().find_map(|column| Some((*column, self.cell(column)?))) {
            let times = seen.entry(key.to_owned()).or_default();
            *times += 1;
            if *times == 2 {
                let detail = format!("The row {key} stands in the file twice. A row is charged once.");
                faults.push(Fault { row: self.number, column: column.to_owned(), code: "duplicate", detail });
            }
            return key.to_owned();
        }
        let mut digest = Sha256::new();
        for (name, cell) in &self.cells {
            digest.update(name.as_bytes());
            digest.update([0]);
            digest.update(cell.as_deref().unwrap_or_default().as_bytes());
            digest.update([1]);
        }
        let text = digest.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let times = seen.entry(text.clone()).or_default();
        *times += 1;
        format!("{text}-{times}")
    }
}

/// A cell as a member.
fn value(form: Form, text: &str, currency: &str) -> Result<Value, (&'static str, String)> {
    match form {
        Form::Text => Ok(text.into()),
        Form::Time => time(text).map(Value::from).ok_or_else(|| ("format", format!("{text} is no time such as 2026-01-31 00:00:00 or 2026-01-31T00:00:00Z."))),
        Form::Number => number(text).map(Value::from),
        Form::Cost => number(text).map(|amount| json!({"amount": amount, "currency": currency})),
        Form::Words(words) => {
            let word = text.to_lowercase();
            if words.contains(&word.as_str()) { Ok(word.into()) } else { Err(("choice", format!("{text} is none of {}.", words.join(", ")))) }
        }
        Form::Tags => tags(text).ok_or_else(|| ("format", "Tags are a JSON object of keys and values.".into())),
    }
}

/// A time in UTC; without a zone it is UTC.
fn time(text: &str) -> Option<String> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc)).ok();
    let bare =
        || ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"].iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()).map(|time| time.and_utc());
    let spaced = || DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z").map(|time| time.with_timezone(&Utc)).ok();
    let day = || chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|day| day.and_hms_opt(0, 0, 0)).map(|time| time.and_utc());
    let time = zoned.or_else(bare).or_else(spaced).or_else(day)?;
    Some(time.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string())
}

/// A decimal with at most 12 places, exponents written out.
fn number(text: &str) -> Result<String, (&'static str, String)> {
    let read = if text.contains(['e', 'E']) { Decimal::from_scientific(text).ok() } else { text.parse::<Decimal>().ok() };
    let number = read.ok_or_else(|| ("format", format!("{text} is no decimal number.")))?.normalize();
    if number.scale() > PLACES {
        return Err(("decimals", format!("{text} has more than {PLACES} decimals.")));
    }
    Ok(number.to_string())
}

fn tags(text: &str) -> Option<Value> {
    let Value::Object(tags) = serde_json::from_str(text).ok()? else { return None };
    let tag = |(key, value): (String, Value)| {
        let value = match value {
            Value::Null => Value::Null,
            Value::String(text) => text.into(),
            other => other.to_string().into(),
        };
        json!({"key": key, "value": value})
    };
    Some(tags.into_iter().map(tag).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodEnd,BillingPeriodStart,ChargeCategory,ChargePeriodEnd,ChargePeriodStart,ContractedCost,EffectiveCost,ListCost,ProviderName,ServiceCategory,ServiceName,Tags,x_Own";

    fn file(rows: &[&str]) -> String {
        std::iter::once(HEADER).chain(rows.iter().copied()).collect::<Vec<_>>().join("\n")
    }

    const ROW: &str = r#"0.00000080000,1,USD,2024-10-01 00:00:00,2024-09-01 00:00:00,Usage,2024-09-18T23:00:00+02:00,2024-09-18 21:00:00,2e-7,0.0,1.10,AWS,Compute,EC2,"{""env"": ""dev"", ""n"": 1}",NULL"#;

    #[test]
    fn a_row_becomes_the_fields_of_a_charge() {
        let rows = parse(&file(&[ROW, ROW]), 10).unwrap();
        let members = &rows[0].members;
        assert_eq!(members["billed_cost"], json!({"amount": "0.0000008", "currency": "USD"}));
        assert_eq!((&members["contracted_cost"]["amount"], &members["effective_cost"]["amount"]), (&json!("0.0000002"), &json!("0")));
        assert_eq!((&members["starts_at"], &members["ends_at"]), (&json!("2024-09-18T21:00:00Z"), &json!("2024-09-18T21:00:00Z")));
        assert_eq!(members["tags"], json!([{"key": "env", "value": "dev"}, {"key": "n", "value": "1"}]));
        assert_eq!(members["columns"], json!([{"column": "x_Own", "value": null}]));
        assert!(rows[0].key.ends_with("-1") && rows[1].key.ends_with("-2") && rows[0].key[..32] == rows[1].key[..32], "the same row twice is two charges");
    }

    #[test]
    fn what_is_wrong_names_row_and_column() {
        let told = |rows: &[&str]| parse(&file(rows), 10).unwrap_err().into_iter().map(|fault| (fault.row, fault.column, fault.code)).collect::<Vec<_>>();
        let broken = ROW.replace("Usage", "Use").replace("1.10", "1,10");
        assert_eq!(told(&[ROW, &broken]), [(2, String::new(), "csv")], "a comma is a cell more");
        let broken = ROW.replace("Usage", "Use").replace("1.10", "abc").replace("AWS", "NULL");
        assert_eq!(told(&[&broken]), [(1, "ProviderName".into(), "required"), (1, "ChargeCategory".into(), "choice"), (1, "ListCost".into(), "format")]);
        assert_eq!(told(&[&ROW.replace("1.10", "0.0000000000001")]), [(1, "ListCost".into(), "decimals")]);
        let short = parse("BilledCost\n1\n", 10).unwrap_err();
        assert_eq!((short.len(), short[0].row, short[0].code), (13, 0, "column"));
        assert_eq!(parse("", 10).unwrap_err()[0].code, "csv");
    }
}
