//! Device types: the models that devices are of.

use crate::site::rack_place;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Money, Name, Number, Whole};
use steward_core::resource::{Check, Id, Resource, Scope, Unique, ValidationErrors};
use steward_schema::infrastructure::devices;

steward_core::resource! {
    /// Model of hardware, with its dimensions and the manufacturer's end-of-life dates.
    pub struct DeviceType {
        /// Manufacturer of the model.
        #[field(refers_to(&["infrastructure/manufacturers"]))]
        pub manufacturer_id: Id,
        /// Model name given by the manufacturer, unique for the manufacturer, whatever its case.
        #[field(unique, search)]
        pub model: Name,
        /// Height in rack units, in steps of a half; 0 if it is not mounted in a rack.
        #[field(default(|| json!(1)))]
        pub height_units: Number<0, 100>,
        /// True if it occupies the front and the rear of a rack.
        #[field(default(|| json!(true)))]
        pub full_depth: bool,
        /// Weight in kilograms.
        pub weight_kg: Option<Number<0, 10000>>,
        /// Maximum power draw in watts.
        pub power_draw_w: Option<Number<0, 1000000>>,
        /// Physical processor cores of a device of this type; null where unknown.
        pub physical_cores: Option<Whole<0, 100_000>>,
        /// Last day of sale.
        #[field(deadline)]
        pub end_of_sale_on: Option<Date>,
        /// Last day of support by the manufacturer.
        #[field(deadline)]
        pub end_of_support_on: Option<Date>,
        /// Last day of security updates by the manufacturer.
        #[field(deadline)]
        pub end_of_security_on: Option<Date>,
        /// Cost of replacing a device of this type, by which refreshes are planned; not negative.
        pub replacement_cost: Option<Money>,
    }
}

impl Resource for DeviceType {
    const PATH: &'static str = "infrastructure/device-types";
    type Table = steward_schema::infrastructure::device_types::table;
    const SCOPE: Scope = Scope::Shared;
    const TITLE: &'static str = "model";
    const UNIQUE: &'static [Unique] = &[Unique { index: "device_types_model_key", fields: &["manufacturer_id", "model"] }];

    fn sample() -> Self {
        DeviceType {
            manufacturer_id: Id::sample(),
            model: "S-2400".into(),
            height_units: Number(2.0),
            full_depth: true,
            weight_kg: Some(Number(24.5)),
            power_draw_w: Some(Number(750.0)),
            physical_cores: Some(Whole(64)),
            end_of_sale_on: Date::parse("2027-06-30"),
            end_of_support_on: Date::parse("2031-06-30"),
            end_of_security_on: Date::parse("2032-06-30"),
            replacement_cost: Some(Money::sample("6400.00", "EUR")),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let halves = self.height_units.0 * 2.0;
        faults.require(halves == halves.trunc(), "height_units", "step", "Expected a multiple of 0.5.");
        faults.span(self.end_of_sale_on, self.end_of_support_on, "end_of_support_on");
        let costs = self.replacement_cost.is_none_or(|cost| cost.minor >= 0);
        faults.require(costs, "replacement_cost", "range", "The cost of a replacement is not negative. Leave it out where it is not known.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(before) = check.before::<DeviceType>()? else { return Ok(()) };
        let load = |of: &DeviceType| (of.weight_kg.map(|weight| weight.0), of.power_draw_w.map(|power| power.0));
        rack_place::require_bearable(check, load(before), load(self))?;
        if (before.height_units, before.full_depth) == (self.height_units, self.full_depth) {
            return Ok(());
        }
        let mounted = devices::table.filter(devices::device_type_id.eq(check.id)).filter(devices::position.is_not_null().and(devices::state.ne("retired")));
        if select(exists(mounted)).get_result(check.connection)? {
            return Err(
                Problem::conflict("/height_units", "mounted", "Devices of this type are mounted in racks. Make another type, or take them out first.").into()
            );
        }
        Ok(())
    }
}
