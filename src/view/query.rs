//! The parameters of a query: read by serde, described by utoipa.

use super::schema;
use crate::error::{Problem, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::ParameterIn;

/// A query parameter as the document describes it.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its meaning.
    pub description: String,
    /// Whether it must be given.
    pub required: bool,
    /// The JSON schema of its value.
    pub schema: Value,
}

/// The parameters of a query type.
pub fn parameters<Q: IntoParams>() -> Vec<Parameter> {
    let parameter = |each: utoipa::openapi::path::Parameter| Parameter {
        name: each.name,
        description: schema::one_line(&each.description.unwrap_or_default()),
        required: each.required == Required::True,
        // A value type is described where it is used: `#[param(inline)]`.
        schema: each.schema.map(|schema| schema::parameter(&schema)).unwrap_or_default(),
    };
    Q::into_params(|| Some(ParameterIn::Query)).into_iter().map(parameter).collect()
}

/// Refuses a query that leaves out a parameter that must be given, or cannot be read (400).
pub fn check<Q: DeserializeOwned>(parameters: &[Parameter], pairs: &[(String, String)]) -> Result<()> {
    if let Some(missing) = parameters.iter().find(|parameter| parameter.required && !pairs.iter().any(|(name, _)| *name == parameter.name)) {
        return Err(Problem::bad_request(format!("The parameter {} is missing: {}", missing.name, missing.description)).into());
    }
    read_or::<Q>(pairs, |name| parameters.iter().find(|parameter| parameter.name == name).and_then(|parameter| expected(&parameter.schema))).map(drop)
}

/// What a parameter expects, by its schema; none where its type says that itself.
fn expected(schema: &Value) -> Option<String> {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        return Some(format!("Expected one of {}.", words.join(", ")));
    }
    let plain = match schema.get("type")?.as_str()? {
        "integer" => "Expected a whole number",
        "number" => "Expected a number",
        "boolean" => return Some("Expected true or false.".to_owned()),
        _ => return None,
    };
    Some(match (schema.get("minimum"), schema.get("maximum")) {
        (Some(least), Some(most)) => format!("{plain} from {least} to {most}."),
        (Some(least), None) => format!("{plain} from {least}."),
        (None, Some(most)) => format!("{plain} up to {most}."),
        (None, None) => format!("{plain}."),
    })
}

/// Reads a query from its pairs (400).
pub fn read<Q: DeserializeOwned>(pairs: &[(String, String)]) -> Result<Q> {
    read_or(pairs, |_| None)
}

/// The same, saying what is expected of a parameter where that is known.
fn read_or<Q: DeserializeOwned>(pairs: &[(String, String)], expected: impl Fn(&str) -> Option<String>) -> Result<Q> {
    let text = serde_urlencoded::to_string(pairs).unwrap_or_default();
    let parts = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(parts).map_err(|error| {
        let (name, reason) = (error.path().to_string(), error.inner().to_string());
        let detail = expected(&name).unwrap_or_else(|| format!("{}.", reason.trim_end_matches('.')));
        Problem::bad_request(format!("The parameter {name} cannot be read. {detail}")).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::value::{Currency, Date};
    use serde::Deserialize;
    use utoipa::ToSchema;

    #[derive(Debug, Deserialize, IntoParams)]
    struct Query {
        /// The first day.
        #[param(inline)]
        from: Date,
        /// A currency.
        #[param(inline)]
        currency: Option<Currency>,
        /// How many.
        #[param(minimum = 1)]
        limit: Option<usize>,
        /// In what order.
        #[param(inline)]
        order: Option<Order>,
    }

    #[derive(Debug, PartialEq, Deserialize, ToSchema)]
    #[serde(rename_all = "snake_case")]
    enum Order {
        Rising,
        Falling,
    }

    fn pairs(text: &str) -> Vec<(String, String)> {
        text.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.into(), value.into())).collect()
    }

    #[test]
    fn parameters_have_the_types_of_their_fields() {
        let all = parameters::<Query>();
        let named: Vec<_> = all.iter().map(|each| (each.name.as_str(), each.required)).collect();
        assert_eq!(named, [("from", true), ("currency", false), ("limit", false), ("order", false)]);
        assert_eq!((&all[0].schema["format"], &all[1].schema["type"], &all[2].schema["type"]), (&"date".into(), &"string".into(), &"integer".into()));
    }

    #[test]
    fn a_query_is_read_and_what_is_wrong_with_it_is_named() {
        let read = read::<Query>(&pairs("from=2026-01-31&limit=5&order=falling")).unwrap();
        assert_eq!((read.from, read.currency, read.limit, read.order), (Date::sample("2026-01-31"), None, Some(5), Some(Order::Falling)));
        let detail = |text: &str| check::<Query>(&parameters::<Query>(), &pairs(text)).unwrap_err().into_problem().detail;
        assert_eq!(detail("limit=5"), "The parameter from is missing: The first day.");
        assert_eq!(detail("from=today"), "The parameter from cannot be read. Expected a date as YYYY-MM-DD, from 1900-01-01 to 2200-12-31.");
        assert_eq!(detail("from=2026-01-31&limit=many"), "The parameter limit cannot be read. Expected a whole number from 1.");
        assert_eq!(detail("from=2026-01-31&order=%7C"), "The parameter order cannot be read. Expected one of rising, falling.");
    }
}
