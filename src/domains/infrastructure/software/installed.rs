//! What is installed where, for the domains that judge software.

use crate::database::CHUNK;
use crate::error::Result;
use crate::ports::software::{self, Installed, Product};
use crate::resource::value::{Text, Title};
use crate::resource::{Check, Id};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_schema::infrastructure::{installations, software_products, software_releases};
use steward_schema::service::registry;

/// The software of infrastructure.
pub struct Software;

impl software::Software for Software {
    fn products(&self, check: &mut Check<'_>) -> Result<Vec<Product>> {
        type Row = (Id, String, Option<Title>, Option<String>, Option<String>);
        let columns = (software_products::id, software_products::name, software_products::publisher, software_products::cpe, software_products::purl);
        let rows: Vec<Row> = software_products::table.order(software_products::id).select(columns).load(check.connection)?;
        Ok(rows.into_iter().map(|(id, name, publisher, cpe, purl)| Product { id, name, publisher, cpe, purl }).collect())
    }

    fn installed(&self, check: &mut Check<'_>, products: &[Id]) -> Result<Vec<Installed>> {
        type Row = (Id, Id, Id, Id, String, Option<Text<1, 1000>>);
        let of_them = installations::table.inner_join(software_releases::table).filter(software_releases::software_product_id.eq_any(products));
        let columns = (
            installations::id,
            installations::unit_id,
            installations::host_id,
            software_releases::software_product_id,
            software_releases::version,
            installations::path,
        );
        let rows: Vec<Row> = of_them.order(installations::id).select(columns).load(check.connection)?;
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
}
