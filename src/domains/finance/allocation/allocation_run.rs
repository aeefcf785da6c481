//! Allocation runs: costs that leave a pool and come in at those who bear them.

use super::allocation_basis::{AllocationBasis, Plan};
use super::allocation_share::{self, AllocationDriver};
use crate::database::CHUNK;
use crate::domains::finance::ledger::{booking::plain_entry, cost_entry::CostEntry, place_in_time::Place, posting::CostSource, standing_entry};
use crate::error::Result;
use crate::resource::record::Placement;
use crate::resource::value::{Currency, Date, Money, Note, folded};
use crate::resource::{Cause, Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Scope, UnmetGuard, ValidationErrors};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_schema::finance::{allocation_runs, cost_centers, fiscal_periods};

/// How far the lines of a reversal are from those that it reverses.
const REVERSED: i64 = 100_000;

crate::resource! {
    /// Run of an allocation rule in a period. Computing it takes the costs of the pool and the rule as it is; posting it books the amount
    /// out of the pool and to the cost centers, services and units that pay it, exactly. A rule is posted once per period, unless it was
    /// reversed.
    pub struct AllocationRun {
        /// Allocation rule applied.
        #[field(refers_to(&["finance/allocation-rules"]))]
        pub allocation_rule_id: Id,
        /// Fiscal period whose costs are allocated.
        #[field(refers_to(&["finance/fiscal-periods"]))]
        pub fiscal_period_id: Id,
        /// Amount to allocate from the pool: its balance in the period, taken when the run is computed. A given amount must equal that
        /// balance.
        pub amount: Option<Money>,
        /// Rule as of the computation of the run; null before.
        #[field(read_only)]
        pub basis: Option<AllocationBasis>,
        /// Origin of the amount.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for AllocationRun {
    const PATH: &'static str = "finance/allocation-runs";
    type Table = steward_schema::finance::allocation_runs::table;
    const SCOPE: Scope = Scope::Unit;
    const TITLE: &'static str = "id";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const GUARDS: &'static [Guard] = &[
        Guard::referred(&["posted", "reversed"], "fiscal_period_id", &["open", "soft_closed"]),
        Guard::alone(&["posted"], &["allocation_rule_id", "fiscal_period_id"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→computed:compute→posted:post→reversed:reverse"))
    }

    fn sample() -> Self {
        AllocationRun {
            allocation_rule_id: Id::sample(),
            fiscal_period_id: Id::sample(),
            amount: Some(Money::new(4_200_000, Currency::sample("EUR"))),
            basis: None,
            description: Some("What the network cost in January.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(
            self.amount.is_none_or(|amount| amount.minor != 0),
            "amount",
            "range",
            "Nothing is allocated. Leave the amount out to take what the pool holds.",
        );
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.allocation_rule_id), Lock::Row(self.fiscal_period_id)]
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let mut unmet = Vec::new();
        let basis = match step.to {
            "computed" => {
                let Some(plan) = Plan::find(check, self.allocation_rule_id)? else { return Ok(unmet) };
                let balances = plan.balances(check, self.fiscal_period_id)?;
                unmet.extend(self.unmet_balance(&balances));
                plan.basis(check)?
            }
            "posted" => match &self.basis {
                Some(basis) => basis.clone(),
                None => return Ok(vec![UnmetGuard::new("", "basis", "The run has no basis. Make another run and compute that.")]),
            },
            _ => return Ok(unmet),
        };
        let centers = centers(check, &basis)?;
        let codes = basis.targets.iter().filter_map(|target| target.cost_center.as_ref()).chain([&basis.pool]);
        for code in codes.filter(|code| !centers.contains_key(&folded(code))) {
            let detail = format!("There is no cost center {}. Make it, or change the targets of the rule.", code.0);
            unmet.push(UnmetGuard::new("/allocation_rule_id", "cost_center", detail));
        }
        if basis.driver == AllocationDriver::Headcount && basis.targets.iter().all(|target| target.weight.is_none_or(|weight| weight.0 <= 0.0)) {
            unmet.push(UnmetGuard::new("/allocation_rule_id", "headcount", "No target has people. Give the targets weights, or choose another driver."));
        }
        Ok(unmet)
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if cause.to() != Some("computed") {
            return Ok(None);
        }
        let Some(plan) = Plan::find(check, self.allocation_rule_id)? else { return Ok(None) };
        let balance = plan.balances(check, self.fiscal_period_id)?.first().copied();
        let basis = plan.basis(check)?;
        Ok(Some(AllocationRun { amount: self.amount.or(balance), basis: Some(basis), ..self.clone() }))
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let last: Option<Date> = fiscal_periods::table.find(self.fiscal_period_id).select(fiscal_periods::ends_on).first(check.connection).optional()?;
        let Some(day) = last else { return Ok(Vec::new()) };
        match step.to {
            "posted" => self.entries(check, day),
            "reversed" => standing_entry::reversals(check, CostSource::Allocation, Place { period: self.fiscal_period_id, day }, None, REVERSED),
            _ => Ok(Vec::new()),
        }
    }
}

impl AllocationRun {
    /// What is missing if the pool does not hold the amount.
    fn unmet_balance(&self, balances: &[Money]) -> Option<UnmetGuard> {
        let told = |money: &Money| format!("{} {}", money.amount(), money.currency.code());
        let (code, detail) = match (balances, self.amount) {
            ([], _) => ("empty", "The pool holds nothing in the period. Book its costs first, or choose another period.".to_owned()),
            ([balance], Some(amount)) if amount.minor != balance.minor || amount.currency != balance.currency => {
                ("balance", format!("The pool holds {} in the period, and not {}. Leave the amount out to take what it holds.", told(balance), told(&amount)))
            }
            ([_], _) => return None,
            (several, _) => {
                let amounts: Vec<String> = several.iter().map(told).collect();
                ("currency", format!("The pool holds costs in several currencies ({}), which no single amount allocates.", amounts.join(", ")))
            }
        };
        Some(UnmetGuard::new("/amount", code, detail))
    }

    /// What is booked: the amount out of the pool, and each share into its cost center.
    fn entries(&self, check: &mut Check<'_>, day: Date) -> Result<Vec<Effect>> {
        let (Some(basis), Some(amount)) = (&self.basis, self.amount) else { return Ok(Vec::new()) };
        let unit: Option<Id> = allocation_runs::table.find(check.id).select(allocation_runs::unit_id).first(check.connection).optional()?;
        let centers = centers(check, basis)?;
        let parts = allocation_share::shares(amount.minor, basis.driver, &basis.targets);
        let of_code = |code: &str| centers.get(&folded(code)).copied();
        let Some(pool) = of_code(&basis.pool) else { return Ok(Vec::new()) };
        let mut booked: Vec<(Bearer, i64)> = vec![(Bearer { center: pool, service: None, unit }, -amount.minor)];
        let shares = basis.targets.iter().zip(parts).filter(|(_, minor)| *minor != 0);
        booked.extend(shares.filter_map(|(target, minor)| {
            let center = match &target.cost_center {
                Some(code) => of_code(code)?,
                None => pool,
            };
            Some((Bearer { center, service: target.service_id, unit: target.unit_id.or(unit) }, minor))
        }));
        let run = check.id;
        let entry = |(at, (bearer, minor)): (usize, (Bearer, i64))| {
            let share = Money::new(minor, amount.currency);
            let entry = plain_entry(self.fiscal_period_id, day, share, CostSource::Allocation, run, at as i64 + 1);
            let placement = Placement { unit_id: bearer.unit, owner_id: None };
            Effect::create(placement, CostEntry { cost_center_id: Some(bearer.center), service_id: bearer.service, ..entry })
        };
        Ok(booked.into_iter().enumerate().map(entry).collect())
    }
}

/// Where a share is booked.
struct Bearer {
    center: Id,
    service: Option<Id>,
    unit: Option<Id>,
}

/// The cost centers that a basis names, by their folded codes.
fn centers(check: &mut Check<'_>, basis: &AllocationBasis) -> Result<HashMap<String, Id>> {
    let named = basis.targets.iter().filter_map(|target| target.cost_center.as_ref()).chain([&basis.pool]);
    let codes: Vec<String> = named.map(|code| folded(code)).collect();
    let mut centers = HashMap::new();
    for chunk in codes.chunks(CHUNK) {
        let query = cost_centers::table.filter(cost_centers::code_key.eq_any(chunk)).select((cost_centers::code_key, cost_centers::id));
        centers.extend(query.load::<(String, Id)>(check.connection)?);
    }
    Ok(centers)
}
