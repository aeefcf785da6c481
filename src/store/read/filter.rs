//! A filter whose fields are known, and the SQL that it becomes: bound values, and one step through a reference by a
//! sub-select that is narrowed to what the session may read.
//!
//! It is asked of the rows of a table, or of one record as a document has it.
//!
//! Comparisons have two outcomes, not SQL's three: what is null differs from every value, and is neither less nor greater.

use super::reader::Reader;
use crate::database::{Connection, SqlValue, Statement};
use crate::error::Result;
use crate::resource::ResourceType;
use crate::resource::value::{Currency, letters_in_sql};
use serde_json::{Map, Value};

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    /// Contains the text, case-blind.
    Contains,
}

/// A filter whose fields are known.
#[derive(Debug, Clone)]
pub enum Filter {
    /// All of these.
    All(Vec<Filter>),
    /// Any of these.
    Any(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// A comparison with a column.
    Test(Test),
    /// A comparison of money's amount, in the decimals of each currency.
    Amount(Amount),
    /// The record that a reference names satisfies this.
    Through(Through),
}

/// A comparison of columns with a value. Several columns compare as one, the first weighing most.
#[derive(Debug, Clone)]
pub struct Test {
    /// The columns: names from a definition.
    pub columns: Vec<String>,
    /// How.
    pub comparison: Comparison,
    /// With what, a cell for each column; none for null.
    pub value: Option<Vec<SqlValue>>,
}

/// A comparison of an amount of money.
#[derive(Debug, Clone)]
pub struct Amount {
    /// The field: its columns are `…_amount` and `…_currency`.
    pub field: &'static str,
    /// How.
    pub comparison: Comparison,
    /// With what, in major units.
    pub value: rust_decimal::Decimal,
}

/// A step through a reference.
#[derive(Debug, Clone)]
pub struct Through {
    /// The column of the reference.
    pub column: String,
    /// The table that it refers to.
    pub table: String,
    /// The condition that narrows that table to what the session may read.
    pub narrowed: Option<Statement>,
    /// What the record must satisfy.
    pub filter: Box<Filter>,
}

impl Filter {
    /// Adds the condition to a query.
    pub fn write(&self, query: &mut Statement, connection: &Connection) {
        self.write_as(query, connection, false);
    }

    fn write_as(&self, query: &mut Statement, connection: &Connection, negated: bool) {
        match self {
            Filter::Not(inner) => inner.write_as(query, connection, !negated),
            Filter::All(list) => join(list, query, connection, negated, if negated { " OR " } else { " AND " }),
            Filter::Any(list) => join(list, query, connection, negated, if negated { " AND " } else { " OR " }),
            Filter::Test(test) => test.write(query, connection, negated),
            Filter::Amount(amount) => amount.write(query, negated),
            Filter::Through(through) => through.write(query, connection, negated),
        }
    }
}

impl Reader<'_> {
    /// Whether a record satisfies a filter, as a document has it: the row of a table of its own.
    pub fn satisfies(&mut self, definition: &'static ResourceType, document: &Map<String, Value>, filter: &Filter) -> Result<bool> {
        let mut query = Statement::new("SELECT 1 FROM (SELECT ");
        let fields = definition.listed_server_fields().chain(definition.written_fields()).filter(|field| !field.secret);
        let mut separator = "";
        for field in fields {
            let value = document.get(field.name).filter(|value| !value.is_null());
            let cells = value.and_then(|value| (field.cells)(value.clone())).unwrap_or_default();
            for (at, column) in field.columns.iter().enumerate() {
                let cell = cells.get(at).cloned().unwrap_or(SqlValue::Null(column.kind));
                query.push(separator).bind(cell).push(format!(" AS {}{}", field.name, column.suffix));
                separator = ", ";
            }
        }
        query.push(") written WHERE ");
        filter.write(&mut query, self.connection);
        Ok(query.once().finds(self.connection)?)
    }
}

fn join(list: &[Filter], query: &mut Statement, connection: &Connection, negated: bool, between: &'static str) {
    for (at, filter) in list.iter().enumerate() {
        query.push(if at == 0 { "(" } else { between });
        filter.write_as(query, connection, negated);
    }
    query.push(")");
}

impl Comparison {
    fn opposite(self) -> Self {
        match self {
            Comparison::Equal => Comparison::NotEqual,
            Comparison::NotEqual => Comparison::Equal,
            Comparison::Less => Comparison::AtLeast,
            Comparison::AtLeast => Comparison::Less,
            Comparison::Greater => Comparison::AtMost,
            Comparison::AtMost => Comparison::Greater,
            Comparison::Contains => Comparison::Contains,
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Comparison::Equal | Comparison::Contains => " = ",
            Comparison::NotEqual => " <> ",
            Comparison::Less => " < ",
            Comparison::AtMost => " <= ",
            Comparison::Greater => " > ",
            Comparison::AtLeast => " >= ",
        }
    }
}

impl Test {
    fn write(&self, query: &mut Statement, connection: &Connection, negated: bool) {
        let Some(first) = self.columns.first() else { return };
        let comparison = if negated { self.comparison.opposite() } else { self.comparison };
        let Some(value) = &self.value else {
            let is_null = comparison == Comparison::Equal;
            query.push(format!("{first} IS {}NULL", if is_null { "" } else { "NOT " }));
            return;
        };
        // A null differs from every value; negated, what was false for null becomes true.
        let with_null = comparison == Comparison::NotEqual || (negated && self.comparison != Comparison::NotEqual);
        query.push(format!("({first} IS {}NULL {} ", if with_null { "" } else { "NOT " }, if with_null { "OR" } else { "AND" }));
        if comparison == Comparison::Contains {
            contains(query, connection, first, value.first().and_then(SqlValue::as_text).unwrap_or_default(), negated);
        } else {
            self.compare(query, connection, comparison, value);
        }
        query.push(")");
    }

    fn compare(&self, query: &mut Statement, connection: &Connection, comparison: Comparison, value: &[SqlValue]) {
        // Equal is equal in every order, and the index of a key is not in this one.
        let is_ordered = matches!(value.first(), Some(SqlValue::Text(_))) && !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let collate = if is_ordered && connection.is_postgres() { " COLLATE \"C\"" } else { "" };
        if let ([column], [cell]) = (self.columns.as_slice(), value) {
            query.push(format!("{column}{collate}{}", comparison.sign())).bind(cell.clone());
            return;
        }
        query.push(format!("({}){}(", self.columns.join(", "), comparison.sign())).bind_all(value.iter().cloned()).push(")");
    }
}

/// Case-blind in every script: both sides are folded by the same function.
fn contains(query: &mut Statement, connection: &Connection, column: &str, text: &str, negated: bool) {
    let escaped: String = text.chars().flat_map(|letter| if matches!(letter, '\\' | '%' | '_') { vec!['\\', letter] } else { vec![letter] }).collect();
    let not = if negated { "NOT " } else { "" };
    let (left, right) = (letters_in_sql(column, connection.is_postgres()), letters_in_sql("?", connection.is_postgres()));
    let (before, after) = right.split_once('?').unwrap_or(("", ""));
    query.push(format!("{left} {not}LIKE {before}")).bind(format!("%{escaped}%")).push(format!("{after} ESCAPE '\\'"));
}

impl Amount {
    fn write(&self, query: &mut Statement, negated: bool) {
        let comparison = if negated { self.comparison.opposite() } else { self.comparison };
        let with_null = comparison == Comparison::NotEqual || (negated && self.comparison != Comparison::NotEqual);
        let name = self.field;
        query.push(format!("({name}_amount IS {}NULL {} (", if with_null { "" } else { "NOT " }, if with_null { "OR" } else { "AND" }));
        for (at, (scale, currencies)) in Currency::by_scale().iter().enumerate() {
            let usual = *scale == 2;
            query.push(if at > 0 { " OR (" } else { "(" });
            query.push(format!("{name}_currency {}IN (", if usual { "NOT " } else { "" }));
            let codes: Vec<&str> = if usual {
                Currency::by_scale().iter().filter(|(other, _)| *other != 2).flat_map(|(_, codes)| codes.iter().copied()).collect()
            } else {
                currencies.clone()
            };
            query.bind_all(codes.into_iter().map(SqlValue::from)).push(") AND ");
            self.compare(query, comparison, *scale);
            query.push(")");
        }
        query.push("))");
    }

    /// In minor units; between two minor units the comparison moves to the next one.
    fn compare(&self, query: &mut Statement, comparison: Comparison, scale: u32) {
        let scaled = self.value * rust_decimal::Decimal::from(10_i64.pow(scale));
        let (floor, exact) = (scaled.floor(), scaled.fract().is_zero());
        if !exact && matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            query.push(if comparison == Comparison::Equal { "1 = 0" } else { "1 = 1" });
            return;
        }
        let (comparison, minor) = match comparison {
            Comparison::Less | Comparison::AtMost if !exact => (Comparison::AtMost, floor),
            Comparison::Greater | Comparison::AtLeast if !exact => (Comparison::Greater, floor),
            other => (other, scaled),
        };
        let minor = i64::try_from(minor.trunc().mantissa()).unwrap_or(if minor.is_sign_negative() { i64::MIN } else { i64::MAX });
        query.push(format!("{}_amount{}", self.field, comparison.sign())).bind(minor);
    }
}

impl Through {
    fn write(&self, query: &mut Statement, connection: &Connection, negated: bool) {
        let (before, not) = if negated { (format!("({} IS NULL OR ", self.column), "NOT ") } else { (String::from("("), "") };
        query.push(format!("{before}{} {not}IN (SELECT id FROM {} WHERE ", self.column, self.table));
        self.filter.write(query, connection);
        if let Some(narrowed) = &self.narrowed {
            query.push(" AND ").append(narrowed.clone());
        }
        query.push("))");
    }
}

/// A column that equals any of some values.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The column: a name from a definition.
    pub column: String,
    /// The values.
    pub any_of: Vec<SqlValue>,
}

impl Condition {
    /// Adds the condition to a query.
    pub(in crate::store) fn write(&self, query: &mut Statement) {
        match self.any_of.as_slice() {
            [one] => query.push(format!("{} = ", self.column)).bind(one.clone()),
            several => query.push(format!("{} IN (", self.column)).bind_all(several.iter().cloned()).push(")"),
        };
    }
}
