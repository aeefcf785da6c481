//! What the records of a kind are worth: declared in a line, and held against the limits of those who approve them.

/// An amount that says what a record is worth, at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalAmount {
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

impl ApprovalAmount {
    /// Where the amount stands, in words of the document.
    pub fn told(&self) -> String {
        match self {
            ApprovalAmount::Field(field) => (*field).to_owned(),
            ApprovalAmount::Listed(field) => format!("sum of {field}"),
            ApprovalAmount::Sum { of, field } => format!("sum of {of}.{field}"),
            ApprovalAmount::Priced { of, quantity, price, discount: None } => format!("sum of {of}.{quantity} × {price}"),
            ApprovalAmount::Priced { of, quantity, price, discount: Some(discount) } => format!("sum of {of}.{quantity} × {price} × (1 − {discount} / 100)"),
        }
    }

    /// The fields of the record, or of its parts, that it is read from.
    pub fn fields(&self) -> Vec<&'static str> {
        match self {
            ApprovalAmount::Field(field) | ApprovalAmount::Listed(field) | ApprovalAmount::Sum { field, .. } => vec![field],
            ApprovalAmount::Priced { quantity, price, discount, .. } => [Some(*quantity), Some(*price), *discount].into_iter().flatten().collect(),
        }
    }
}
