//! What the records of a kind are worth: declared in a line, and held against the limits of those who approve them.

use super::{Definition, Definitions};

/// An amount that says what a record is worth, at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// The amount in a field.
    Field(&'static str),
    /// The sum of the amounts in a list.
    Listed(&'static str),
    /// The sum of an amount over the parts of the record.
    Sum {
        /// The collection of the parts.
        of: &'static str,
        /// The field with the amount.
        field: &'static str,
    },
    /// The sum of quantity × unit price × (1 − discount) over the parts of the record, each rounded to the currency's scale.
    Priced {
        /// The collection of the parts.
        of: &'static str,
        /// The field with the quantity.
        quantity: &'static str,
        /// The field with the unit price.
        price: &'static str,
        /// The field with the discount in percent.
        discount: Option<&'static str>,
    },
}

impl Worth {
    /// Where the amount stands, in words of the document.
    pub fn told(&self) -> String {
        match self {
            Worth::Field(field) => (*field).to_owned(),
            Worth::Listed(field) => format!("sum of {field}"),
            Worth::Sum { of, field } => format!("sum of {of}.{field}"),
            Worth::Priced { of, quantity, price, discount: None } => format!("sum of {of}.{quantity} × {price}"),
            Worth::Priced { of, quantity, price, discount: Some(discount) } => format!("sum of {of}.{quantity} × {price} × (1 − {discount} / 100)"),
        }
    }

    /// The fields of the record, or of its parts, that it is read from.
    pub fn fields(&self) -> Vec<&'static str> {
        match self {
            Worth::Field(field) | Worth::Listed(field) | Worth::Sum { field, .. } => vec![field],
            Worth::Priced { quantity, price, discount, .. } => [Some(*quantity), Some(*price), *discount].into_iter().flatten().collect(),
        }
    }

    /// The definition of what holds those fields: the record's own, or that of its parts.
    pub fn holder(&self, definition: &'static Definition, all: &Definitions) -> Option<&'static Definition> {
        match self {
            Worth::Field(_) | Worth::Listed(_) => Some(definition),
            Worth::Sum { of, .. } | Worth::Priced { of, .. } => all.get(of),
        }
    }
}

/// What a definition declares of its worth that does not exist.
pub(super) fn mistakes(definition: &Definition, all: &Definitions) -> Vec<String> {
    let mut found = Vec::new();
    for worth in definition.lifecycle.iter().flat_map(|lifecycle| lifecycle.worth) {
        let (has, part): (Box<dyn Fn(&str) -> bool>, bool) = match worth {
            Worth::Field(_) | Worth::Listed(_) => (Box::new(|name| definition.field(name).is_some()), true),
            Worth::Sum { of, .. } | Worth::Priced { of, .. } => {
                let part = all.parts_of(definition.path).map(|(part, _)| part).find(|part| part.path == *of);
                (Box::new(move |name| part.is_some_and(|part| part.field(name).is_some())), part.is_some())
            }
        };
        if !part || !worth.fields().iter().all(|name| has(name)) {
            found.push(format!("{}: its worth is {}, which there is not", definition.path, worth.told()));
        }
    }
    found
}
