//! The estate: services, licences and racks, for those who ask what they cost and how well they are used.

use crate::error::Result;
use crate::resource::value::{Currency, Date, Money, PreciseMoney, Text, Title};
use crate::resource::{Check, Effect, Id, UnmetGuard};
use std::collections::HashMap;

/// A licence and its use.
#[derive(Debug, Clone)]
pub struct LicenceUse {
    /// The licence.
    pub id: Id,
    /// Its name.
    pub name: Title,
    /// How much it entitles to.
    pub quantity: i64,
    /// How much of that is assigned.
    pub assigned: i64,
    /// Cost of one for its term.
    pub unit_cost: Option<PreciseMoney>,
    /// Last day of its term.
    pub ends_on: Option<Date>,
    /// True if it is renewed by itself.
    pub auto_renew: bool,
}

/// Racks and the units that devices take in them.
#[derive(Debug, Clone, Copy, Default)]
pub struct RackUse {
    /// How many racks are in use.
    pub racks: i64,
    /// Their height in units.
    pub units: f64,
    /// The units that mounted devices take.
    pub used: f64,
}

/// Depreciation of an asset in some spans of days.
#[derive(Debug, Clone)]
pub struct AssetDepreciation {
    /// The asset.
    pub asset: Id,
    /// The category by which its value is totalled.
    pub cost_category: Option<Id>,
    /// The cost center that bears it.
    pub cost_center: Option<Id>,
    /// The currency of its cost.
    pub currency: Currency,
    /// Depreciation in each span, in minor units; none if unknown.
    pub amounts: Option<Vec<i64>>,
}

/// A licence that is in force or in use, and what is to be bought of it.
#[derive(Debug, Clone)]
pub struct LicenceNeed {
    /// The licence.
    pub id: Id,
    /// Its name.
    pub name: Title,
    /// The vendor.
    pub vendor: Option<Id>,
    /// The contract that it comes from.
    pub contract: Option<Id>,
    /// The line of the order with which it was bought.
    pub order_line: Option<Id>,
    /// Number entitled to on the day; 0 when the licence is not in force.
    pub entitled: i64,
    /// Number in use.
    pub in_use: i64,
    /// Number in use beyond the entitlement of all licences of its product and metric, as far as it falls on this one.
    pub over_used: i64,
    /// What one costs for its term.
    pub unit_cost: Option<PreciseMoney>,
    /// First day of its term.
    pub starts_on: Option<Date>,
    /// Last day of its term.
    pub ends_on: Option<Date>,
    /// True if it is renewed by itself.
    pub auto_renew: bool,
}

/// Hardware that came with a receipt.
#[derive(Debug, Clone)]
pub struct ReceivedGoods {
    /// The line of the receipt.
    pub receipt_line: Id,
    /// The line of the order.
    pub order_line: Id,
    /// The unit that has it.
    pub unit: Id,
    /// What it is.
    pub name: Title,
    /// How many pieces came.
    pub pieces: i64,
    /// Their serial numbers, as far as they are recorded.
    pub serials: Vec<Text<1, 100>>,
    /// What one cost.
    pub cost: Option<Money>,
    /// The day on which it came.
    pub received_on: Date,
}

/// Who keeps the estate.
pub trait Estate: Send + Sync {
    /// How many people use some services, of those for which it is known.
    fn service_users(&self, check: &mut Check<'_>, services: &[Id]) -> Result<HashMap<Id, i64>>;

    /// The licences in force on a day, and how much of each is assigned.
    fn licences(&self, check: &mut Check<'_>, day: Date) -> Result<Vec<LicenceUse>>;

    /// Depreciation of the assets in some spans of days, in order of their ids; assets without any are left out.
    fn depreciation(&self, check: &mut Check<'_>, spans: &[(Date, Date)]) -> Result<Vec<AssetDepreciation>>;

    /// The licences that are in force or in use on a day, in order of their ids.
    fn licence_needs(&self, check: &mut Check<'_>, day: Date) -> Result<Vec<LicenceNeed>>;

    /// The effects that make assets of goods, one of each piece.
    fn receive(&self, goods: &[ReceivedGoods]) -> Vec<Effect>;

    /// The assets of some receipt lines that cannot be taken back: those that were put to use, and those on which something hangs.
    fn kept(&self, check: &mut Check<'_>, receipt_lines: &[Id]) -> Result<Vec<UnmetGuard>>;

    /// The effects that take back the assets of some receipt lines.
    fn take_back(&self, check: &mut Check<'_>, receipt_lines: &[Id]) -> Result<Vec<Effect>>;

    /// The devices and virtual machines in use that go by some names or addresses: by their name, else by the name without its domain, else by
    /// the address of an interface. A name that none goes by is left out.
    fn hosts(&self, check: &mut Check<'_>, names: &[String]) -> Result<HashMap<String, Vec<Id>>>;

    /// The racks in use.
    fn racks(&self, check: &mut Check<'_>) -> Result<RackUse>;
}

fn port(check: &Check<'_>) -> Option<&'static dyn Estate> {
    check.definitions.answers.get::<&'static dyn Estate>().copied()
}

/// How many people use some services, of those for which it is known.
pub fn service_users(check: &mut Check<'_>, services: &[Id]) -> Result<HashMap<Id, i64>> {
    port(check).map_or(Ok(HashMap::new()), |port| port.service_users(check, services))
}

/// The licences in force on a day; none where nobody keeps any.
pub fn licences(check: &mut Check<'_>, day: Date) -> Result<Vec<LicenceUse>> {
    port(check).map_or(Ok(Vec::new()), |port| port.licences(check, day))
}

/// Depreciation of the assets in some spans of days; none where no domain keeps assets.
pub fn depreciation(check: &mut Check<'_>, spans: &[(Date, Date)]) -> Result<Vec<AssetDepreciation>> {
    port(check).map_or(Ok(Vec::new()), |port| port.depreciation(check, spans))
}

/// The licences that are in force or in use on a day; none where nobody keeps any.
pub fn licence_needs(check: &mut Check<'_>, day: Date) -> Result<Vec<LicenceNeed>> {
    port(check).map_or(Ok(Vec::new()), |port| port.licence_needs(check, day))
}

/// The effects that make assets of goods; none where nobody keeps any.
pub fn receive(check: &Check<'_>, goods: &[ReceivedGoods]) -> Vec<Effect> {
    port(check).map_or_else(Vec::new, |port| port.receive(goods))
}

/// The assets of some receipt lines that cannot be taken back; none where nobody keeps any.
pub fn kept(check: &mut Check<'_>, receipt_lines: &[Id]) -> Result<Vec<UnmetGuard>> {
    port(check).map_or(Ok(Vec::new()), |port| port.kept(check, receipt_lines))
}

/// The effects that take back the assets of some receipt lines; none where nobody keeps any.
pub fn take_back(check: &mut Check<'_>, receipt_lines: &[Id]) -> Result<Vec<Effect>> {
    port(check).map_or(Ok(Vec::new()), |port| port.take_back(check, receipt_lines))
}

/// The racks in use; none where nobody keeps any.
pub fn racks(check: &mut Check<'_>) -> Result<RackUse> {
    port(check).map_or(Ok(RackUse::default()), |port| port.racks(check))
}

/// The devices and virtual machines in use that go by some names or addresses; none where nobody keeps any.
pub fn hosts(check: &mut Check<'_>, names: &[String]) -> Result<HashMap<String, Vec<Id>>> {
    port(check).map_or(Ok(HashMap::new()), |port| port.hosts(check, names))
}
