//! Orders that nobody pays: no budget is bound for them, and none is asked whether it has the money.

use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::Code;
use steward_core::resource::{Check, Flag, Id, Watch};
use steward_schema::vendors::{purchase_order_lines, purchase_orders};

/// A line of an approved order that names no budget line, in an order that names no cost center.
pub const NO_PAYER: Flag = Flag {
    code: "no_payer",
    about: "vendors/purchase-orders",
    watches: &[Watch::known("vendors/purchase-orders"), Watch::by("vendors/purchase-order-lines", "purchase_order_id")],
    judge: unpaid,
    hold: None,
};

fn unpaid(check: &mut Check<'_>, order: Id) -> Result<Option<String>> {
    let standing = purchase_orders::state.eq_any(["approved", "sent", "acknowledged"]).and(purchase_orders::cost_center_id.is_null());
    let code: Option<Code> =
        purchase_orders::table.filter(purchase_orders::id.eq(order).and(standing)).select(purchase_orders::code).first(check.connection).optional()?;
    let Some(code) = code else { return Ok(None) };
    let unpaid = purchase_order_lines::purchase_order_id.eq(order).and(purchase_order_lines::budget_line_id.is_null());
    let positions: Vec<i64> = purchase_order_lines::table
        .filter(unpaid.and(purchase_order_lines::unit_price_units.ne(0).or(purchase_order_lines::unit_price_pico.ne(0))))
        .order((purchase_order_lines::position, purchase_order_lines::id))
        .select(purchase_order_lines::position)
        .limit(5)
        .load(check.connection)?;
    let named: Vec<String> = positions.iter().map(i64::to_string).collect();
    Ok((!named.is_empty()).then(|| {
        format!(
            "Nobody pays for line {} of order {}: neither a budget line nor a cost center is named. Revise the order and name one.",
            named.join(", "),
            code.0
        )
    }))
}
