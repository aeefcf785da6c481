//! The impairment losses that were recognised, for all assets of a figure at once.

use super::book_value::{ValuationRecord, Valued};
use super::impairment::Impairment;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::Connection;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Date};
use steward_core::view::grouped;
use steward_schema::infrastructure::{asset_impairments, assets};

/// The state in which a loss counts.
pub const RECOGNIZED: &str = "recognized";

/// The recognised losses of assets, those of each in order.
#[derive(Debug, Default)]
pub struct ImpairmentLosses(HashMap<Id, Vec<(Currency, Impairment)>>);

impl ImpairmentLosses {
    /// Those of all assets.
    pub fn all(connection: &mut Connection) -> Result<Self> {
        Self::load(connection, None)
    }

    fn load(connection: &mut Connection, asset: Option<Id>) -> Result<Self> {
        let mut query = asset_impairments::table
            .filter(asset_impairments::state.eq(RECOGNIZED))
            .filter(asset_impairments::loss_amount.is_not_null().and(asset_impairments::loss_currency.is_not_null()))
            .order((asset_impairments::impaired_on, asset_impairments::id))
            .select((
                asset_impairments::asset_id,
                asset_impairments::impaired_on,
                asset_impairments::loss_amount.assume_not_null(),
                asset_impairments::loss_currency.assume_not_null(),
            ))
            .into_boxed();
        if let Some(asset) = asset {
            query = query.filter(asset_impairments::asset_id.eq(asset));
        }
        let rows: Vec<(Id, Date, i64, Currency)> = query.load(connection)?;
        Ok(ImpairmentLosses(grouped(rows.into_iter().map(|(asset, on, loss, currency)| (asset, (currency, Impairment { on: on.0, loss }))))))
    }

    /// An asset by its record, with its losses.
    pub fn valued(&self, asset: Id, record: ValuationRecord) -> Valued {
        Valued::new(record, self.0.get(&asset).into_iter().flatten().copied())
    }
}

/// An asset by its record, with its losses; none if there is no such asset.
pub fn valued_asset(connection: &mut Connection, asset: Id) -> Result<Option<Valued>> {
    let record: Option<ValuationRecord> = assets::table.find(asset).select(ValuationRecord::as_select()).first(connection).optional()?;
    let Some(record) = record else { return Ok(None) };
    Ok(Some(ImpairmentLosses::load(connection, Some(asset))?.valued(asset, record)))
}
