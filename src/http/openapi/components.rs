//! What operations refer to, gathered while they are written: each is in the document once.

use serde_json::{Map, Value, json};

/// A reference to a component.
pub fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}

/// The components that operations name.
#[derive(Default)]
pub struct Components {
    /// Schemas.
    pub schemas: Map<String, Value>,
    /// Parameters.
    pub parameters: Map<String, Value>,
    /// Answers.
    pub responses: Map<String, Value>,
}

impl Components {
    /// The parameter that filters by a field, shared by all collections where it is the same.
    pub fn filter(&mut self, type_name: &str, field: &str, parameter: Value) -> Value {
        let camel = heck::ToUpperCamelCase::to_upper_camel_case(field);
        for name in [format!("{camel}Filter"), format!("{type_name}{camel}Filter")] {
            if *self.parameters.entry(name.as_str()).or_insert_with(|| parameter.clone()) == parameter {
                return reference("parameters", &name);
            }
        }
        parameter
    }

    /// An answer that several operations give.
    pub fn response(&mut self, name: &str, make: impl FnOnce() -> Value) -> Value {
        if !self.responses.contains_key(name) {
            self.responses.insert(name.to_owned(), make());
        }
        reference("responses", name)
    }
}

/// The headers of an answer: what it is called, and the component that describes it.
pub fn headers(names: &[&str]) -> Value {
    let mut headers = Map::new();
    for name in names {
        let component = match *name {
            "ETag" => "ETag".to_owned(),
            other => heck::ToUpperCamelCase::to_upper_camel_case(other),
        };
        headers.insert((*name).to_owned(), reference("headers", &component));
    }
    headers.into()
}

/// Says of every answer what all of them carry.
pub fn tell_all(document: &mut Value) {
    let always = |response: &mut Value| {
        if response.get("$ref").is_none() {
            let Some(told) = headers(&["X-Request-Id", "RateLimit-Policy", "RateLimit"]).as_object().cloned() else { return };
            if response.get("headers").is_none() {
                response["headers"] = json!({});
            }
            for (name, header) in told {
                if response["headers"].get(&name).is_none() {
                    response["headers"][name] = header;
                }
            }
        }
    };
    document["components"]["responses"].as_object_mut().into_iter().flat_map(|all| all.values_mut()).for_each(always);
    for item in document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut()) {
        for (_, operation) in item.as_object_mut().into_iter().flatten().filter(|(name, _)| *name != "parameters") {
            operation["responses"].as_object_mut().into_iter().flat_map(|all| all.values_mut()).for_each(always);
        }
    }
}
