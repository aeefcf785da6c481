//! Assets: what was bought or rented, what it is worth and how it left.

use super::asset_impairment::{require_currency_of_losses, require_service_before_losses};
use super::asset_value::{DepreciationConvention, DepreciationMethod, DisposalMethod, Ownership, UsageReading};
use super::disposal::{self, Leaving};
use serde_json::json;
use steward_core::error::Result;
use steward_core::resource::value::{Code, Currency, Date, Money, Note, Number, Text, Title, Whole};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Lock, Move, Own, Resource, Scope, Unique, UnmetGuard, ValidationErrors};

steward_core::resource! {
    /// Valued item that the organisation holds. Its book value follows from cost, salvage, date of entry into service, depreciation method,
    /// convention and life, and from its impairments.
    pub struct Asset {
        /// Asset tag, unique.
        #[field(unique, search)]
        pub tag: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Serial number assigned by the manufacturer.
        #[field(search)]
        pub serial: Option<Text<1, 100>>,
        /// Device or licence that the asset represents; from `retired` on it is fixed.
        #[field(refers_to(&["infrastructure/devices", "infrastructure/licenses"]))]
        pub item_id: Option<Id>,
        /// Purchase order line with which it was bought.
        #[field(refers_to(&["vendors/purchase-order-lines"]))]
        pub purchase_order_line_id: Option<Id>,
        /// Line of the receipt whose posting made it; null where it was made by hand.
        #[field(refers_to(&["vendors/receipt-lines"]), read_only)]
        pub receipt_line_id: Option<Id>,
        /// Contract under which it is leased, rented or maintained.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Cost category in which its value is totalled.
        #[field(refers_to(&["finance/cost-categories"]))]
        pub cost_category_id: Option<Id>,
        /// Cost center that carries its depreciation.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub cost_center_id: Option<Id>,
        /// Custodian of the asset.
        #[field(refers_to(&["teams/people"]))]
        pub custodian_id: Option<Id>,
        /// Storage or deployment location.
        #[field(refers_to(&["infrastructure/locations"]))]
        pub location_id: Option<Id>,
        /// Kind of ownership.
        #[field(default(|| json!("owned")))]
        pub ownership: Ownership,
        /// Date of purchase.
        #[field(happened)]
        pub purchased_on: Option<Date>,
        /// Acquisition cost, including all that made it ready for use.
        pub cost: Option<Money>,
        /// Residual value at the end of its life; at most its cost.
        pub salvage: Option<Money>,
        /// Date of readiness for use; start of depreciation.
        pub in_service_on: Option<Date>,
        /// Depreciation method.
        #[field(default(|| json!("none")))]
        pub depreciation_method: DepreciationMethod,
        /// Convention for the first and last depreciation periods.
        #[field(default(|| json!("daily")))]
        pub depreciation_convention: DepreciationConvention,
        /// Expected useful life in months.
        pub life_months: Option<Whole<1, 1200>>,
        /// Expected useful life in units of use, for `units_of_use`.
        pub life_units: Option<Number<0, 1_000_000_000_000>>,
        /// Readings of use, for `units_of_use`; none of a day ahead.
        #[field(default(|| json!([])))]
        pub usage: Vec<UsageReading>,
        /// Last day of its warranty.
        #[field(deadline)]
        pub warranty_ends_on: Option<Date>,
        /// True if it holds or held data; left out, it counts as true, save for a licence. From `retired` on it is fixed.
        pub holds_data: Option<bool>,
        /// Date on which its data was wiped: not before its entry into service, nor before it was handed out last.
        #[field(happened)]
        pub wiped_on: Option<Date>,
        /// Evidence of the wipe: the method (NIST SP 800-88: clear, purge or destroy), the report, its number.
        #[field(search)]
        pub wipe_evidence: Option<Note>,
        /// Report or certificate of the wipe. An asset that held data can be disposed of only with `wiped_on` and this or `wipe_evidence`.
        #[field(refers_to(&["platform/files"]))]
        pub wipe_file_id: Option<Id>,
        /// Date of disposal, not before the purchase; given once it is retired, required for `disposed`, and of no effect before.
        #[field(happened, closing)]
        pub disposed_on: Option<Date>,
        /// Method of disposal; required for `disposed`.
        pub disposal_method: Option<DisposalMethod>,
        /// Proceeds of the disposal, in the currency of the cost.
        pub disposal_proceeds: Option<Money>,
        /// Free-text notes.
        #[field(search)]
        pub notes: Option<Note>,
    }
}

impl Resource for Asset {
    const PATH: &'static str = "infrastructure/assets";
    type Table = steward_schema::infrastructure::assets::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["location_id"];
    const OWNED: bool = false;
    const OWN: &'static [Own] = &[Own::named("custodian_id").only(&["read"]), Own::behind("infrastructure/asset-assignments", "asset_id")];
    const UNIQUE: &'static [Unique] = &[Unique { index: "assets_tag_key", fields: &["tag"] }];
    const GUARDS: &'static [Guard] = &[
        Guard::set(&["disposed"], &["disposed_on", "disposal_method"]),
        Guard::none_in(&["retired", "disposed"], "infrastructure/asset-assignments", "asset_id", &["checked_out", "accepted"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "ordered→received:receive→in_stock:stock↔deployed:deploy↔in_repair:send_to_repair; \
            in_stock→retired:retire→disposed:dispose; deployed→retired; →lost:report_lost|stolen:report_stolen; \
            lost|stolen→in_stock";
        let lifecycle =
            Lifecycle::new(notation).settled(&["retired", "lost"]).named("deployed", "in_stock", "take_back").named("in_repair", "deployed", "return");
        Some(lifecycle.named("lost", "in_stock", "recover").named("stolen", "in_stock", "recover"))
    }

    fn sample() -> Self {
        let euros = |cents| Some(Money::new(cents, Currency::sample("EUR")));
        Asset {
            tag: "AST-00417".into(),
            name: "Order database server".into(),
            serial: Some("4CE0460D0G".into()),
            item_id: None,
            purchase_order_line_id: None,
            receipt_line_id: None,
            contract_id: None,
            cost_category_id: None,
            cost_center_id: None,
            custodian_id: None,
            location_id: None,
            ownership: Ownership::Owned,
            purchased_on: Date::parse("2021-01-11"),
            cost: euros(1_240_000),
            salvage: euros(40_000),
            in_service_on: Date::parse("2021-02-01"),
            depreciation_method: DepreciationMethod::StraightLine,
            depreciation_convention: DepreciationConvention::FullMonth,
            life_months: Some(Whole(60)),
            life_units: Some(Number(50_000.0)),
            usage: vec![UsageReading { read_on: Date::sample("2025-12-31"), units: Number(43_000.0) }],
            warranty_ends_on: Date::parse("2026-01-31"),
            holds_data: Some(true),
            wiped_on: Date::parse("2026-05-04"),
            wipe_evidence: Some("Purged by the tool of its maker; report 2026-117.".into()),
            wipe_file_id: None,
            disposed_on: Date::parse("2026-05-20"),
            disposal_method: Some(DisposalMethod::Sold),
            disposal_proceeds: euros(35_000),
            notes: Some("Its successor is AST-00650.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        for (name, money) in [("cost", self.cost), ("salvage", self.salvage), ("disposal_proceeds", self.disposal_proceeds)] {
            faults.require(money.is_none_or(|money| money.minor >= 0), name, "range", "An amount here is not negative.");
        }
        if let (Some(cost), Some(salvage)) = (self.cost, self.salvage) {
            faults.require(cost.currency == salvage.currency, "salvage", "currency", "Give the salvage in the currency of the cost.");
            let within = cost.currency != salvage.currency || salvage.minor <= cost.minor;
            faults.require(within, "salvage", "range", "The salvage cannot be more than the cost.");
        }
        if let (Some(cost), Some(proceeds)) = (self.cost, self.disposal_proceeds) {
            faults.require(cost.currency == proceeds.currency, "disposal_proceeds", "currency", "Give the proceeds in the currency of the cost.");
        }
        faults.span(self.wiped_on, self.disposed_on, "disposed_on");
        faults.span(self.purchased_on, self.disposed_on, "disposed_on");
        let growing = self.usage.windows(2).all(|pair| matches!(pair, [one, next] if one.read_on < next.read_on && one.units <= next.units));
        faults.require(growing, "usage", "order", "Readings go from day to day, and units only grow.");
    }

    fn locks(&self) -> Vec<Lock> {
        self.item_id.into_iter().map(Lock::Row).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let before = check.before::<Self>()?;
        disposal::require_usage_read(&self.usage, before.map(|before| before.usage.as_slice()).unwrap_or_default(), check.today)?;
        let Some(before) = before else { return Ok(()) };
        require_currency_of_losses(check, before.cost.map(|cost| cost.currency), self.cost.map(|cost| cost.currency))?;
        require_service_before_losses(check, before.in_service_on, self.in_service_on)?;
        disposal::require_as_retired(&self.name.0, &self.leaving(), &before.leaving(), check.state.unwrap_or_default())
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to == "disposed" { disposal::unmet(&self.leaving(), check) } else { Ok(Vec::new()) }
    }
}

impl Asset {
    /// What counts of it when it leaves.
    fn leaving(&self) -> Leaving {
        Leaving {
            item: self.item_id,
            holds_data: self.holds_data,
            in_service_on: self.in_service_on,
            wiped_on: self.wiped_on,
            has_wipe_evidence: self.wipe_evidence.is_some() || self.wipe_file_id.is_some(),
            disposed_on: self.disposed_on,
        }
    }
}
