//! Sums of cloud charges by a dimension, exact to the 12th decimal.

use super::assignment::{Assignment, Dimensions, assigned};
use super::cloud_charge::{CloudTag, FocusColumn};
use diesel::dsl::count_star;
use diesel::expression::BoxableExpression;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use steward_core::database::expression::total;
use steward_core::database::{Connection, Dialect, Narrowed};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Date, Instant, Precise};
use steward_schema::finance::{cloud_assignment_rules, cloud_charges, cloud_loads};

/// The charges that count.
pub struct Counting {
    /// What is in sight.
    pub seen: Narrowed<cloud_charges::table>,
    /// First day of use.
    pub from: Option<Date>,
    /// The day after the last one.
    pub to: Option<Date>,
}

/// The four costs of charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Costs {
    /// How many charges.
    pub rows: i64,
    /// What is invoiced.
    pub billed: Decimal,
    /// With what was paid in advance spread over its use.
    pub effective: Decimal,
    /// At the list price.
    pub list: Decimal,
    /// At the agreed price.
    pub contracted: Decimal,
}

impl Costs {
    /// The two together.
    pub fn plus(self, other: Costs) -> Costs {
        Costs {
            rows: self.rows + other.rows,
            billed: self.billed + other.billed,
            effective: self.effective + other.effective,
            list: self.list + other.list,
            contracted: self.contracted + other.contracted,
        }
    }
}

/// Costs by what they are grouped by and currency.
pub type ByKey = BTreeMap<(Option<String>, &'static str), (Currency, Costs)>;

/// A column of charges, or what follows from one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dimension {
    /// `ProviderName`.
    Provider,
    /// `PublisherName`.
    Publisher,
    /// `InvoiceIssuerName`.
    InvoiceIssuer,
    /// `BillingAccountId`.
    BillingAccount,
    /// `SubAccountId`.
    SubAccount,
    /// `BillingPeriodStart`, as a month.
    BillingPeriod,
    /// `ChargePeriodStart`, as a month.
    Month,
    /// `ChargePeriodStart`, as a day.
    Day,
    /// `ChargeCategory`.
    ChargeCategory,
    /// `PricingCategory`.
    PricingCategory,
    /// `ServiceCategory`.
    ServiceCategory,
    /// `ServiceName`.
    ServiceName,
    /// `RegionId`.
    Region,
    /// `ResourceId`.
    Resource,
    /// `SkuId`.
    Sku,
    /// `SkuPriceId`.
    SkuPrice,
    /// `CommitmentDiscountId`.
    CommitmentDiscount,
    /// `CommitmentDiscountCategory`.
    CommitmentDiscountCategory,
    /// `CommitmentDiscountStatus`.
    CommitmentDiscountStatus,
    /// `CommitmentDiscountType`.
    CommitmentDiscountType,
    /// The service that bears them.
    Service,
    /// The cost center that bears them.
    CostCenter,
    /// Another column of the file, by its name there.
    Column(&'static str),
    /// The value of a tag.
    Tag(String),
}

/// The names of the dimensions.
pub const NAMES: &[(&str, Dimension)] = &[
    ("provider", Dimension::Provider),
    ("publisher", Dimension::Publisher),
    ("invoice_issuer", Dimension::InvoiceIssuer),
    ("billing_account", Dimension::BillingAccount),
    ("sub_account", Dimension::SubAccount),
    ("billing_period", Dimension::BillingPeriod),
    ("month", Dimension::Month),
    ("day", Dimension::Day),
    ("charge_category", Dimension::ChargeCategory),
    ("pricing_category", Dimension::PricingCategory),
    ("service_category", Dimension::ServiceCategory),
    ("service_name", Dimension::ServiceName),
    ("region", Dimension::Region),
    ("resource", Dimension::Resource),
    ("sku", Dimension::Sku),
    ("sku_price", Dimension::SkuPrice),
    ("commitment_discount", Dimension::CommitmentDiscount),
    ("commitment_discount_category", Dimension::CommitmentDiscountCategory),
    ("commitment_discount_status", Dimension::CommitmentDiscountStatus),
    ("commitment_discount_type", Dimension::CommitmentDiscountType),
    ("charge_class", Dimension::Column("ChargeClass")),
    ("charge_frequency", Dimension::Column("ChargeFrequency")),
    ("availability_zone", Dimension::Column("AvailabilityZone")),
    ("resource_type", Dimension::Column("ResourceType")),
    ("service", Dimension::Service),
    ("cost_center", Dimension::CostCenter),
];

impl Dimension {
    /// The dimension of a name; `tag:key` is that of a tag.
    pub fn parse(name: &str) -> Option<Dimension> {
        if let Some(key) = name.strip_prefix("tag:").filter(|key| !key.is_empty()) {
            return Some(Dimension::Tag(key.to_owned()));
        }
        NAMES.iter().find(|(own, _)| *own == name).map(|(_, dimension)| dimension.clone())
    }
}

type Filter<'a> = Box<dyn BoxableExpression<cloud_charges::table, Dialect, SqlType = Bool> + 'a>;

impl Counting {
    /// The charges in sight and in the span whose load was not replaced.
    fn filter<'a>(&'a self, replaced: &'a [Id]) -> Filter<'a> {
        let load = cloud_charges::cloud_load_id;
        let mut condition: Filter<'a> = Box::new(self.seen.clone());
        condition = Box::new(condition.and(load.is_null().or(load.assume_not_null().ne_all(replaced))));
        if let Some(from) = self.from {
            condition = Box::new(condition.and(cloud_charges::starts_at.ge(from.midnight())));
        }
        if let Some(to) = self.to {
            condition = Box::new(condition.and(cloud_charges::starts_at.lt(to.midnight())));
        }
        condition
    }
}

type Sums = (i64, (Option<i64>, Option<i64>), (Option<i64>, Option<i64>), (Option<i64>, Option<i64>), (Option<i64>, Option<i64>));

fn costs((rows, billed, effective, list, contracted): Sums) -> Costs {
    let exact = |(units, pico): (Option<i64>, Option<i64>)| Decimal::from(units.unwrap_or(0)) + Decimal::new(pico.unwrap_or(0), 12);
    Costs { rows, billed: exact(billed), effective: exact(effective), list: exact(list), contracted: exact(contracted) }
}

/// The sums of charges grouped by a column of any type, which is then made a text.
macro_rules! grouped_by {
    ($connection:expr, $counting:expr, $column:expr, $Type:ty, $text:expr) => {{
        let replaced = replaced($connection)?;
        let rows: Vec<($Type, Currency, Sums)> = cloud_charges::table
            .filter($counting.filter(&replaced))
            .group_by(($column, cloud_charges::billed_cost_currency))
            .select((
                $column,
                cloud_charges::billed_cost_currency,
                (
                    count_star(),
                    (total(cloud_charges::billed_cost_units), total(cloud_charges::billed_cost_pico)),
                    (total(cloud_charges::effective_cost_units), total(cloud_charges::effective_cost_pico)),
                    (total(cloud_charges::list_cost_units), total(cloud_charges::list_cost_pico)),
                    (total(cloud_charges::contracted_cost_units), total(cloud_charges::contracted_cost_pico)),
                ),
            ))
            .load($connection)?;
        let text = $text;
        let mut sums = ByKey::new();
        for (key, currency, row) in rows {
            let (_, sum) = sums.entry((text(key), currency.code())).or_insert((currency, Costs::default()));
            *sum = sum.plus(costs(row));
        }
        Ok(sums)
    }};
}

/// The loads whose charges count no longer.
fn replaced(connection: &mut Connection) -> Result<Vec<Id>> {
    Ok(cloud_loads::table.filter(cloud_loads::state.eq("replaced")).select(cloud_loads::id).load(connection)?)
}

/// The sums of charges by a dimension.
pub fn sums(connection: &mut Connection, counting: &Counting, by: &Dimension) -> Result<ByKey> {
    let month = |at: Instant| Some(at.date().to_string().chars().take(7).collect::<String>());
    match by {
        Dimension::Provider => grouped_by!(connection, counting, cloud_charges::provider, String, Some),
        Dimension::Publisher => grouped_by!(connection, counting, cloud_charges::publisher, Option<String>, |key| key),
        Dimension::InvoiceIssuer => grouped_by!(connection, counting, cloud_charges::invoice_issuer, Option<String>, |key| key),
        Dimension::BillingAccount => grouped_by!(connection, counting, cloud_charges::billing_account, String, Some),
        Dimension::SubAccount => grouped_by!(connection, counting, cloud_charges::sub_account, Option<String>, |key| key),
        Dimension::BillingPeriod => grouped_by!(connection, counting, cloud_charges::billing_starts_at, Instant, month),
        Dimension::Month => grouped_by!(connection, counting, cloud_charges::starts_at, Instant, month),
        Dimension::Day => grouped_by!(connection, counting, cloud_charges::starts_at, Instant, |at: Instant| Some(at.date().to_string())),
        Dimension::ChargeCategory => grouped_by!(connection, counting, cloud_charges::charge_category, String, Some),
        Dimension::PricingCategory => grouped_by!(connection, counting, cloud_charges::pricing_category, Option<String>, |key| key),
        Dimension::ServiceCategory => grouped_by!(connection, counting, cloud_charges::service_category, String, Some),
        Dimension::ServiceName => grouped_by!(connection, counting, cloud_charges::service_name, String, Some),
        Dimension::Region => grouped_by!(connection, counting, cloud_charges::region, Option<String>, |key| key),
        Dimension::Resource => grouped_by!(connection, counting, cloud_charges::resource, Option<String>, |key| key),
        Dimension::Sku => grouped_by!(connection, counting, cloud_charges::sku, Option<String>, |key| key),
        Dimension::CommitmentDiscount => grouped_by!(connection, counting, cloud_charges::commitment_discount, Option<String>, |key| key),
        Dimension::SkuPrice => grouped_by!(connection, counting, cloud_charges::sku_price, Option<String>, |key| key),
        Dimension::CommitmentDiscountCategory => grouped_by!(connection, counting, cloud_charges::commitment_discount_category, Option<String>, |key| key),
        Dimension::CommitmentDiscountStatus => grouped_by!(connection, counting, cloud_charges::commitment_discount_status, Option<String>, |key| key),
        Dimension::CommitmentDiscountType => grouped_by!(connection, counting, cloud_charges::commitment_discount_type, Option<String>, |key| key),
        Dimension::Service => assigned_sums(connection, counting, |(service, _), _, _| service.map(|id| id.to_string())),
        Dimension::CostCenter => assigned_sums(connection, counting, |(_, center), _, _| center.map(|id| id.to_string())),
        Dimension::Tag(key) => assigned_sums(connection, counting, |_, tags, _| {
            let tag = tags.iter().find(|tag| tag.key.0 == *key)?;
            Some(tag.value.as_ref().map(|value| value.0.clone()).unwrap_or_default())
        }),
        Dimension::Column(name) => assigned_sums(connection, counting, |_, _, columns| {
            let column = columns.iter().find(|column| column.column.0 == *name)?;
            column.value.as_ref().map(|value| value.0.clone())
        }),
    }
}

/// Used and unused effective cost of each commitment, by its id and currency.
pub fn commitments(connection: &mut Connection, counting: &Counting) -> Result<Vec<(String, String, Currency, Costs)>> {
    let replaced = replaced(connection)?;
    let (discount, status) = (cloud_charges::commitment_discount, cloud_charges::commitment_discount_status);
    let rows: Vec<(Option<String>, Option<String>, Currency, Sums)> = cloud_charges::table
        .filter(counting.filter(&replaced))
        .filter(discount.is_not_null().and(status.is_not_null()))
        .group_by((discount, status, cloud_charges::billed_cost_currency))
        .select((
            discount,
            status,
            cloud_charges::billed_cost_currency,
            (
                count_star(),
                (total(cloud_charges::billed_cost_units), total(cloud_charges::billed_cost_pico)),
                (total(cloud_charges::effective_cost_units), total(cloud_charges::effective_cost_pico)),
                (total(cloud_charges::list_cost_units), total(cloud_charges::list_cost_pico)),
                (total(cloud_charges::contracted_cost_units), total(cloud_charges::contracted_cost_pico)),
            ),
        ))
        .load(connection)?;
    Ok(rows.into_iter().filter_map(|(discount, status, currency, row)| Some((discount?, status?, currency, costs(row)))).collect())
}

/// A charge with its dimensions and costs.
#[derive(Queryable, Selectable)]
#[diesel(table_name = cloud_charges, check_for_backend(Dialect))]
struct ChargeRow {
    provider: String,
    billing_account: String,
    sub_account: Option<String>,
    service_category: String,
    service_name: String,
    region: Option<String>,
    resource: Option<String>,
    tags: Vec<CloudTag>,
    #[diesel(column_name = columns_)]
    columns: Vec<FocusColumn>,
    starts_at: Instant,
    service_id: Option<Id>,
    cost_center_id: Option<Id>,
    billed_cost_currency: Currency,
    #[diesel(select_expression = (cloud_charges::billed_cost_units, cloud_charges::billed_cost_pico))]
    billed: Precise,
    #[diesel(select_expression = (cloud_charges::effective_cost_units, cloud_charges::effective_cost_pico))]
    effective: Precise,
    #[diesel(select_expression = (cloud_charges::list_cost_units, cloud_charges::list_cost_pico))]
    list: Precise,
    #[diesel(select_expression = (cloud_charges::contracted_cost_units, cloud_charges::contracted_cost_pico))]
    contracted: Precise,
}

/// The sums of charges by what rules assign or tags say, charge by charge.
fn assigned_sums(
    connection: &mut Connection,
    counting: &Counting,
    key: impl Fn((Option<Id>, Option<Id>), &[CloudTag], &[FocusColumn]) -> Option<String>,
) -> Result<ByKey> {
    let (rules, replaced) = (rules(connection)?, replaced(connection)?);
    let rows: Vec<ChargeRow> = cloud_charges::table.filter(counting.filter(&replaced)).select(ChargeRow::as_select()).load(connection)?;
    let mut sums = ByKey::new();
    for row in rows {
        let of = Dimensions {
            provider: row.provider,
            billing_account: row.billing_account,
            sub_account: row.sub_account,
            service_category: row.service_category,
            service_name: row.service_name,
            region: row.region,
            resource: row.resource,
            tags: row.tags,
        };
        let (service, center) = assigned(&rules, &of, row.starts_at.date());
        let key = key((row.service_id.or(service), row.cost_center_id.or(center)), &of.tags, &row.columns);
        let costs = Costs { rows: 1, billed: row.billed.0, effective: row.effective.0, list: row.list.0, contracted: row.contracted.0 };
        let currency = row.billed_cost_currency;
        let (_, sum) = sums.entry((key, currency.code())).or_insert((currency, Costs::default()));
        *sum = sum.plus(costs);
    }
    Ok(sums)
}

/// The assignment rules, in order.
fn rules(connection: &mut Connection) -> Result<Vec<Assignment>> {
    let ordered = cloud_assignment_rules::table.order((cloud_assignment_rules::position, cloud_assignment_rules::code_key));
    Ok(ordered.select(Assignment::as_select()).load(connection)?)
}
