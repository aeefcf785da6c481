//! Cloud charges: what a provider charges, row by row, in the words of FOCUS.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Instant, Precise, PreciseMoney, Text};
use steward_core::resource::{Id, Resource, Scope, Unique, ValidationErrors};

choice! {
    /// Category of a charge (FOCUS `ChargeCategory`).
    pub enum ChargeCategory {
        /// Usage of a resource.
        Usage = "usage",
        /// Purchase, such as a commitment.
        Purchase = "purchase",
        /// Tax.
        Tax = "tax",
        /// Credit: money returned.
        Credit = "credit",
        /// Adjustment of another charge.
        Adjustment = "adjustment",
    }
}

choice! {
    /// Pricing category (FOCUS `PricingCategory`).
    pub enum PricingCategory {
        /// Standard: the agreed price, without a commitment.
        Standard = "standard",
        /// Dynamic: a price that varies with supply.
        Dynamic = "dynamic",
        /// Committed: a price under a commitment.
        Committed = "committed",
        /// Other pricing.
        Other = "other",
    }
}

choice! {
    /// Usage status of a commitment (FOCUS `CommitmentDiscountStatus`).
    pub enum CommitmentStatus {
        /// Used as committed.
        Used = "used",
        /// Paid for and unused.
        Unused = "unused",
    }
}

steward_core::value! {
    /// Further column of the row.
    pub struct FocusColumn {
        /// Name of the column as given by the provider, such as `x_UsageType`.
        pub column: Text<1, 200>,
        /// Value of the column; null where the provider gives `NULL`.
        pub value: Option<Text<0, 4000>>,
    }
}

steward_core::value! {
    /// Tag of the resource.
    pub struct CloudTag {
        /// Key of the tag.
        pub key: Text<1, 300>,
        /// Value of the tag; null without a value.
        pub value: Option<Text<0, 1000>>,
    }
}

steward_core::resource! {
    /// Charge for cloud cost and usage, by the FinOps Open Cost and Usage Specification (FOCUS) 1.0. Append-only. The columns commonly used
    /// for filtering are separate fields; the others are stored as received.
    pub struct CloudCharge {
        /// Load that imported the row, within which its key is unique; the row counts while the load is `loaded`.
        #[field(refers_to(&["finance/cloud-loads"]))]
        pub cloud_load_id: Option<Id>,
        /// Unique key of the row, so that it is imported once.
        #[field(unique)]
        pub row_key: Text<1, 200>,
        /// Provider of the service (`ProviderName`).
        pub provider: Text<1, 200>,
        /// Producer of the service (`PublisherName`).
        pub publisher: Option<Text<1, 200>>,
        /// Issuer of the invoice (`InvoiceIssuerName`).
        pub invoice_issuer: Option<Text<1, 200>>,
        /// Billing account (`BillingAccountId`).
        pub billing_account: Text<1, 200>,
        /// Sub account of the billing account (`SubAccountId`).
        pub sub_account: Option<Text<1, 200>>,
        /// Start of the billing period (`BillingPeriodStart`), included.
        pub billing_starts_at: Instant,
        /// End of the billing period (`BillingPeriodEnd`), not included.
        pub billing_ends_at: Instant,
        /// Start of the charge period (`ChargePeriodStart`), included.
        pub starts_at: Instant,
        /// End of the charge period (`ChargePeriodEnd`), not included.
        pub ends_at: Instant,
        /// Category of the charge (`ChargeCategory`).
        pub charge_category: ChargeCategory,
        /// Description of the charge (`ChargeDescription`).
        pub charge_description: Option<Text<1, 2000>>,
        /// Category of the service, such as compute (`ServiceCategory`).
        pub service_category: Text<1, 200>,
        /// Provider's name of the service (`ServiceName`).
        pub service_name: Text<1, 200>,
        /// Region of the resource (`RegionId`).
        pub region: Option<Text<1, 200>>,
        /// Provider's id of the resource (`ResourceId`).
        pub resource: Option<Text<1, 500>>,
        /// SKU (stock keeping unit) charged (`SkuId`).
        pub sku: Option<Text<1, 200>>,
        /// Price of the SKU (`SkuPriceId`).
        pub sku_price: Option<Text<1, 300>>,
        /// Pricing category (`PricingCategory`).
        pub pricing_category: Option<PricingCategory>,
        /// Quantity priced (`PricingQuantity`).
        pub pricing_quantity: Option<Precise>,
        /// Unit of the quantity priced (`PricingUnit`).
        pub pricing_unit: Option<Text<1, 100>>,
        /// Quantity consumed (`ConsumedQuantity`).
        pub consumed_quantity: Option<Precise>,
        /// Unit of the quantity consumed (`ConsumedUnit`).
        pub consumed_unit: Option<Text<1, 100>>,
        /// Commitment that reduces the price (`CommitmentDiscountId`).
        pub commitment_discount: Option<Text<1, 500>>,
        /// Category of that commitment (`CommitmentDiscountCategory`), such as Spend or Usage.
        pub commitment_discount_category: Option<Text<1, 100>>,
        /// Type of that commitment (`CommitmentDiscountType`), such as Savings Plan.
        pub commitment_discount_type: Option<Text<1, 200>>,
        /// Usage status of that commitment (`CommitmentDiscountStatus`).
        pub commitment_discount_status: Option<CommitmentStatus>,
        /// Invoiced cost (`BilledCost`), with up to 12 decimals.
        pub billed_cost: PreciseMoney,
        /// Effective cost, with prepaid amounts spread over their use (`EffectiveCost`).
        pub effective_cost: PreciseMoney,
        /// Cost at the list price (`ListCost`).
        pub list_cost: PreciseMoney,
        /// Cost at the agreed price (`ContractedCost`).
        pub contracted_cost: PreciseMoney,
        /// Tags of the resource (`Tags`).
        #[field(default(|| json!([])))]
        pub tags: Vec<CloudTag>,
        /// Cloud resource in the inventory.
        #[field(refers_to(&["infrastructure/cloud-resources"]))]
        pub cloud_resource_id: Option<Id>,
        /// Service supported by the resource. Left out, it follows from the assignment rules.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Cost center charged with the cost. Left out, it follows from the assignment rules.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub cost_center_id: Option<Id>,
        /// Other columns of the row.
        #[field(default(|| json!([])))]
        pub columns: Vec<FocusColumn>,
    }
}

impl Resource for CloudCharge {
    const PATH: &'static str = "finance/cloud-charges";
    type Table = steward_schema::finance::cloud_charges::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const FACT: bool = true;
    const TITLE: &'static str = "row_key";
    const UNIQUE: &'static [Unique] = &[
        Unique { index: "cloud_charges_load_row_key", fields: &["cloud_load_id", "row_key"] },
        Unique { index: "cloud_charges_row_key", fields: &["row_key"] },
    ];

    fn sample() -> Self {
        let at = |text: &str| Instant::parse(text).unwrap_or_else(Instant::system_now);
        let dollars = |amount: &str| PreciseMoney::sample(amount, "USD");
        CloudCharge {
            cloud_load_id: None,
            row_key: "2026-01-0000000471".into(),
            provider: "Example Cloud".into(),
            publisher: Some("Example Cloud".into()),
            invoice_issuer: Some("Example Cloud Europe".into()),
            billing_account: "471100815".into(),
            sub_account: Some("471100816".into()),
            billing_starts_at: at("2026-01-01T00:00:00Z"),
            billing_ends_at: at("2026-02-01T00:00:00Z"),
            starts_at: at("2026-01-14T09:00:00Z"),
            ends_at: at("2026-01-14T10:00:00Z"),
            charge_category: ChargeCategory::Usage,
            charge_description: Some("Virtual machine, 4 cores, per hour".into()),
            service_category: "Compute".into(),
            service_name: "Virtual machines".into(),
            region: Some("eu-central".into()),
            resource: Some("vm/shop-web-01".into()),
            sku: Some("VM-4C-16G".into()),
            sku_price: Some("VM-4C-16G.EU".into()),
            pricing_category: Some(PricingCategory::Committed),
            pricing_quantity: Precise::parse("1"),
            pricing_unit: Some("Hours".into()),
            consumed_quantity: Precise::parse("1"),
            consumed_unit: Some("Hours".into()),
            commitment_discount: Some("savings/2026-01".into()),
            commitment_discount_category: Some("Spend".into()),
            commitment_discount_type: Some("Savings Plan".into()),
            commitment_discount_status: Some(CommitmentStatus::Used),
            billed_cost: dollars("0"),
            effective_cost: dollars("0.1312"),
            list_cost: dollars("0.192"),
            contracted_cost: dollars("0.1824"),
            tags: vec![CloudTag { key: "environment".into(), value: Some("prod".into()) }],
            cloud_resource_id: None,
            service_id: None,
            cost_center_id: None,
            columns: vec![FocusColumn { column: "ChargeFrequency".into(), value: Some("Usage-Based".into()) }],
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.billing_starts_at), Some(self.billing_ends_at), "billing_ends_at");
        faults.span(Some(self.starts_at), Some(self.ends_at), "ends_at");
        let one_currency = [self.effective_cost, self.list_cost, self.contracted_cost].iter().all(|cost| cost.currency == self.billed_cost.currency);
        faults.require(one_currency, "billed_cost", "currency", "All costs of a row have its billing currency.");
        let known = self.commitment_discount_status.is_none() || self.commitment_discount.is_some();
        faults.require(known, "commitment_discount", "required", "Name the commitment that was used or not used.");
    }
}
