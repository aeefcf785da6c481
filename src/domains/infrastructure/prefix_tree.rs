//! Where a prefix stands in the tree of its VRF, and how full it is.

use super::cidr::{Cidr, covered};
use super::ip_address::IpAddress;
use super::prefix::Prefix;
use crate::database::{Cell, Kind, Statement};
use crate::error::Result;
use crate::http::view::Figures;
use crate::resource::Id;
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::{Figure, Whole};
use crate::store::Reader;
use serde_json::Value;
use std::collections::HashMap;

/// The figures of prefixes on a list.
pub static FIGURES: Figures = Figures { schema: answer_schema::<PrefixFigures>, compute };

crate::answer! {
    /// Where the prefix stands and how full it is, over the prefixes and addresses that you may see.
    pub struct PrefixFigures {
        /// The smallest prefix of the VRF that contains it; null at the top.
        #[field(refers_to(&["infrastructure/prefixes"]))]
        pub parent_id: Option<Id>,
        /// How many prefixes of the VRF contain it.
        pub depth: Whole<0, 128>,
        /// How many smaller prefixes of the VRF lie within it.
        pub prefix_count: Whole<0, { i64::MAX }>,
        /// How many addresses of the VRF lie within it.
        pub address_count: Whole<0, { i64::MAX }>,
        /// Of a container the share that prefixes within it cover; of a network or pool the share of the addresses that can be
        /// handed out which are recorded, each once · 100.
        pub utilisation_percent: Figure,
    }
}

/// How a prefix is related to another of the same VRF: it is within, or around.
const WITHIN: &str = " JOIN prefixes o ON o.vrf_id = p.vrf_id AND o.prefix_key > p.prefix_key AND o.prefix_last <= p.prefix_last WHERE p.id IN (";
const AROUND: &str = " JOIN prefixes o ON o.vrf_id = p.vrf_id AND o.prefix_key < p.prefix_key AND o.prefix_last >= p.prefix_last WHERE p.id IN (";

fn compute(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, Value>> {
    let own = own(reader, ids)?;
    let (around, within) = (related(reader, ids, AROUND)?, related(reader, ids, WITHIN)?);
    let counts = address_counts(reader, ids)?;
    let none = Vec::new();
    let figures = own.into_iter().map(|(id, (prefix, kind))| {
        let (above, below) = (around.get(&id).unwrap_or(&none), within.get(&id).unwrap_or(&none));
        let addresses = counts.get(&id).copied().unwrap_or(0);
        let share = if kind == "container" {
            covered(prefix, &below.iter().map(|(prefix, _)| *prefix).collect::<Vec<_>>())
        } else {
            let (first, last) = prefix.usable(kind == "pool");
            addresses as f64 / ((last - first) as f64 + 1.0)
        };
        let figures = PrefixFigures {
            parent_id: above.last().map(|(_, id)| *id),
            depth: Whole(above.len() as i64),
            prefix_count: Whole(below.len() as i64),
            address_count: Whole(addresses),
            utilisation_percent: Figure(Some(share * 100.0)),
        };
        (id, Value::Object(figures.to_json()))
    });
    Ok(figures.collect())
}

fn own(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, (Cidr, String)>> {
    let mut query = Statement::new("SELECT id, prefix_key, kind FROM prefixes WHERE id IN (");
    query.bind_all(ids.iter().copied().map(Cell::Id)).push(")");
    let rows = query.once().rows(reader.connection, &[Kind::Id, Kind::Text, Kind::Text])?;
    Ok(rows.iter().filter_map(|row| Some((row[0].as_id()?, (Cidr::from_key(row[1].as_text()?)?, row[2].as_text()?.to_owned())))).collect())
}

/// The prefixes in sight that are related to each of some, in order.
fn related(reader: &mut Reader<'_>, ids: &[Id], how: &'static str) -> Result<HashMap<Id, Vec<(Cidr, Id)>>> {
    let Some(narrowed) = reader.narrowed::<Prefix>()? else { return Ok(HashMap::new()) };
    let mut query = Statement::new("SELECT p.id, o.prefix_key, o.id FROM prefixes p");
    query.push(how).bind_all(ids.iter().copied().map(Cell::Id)).push(") AND o.id IN (SELECT id FROM prefixes WHERE 1 = 1").append(narrowed);
    query.push(") ORDER BY o.prefix_key");
    let mut all: HashMap<Id, Vec<(Cidr, Id)>> = HashMap::new();
    for row in query.once().rows(reader.connection, &[Kind::Id, Kind::Text, Kind::Id])? {
        if let (Some(id), Some(prefix), Some(other)) = (row[0].as_id(), row[1].as_text().and_then(Cidr::from_key), row[2].as_id()) {
            all.entry(id).or_default().push((prefix, other));
        }
    }
    Ok(all)
}

/// How many addresses in sight lie within each of some prefixes.
fn address_counts(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, i64>> {
    let Some(narrowed) = reader.narrowed::<IpAddress>()? else { return Ok(HashMap::new()) };
    let mut query = Statement::new(
        "SELECT p.id, COUNT(DISTINCT a.address_key) FROM prefixes p JOIN ip_addresses a ON a.vrf_id = p.vrf_id AND a.address_key >= substr(p.prefix_key, 1, 33) \
         AND a.address_key <= p.prefix_last WHERE p.id IN (",
    );
    query.bind_all(ids.iter().copied().map(Cell::Id)).push(") AND a.id IN (SELECT id FROM ip_addresses WHERE 1 = 1").append(narrowed).push(") GROUP BY p.id");
    let rows = query.once().rows(reader.connection, &[Kind::Id, Kind::Integer])?;
    Ok(rows.iter().filter_map(|row| Some((row[0].as_id()?, row[1].as_integer()?))).collect())
}
