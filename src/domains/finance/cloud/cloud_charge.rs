//! Cloud charges: what a provider charges, row by row, in the words of FOCUS.

use crate::choice;
use crate::resource::value::{Instant, Precise, PreciseMoney, Text};
use crate::resource::{Id, Resource, Scope, Unique, ValidationErrors};
use serde_json::json;

choice! {
    /// What a charge is for (FOCUS `ChargeCategory`).
    pub enum ChargeCategory {
        /// The use of a resource.
        Usage = "usage",
        /// Something bought, such as a commitment.
        Purchase = "purchase",
        /// Tax.
        Tax = "tax",
        /// Money that is given back.
        Credit = "credit",
        /// What corrects something else.
        Adjustment = "adjustment",
    }
}

choice! {
    /// How it is priced (FOCUS `PricingCategory`).
    pub enum PricingCategory {
        /// At the agreed price, without a commitment.
        Standard = "standard",
        /// At a price that changes with supply.
        Dynamic = "dynamic",
        /// Under a commitment.
        Committed = "committed",
        /// In another way.
        Other = "other",
    }
}

choice! {
    /// Whether a commitment was used (FOCUS `CommitmentDiscountStatus`).
    pub enum CommitmentStatus {
        /// It was.
        Used = "used",
        /// It was paid for and not used.
        Unused = "unused",
    }
}

crate::value! {
    /// A further column of the row.
    pub struct FocusColumn {
        /// Its name, as the provider gives it, such as `x_UsageType`.
        pub column: Text<1, 200>,
        /// What it holds; null where the provider says `NULL`.
        pub value: Option<Text<0, 4000>>,
    }
}

crate::value! {
    /// A tag of the resource.
    pub struct CloudTag {
        /// Its key.
        pub key: Text<1, 300>,
        /// Its value; null where it has none.
        pub value: Option<Text<0, 1000>>,
    }
}

crate::resource! {
    /// A row of cost and usage that a cloud provider charges, by the FinOps Open Cost and Usage Specification (FOCUS) 1.0. It is
    /// a fact. The columns that people filter by have fields of their own; the others are kept as they came.
    pub struct CloudCharge {
        /// Load that brought it, within which its key is unique; it counts while that is `loaded`.
        #[field(refers_to(&["finance/cloud-loads"]))]
        pub cloud_load_id: Option<Id>,
        /// What tells the row from all others, so that it is imported once.
        #[field(unique)]
        pub row_key: Text<1, 200>,
        /// Who makes the service available (`ProviderName`).
        pub provider: Text<1, 200>,
        /// Producer of the service (`PublisherName`).
        pub publisher: Option<Text<1, 200>>,
        /// Issuer of the invoice (`InvoiceIssuerName`).
        pub invoice_issuer: Option<Text<1, 200>>,
        /// Who is billed (`BillingAccountId`).
        pub billing_account: Text<1, 200>,
        /// The part of that account (`SubAccountId`).
        pub sub_account: Option<Text<1, 200>>,
        /// Start of the billing period (`BillingPeriodStart`), included.
        pub billing_starts_at: Instant,
        /// End of the billing period (`BillingPeriodEnd`), not included.
        pub billing_ends_at: Instant,
        /// Start of what is charged (`ChargePeriodStart`), included.
        pub starts_at: Instant,
        /// End of what is charged (`ChargePeriodEnd`), not included.
        pub ends_at: Instant,
        /// What the charge is for (`ChargeCategory`).
        pub charge_category: ChargeCategory,
        /// What the charge is, in words (`ChargeDescription`).
        pub charge_description: Option<Text<1, 2000>>,
        /// What is used, such as compute (`ServiceCategory`).
        pub service_category: Text<1, 200>,
        /// What the provider calls the service (`ServiceName`).
        pub service_name: Text<1, 200>,
        /// Where it runs (`RegionId`).
        pub region: Option<Text<1, 200>>,
        /// What the provider calls the resource (`ResourceId`).
        pub resource: Option<Text<1, 500>>,
        /// Which price applies (`SkuId`).
        pub sku: Option<Text<1, 200>>,
        /// Price of the SKU (`SkuPriceId`).
        pub sku_price: Option<Text<1, 300>>,
        /// How it is priced (`PricingCategory`).
        pub pricing_category: Option<PricingCategory>,
        /// Quantity that is priced (`PricingQuantity`).
        pub pricing_quantity: Option<Precise>,
        /// Unit of that quantity (`PricingUnit`).
        pub pricing_unit: Option<Text<1, 100>>,
        /// How much was used (`ConsumedQuantity`).
        pub consumed_quantity: Option<Precise>,
        /// In which unit (`ConsumedUnit`).
        pub consumed_unit: Option<Text<1, 100>>,
        /// The commitment that lowers the price (`CommitmentDiscountId`).
        pub commitment_discount: Option<Text<1, 500>>,
        /// Category of that commitment (`CommitmentDiscountCategory`), such as Spend or Usage.
        pub commitment_discount_category: Option<Text<1, 100>>,
        /// Type of that commitment (`CommitmentDiscountType`), such as Savings Plan.
        pub commitment_discount_type: Option<Text<1, 200>>,
        /// Whether that commitment was used (`CommitmentDiscountStatus`).
        pub commitment_discount_status: Option<CommitmentStatus>,
        /// What is invoiced (`BilledCost`), with up to 12 decimals.
        pub billed_cost: PreciseMoney,
        /// What it costs with what was paid in advance spread over its use (`EffectiveCost`).
        pub effective_cost: PreciseMoney,
        /// What it would cost at the list price (`ListCost`).
        pub list_cost: PreciseMoney,
        /// What it would cost at the agreed price (`ContractedCost`).
        pub contracted_cost: PreciseMoney,
        /// Tags of the resource (`Tags`).
        #[field(default(|| json!([])))]
        pub tags: Vec<CloudTag>,
        /// The resource in the inventory.
        #[field(refers_to(&["infrastructure/cloud-resources"]))]
        pub cloud_resource_id: Option<Id>,
        /// The service that it runs for. Left out, the assignment rules tell it.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// The cost center that bears it. Left out, the assignment rules tell it.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub cost_center_id: Option<Id>,
        /// The other columns of the row.
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
