//! Purchase orders: what is ordered from a vendor.

use super::line_price::{LinePrice, unmet_of_sum};
use super::{award_limit, contract_share, line_cost, reservation};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::ports::ledger::{self, CommittedLine};
use steward_core::resource::value::{Code, Currency, Date, Money, Note, Number, Title, Whole};
use steward_core::resource::{
    ApprovalAmount, Check, Effect, Flag, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, StateException, Unique, UnmetGuard,
};
use steward_schema::vendors::{awards, contracts, purchase_order_lines, purchase_orders};

steward_core::resource! {
    /// Order to a vendor. Orders go to qualified or active vendors only; an order under a contract is in its currency and, with all others
    /// under it, within its ceiling; all orders for an award are within its price. An approved one with lines that neither a budget line nor
    /// a cost center pays raises a conflict.
    pub struct PurchaseOrder {
        /// Number of the order, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Short description of the order.
        #[field(search)]
        pub title: Title,
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Contact person at the vendor.
        #[field(refers_to(&["vendors/vendor-contacts"]))]
        pub vendor_contact_id: Option<Id>,
        /// Contract under which the order is placed.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Requisition that requested it.
        #[field(refers_to(&["vendors/requisitions"]))]
        pub requisition_id: Option<Id>,
        /// Award that the order carries out: together with all others for it, at most at the awarded price.
        #[field(refers_to(&["vendors/awards"]))]
        pub award_id: Option<Id>,
        /// Currency of all its prices.
        pub currency: Currency,
        /// Person who places the order.
        #[field(refers_to(&["teams/people"]))]
        pub buyer_id: Option<Id>,
        /// Person who needs the items.
        #[field(refers_to(&["teams/people"]))]
        pub requester_id: Option<Id>,
        /// Cost center that is charged.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub cost_center_id: Option<Id>,
        /// Site of the delivery.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Option<Id>,
        /// Delivery address, if it is none of the sites.
        pub delivery_address: Option<Note>,
        /// Required day of the complete delivery.
        #[field(deadline)]
        pub delivery_due_on: Option<Date>,
        /// Day promised by the vendor.
        #[field(deadline)]
        pub promised_on: Option<Date>,
        /// Delivery terms: the split of transport cost and risk, as a rule of Incoterms 2020, such as DAP Rotterdam.
        pub delivery_terms: Option<Title>,
        /// Payment term in days from the invoice.
        pub payment_days: Option<Whole<0, 365>>,
        /// Vendor's number of the order.
        #[field(search)]
        pub vendor_reference: Option<Title>,
        /// Rise of the order value, in percent, above which a new approval is needed.
        pub tolerance_percent: Option<Number<0, 100>>,
        /// Notes to the vendor.
        #[field(search)]
        pub notes: Option<Note>,
    }
}

impl Resource for PurchaseOrder {
    const PATH: &'static str = "vendors/purchase-orders";
    type Table = steward_schema::vendors::purchase_orders::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["contract_id", "requisition_id"];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const STATE_EXCEPTIONS: &'static [StateException] = &[StateException::editable(
        &["submitted", "approved", "sent", "acknowledged"],
        &["promised_on", "vendor_reference", "vendor_contact_id", "notes", "buyer_id"],
        "What the vendor promises and says, and who deals with them, becomes known after the order is written. Revise it and return it to draft to change more, or cancel it and order anew.",
    )];
    const OWNED: bool = false;
    const TITLE: &'static str = "title";
    const FLAGS: &'static [Flag] = &[super::unpaid_order::NO_PAYER];
    const UNIQUE: &'static [Unique] = &[Unique { index: "purchase_orders_code_key", fields: &["code"] }];
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "contract_id", theirs: "vendor_id", ours: "vendor_id" },
        Rule::Agrees { by: "contract_id", theirs: "currency", ours: "currency" },
        Rule::Agrees { by: "award_id", theirs: "vendor_id", ours: "vendor_id" },
        Rule::Agrees { by: "vendor_contact_id", theirs: "vendor_id", ours: "vendor_id" },
    ];
    const GUARDS: &'static [Guard] = &[
        Guard::part(&["submitted"], "vendors/purchase-order-lines"),
        Guard::referred(&["submitted", "approved", "sent"], "vendor_id", &["qualified", "active"]),
        Guard::referred(&["submitted", "approved", "sent"], "contract_id", &["active"]),
        Guard::referred(&["sent"], "award_id", &["approved"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→submitted:submit→approved:approve→sent:send→acknowledged:acknowledge→closed:close; sent→closed; \
            submitted→rejected:reject; sent|acknowledged→submitted; submitted→draft:return_to_draft; cancelled:cancel";
        Some(
            Lifecycle::new(notation)
                .given_up(&["cancelled"])
                .named("sent", "submitted", "revise")
                .named("acknowledged", "submitted", "revise")
                .approving(&["approve"])
                .involving(&["requester_id"])
                .worth(&[ApprovalAmount::Priced {
                    of: "vendors/purchase-order-lines",
                    quantity: "quantity",
                    price: "unit_price",
                    discount: Some("discount_percent"),
                }]),
        )
    }

    fn sample() -> Self {
        PurchaseOrder {
            code: "PO-2026-0412".into(),
            title: "Servers for the second site".into(),
            vendor_id: Id::sample(),
            vendor_contact_id: None,
            contract_id: None,
            requisition_id: None,
            award_id: None,
            currency: Currency::sample("EUR"),
            buyer_id: None,
            requester_id: None,
            cost_center_id: None,
            site_id: None,
            delivery_address: Some("Gate 4, Havenweg 12, Rotterdam".into()),
            delivery_due_on: Date::parse("2026-08-31"),
            promised_on: Date::parse("2026-08-20"),
            delivery_terms: Some("DAP Rotterdam".into()),
            payment_days: Some(Whole(30)),
            vendor_reference: Some("SO-77120".into()),
            tolerance_percent: Some(Number(5.0)),
            notes: Some("Call the gate an hour before.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        [self.contract_id, self.award_id].into_iter().flatten().map(Lock::Row).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if matches!(check.state, None | Some("draft")) {
            let own = purchase_order_lines::purchase_order_id.eq(check.id);
            let other = purchase_order_lines::table.filter(own.and(purchase_order_lines::unit_price_currency.ne(self.currency)));
            return crate::contract::frozen_record::require_no_line(check, select(exists(other)), "/currency");
        }
        Ok(())
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        match step.to {
            "cancelled" => super::order_use::unmet(check),
            "sent" => Ok(standstill(self, check)?.into_iter().collect()),
            _ => Ok(Vec::new()),
        }
    }

    fn unmet_in(&self, state: &str, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if !matches!(state, "submitted" | "approved" | "sent") {
            return Ok(Vec::new());
        }
        let mut unmet = crate::vendor::qualification::require_in_date(check, self.vendor_id)?;
        let lines = purchase_order_lines::table.filter(purchase_order_lines::purchase_order_id.eq(check.id)).select(LinePrice::as_select());
        unmet.extend(unmet_of_sum(lines.load::<LinePrice>(check.connection)?.iter().map(LinePrice::amount)));
        if over_ceiling(self, check)? {
            unmet.push(UnmetGuard::new(
                "/contract_id",
                "ceiling",
                "With this order more would be ordered under the contract than its ceiling. Raise it by an amendment.",
            ));
        }
        if let Some(award) = self.award_id {
            unmet.extend(award_limit::unmet(check, award)?);
        }
        Ok(unmet)
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        if super::past_move::has_made(check, &["approve"])? {
            let detail = "The order was approved once and is evidence from then on. Cancel it instead.";
            return Err(Problem::conflict("", "not_deletable", detail).into());
        }
        Ok(())
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to == "approved" {
            let settled = reservation::take_over(check, check.id, self.requisition_id)?;
            let committed = committed(check)?;
            let taken = contract_share::take_over(check, &committed)?;
            return Ok(settled.into_iter().chain(taken).chain(ledger::commit(check, &committed)?).collect());
        }
        if !matches!(step.to, "cancelled" | "closed" | "submitted") || matches!(step.from, "draft" | "submitted") {
            return Ok(Vec::new());
        }
        let lines = reservation::order_lines(check, check.id)?;
        let mut effects = ledger::release(check, &lines)?;
        if step.to != "closed" {
            let agreed = contract_share::returned(check, &lines)?;
            effects.extend(reservation::give_back(check, check.id, &lines, self.requisition_id, agreed)?);
        }
        Ok(effects)
    }
}

/// That the others may still object to the award behind an order: an order that is sent is a contract.
fn standstill(order: &PurchaseOrder, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
    let Some(award) = order.award_id else { return Ok(None) };
    let until: Option<Option<Date>> = awards::table.find(award).select(awards::standstill_until_on).first(check.connection).optional()?;
    let running = until.flatten().filter(|until| check.today <= *until);
    Ok(running.map(|until| {
        let detail = format!("The other bidders may object to the award until {until}. Send the order {} from the next day on.", order.code.0);
        UnmetGuard::new("/award_id", "standstill", detail)
    }))
}

/// True if this order and all that stand under its contract cost more than the contract's ceiling.
fn over_ceiling(order: &PurchaseOrder, check: &mut Check<'_>) -> Result<bool> {
    let Some(contract) = order.contract_id else { return Ok(false) };
    let query = contracts::table.find(contract).select(contracts::ceiling_amount);
    let Some(ceiling) = query.first::<Option<i64>>(check.connection).optional()?.flatten() else { return Ok(false) };
    let stands = purchase_orders::state.eq_any(award_limit::STANDING);
    let lines: Vec<LinePrice> = purchase_order_lines::table
        .inner_join(purchase_orders::table)
        .filter(purchase_orders::contract_id.eq(contract))
        .filter(stands.or(purchase_orders::id.eq(check.id)))
        .select(LinePrice::as_select())
        .load(check.connection)?;
    // A line that is beyond any amount is beyond the ceiling.
    let ordered = lines.iter().map(LinePrice::amount).try_fold(0_i128, |sum, amount| Some(sum + i128::from(amount?.minor)));
    Ok(ordered.is_none_or(|ordered| ordered > i128::from(ceiling)))
}

/// What its lines commit of the budget: what they cost, less what of it has become cost before a revision.
fn committed(check: &mut Check<'_>) -> Result<Vec<CommittedLine>> {
    let (budget_line, period) = (purchase_order_lines::budget_line_id, purchase_order_lines::fiscal_period_id);
    let lines: Vec<(Id, Id, Id, LinePrice)> = purchase_order_lines::table
        .filter(purchase_order_lines::purchase_order_id.eq(check.id))
        .filter(budget_line.is_not_null().and(period.is_not_null()))
        .order(purchase_order_lines::id)
        .select((purchase_order_lines::id, budget_line.assume_not_null(), period.assume_not_null(), LinePrice::as_select()))
        .load(check.connection)?;
    let costs = line_cost::costs(check, &lines.iter().map(|line| line.0).collect::<Vec<_>>())?;
    let committed = lines.into_iter().filter_map(|(source, budget_line, fiscal_period, price)| {
        let amount = price.amount()?;
        let cost = costs.get(&source).copied().unwrap_or_default().max(0);
        let amount = Money::new(amount.minor.saturating_sub(cost), amount.currency);
        (amount.minor > 0).then_some(CommittedLine { source, budget_line, fiscal_period, amount })
    });
    Ok(committed.collect())
}
