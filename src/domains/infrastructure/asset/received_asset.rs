//! Assets of hardware that came with a receipt, one of each piece.

use super::asset::Asset;
use super::asset_value::{DepreciationConvention, DepreciationMethod, Ownership};
use crate::ports::estate::ReceivedGoods;
use crate::resource::record::Placement;
use crate::resource::value::{Code, Title};
use crate::resource::{Effect, Id};

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
