//! The order of a list, and where in it a page goes on.

use crate::database::{SqlType, SqlValue, Statement};
use crate::resource::Field;

/// A column to sort by.
#[derive(Debug, Clone)]
pub struct SortKey {
    /// The column: a name from a definition.
    pub column: String,
    /// What it holds.
    pub kind: SqlType,
    /// Greatest first.
    pub descending: bool,
    /// Whether it may be null.
    pub nullable: bool,
    /// True if it is text in the order of people; false if its bytes are in order already.
    pub collated: bool,
    /// The code of the custom field that it is, if it is one.
    pub custom: Option<String>,
}

impl SortKey {
    /// The column by which a field's values are greater and less.
    pub fn column_of(field: &Field) -> String {
        format!("{}{}", field.name, field.columns.get(field.order).map_or("", |column| column.suffix))
    }

    fn collation(&self, is_postgres: bool) -> &'static str {
        if self.kind == SqlType::Text { collation(self.collated, is_postgres) } else { "" }
    }
}

/// The SQL of the order of a text: where it is that of people, that of the Unicode Collation Algorithm for no language in particular (UTS #10,
/// CLDR root), and of bytes where that makes no difference; else of bytes.
pub(in crate::store) fn collation(of_people: bool, is_postgres: bool) -> &'static str {
    match (of_people, is_postgres) {
        (true, true) => " COLLATE \"und-x-icu\"",
        (true, false) => " COLLATE steward_uca",
        (false, true) => " COLLATE \"C\"",
        (false, false) => "",
    }
}

/// Adds the order: nulls last, and `id` at the end.
pub(super) fn order(select: &mut Statement, sort: &[SortKey], is_postgres: bool) {
    select.push(" ORDER BY ");
    let mut id_direction = "ASC";
    for key in sort {
        let direction = if key.descending { "DESC" } else { "ASC" };
        let nulls = if key.nullable { " NULLS LAST" } else { "" };
        select.push(format!("{}{} {direction}{nulls}, ", key.column, key.collation(is_postgres)));
        id_direction = direction;
    }
    select.push(format!("id {id_direction}"));
}

/// The rows after one row in the order of `sort`, nulls last. Where an index can have that order, it is one comparison of all its columns,
/// which the index answers.
pub(super) fn continue_after(select: &mut Statement, sort: &[SortKey], after: &[SqlValue], is_postgres: bool) {
    let descending = sort.last().is_some_and(|key| key.descending);
    let sign = if descending { " < (" } else { " > (" };
    if sort.iter().all(|key| !key.nullable && key.descending == descending) && after.iter().all(|cell| !cell.is_null()) {
        let columns: Vec<String> = sort.iter().map(|key| format!("{}{}, ", key.column, key.collation(is_postgres))).collect();
        select.push(format!(" AND ({}id){sign}", columns.concat())).bind_all(after.iter().cloned()).push(")");
        return;
    }
    select.push(" AND (");
    for (at, key) in sort.iter().enumerate() {
        equal_before(select, &sort[..at], after, is_postgres);
        comes_after(select, key, &after[at], is_postgres);
        select.push(" OR ");
    }
    equal_before(select, sort, after, is_postgres);
    select.push(if descending { "id < " } else { "id > " });
    if let Some(id) = after.last() {
        select.bind(id.clone());
    }
    select.push(")");
}

/// For each key in turn, all keys before it are equal and this one comes after; at the end the id decides.
fn equal_before(select: &mut Statement, keys: &[SortKey], after: &[SqlValue], is_postgres: bool) {
    for (key, cell) in keys.iter().zip(after) {
        if cell.is_null() {
            select.push(format!("{} IS NULL AND ", key.column));
        } else {
            select.push(format!("{}{} = ", key.column, key.collation(is_postgres))).bind(cell.clone()).push(" AND ");
        }
    }
}

fn comes_after(select: &mut Statement, key: &SortKey, cell: &SqlValue, is_postgres: bool) {
    if cell.is_null() {
        select.push("1 = 0");
        return;
    }
    let sign = if key.descending { "<" } else { ">" };
    select.push(format!("({}{} {sign} ", key.column, key.collation(is_postgres))).bind(cell.clone()).push(format!(" OR {} IS NULL)", key.column));
}
