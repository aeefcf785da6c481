//! What a baseline keeps of the work: one value an item, for as many items as a large project has.

use super::work_kind::{ProgressMethod, WorkKind};
use crate::project::status;
use diesel::{deserialize, sql_types};
use serde_json::Value;
use steward_core::column_value;
use steward_core::database::{Doc, Row, SqlType, SqlValue, Values};
use steward_core::resource::Id;
use steward_core::resource::model::{Model, object_schema};
use steward_core::resource::value::{Column, Date, FieldType, Inner, ListUse, Money, Number, OutlineCode, Title, ValidationErrors, read_items, read_stored};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, Schema};

/// How many items a baseline may have.
const ITEMS: usize = 20_000;

steward_core::value! {
    /// Work item as frozen in the baseline.
    pub struct FrozenItem {
        /// Frozen work item, of the project of the baseline.
        #[field(refers_to(&["projects/work-items"]), recalls)]
        pub work_item_id: Id,
        /// Parent work item at the time of the baseline, of the same project.
        #[field(refers_to(&["projects/work-items"]), recalls)]
        pub parent_id: Option<Id>,
        /// Code in the work breakdown structure.
        pub wbs_code: Option<OutlineCode>,
        /// Name at the time of the baseline.
        pub name: Title,
        /// Kind at the time of the baseline.
        pub kind: Option<WorkKind>,
        /// Progress method at the time of the baseline.
        pub progress_method: Option<ProgressMethod>,
        /// Planned duration in working hours.
        pub duration_hours: Option<Number<0, 10_000_000>>,
        /// Planned first day.
        pub starts_on: Option<Date>,
        /// Planned last day.
        pub ends_on: Option<Date>,
        /// Planned effort in hours.
        pub effort_hours: Option<Number<0, 10_000_000>>,
        /// Planned cost.
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
