//! Licences to buy: the use beyond the entitlement to a product by a metric, as far as it falls on each licence.

use super::license_count::{LicensedUse, all_uses};
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};
use steward_core::error::Result;
use steward_core::ports::estate::LicenceNeed;
use steward_core::resource::value::{Date, PreciseMoney, Title};
use steward_core::resource::{Check, Id};
use steward_schema::infrastructure::licenses;

/// Columns of a licence: id, name, vendor, contract, line of an order, cost of one, first and last day, true if it renews by itself.
type Row = (Id, Title, Option<Id>, Option<Id>, Option<Id>, Option<PreciseMoney>, Option<Date>, Option<Date>, bool);

/// The licences that are in force or in use on a day, in order of their ids.
pub fn needs(check: &mut Check<'_>, day: Date) -> Result<Vec<LicenceNeed>> {
    let uses = all_uses(check.connection, day)?;
    let over = over_used(&uses);
    let uses: HashMap<Id, LicensedUse> = uses.into_iter().map(|used| (used.license, used)).collect();
    let cost = (licenses::unit_cost_units, licenses::unit_cost_pico, licenses::unit_cost_currency);
    let rows: Vec<Row> = licenses::table
        .order(licenses::id)
        .select((
            licenses::id,
            licenses::name,
            licenses::vendor_id,
            licenses::contract_id,
            licenses::purchase_order_line_id,
            cost,
            licenses::starts_on,
            licenses::ends_on,
            licenses::auto_renew,
        ))
        .load(check.connection)?;
    let need = |(id, name, vendor, contract, order_line, unit_cost, starts_on, ends_on, auto_renew): Row| {
        let used = uses.get(&id)?;
        let need = LicenceNeed {
            id,
            name,
            vendor,
            contract,
            order_line,
            entitled: used.entitled,
            in_use: used.consumed(),
            over_used: over.get(&id).copied().unwrap_or(0),
            unit_cost,
            starts_on,
            ends_on,
            auto_renew,
        };
        Some(need).filter(|need| need.entitled > 0 || need.in_use > 0)
    };
    Ok(rows.into_iter().filter_map(need).collect())
}

/// Use beyond the licences of a product and metric together, by the licence that it falls on: those that lack most first.
fn over_used(uses: &[LicensedUse]) -> HashMap<Id, i64> {
    let mut pools: BTreeMap<(Id, &str), Vec<&LicensedUse>> = BTreeMap::new();
    for used in uses {
        pools.entry((used.product, used.metric.word())).or_default().push(used);
    }
    let mut over = HashMap::new();
    for mut pool in pools.into_values() {
        let lacking = |used: &LicensedUse| used.consumed().saturating_sub(used.entitled);
        let mut left = pool.iter().map(|used| lacking(used)).fold(0, i64::saturating_add).max(0);
        pool.sort_by_key(|used| (std::cmp::Reverse(lacking(used)), used.license));
        for used in pool {
            let falls = lacking(used).clamp(0, left);
            left -= falls;
            over.insert(used.license, falls);
        }
    }
    over
}

#[cfg(test)]
mod tests {
    use super::super::license_metric::LicenseMetric;
    use super::*;

    #[test]
    fn what_one_licence_has_too_much_makes_up_for_what_another_lacks() {
        let (product, other) = (Id::new(), Id::new());
        let used = |product: Id, entitled: i64, assigned: i64, found: i64| LicensedUse {
            license: Id::new(),
            product,
            metric: LicenseMetric::Device,
            entitled,
            assigned,
            found,
            unknown: 0,
            out_of_scope: 0,
        };
        // Of one product 5 + 2 are lacking and 3 to spare: 4 are to be bought, of the licence that lacks most. Of the other nothing lacks.
        let uses = [used(product, 10, 12, 0), used(product, 10, 11, 4), used(product, 8, 5, 0), used(other, 5, 5, 0)];
        let over = over_used(&uses);
        assert_eq!(uses.each_ref().map(|used| over[&used.license]), [0, 4, 0, 0]);
    }
}
