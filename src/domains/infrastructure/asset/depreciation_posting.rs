//! Posting the depreciation of a fiscal period to the ledger.

use super::asset::Asset;
use super::book_value::{ValuationRecord, Valued};
use super::impairment_losses::ImpairmentLosses;
use diesel::prelude::*;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use steward_core::error::{Problem, Result};
use steward_core::ports::books;
use steward_core::ports::ledger::{self, BookedDepreciation, Depreciations, PostingPeriod};
use steward_core::resource::value::{Currency, Date, FieldType, Money, Note, Precise, PreciseMoney, Whole, round_half_away};
use steward_core::resource::{Id, ResourceType};
use steward_core::store::{Outcome, Writer};
use steward_core::view::{Action, Call, Count, NoQuery, Ref, ReferenceTo, Referred, grouped, members_of};
use steward_schema::infrastructure::assets;
use utoipa::ToSchema;

/// The ledger.
const ENTRIES: &str = "finance/cost-entries";

steward_core::value! {
    /// Fiscal period of the depreciation to post.
    pub struct DepreciationRequest {
        /// Fiscal period.
        #[field(refers_to(&["finance/fiscal-periods"]))]
        pub fiscal_period_id: Id,
    }
}

/// Depreciation of an asset that was posted.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostedDepreciation {
    /// Depreciated asset.
    pub asset: Ref<Asset>,
    /// Ledger entry.
    pub cost_entry_id: Id,
    /// Depreciation of the period, impairment losses included.
    pub amount: Money,
}

/// Asset whose depreciation was not posted.
#[derive(Debug, Serialize, ToSchema)]
pub struct SkippedAsset {
    /// Skipped asset.
    pub asset: Ref<Asset>,
    /// Cause and remedy.
    pub reason: Note,
}

/// The entries of the ledger.
#[derive(Debug)]
struct Entries;

impl Referred for Entries {
    const COLLECTIONS: &'static [&'static str] = &["finance/cost-entries"];
}

/// Id of an entry of the ledger.
type EntryReference = ReferenceTo<Entries>;

/// Depreciation of a fiscal period.
#[derive(Debug, Serialize, ToSchema)]
pub struct DepreciationPosted {
    /// Fiscal period.
    pub fiscal_period_id: Id,
    /// First day of the period.
    pub starts_on: Date,
    /// Last day of the period; the day of the entries.
    pub ends_on: Date,
    /// Entries made, in the order of the ids of the assets.
    pub posted: Vec<PostedDepreciation>,
    /// Entries reversed because their amount has changed since.
    #[schema(value_type = Vec<EntryReference>)]
    pub reversed_entry_ids: Vec<Id>,
    /// Number of assets whose depreciation was booked before, at the same amount.
    pub unchanged: Count,
    /// Assets with depreciation that could not be posted.
    pub skipped: Vec<SkippedAsset>,
    /// Sums of the depreciation of the period by currency, booked before or now.
    pub totals: Vec<Money>,
}

/// `POST infrastructure/depreciation-postings`.
#[derive(Debug)]
pub struct PostDepreciation;

/// An asset as its depreciation is posted: id, name, state, unit, cost center and category, and what it is worth.
type Row = (Id, String, String, Id, Option<Id>, Option<Id>, Valued);

impl Action for PostDepreciation {
    const PATH: &'static str = "infrastructure/depreciation-postings";
    const OPERATION_ID: &'static str = "post_depreciation";
    const SUMMARY: &'static str = "Post the depreciation of a fiscal period";
    const DESCRIPTION: &'static str = "Books the depreciation within a fiscal period of the assets that you may see, impairment losses included: for each a ledger entry of the source `depreciation` on the last day of the period, in the unit of the asset, with its cost center and cost category. \
        The entry is unique for asset and period, so that a second call changes nothing; an amount that has changed since is reversed and booked anew, and an entry that was reversed by hand is booked again. \
        An asset in another currency than the books counts at the rate of the day on which it went into service. Assets that name neither a cost center nor a cost category, that are ordered or rented, or whose depreciation cannot be computed, are skipped with the reason. \
        A closed period is refused (409).";
    const PERMISSIONS: &'static [&'static str] = &["infrastructure.assets:read", "finance.cost_entries:create", "finance.cost_entries:read"];
    const LONG: bool = true;
    type Query = NoQuery;
    type Body = DepreciationRequest;
    type Prepared = DepreciationRequest;
    type Answer = DepreciationPosted;

    fn example(_: &str) -> Value {
        json!({"fiscal_period_id": Id::sample().to_string()})
    }

    fn apply(writer: &mut Writer<'_>, _: &Call, request: &DepreciationRequest) -> Result<Outcome> {
        let period_id = request.fiscal_period_id;
        let entries = writer.store.definitions.get(ENTRIES).ok_or_else(Problem::not_found)?;
        // Whoever posts the same period waits here.
        writer.lock_many(&[entries], &[period_id])?;
        let period = open_period(writer, period_id)?;
        let held = writer.reader().ask(|check| ledger::depreciations(check, period_id))?;
        let mut posting = Posting::new(entries, period_id, period, held, writer.reader().ask(books::base_currency)?);
        for row in assets_in_sight(writer)? {
            posting.post(writer, row)?;
        }
        posting.told.totals = posting.totals.into_values().filter(|sum| sum.minor != 0).collect();
        Outcome::of(200, &posting.told)
    }
}

/// The period, which takes postings (409).
fn open_period(writer: &mut Writer<'_>, id: Id) -> Result<PostingPeriod> {
    let Some(period) = writer.reader().ask(|check| ledger::posting_period(check, id))? else {
        return Err(Problem::conflict("/fiscal_period_id", "reference", "There is no such fiscal period. Name one of finance/fiscal-periods.").into());
    };
    if period.closed {
        let detail =
            format!("The period {} to {} is closed and takes no postings. Have it reopened, or post into the next one.", period.starts_on, period.ends_on);
        return Err(Problem::conflict("/fiscal_period_id", "closed", detail).into());
    }
    Ok(period)
}

/// An asset before its losses are known.
type Unvalued = (Id, String, String, Id, Option<Id>, Option<Id>, ValuationRecord);

fn assets_in_sight(writer: &mut Writer<'_>) -> Result<Vec<Row>> {
    let mut reader = writer.reader();
    let seen = reader.sees::<Asset>()?;
    let columns = (assets::id, assets::name, assets::state, assets::unit_id, assets::cost_center_id, assets::cost_category_id, ValuationRecord::as_select());
    let rows: Vec<Unvalued> = assets::table
        .filter(assets::cost_amount.is_not_null().and(assets::in_service_on.is_not_null()))
        .filter(seen.clone())
        .order(assets::id)
        .select(columns)
        .load(reader.within(&seen))?;
    let losses = ImpairmentLosses::all(reader.unscoped("the impairment losses of assets that were read"))?;
    let valued = |(id, name, state, unit, center, category, record)| (id, name, state, unit, center, category, losses.valued(id, record));
    Ok(rows.into_iter().map(valued).collect())
}

/// A posting on its way.
struct Posting {
    entries: &'static ResourceType,
    period_id: Id,
    period: PostingPeriod,
    booked: HashMap<Id, Vec<BookedDepreciation>>,
    lines: HashMap<Id, i64>,
    base: Option<Currency>,
    totals: BTreeMap<&'static str, Money>,
    told: DepreciationPosted,
}

impl Posting {
    fn new(entries: &'static ResourceType, period_id: Id, period: PostingPeriod, held: Depreciations, base: Option<Currency>) -> Self {
        let (starts_on, ends_on) = (period.starts_on, period.ends_on);
        let told = DepreciationPosted {
            fiscal_period_id: period_id,
            starts_on,
            ends_on,
            posted: Vec::new(),
            reversed_entry_ids: Vec::new(),
            unchanged: Whole(0),
            skipped: Vec::new(),
            totals: Vec::new(),
        };
        let booked = grouped(held.booked.into_iter().map(|each| (each.asset, each)));
        Posting { entries, period_id, period, booked, lines: held.lines, base, totals: BTreeMap::new(), told }
    }

    /// Posts the depreciation of an asset, unless it is booked.
    fn post(&mut self, writer: &mut Writer<'_>, (id, name, state, unit, center, category, valued): Row) -> Result<()> {
        let asset = || Ref::<Asset>::new(id, &name, Some(&state));
        let booked = self.booked.remove(&id).unwrap_or_default();
        let within = valued.beside_books().map_or_else(|| valued.written_off_within(self.period.starts_on, self.period.ends_on), Err);
        let (amount, currency) = match (within, valued.currency()) {
            (Ok(minor), Some(currency)) => (Money::new(minor, currency), currency),
            (Err(reason), _) => {
                self.told.skipped.push(SkippedAsset { asset: asset(), reason: Note::cut(reason) });
                return Ok(());
            }
            (Ok(_), None) => return Ok(()),
        };
        if matches!(booked.as_slice(), [only] if only.net == amount) || (booked.is_empty() && amount.minor == 0) {
            self.told.unchanged.0 += i64::from(!booked.is_empty());
            self.count(amount);
            return Ok(());
        }
        let rate = self.rate(writer, currency, valued.in_service_on())?;
        let reason = match (center.or(category), rate) {
            (None, _) => "Say in cost_center_id or cost_category_id where its depreciation arises.",
            (_, None) => "There is no exchange rate into the base currency for the day on which it went into service. Record one.",
            (Some(_), Some(rate)) => match self.members(&asset(), (unit, center, category), amount, rate) {
                Some(members) => return self.book(writer, asset(), members, amount, &booked),
                None => "Its depreciation is too large in the base currency. Correct its cost, or the exchange rate.",
            },
        };
        self.told.skipped.push(SkippedAsset { asset: asset(), reason: Note::cut(reason) });
        Ok(())
    }

    /// Reverses what is booked at another amount, and books this one.
    fn book(&mut self, writer: &mut Writer<'_>, asset: Ref<Asset>, members: Map<String, Value>, amount: Money, booked: &[BookedDepreciation]) -> Result<()> {
        for each in booked {
            self.reverse(writer, asset.id, each.entry)?;
        }
        self.count(amount);
        if amount.minor == 0 {
            return Ok(());
        }
        let mut members = members;
        members.insert("document_line".into(), self.next_line(asset.id).into());
        let entry = writer.create(self.entries, members)?.meta.id;
        self.told.posted.push(PostedDepreciation { asset, cost_entry_id: entry, amount });
        Ok(())
    }

    /// What an entry says of the depreciation of an asset; none if it is too large to tell in the base currency.
    fn members(&self, asset: &Ref<Asset>, (unit, center, category): (Id, Option<Id>, Option<Id>), amount: Money, rate: Decimal) -> Option<Map<String, Value>> {
        let base = self.base.unwrap_or(amount.currency);
        let foreign = base != amount.currency;
        let value = Decimal::new(amount.minor, amount.currency.scale()).checked_mul(rate)?;
        let counted = if foreign { PreciseMoney { amount: Precise(value), currency: base }.rounded()? } else { amount };
        let told = |id: Option<Id>| id.map(|id| id.to_string());
        Some(members_of(json!({
            "unit_id": unit.to_string(), "posted_on": self.period.ends_on.to_json(), "fiscal_period_id": self.period_id.to_string(),
            "cost_center_id": told(center), "cost_category_id": told(category), "net": amount.to_json(), "gross": amount.to_json(),
            "exchange_rate": foreign.then(|| Precise(rate).to_json()), "base_amount": counted.to_json(),
            "source": "depreciation", "source_id": asset.id.to_string(), "document": self.document(asset.id),
            "service_starts_on": self.period.starts_on.to_json(), "service_ends_on": self.period.ends_on.to_json(),
            "description": Note::cut(&format!("Depreciation of {}.", asset.title.0)).0,
        })))
    }

    /// Takes back what was booked.
    fn reverse(&mut self, writer: &mut Writer<'_>, asset: Id, entry: Id) -> Result<()> {
        let stored = writer.reader().get(self.entries, entry)?;
        let mut members = writer.copied(self.entries, &stored);
        for name in ["net", "gross", "base_amount", "tax"] {
            if let Some(Value::String(amount)) = members.get_mut(name).and_then(|money| money.get_mut("amount")) {
                *amount = if let Some(positive) = amount.strip_prefix('-') { positive.to_owned() } else { format!("-{amount}") };
            }
        }
        members.insert("posted_on".into(), self.period.ends_on.to_json());
        members.insert("reversal_of".into(), entry.to_string().into());
        members.insert("document".into(), self.document(asset).into());
        members.insert("document_line".into(), self.next_line(asset).into());
        if let Some(unit) = stored.placement.unit_id {
            members.insert("unit_id".into(), unit.to_string().into());
        }
        writer.create(self.entries, members)?;
        self.told.reversed_entry_ids.push(entry);
        Ok(())
    }

    /// The document of an asset in this period.
    fn document(&self, asset: Id) -> String {
        format!("{asset}/{}", self.period_id)
    }

    fn next_line(&mut self, asset: Id) -> i64 {
        let line = self.lines.entry(asset).or_default();
        *line += 1;
        *line
    }

    /// The rate into the base currency on a day: 1 within it; none where none is known.
    fn rate(&self, writer: &mut Writer<'_>, currency: Currency, day: Option<Date>) -> Result<Option<Decimal>> {
        let (Some(base), Some(day)) = (self.base.filter(|base| *base != currency), day) else { return Ok(Some(Decimal::ONE)) };
        let rate = writer.reader().ask(|check| ledger::exchange_rate(check, currency, base, day))?;
        Ok(rate.map(|rate| round_half_away(rate, 12)))
    }

    fn count(&mut self, amount: Money) {
        let sum = self.totals.entry(amount.currency.code()).or_insert(Money::new(0, amount.currency));
        sum.minor = sum.minor.saturating_add(amount.minor);
    }
}
