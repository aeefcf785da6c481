//! Purchase orders: what is ordered from a vendor.

use super::commitment;
use crate::database::{Cell, Kind, Row, Statement};
use crate::error::Result;
use crate::resource::value::{Code, Currency, Date, FieldType, Money, Note, Number, Precise, PreciseMoney, Title, Whole};
use crate::resource::{Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, Unique, Unmet, Worth};

crate::resource! {
    /// An order to a vendor. Only qualified or active vendors are ordered from; under a contract the order is in its currency
    /// and, with all others under it, within its ceiling.
    pub struct PurchaseOrder {
        /// Number of the order, unique.
        #[field(unique, search)]
        pub code: Code,
        /// What is ordered, in a few words.
        #[field(search)]
        pub title: Title,
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// The person at the vendor who has it.
        #[field(refers_to(&["vendors/vendor-contacts"]))]
        pub vendor_contact_id: Option<Id>,
        /// The contract under which it is ordered.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// The requisition that asked for it.
        #[field(refers_to(&["vendors/requisitions"]))]
        pub requisition_id: Option<Id>,
        /// The award that it carries out.
        #[field(refers_to(&["vendors/awards"]))]
        pub award_id: Option<Id>,
        /// The currency of all its prices.
        pub currency: Currency,
        /// The person who orders.
        #[field(refers_to(&["teams/people"]))]
        pub buyer_id: Option<Id>,
        /// The person who needs it.
        #[field(refers_to(&["teams/people"]))]
        pub requester_id: Option<Id>,
        /// The cost center that it is for.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub cost_center_id: Option<Id>,
        /// The site that it is delivered to.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Option<Id>,
        /// The address that it is delivered to, if it is none of the sites.
        pub delivery_address: Option<Note>,
        /// The day by which all of it is wanted.
        pub delivery_due_on: Option<Date>,
        /// The day that the vendor promised.
        pub promised_on: Option<Date>,
        /// Who bears cost and risk of the way, as a rule of Incoterms 2020, such as DAP Rotterdam.
        pub delivery_terms: Option<Title>,
        /// Within how many days of an invoice it is paid.
        pub payment_days: Option<Whole<0, 365>>,
        /// The number that the vendor gave it.
        #[field(search)]
        pub vendor_reference: Option<Title>,
        /// By how many percent its value may rise before it must be approved again.
        pub tolerance_percent: Option<Number<0, 100>>,
        /// What the vendor should know.
        #[field(search)]
        pub notes: Option<Note>,
    }
}

impl Resource for PurchaseOrder {
    const PATH: &'static str = "vendors/purchase-orders";
    type Table = steward_schema::vendors::purchase_orders::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "title";
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
        Guard::referred(&["submitted", "approved"], "contract_id", &["active"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→submitted→approved→sent→acknowledged→closed; sent→closed; submitted→rejected; sent|acknowledged→submitted; cancelled";
        let lifecycle = Lifecycle::new(notation).named("sent", "submitted", "revise").named("acknowledged", "submitted", "revise");
        Some(lifecycle.approving(&["approve"]).worth(&[Worth::Priced {
            of: "vendors/purchase-order-lines",
            quantity: "quantity",
            price: "unit_price",
            discount: Some("discount_percent"),
        }]))
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
        self.contract_id.into_iter().map(Lock::Row).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if matches!(check.state, None | Some("draft")) {
            let query =
                Statement::new("SELECT 1 FROM purchase_order_lines WHERE unit_price_currency <> ").with(self.currency.code(), " AND purchase_order_id = ");
            return super::frozen::require_no_line(check, query, "/currency");
        }
        let open = ["promised_on", "vendor_reference", "vendor_contact_id", "notes", "buyer_id"];
        super::frozen::require_unchanged(check, self, &open, "The order is no draft any more. Cancel it and order anew.")
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Unmet>> {
        if step.to != "submitted" {
            return Ok(Vec::new());
        }
        let mut unmet = super::qualification::require_in_date(check, self.vendor_id)?;
        if over_ceiling(self, check)? {
            unmet.push(Unmet::new(
                "/contract_id",
                "ceiling",
                "With this order more would be ordered under the contract than its ceiling. Raise it by an amendment.",
            ));
        }
        Ok(unmet)
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to == "approved" {
            return commit(check);
        }
        if !matches!(step.to, "cancelled" | "closed" | "submitted") || matches!(step.from, "draft" | "submitted") {
            return Ok(Vec::new());
        }
        commitment::release(check, Statement::new("SELECT id FROM purchase_order_lines WHERE purchase_order_id = "))
    }
}

/// What a line costs, from the columns of its quantity, its unit price and its discount.
fn cost(cells: &[Cell]) -> Option<Money> {
    let [units, pico, price_units, price_pico, currency, discount] = cells else { return None };
    let quantity = Precise::load(&[units.clone(), pico.clone()])?;
    let price = PreciseMoney::load(&[price_units.clone(), price_pico.clone(), currency.clone()])?;
    commitment::line_amount(quantity, price, Option::load(std::slice::from_ref(discount))?)
}

const COST: [Kind; 6] = [Kind::Integer, Kind::Integer, Kind::Integer, Kind::Integer, Kind::Text, Kind::Real];

/// Whether this order and all that stand under its contract cost more than the contract's ceiling.
fn over_ceiling(order: &PurchaseOrder, check: &mut Check<'_>) -> Result<bool> {
    let Some(contract) = order.contract_id else { return Ok(false) };
    let query = Statement::new("SELECT ceiling_amount FROM contracts WHERE id = ").with(contract, "");
    let Some(ceiling) = check.value(query, Kind::Integer)?.and_then(|cell| cell.as_integer()) else { return Ok(false) };
    let lines = Statement::new(
        "SELECT l.quantity_units, l.quantity_pico, l.unit_price_units, l.unit_price_pico, l.unit_price_currency, l.discount_percent \
         FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.purchase_order_id WHERE o.contract_id = ",
    )
    .with(contract, " AND (o.state IN ('submitted', 'approved', 'sent', 'acknowledged', 'closed') OR o.id = ")
    .with(check.id, ")");
    let rows = lines.rows(check.connection, &COST)?;
    let ordered: i128 = rows.iter().filter_map(|row| cost(row)).map(|money| i128::from(money.minor)).sum();
    Ok(ordered > i128::from(ceiling))
}

/// The commitments of its lines to the budget.
fn commit(check: &mut Check<'_>) -> Result<Vec<Effect>> {
    let lines = Statement::new(
        "SELECT quantity_units, quantity_pico, unit_price_units, unit_price_pico, unit_price_currency, discount_percent, id, budget_line_id, fiscal_period_id \
         FROM purchase_order_lines WHERE budget_line_id IS NOT NULL AND fiscal_period_id IS NOT NULL AND purchase_order_id = ",
    )
    .with(check.id, " ORDER BY id");
    let kinds: Vec<Kind> = COST.into_iter().chain([Kind::Id; 3]).collect();
    let rows = lines.rows(check.connection, &kinds)?;
    let made = |row: &Row| {
        let (costs, ids) = row.split_at_checked(COST.len())?;
        let amount = cost(costs).filter(|money| money.minor > 0)?;
        let [source, line, period] = ids else { return None };
        Some(commitment::of(source.as_id()?, line.as_id()?, period.as_id()?, amount))
    };
    Ok(rows.iter().filter_map(made).collect())
}
