//! The definition of a custom field, as it is stored.

use crate::database::Dialect;
use crate::resource::Id;
use crate::resource::value::Text;
use diesel::prelude::*;
use steward_schema::platform::custom_fields;

/// A custom field as `platform/custom-fields` defines it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = custom_fields, check_for_backend(Dialect))]
pub struct CustomField {
    pub(super) id: Id,
    pub(super) code: String,
    pub(super) kind: String,
    pub(super) required: bool,
    pub(super) is_unique: bool,
    pub(super) pattern: Option<String>,
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    pub(super) choices: Option<Vec<Text<0, 4000>>>,
    pub(super) refers_to: Option<String>,
}
