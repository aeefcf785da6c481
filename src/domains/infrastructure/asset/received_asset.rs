//! Assets of hardware that came with a receipt, one of each piece, and what becomes of them when the receipt is reversed.

use super::asset::Asset;
use super::asset_value::{DepreciationConvention, DepreciationMethod, Ownership};
use diesel::prelude::*;
use std::collections::HashSet;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::estate::ReceivedGoods;
use steward_core::resource::record::Placement;
use steward_core::resource::value::{Code, Title};
use steward_core::resource::{Check, Effect, Id, UnmetGuard};
use steward_schema::infrastructure::assets;
use steward_schema::service::edges;

/// The effects that make the assets of goods: received, at what one cost, with the serial numbers in their order.
pub fn assets(goods: &ReceivedGoods) -> Vec<Effect> {
    let piece = |number: i64| {
        let at = usize::try_from(number - 1).unwrap_or(usize::MAX);
        let asset = Asset {
            tag: tag(goods.receipt_line, number),
            name: Title::cut(&goods.name.0),
            serial: goods.serials.get(at).cloned(),
            item_id: None,
            purchase_order_line_id: Some(goods.order_line),
            receipt_line_id: Some(goods.receipt_line),
            contract_id: None,
            cost_category_id: None,
            cost_center_id: None,
            custodian_id: None,
            location_id: None,
            ownership: Ownership::Owned,
            purchased_on: Some(goods.received_on),
            cost: goods.cost,
            salvage: None,
            in_service_on: None,
            depreciation_method: DepreciationMethod::None,
            depreciation_convention: DepreciationConvention::Daily,
            life_months: None,
            life_units: None,
            usage: Vec::new(),
            warranty_ends_on: None,
            holds_data: None,
            wiped_on: None,
            wipe_evidence: None,
            wipe_file_id: None,
            disposed_on: None,
            disposal_method: None,
            disposal_proceeds: None,
            notes: None,
        };
        Effect::create_in(Placement { unit_id: Some(goods.unit), owner_id: None }, asset, "received")
    };
    (1..=goods.pieces).map(piece).collect()
}

/// A tag until somebody sticks another on it: of the receipt line, and the number of the piece.
fn tag(receipt_line: Id, number: i64) -> Code {
    let id = receipt_line.to_string();
    let end = id.rsplit('-').next().unwrap_or(&id).to_uppercase();
    Code::from(format!("R-{end}-{number}").as_str())
}

/// The states of an asset that nobody has put to use.
const UNTOUCHED: &[&str] = &["ordered", "received"];

/// Assets of receipt lines: id, tag, state.
fn of_lines(check: &mut Check<'_>, receipt_lines: &[Id]) -> Result<Vec<(Id, Code, String)>> {
    let mut found = Vec::new();
    for chunk in receipt_lines.chunks(CHUNK) {
        let own = assets::table.filter(assets::receipt_line_id.eq_any(chunk)).order(assets::id);
        found.extend(own.select((assets::id, assets::tag, assets::state)).load::<(Id, Code, String)>(check.connection)?);
    }
    Ok(found)
}

/// The assets of receipt lines that stay although the receipt is reversed, each with the reason.
pub fn kept(check: &mut Check<'_>, receipt_lines: &[Id]) -> Result<Vec<UnmetGuard>> {
    let assets = of_lines(check, receipt_lines)?;
    let ids: Vec<Id> = assets.iter().map(|(id, ..)| *id).collect();
    let mut hung_on: HashSet<Id> = HashSet::new();
    for chunk in ids.chunks(CHUNK) {
        hung_on.extend(edges::table.filter(edges::to_id.eq_any(chunk)).select(edges::to_id).distinct().load::<Id>(check.connection)?);
    }
    let kept = assets.into_iter().filter_map(|(id, tag, state)| {
        let why = if !UNTOUCHED.contains(&state.as_str()) {
            format!("is {state}")
        } else if hung_on.contains(&id) {
            "has other records that refer to it".to_owned()
        } else {
            return None;
        };
        let detail = format!("Asset {} ({id}) of this receipt {why}, and is not taken back with it. Retire or dispose of the assets, and correct the books by a new receipt or a credit note.", tag.0);
        Some(UnmetGuard::new("", "asset", detail))
    });
    Ok(kept.collect())
}

/// The effects that delete the assets of receipt lines.
pub fn take_back(check: &mut Check<'_>, receipt_lines: &[Id]) -> Result<Vec<Effect>> {
    Ok(of_lines(check, receipt_lines)?.into_iter().map(|(id, ..)| Effect::remove::<Asset>(id)).collect())
}
