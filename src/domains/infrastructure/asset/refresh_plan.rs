//! A plan for what is replaced under a budget, and its drafts: budget lines, a requisition, and tasks.

use super::asset::Asset;
use super::figures::refresh_candidates::{self, RefreshCandidate, RefreshCandidates};
use super::refresh_draft::{self, RefreshDrafts};
use super::refresh_priority::{Priced, Rejection, choose, priority};
use super::refresh_row::{PriceSource, RefreshPlanRequest, RefreshRow};
use crate::compute::device::Device;
use diesel::prelude::*;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::HashMap;
use steward_core::database::CHUNK;
use steward_core::error::{Problem, Result};
use steward_core::ports::{dependency, ledger};
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Date, Money, Note, Precise, PreciseMoney, Text, Title};
use steward_core::store::{Outcome, Reader, Writer};
use steward_core::view::{Action, Call, NoQuery, run_view};
use steward_schema::infrastructure::{assets, device_types, devices};
use utoipa::ToSchema;

/// Replacement plan under a budget.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefreshPlan {
    /// Ceiling of the plan.
    pub budget: Money,
    /// Day before which a replacement is due.
    pub horizon: Date,
    /// Devices selected for replacement, in the order of their priority.
    pub selected: Vec<RefreshRow>,
    /// Devices not selected, in the same order.
    pub rejected: Vec<RefreshRow>,
    /// Sum of the selected prices.
    pub total: Money,
    /// Rest of the budget.
    pub left: Money,
    /// Collections that you may not read, so that their reasons are left out; empty where nothing is.
    pub partial: Vec<Text<1, 100>>,
    /// Drafts made; null where none was requested.
    pub drafts: Option<RefreshDrafts>,
}

/// `POST infrastructure/refresh-plans`.
#[derive(Debug)]
pub struct PlanRefresh;

impl Action for PlanRefresh {
    const PATH: &'static str = "infrastructure/refresh-plans";
    const OPERATION_ID: &'static str = "plan_refresh";
    const SUMMARY: &'static str = "Plan replacements under a budget";
    const DESCRIPTION: &'static str = "Selects from `refresh-candidates` before a day the replacements that a budget covers, by priority: Σ weights of the reasons (end of security 5, end of support, failures and open vulnerabilities 4, planned retirement and end of contract 3, end of warranty 2, written off 1) \
        · (5 − tier of the most critical service that depends on the device, 4 where none does), then by the earliest day. A replacement that exceeds the rest of the budget is skipped. \
        The price of a replacement is the `replacement_cost` of its device type, else the cost of the asset, by the exchange rate of today.\n\n\
        Without `budget_id`, `requisition_code` and `project_id` nothing changes. With them the selection is drafted, all or nothing, as far as you may create each: a line of the draft budget and of a draft requisition for each device type and price, and a task for each device.";
    const PERMISSIONS: &'static [&'static str] =
        &["infrastructure.devices:read", "infrastructure.device_types:read", "infrastructure.assets:read", "infrastructure.incidents:read"];
    type Query = NoQuery;
    type Body = RefreshPlanRequest;
    type Prepared = RefreshPlanRequest;
    type Answer = RefreshPlan;

    fn example(_: &str) -> Value {
        json!({"budget": {"amount": "60000.00", "currency": "EUR"}, "horizon": "2027-12-31", "requisition_code": "REQ-2027-004"})
    }

    fn apply(writer: &mut Writer<'_>, _: &Call, request: &RefreshPlanRequest) -> Result<Outcome> {
        if request.budget.minor <= 0 {
            return Err(Problem::conflict("/budget", "range", "A budget is more than 0. Say how much may be spent.").into());
        }
        if request.budget_id.is_some() && request.cost_category_id.is_none() {
            return Err(Problem::conflict("/cost_category_id", "required", "Budget lines name a cost category. Say which.").into());
        }
        let mut plan = plan(&mut writer.reader(), request)?;
        if request.budget_id.is_some() || request.requisition_code.is_some() || request.project_id.is_some() {
            plan.drafts = Some(refresh_draft::draft(writer, request, &plan.selected)?);
        }
        Outcome::of(200, &plan)
    }
}

/// The plan, before anything is drafted.
fn plan(reader: &mut Reader<'_>, request: &RefreshPlanRequest) -> Result<RefreshPlan> {
    let query = refresh_candidates::Query { before: Some(request.horizon) };
    let RefreshCandidates { data: candidates, partial, .. } = run_view::<RefreshCandidates>(reader, query)?;
    let tiers = reader.ask(dependency::criticality)?;
    let facts = Facts::load(reader, &candidates)?;
    let mut rates = Rates { currency: request.budget.currency, known: HashMap::new() };
    let mut rows: Vec<RefreshRow> = Vec::new();
    for candidate in candidates {
        rows.extend(row(reader, &facts, &mut rates, tiers.get(&candidate.device.id).copied(), candidate)?);
    }
    rows.sort_by_key(|row| (Reverse(row.priority), row.due_on.is_none(), row.due_on, row.device.id));
    let priced: Vec<Priced> = rows.iter().map(|row| Priced { priority: row.priority, price: row.price.map(|price| price.minor) }).collect();
    let (decided, left) = choose(&priced, request.budget.minor);
    let (mut selected, mut rejected) = (Vec::new(), Vec::new());
    for (mut row, rejection) in rows.into_iter().zip(decided) {
        let reason = match rejection {
            None => {
                selected.push(row);
                continue;
            }
            Some(Rejection::NoPrice) => "Nobody knows what it costs, or there is no exchange rate of today. Say it in replacement_cost of its device type.",
            Some(Rejection::OverBudget) => "What the budget has left after what comes first does not pay for it.",
        };
        row.reason = Some(Note::cut(reason));
        rejected.push(row);
    }
    let money = |minor: i64| Money::new(minor, request.budget.currency);
    let (total, left) = (money(request.budget.minor - left), money(left));
    Ok(RefreshPlan { budget: request.budget, horizon: request.horizon, selected, rejected, total, left, partial, drafts: None })
}

/// A candidate with its priority and its price.
fn row(reader: &mut Reader<'_>, facts: &Facts, rates: &mut Rates, tier: Option<i64>, candidate: RefreshCandidate) -> Result<Option<RefreshRow>> {
    let Some((device_type, model, replacement)) = facts.types.get(&candidate.device.id).cloned() else { return Ok(None) };
    let cost = candidate.asset_id.and_then(|asset| facts.costs.get(&asset).copied());
    let found = match (replacement, cost) {
        (Some(price), _) => Some((price, PriceSource::ReplacementCost)),
        (None, Some(price)) => Some((price, PriceSource::AssetCost)),
        (None, None) => None,
    };
    let price = match found {
        Some((price, source)) => rates.convert(reader, price)?.map(|price| (price, source)),
        None => None,
    };
    Ok(Some(RefreshRow {
        device_type_id: device_type.into(),
        model,
        priority: priority(candidate.reasons.iter().map(|dated| dated.reason), tier),
        criticality_tier: tier,
        price: price.map(|(price, _)| price),
        price_source: price.map(|(_, source)| source),
        device: candidate.device,
        reasons: candidate.reasons,
        due_on: candidate.due_on,
        reason: None,
    }))
}

/// What is known of candidates.
struct Facts {
    /// The type of each device, its model, and what a replacement costs.
    types: HashMap<Id, (Id, Title, Option<Money>)>,
    /// What each asset cost.
    costs: HashMap<Id, Money>,
}

impl Facts {
    fn load(reader: &mut Reader<'_>, candidates: &[RefreshCandidate]) -> Result<Facts> {
        let devices: Vec<Id> = candidates.iter().map(|candidate| candidate.device.id).collect();
        let owned: Vec<Id> = candidates.iter().filter_map(|candidate| candidate.asset_id).collect();
        let (seen_devices, seen_assets) = (reader.sees::<Device>()?, reader.sees::<Asset>()?);
        let (mut types, mut costs) = (HashMap::new(), HashMap::new());
        for chunk in devices.chunks(CHUNK) {
            let cost = (device_types::replacement_cost_amount, device_types::replacement_cost_currency);
            let query = devices::table.inner_join(device_types::table).filter(devices::id.eq_any(chunk)).filter(seen_devices.clone()).select((
                devices::id,
                device_types::id,
                device_types::model,
                cost,
            ));
            let rows: Vec<(Id, Id, Title, Option<Money>)> = query.load(reader.within(&seen_devices))?;
            types.extend(rows.into_iter().map(|(device, of, model, cost)| (device, (of, model, cost))));
        }
        for chunk in owned.chunks(CHUNK) {
            let query = assets::table.filter(assets::id.eq_any(chunk)).filter(seen_assets.clone());
            let rows: Vec<(Id, Option<Money>)> = query.select((assets::id, (assets::cost_amount, assets::cost_currency))).load(reader.within(&seen_assets))?;
            costs.extend(rows.into_iter().filter_map(|(asset, cost)| Some((asset, cost?))));
        }
        Ok(Facts { types, costs })
    }
}

/// Exchange rates of today into a currency.
struct Rates {
    currency: Currency,
    known: HashMap<&'static str, Option<Decimal>>,
}

impl Rates {
    /// An amount in the currency, rounded once; none without a rate.
    fn convert(&mut self, reader: &mut Reader<'_>, amount: Money) -> Result<Option<Money>> {
        if amount.currency == self.currency {
            return Ok(Some(amount));
        }
        let code = amount.currency.code();
        if !self.known.contains_key(code) {
            let (into, today) = (self.currency, reader.today());
            let rate = reader.ask(|check| ledger::exchange_rate(check, amount.currency, into, today))?;
            self.known.insert(code, rate);
        }
        let rate = self.known.get(code).copied().flatten();
        let value = rate.and_then(|rate| Decimal::new(amount.minor, amount.currency.scale()).checked_mul(rate));
        Ok(value.and_then(|value| PreciseMoney { amount: Precise(value), currency: self.currency }.rounded()))
    }
}
