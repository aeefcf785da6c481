//! What a baseline keeps of the work: one value an item, for as many items as a large project has.

use super::work_kind::{ProgressMethod, WorkKind};
use crate::column_value;
use crate::database::{Doc, Row, SqlType, SqlValue, Values};
use crate::domains::projects::project::status;
use crate::resource::Id;
use crate::resource::model::{Model, object_schema};
use crate::resource::value::{Column, Date, FieldType, Inner, ListUse, Money, Number, OutlineCode, Title, ValidationErrors, read_items, read_stored};
use diesel::{deserialize, sql_types};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, Schema};

/// How many items a baseline may have.
const ITEMS: usize = 20_000;

crate::value! {
    /// A work item as it was when the baseline was taken.
    pub struct FrozenItem {
        /// The work item.
        #[field(recalls)]
        pub work_item_id: Id,
        /// What it lay in.
        #[field(recalls)]
        pub parent_id: Option<Id>,
        /// Its code in the work breakdown structure.
        pub wbs_code: Option<OutlineCode>,
        /// What it was called.
        pub name: Title,
        /// What it was.
        pub kind: Option<WorkKind>,
        /// How its progress was to be told.
        pub progress_method: Option<ProgressMethod>,
        /// How long it was to take, in working hours.
        pub duration_hours: Option<Number<0, 10_000_000>>,
        /// The first day, as it was planned.
        pub starts_on: Option<Date>,
        /// The last day, as it was planned.
        pub ends_on: Option<Date>,
        /// How much work it was, in hours.
        pub effort_hours: Option<Number<0, 10_000_000>>,
        /// What it was to cost.
        pub cost: Option<Money>,
    }
}

impl FrozenItem {
    /// What it weighs among others.
    pub fn weight(&self) -> f64 {
        status::weight(self.kind.unwrap_or(WorkKind::Task), self.effort_hours.map(|hours| hours.0))
    }
}

/// The items of a baseline: as a list, but longer.
#[derive(Debug, Clone, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Jsonb)]
pub struct FrozenItems(pub Vec<FrozenItem>);

column_value!(FrozenItems, sql_types::Jsonb, value => SqlValue::Doc(Doc(FieldType::to_json(value))), found: Value => read_stored(found));

impl FieldType for FrozenItems {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Doc);
    const USE: ListUse = ListUse::Opaque;

    fn inside() -> Vec<&'static dyn Inner> {
        FrozenItem::FIELDS.iter().map(|field| field as &'static dyn Inner).collect()
    }

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        read_items(value, ITEMS, faults).map(FrozenItems)
    }

    fn to_json(&self) -> Value {
        self.0.iter().map(|item| Value::Object(Model::to_json(item))).collect()
    }

    fn store(&self, cells: &mut Row) {
        cells.push(FieldType::to_json(self).into());
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        values.take::<sql_types::Jsonb, Self>()
    }

    fn schema() -> Schema {
        ArrayBuilder::new().items(RefOr::T(object_schema(FrozenItem::FIELDS))).max_items(Some(ITEMS)).into()
    }
}
