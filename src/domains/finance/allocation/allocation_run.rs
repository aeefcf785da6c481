//! Allocation runs: costs that leave a pool and come in at those who bear them.

use super::allocation_basis::{AllocatedPart, AllocationBasis, Plan, balances};
use super::allocation_share::{self, AllocationDriver, AllocationTarget};
use super::target_place;
use crate::ledger::{booking::plain_entry, cost_entry::CostEntry, place_in_time::Place, posting::CostSource, standing_entry};
use diesel::prelude::*;
use std::collections::HashSet;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::resource::record::Placement;
use steward_core::resource::value::{Currency, Date, Money, Note, folded};
use steward_core::resource::{Cause, Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Scope, UnmetGuard, ValidationErrors};
use steward_schema::finance::{allocation_runs, cost_centers, fiscal_periods};

/// How far the lines of a reversal are from those that it reverses.
const REVERSED: i64 = 100_000;

steward_core::resource! {
    /// Run of an allocation rule in a period. Computing it takes the costs of the pool and the rule as it is; posting it books the amount
    /// out of the pool and to the cost centers, services and units that pay it, exactly, each cost category by itself: allocated cost keeps
    /// the category that it had in the pool. A rule is posted once per period, unless it was reversed. A computed run that is not posted
    /// returns to `draft`, without its amount and its basis.
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
        /// Rule as of the computation of the run; null in `draft`.
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
        Some(Lifecycle::new("draft→computed:compute→posted:post→reversed:reverse; computed→draft").named("computed", "draft", "return_to_draft"))
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
                let held = plan.held(check, self.fiscal_period_id)?;
                unmet.extend(self.unmet_balance(&balances(&held)));
                plan.basis(check, Some(held))?
            }
            "posted" => match &self.basis {
                Some(basis) => basis.clone(),
                None => return Ok(vec![UnmetGuard::new("", "basis", "The run has no basis. Make another run and compute that.")]),
            },
            _ => return Ok(unmet),
        };
        unmet.extend(self.unmet_centers(check, &basis)?);
        if basis.targets.is_empty() {
            unmet.push(UnmetGuard::new("/allocation_rule_id", "targets", "The rule has no targets. Give it the cost centers, services or units that pay."));
        } else if basis.driver == AllocationDriver::Headcount && basis.targets.iter().all(|target| target.weight.is_none_or(|weight| weight.0 <= 0.0)) {
            unmet.push(UnmetGuard::new("/allocation_rule_id", "headcount", "No target has people. Give the targets weights, or choose another driver."));
        }
        Ok(unmet)
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        match cause.to() {
            Some("computed") => {}
            Some("draft") => return Ok(Some(AllocationRun { amount: None, basis: None, ..self.clone() })),
            _ => return Ok(None),
        }
        let Some(plan) = Plan::find(check, self.allocation_rule_id)? else { return Ok(None) };
        let held = plan.held(check, self.fiscal_period_id)?;
        let balance = balances(&held).first().copied();
        let basis = plan.basis(check, Some(held))?;
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
        let (code, detail) = match (balances, self.amount) {
            ([], _) => ("empty", "The pool holds nothing in the period. Book its costs first, or choose another period.".to_owned()),
            ([balance], Some(amount)) if amount.minor != balance.minor || amount.currency != balance.currency => {
                ("balance", format!("The pool holds {balance} in the period, and not {amount}. Leave the amount out to take what it holds."))
            }
            ([_], _) => return None,
            (several, _) => {
                let amounts: Vec<String> = several.iter().map(Money::to_string).collect();
                ("currency", format!("The pool holds costs in several currencies ({}), which no single amount allocates.", amounts.join(", ")))
            }
        };
        Some(UnmetGuard::new("/amount", code, detail))
    }

    /// What is missing of the cost centers that a basis names.
    fn unmet_centers(&self, check: &mut Check<'_>, basis: &AllocationBasis) -> Result<Vec<UnmetGuard>> {
        let targets = target_place::located(check, basis.targets.clone())?;
        let ids: Vec<Id> = targets.iter().filter_map(|target| target.cost_center_id).chain(basis.pool_id).collect();
        let mut known: HashSet<Id> = HashSet::new();
        for chunk in ids.chunks(CHUNK) {
            known.extend(cost_centers::table.filter(cost_centers::id.eq_any(chunk)).select(cost_centers::id).load::<Id>(check.connection)?);
        }
        let mut missing: Vec<String> = ids.iter().filter(|id| !known.contains(id)).map(ToString::to_string).collect();
        missing.extend(targets.iter().filter_map(|target| target.cost_center.as_ref()).map(|code| code.0.clone()));
        if pool_of(check, basis)?.is_none() {
            missing.push(basis.pool.0.clone());
        }
        let told = |name: String| {
            let detail = format!("There is no cost center {name}. Make it, or change the targets of the rule.");
            UnmetGuard::new("/allocation_rule_id", "cost_center", detail)
        };
        Ok(missing.into_iter().map(told).collect())
    }

    /// What is booked: each part of the amount out of the pool, and each share of it into its cost center, with the category of the part.
    fn entries(&self, check: &mut Check<'_>, day: Date) -> Result<Vec<Effect>> {
        let (Some(basis), Some(amount)) = (&self.basis, self.amount) else { return Ok(Vec::new()) };
        let unit: Option<Id> = allocation_runs::table.find(check.id).select(allocation_runs::unit_id).first(check.connection).optional()?;
        let Some(pool) = pool_of(check, basis)? else { return Ok(Vec::new()) };
        let targets = target_place::located(check, basis.targets.clone())?;
        let parts = parts_of(basis, amount);
        let sums: Vec<i64> = parts.iter().map(|part| part.amount.minor).collect();
        let mut booked: Vec<(Bearer, i64)> = Vec::new();
        for (part, shares) in parts.iter().zip(allocation_share::shares_of_parts(&sums, basis.driver, &targets)) {
            let category = part.cost_category_id;
            booked.push((Bearer { center: pool, category, service: None, unit }, part.amount.minor.saturating_neg()));
            let bearer = |target: &AllocationTarget| Bearer {
                center: target.cost_center_id.unwrap_or(pool),
                category,
                service: target.service_id,
                unit: target.unit_id.or(unit),
            };
            booked.extend(targets.iter().zip(shares).filter(|(_, minor)| *minor != 0).map(|(target, minor)| (bearer(target), minor)));
        }
        let run = check.id;
        let entry = |(at, (bearer, minor)): (usize, (Bearer, i64))| {
            let share = Money::new(minor, amount.currency);
            let entry = plain_entry(self.fiscal_period_id, day, share, CostSource::Allocation, run, at as i64 + 1);
            let placement = Placement { unit_id: bearer.unit, owner_id: None };
            let center = Some(bearer.center);
            Effect::create(placement, CostEntry { cost_center_id: center, cost_category_id: bearer.category, service_id: bearer.service, ..entry })
        };
        Ok(booked.into_iter().enumerate().map(entry).collect())
    }
}

/// The parts of an amount by cost category; one without, of a run that was computed before they were kept.
pub fn parts_of(basis: &AllocationBasis, amount: Money) -> Vec<AllocatedPart> {
    basis.parts.clone().unwrap_or_else(|| vec![AllocatedPart { cost_category_id: None, amount }])
}

/// The cost center of the pool of a basis; none if there is none any more.
fn pool_of(check: &mut Check<'_>, basis: &AllocationBasis) -> Result<Option<Id>> {
    let of_pool = cost_centers::table.select(cost_centers::id);
    Ok(match basis.pool_id {
        Some(id) => of_pool.filter(cost_centers::id.eq(id)).first(check.connection).optional()?,
        None => of_pool.filter(cost_centers::code_key.eq(folded(&basis.pool))).first(check.connection).optional()?,
    })
}

/// Where a share is booked.
struct Bearer {
    center: Id,
    category: Option<Id>,
    service: Option<Id>,
    unit: Option<Id>,
}
