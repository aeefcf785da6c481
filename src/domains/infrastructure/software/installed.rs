//! What is installed where, for the domains that judge software.

use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::software::{self, Installed, Product};
use steward_core::ports::weakness;
use steward_core::resource::value::{Text, Title};
use steward_core::resource::{Check, Effect, Id};
use steward_schema::infrastructure::{installations, software_products, software_releases};
use steward_schema::service::registry;

/// The software of infrastructure.
pub struct Software;

impl software::Software for Software {
    fn products(&self, check: &mut Check<'_>) -> Result<Vec<Product>> {
        products(check, None)
    }

    fn installed(&self, check: &mut Check<'_>, products: &[Id]) -> Result<Vec<Installed>> {
        let mut all = Vec::new();
        for chunk in products.chunks(CHUNK) {
            all.extend(found(check, Which::Products(chunk))?);
        }
        Ok(all)
    }
}

/// Which installations are meant.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// Those of some products.
    Products(&'a [Id]),
    /// Those of a release.
    Release(Id),
    /// One.
    One(Id),
}

/// What the weaknesses that are known mean for software that is installed since, or is another than before.
pub fn weaknesses(check: &mut Check<'_>, which: Which<'_>) -> Result<Vec<Effect>> {
    let installed = found(check, which)?;
    let Some(first) = installed.first() else { return Ok(Vec::new()) };
    let products = products(check, Some(first.product))?;
    weakness::meet(check, &products, &installed)
}

/// The products, or one of them.
fn products(check: &mut Check<'_>, one: Option<Id>) -> Result<Vec<Product>> {
    type Row = (Id, String, Option<Title>, Option<String>, Option<String>);
    let columns = (software_products::id, software_products::name, software_products::publisher, software_products::cpe, software_products::purl);
    let mut query = software_products::table.order(software_products::id).select(columns).into_boxed();
    if let Some(one) = one {
        query = query.filter(software_products::id.eq(one));
    }
    let rows: Vec<Row> = query.load(check.connection)?;
    Ok(rows.into_iter().map(|(id, name, publisher, cpe, purl)| Product { id, name, publisher, cpe, purl }).collect())
}

fn found(check: &mut Check<'_>, which: Which<'_>) -> Result<Vec<Installed>> {
    type Row = (Id, Id, Id, Id, String, Option<Text<1, 1000>>);
    let columns = (
        installations::id,
        installations::unit_id,
        installations::host_id,
        software_releases::software_product_id,
        software_releases::version,
        installations::path,
    );
    let query = installations::table.inner_join(software_releases::table).order(installations::id).select(columns).into_boxed();
    let query = match which {
        Which::Products(ids) => query.filter(software_releases::software_product_id.eq_any(ids)),
        Which::Release(id) => query.filter(software_releases::id.eq(id)),
        Which::One(id) => query.filter(installations::id.eq(id)),
    };
    let rows: Vec<Row> = query.load(check.connection)?;
    let ids: Vec<Id> = rows.iter().map(|(_, _, host, ..)| *host).collect();
    let mut hosts: HashMap<Id, String> = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let titled = registry::table.filter(registry::id.eq_any(chunk)).select((registry::id, registry::title));
        hosts.extend(titled.load::<(Id, String)>(check.connection)?);
    }
    let installed = |(id, unit, host, product, version, path): Row| {
        let host = hosts.get(&host).cloned().unwrap_or_default();
        Installed { id, unit, product, version, host, path: path.map(|path| path.0) }
    };
    Ok(rows.into_iter().map(installed).collect())
}
