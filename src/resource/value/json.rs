//! Value types for serde and utoipa: one declaration lets a type stand in a `Query` or an `Answer` as it stands in a record.

use super::{FieldType, ValidationErrors};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::openapi::schema::{Schema, SchemaType, Type};

/// The start of the schema names of values. Such a schema is written where it is used; it is no component of the document.
pub const INLINE: &str = "value.";

/// Reads a value that stands in JSON or in a query string; the error says every limit that it breaks.
pub fn read<'de, T: FieldType, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let mut faults = ValidationErrors::new();
    match T::read(value, &mut faults) {
        Some(read) if faults.is_empty() => Ok(read),
        _ => Err(D::Error::custom(faults.into_vec().into_iter().map(|fault| fault.detail).collect::<Vec<_>>().join(" "))),
    }
}

/// The schema of a value: its field's, and null where it holds that itself.
pub fn schema<T: FieldType>() -> Schema {
    let mut schema = T::schema();
    if let (true, Schema::Object(object)) = (T::NULLABLE, &mut schema)
        && let SchemaType::Type(single) = &object.schema_type
    {
        object.schema_type = SchemaType::from_iter([single.clone(), Type::Null]);
    }
    schema
}

/// Implements `Serialize`, `Deserialize` and `ToSchema` for a value type by its [`FieldType`].
#[macro_export]
macro_rules! json_value {
    ($(@[$($generics:tt)*])? $Type:ty, $name:expr) => {
        impl$(<$($generics)*>)? serde::Serialize for $Type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serde::Serialize::serialize(&$crate::resource::value::FieldType::to_json(self), serializer)
            }
        }

        impl<'de, $($($generics)*)?> serde::Deserialize<'de> for $Type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                $crate::resource::value::json::read(deserializer)
            }
        }

        // What the derive of utoipa implements as well: it makes a PartialSchema, also of lists and options of the type.
        impl$(<$($generics)*>)? utoipa::__dev::ComposeSchema for $Type {
            fn compose(_: Vec<utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>>) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::resource::value::json::schema::<Self>().into()
            }
        }

        impl$(<$($generics)*>)? utoipa::ToSchema for $Type {
            fn name() -> std::borrow::Cow<'static, str> {
                ($name).into()
            }
        }
    };
    ($(@[$($generics:tt)*])? $Type:ty) => {
        $crate::json_value!($(@[$($generics)*])? $Type, format!("{}{}", $crate::resource::value::json::INLINE, std::any::type_name::<Self>()));
    };
}
