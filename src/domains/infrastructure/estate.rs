//! The estate for those who ask what it costs and how well it is used.

use super::network::network_value::Addressed;
use crate::asset::{asset_value::Ownership, book_value::ValuationRecord, impairment_losses::ImpairmentLosses, received_asset};
use crate::software::license_need;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::CHUNK;
use steward_core::database::expression::total;
use steward_core::error::Result;
use steward_core::ports::estate::{self, AssetDepreciation, LicenceNeed, LicenceUse, RackUse, ReceivedGoods};
use steward_core::resource::value::{Date, PreciseMoney, Title, folded};
use steward_core::resource::{Check, Effect, Id, UnmetGuard};
use steward_schema::infrastructure::{
    assets, device_types, devices, interfaces, ip_addresses, license_assignments, licenses, racks, services, virtual_machines,
};

/// Services, licences and racks, as this domain keeps them.
pub struct Estate;

impl estate::Estate for Estate {
    fn service_users(&self, check: &mut Check<'_>, ids: &[Id]) -> Result<HashMap<Id, i64>> {
        let mut users = HashMap::new();
        for chunk in ids.chunks(CHUNK) {
            let query = services::table.filter(services::id.eq_any(chunk)).select((services::id, services::user_count));
            let rows: Vec<(Id, Option<i64>)> = query.load(check.connection)?;
            users.extend(rows.into_iter().filter_map(|(id, users)| Some((id, users?))));
        }
        Ok(users)
    }

    fn licences(&self, check: &mut Check<'_>, day: Date) -> Result<Vec<LicenceUse>> {
        let begun = licenses::starts_on.is_null().or(licenses::starts_on.le(day));
        let lasts = licenses::ends_on.is_null().or(licenses::ends_on.ge(day));
        let cost = (licenses::unit_cost_units, licenses::unit_cost_pico, licenses::unit_cost_currency);
        let rows: Vec<(Id, Title, i64, Option<PreciseMoney>, Option<Date>, bool)> = licenses::table
            .filter(begun)
            .filter(lasts)
            .order(licenses::id)
            .select((licenses::id, licenses::name, licenses::quantity, cost, licenses::ends_on, licenses::auto_renew))
            .load(check.connection)?;
        let current = license_assignments::ends_on.is_null().or(license_assignments::ends_on.ge(day));
        let taken: Vec<(Id, Option<i64>)> = license_assignments::table
            .filter(current)
            .group_by(license_assignments::license_id)
            .select((license_assignments::license_id, total(license_assignments::quantity)))
            .load(check.connection)?;
        let taken: HashMap<Id, i64> = taken.into_iter().map(|(licence, sum)| (licence, sum.unwrap_or(0))).collect();
        let licence = |(id, name, quantity, unit_cost, ends_on, auto_renew)| LicenceUse {
            id,
            name,
            quantity,
            assigned: taken.get(&id).copied().unwrap_or(0),
            unit_cost,
            ends_on,
            auto_renew,
        };
        Ok(rows.into_iter().map(licence).collect())
    }

    fn depreciation(&self, check: &mut Check<'_>, spans: &[(Date, Date)]) -> Result<Vec<AssetDepreciation>> {
        let rows: Vec<(Id, Option<Id>, Option<Id>, ValuationRecord)> = assets::table
            .filter(assets::cost_amount.is_not_null().and(assets::in_service_on.is_not_null()))
            .filter(assets::ownership.ne(Ownership::Rented))
            .order(assets::id)
            .select((assets::id, assets::cost_category_id, assets::cost_center_id, ValuationRecord::as_select()))
            .load(check.connection)?;
        let losses = ImpairmentLosses::all(check.connection)?;
        let depreciation = |(asset, cost_category, cost_center, record): (Id, Option<Id>, Option<Id>, ValuationRecord)| {
            let valued = losses.valued(asset, record);
            let within = spans.iter().map(|(first, last)| valued.written_off_within(*first, *last));
            let amounts: Option<Vec<i64>> = within.collect::<std::result::Result<_, _>>().ok();
            let loses = amounts.as_ref().is_none_or(|amounts| amounts.iter().any(|amount| *amount != 0));
            let currency = valued.currency().filter(|_| loses)?;
            Some(AssetDepreciation { asset, cost_category, cost_center, currency, amounts })
        };
        Ok(rows.into_iter().filter_map(depreciation).collect())
    }

    fn licence_needs(&self, check: &mut Check<'_>, day: Date) -> Result<Vec<LicenceNeed>> {
        license_need::needs(check, day)
    }

    fn receive(&self, goods: &[ReceivedGoods]) -> Vec<Effect> {
        goods.iter().flat_map(received_asset::assets).collect()
    }

    fn kept(&self, check: &mut Check<'_>, receipt_lines: &[Id]) -> Result<Vec<UnmetGuard>> {
        received_asset::kept(check, receipt_lines)
    }

    fn take_back(&self, check: &mut Check<'_>, receipt_lines: &[Id]) -> Result<Vec<Effect>> {
        received_asset::take_back(check, receipt_lines)
    }

    fn hosts(&self, check: &mut Check<'_>, names: &[String]) -> Result<HashMap<String, Vec<Id>>> {
        let of_devices = devices::table.filter(devices::state.ne("retired")).select((devices::id, devices::name));
        let mut known: Vec<(Id, String)> = of_devices.load(check.connection)?;
        let of_machines = virtual_machines::table.filter(virtual_machines::state.ne("retired")).select((virtual_machines::id, virtual_machines::name));
        known.extend(of_machines.load::<(Id, String)>(check.connection)?);
        let mut by_name: HashMap<String, Vec<Id>> = HashMap::new();
        for (id, name) in known {
            by_name.entry(folded(&name)).or_default().push(id);
        }
        let addresses: HashMap<String, String> = names.iter().filter_map(|name| Some((Addressed::parse(name)?.host.key(), name.clone()))).collect();
        let keys: Vec<&String> = addresses.keys().collect();
        let mut hosts: HashMap<String, Vec<Id>> = HashMap::new();
        for chunk in keys.chunks(CHUNK) {
            let query = ip_addresses::table
                .inner_join(interfaces::table.on(interfaces::id.nullable().eq(ip_addresses::assigned_to_id)))
                .filter(ip_addresses::address_key.eq_any(chunk.iter().copied()))
                .select((ip_addresses::address_key, interfaces::node_id));
            for (key, node) in query.distinct().load::<(String, Id)>(check.connection)? {
                hosts.entry(addresses.get(&key).cloned().unwrap_or_default()).or_default().push(node);
            }
        }
        for name in names.iter().filter(|name| Addressed::parse(name).is_none()) {
            let full = folded(name);
            let short = full.split('.').next().unwrap_or_default();
            if let Some(ids) = by_name.get(&full).or_else(|| by_name.get(short)) {
                hosts.insert(name.clone(), ids.clone());
            }
        }
        Ok(hosts)
    }

    fn racks(&self, check: &mut Check<'_>) -> Result<RackUse> {
        let heights: Vec<i64> = racks::table.filter(racks::state.eq("active")).select(racks::height_units).load(check.connection)?;
        let mounted: Vec<f64> = devices::table
            .inner_join(device_types::table)
            .inner_join(racks::table)
            .filter(racks::state.eq("active").and(devices::state.ne("retired")))
            .select(device_types::height_units)
            .load(check.connection)?;
        Ok(RackUse { racks: heights.len() as i64, units: heights.iter().sum::<i64>() as f64, used: mounted.iter().sum() })
    }
}
