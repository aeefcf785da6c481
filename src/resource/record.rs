//! A record as a Diesel model: what the service writes, where it is placed, its own fields, the values of custom fields. Written
//! once for all resources: `contracts::table.select(Record::<Contract>::as_select())`, `insert_into(table).values(&record)`.

use super::Resource;
use super::field::Field;
use super::model::Entity;
use super::shape::Shape;
use super::value::{Custom, FieldType, Id, Instant};
use crate::database::expression::Fixed;
use crate::database::{Any, Compiled, Connection, Dialect, Row, SqlType, SqlValue, Statement, Values};
use diesel::deserialize::{self, FromSqlRow};
use diesel::expression::{AppearsOnTable, Expression, QueryMetadata, SelectableExpression, TypedExpressionType, ValidGrouping, is_aggregate};
use diesel::insertable::{CanInsertInSingleQuery, InsertValues};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId, UndecoratedInsertRecord, ValuesClause};
use diesel::query_dsl::CompatibleType;
use diesel::query_source::{AppearsInFromClause, Once};
use diesel::sql_types::is_nullable::NotNull;
use diesel::sql_types::{BigInt, Nullable, SqlType as SqlTypeOfDiesel, Text, Timestamptz, Uuid};
use diesel::{Insertable, QueryResult, RunQueryDsl, Selectable};
use std::marker::PhantomData;
use std::sync::Arc;
use steward_schema::Described;

/// What the service writes into every record.
#[derive(Debug, Clone)]
pub struct Meta {
    /// Its identity.
    pub id: Id,
    /// 1 when it is made, one more at each change.
    pub revision: i64,
    /// Time of creation.
    pub created_at: Instant,
    /// The principal that made it.
    pub created_by: Id,
    /// Time of the last change.
    pub updated_at: Instant,
    /// The principal that last changed it.
    pub updated_by: Id,
    /// Its state, where it has a lifecycle.
    pub state: Option<String>,
}

/// Where a record of a unit is placed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Placement {
    /// The unit it belongs to; none where it belongs to none.
    pub unit_id: Option<Id>,
    /// The accountable owner, if it has one.
    pub owner_id: Option<Id>,
}

/// A record by its type.
#[derive(Debug, Clone)]
pub struct Record<R> {
    /// What the service writes.
    pub meta: Meta,
    /// `unit_id` and `owner_id`.
    pub placement: Placement,
    /// Its own fields.
    pub own: R,
    /// The values of custom fields.
    pub custom: Option<Custom>,
}

/// A record whose type the caller does not know: the same model, behind a pointer.
#[derive(Debug, Clone)]
pub struct Stored {
    /// What the service writes.
    pub meta: Meta,
    /// `unit_id` and `owner_id`.
    pub placement: Placement,
    /// Its own fields.
    pub own: Arc<dyn Entity>,
    /// The values of custom fields.
    pub custom: Option<Custom>,
}

impl<R: Resource> From<Record<R>> for Stored {
    fn from(record: Record<R>) -> Stored {
        Stored { meta: record.meta, placement: record.placement, own: Arc::new(record.own), custom: record.custom }
    }
}

impl<R: Resource> Record<R> {
    /// The columns of its table.
    pub const SHAPE: Shape = Shape::of::<R>();

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        let meta = Self::decode_head(values)?;
        let placement = match Self::SHAPE.placement.len() {
            0 => Placement::default(),
            1 => Placement { unit_id: values.take::<Nullable<Uuid>, Option<Id>>()?, owner_id: None },
            _ => Placement { unit_id: values.take::<Nullable<Uuid>, Option<Id>>()?, owner_id: values.take::<Nullable<Uuid>, Option<Id>>()? },
        };
        let own = R::decode(values)?;
        let custom = if R::FACT { None } else { Option::<Custom>::decode(values)? };
        Ok(Record { meta, placement, own, custom })
    }

    fn decode_head(values: &mut Values<'_>) -> deserialize::Result<Meta> {
        let id = values.take::<Uuid, Id>()?;
        if R::FACT {
            let at = values.take::<Timestamptz, Instant>()?;
            let by = values.take::<Nullable<Uuid>, Option<Id>>()?.or(R::ANONYMOUS.then(Id::system)).ok_or("a fact that nobody has recorded")?;
            return Ok(Meta { id, revision: 1, created_at: at, created_by: by, updated_at: at, updated_by: by, state: None });
        }
        Ok(Meta {
            id,
            revision: values.take::<BigInt, i64>()?,
            created_at: values.take::<Timestamptz, Instant>()?,
            created_by: values.take::<Uuid, Id>()?,
            updated_at: values.take::<Timestamptz, Instant>()?,
            updated_by: values.take::<Uuid, Id>()?,
            state: if Self::SHAPE.has_state() { Some(values.take::<Text, String>()?) } else { None },
        })
    }
}

/// The values of a record's columns, on their way into the database.
#[derive(Clone, Copy)]
pub struct Borrowed<'r, R> {
    meta: &'r Meta,
    placement: Placement,
    own: &'r R,
    custom: Option<&'r Custom>,
}

impl<R> Record<R> {
    /// Its values, to be inserted.
    pub fn borrowed(&self) -> Borrowed<'_, R> {
        Borrowed { meta: &self.meta, placement: self.placement, own: &self.own, custom: self.custom.as_ref() }
    }
}

impl<R: Resource> Borrowed<'_, R> {
    fn head(&self) -> Row {
        let meta = self.meta;
        let by = if R::ANONYMOUS { SqlValue::Null(SqlType::Id) } else { meta.created_by.into() };
        if R::FACT {
            return vec![meta.id.into(), meta.created_at.into(), by];
        }
        let mut cells = vec![meta.id.into(), meta.revision.into(), meta.created_at.into(), by, meta.updated_at.into(), meta.updated_by.into()];
        if Record::<R>::SHAPE.has_state() {
            cells.push(meta.state.as_deref().unwrap_or_default().into());
        }
        cells
    }

    fn all(&self) -> Row {
        let mut cells = self.head();
        place(Record::<R>::SHAPE.placement, self.placement, &mut cells);
        self.own.store(&mut cells);
        if !R::FACT {
            match self.custom {
                Some(custom) => custom.store(&mut cells),
                None => Custom::store_null(&mut cells),
            }
        }
        cells
    }
}

/// Adds the cells of a placement.
pub(super) fn place(fields: &[Field], placement: Placement, cells: &mut Row) {
    let of = |id: Option<Id>| id.map_or(SqlValue::Null(SqlType::Id), SqlValue::Id);
    cells.extend(fields.iter().map(|field| of(if field.name == "unit_id" { placement.unit_id } else { placement.owner_id })));
}

// Reading.

/// The columns of a record, as what is selected.
pub struct Columns<R>(PhantomData<fn() -> R>);

/// Their SQL type.
pub struct ColumnsOf<R>(PhantomData<fn() -> R>);

impl<R: 'static> SqlTypeOfDiesel for ColumnsOf<R> {
    type IsNull = NotNull;
}

impl<R> TypedExpressionType for ColumnsOf<R> {}

impl<R> Expression for Columns<R> {
    type SqlType = ColumnsOf<R>;
}

impl<R: Resource, Q> AppearsOnTable<Q> for Columns<R> where Q: AppearsInFromClause<R::Table, Count = Once> {}

impl<R: Resource, Q> SelectableExpression<Q> for Columns<R> where Self: AppearsOnTable<Q> {}

impl<R> ValidGrouping<()> for Columns<R> {
    type IsAggregate = is_aggregate::No;
}

impl<R: 'static> QueryId for Columns<R> {
    type QueryId = Columns<R>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<R: Resource> QueryFragment<Dialect> for Columns<R> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        Record::<R>::SHAPE.write_names(Some(R::Table::NAME), &mut pass)
    }
}

impl<R: Resource> QueryMetadata<ColumnsOf<R>> for Dialect {
    fn row_metadata(_: &mut (), out: &mut Vec<Option<SqlType>>) {
        let shape = Record::<R>::SHAPE;
        out.extend(shape.head.iter().map(|(_, kind)| Some(*kind)));
        out.extend(shape.written().map(|(_, column)| Some(column.kind)));
    }
}

impl<R: Resource> Selectable<Dialect> for Record<R> {
    type SelectExpression = Columns<R>;

    fn construct_selection() -> Columns<R> {
        Columns(PhantomData)
    }
}

impl<R: Resource> FromSqlRow<ColumnsOf<R>, Dialect> for Record<R> {
    fn build_from_row<'a>(row: &impl diesel::row::Row<'a, Dialect>) -> deserialize::Result<Self> {
        Values::of_row(row, Self::decode).map_err(|error| format!("{}: {error}", R::PATH).into())
    }
}

impl<R: Resource> CompatibleType<Record<R>, Dialect> for ColumnsOf<R> {
    type SqlType = ColumnsOf<R>;
}

/// A query that the store has built over the columns of a record.
struct Select<'s, R> {
    statement: &'s Statement,
    of: PhantomData<fn() -> R>,
}

impl<R: Resource> Query for Select<'_, R> {
    type SqlType = ColumnsOf<R>;
}

impl<R> QueryId for Select<'_, R> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<R, C> RunQueryDsl<C> for Select<'_, R> {}

impl<R> QueryFragment<Dialect> for Select<'_, R> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        self.statement.walk_ast(pass)
    }
}

// Writing.

/// The values of a record that is inserted.
pub struct Inserted<T> {
    shape: Option<Shape>,
    cells: Row,
    table: PhantomData<fn() -> T>,
}

impl<T> Default for Inserted<T> {
    fn default() -> Self {
        Inserted { shape: None, cells: Row::new(), table: PhantomData }
    }
}

impl<T> UndecoratedInsertRecord<T> for Inserted<T> {}

impl<T> CanInsertInSingleQuery<Dialect> for Inserted<T> {
    fn rows_to_insert(&self) -> Option<usize> {
        Some(1)
    }
}

impl<T> QueryId for Inserted<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> QueryFragment<Dialect> for Inserted<T> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        for (at, cell) in self.cells.iter().enumerate() {
            if at > 0 {
                pass.push_sql(", ");
            }
            pass.push_bind_param::<Any, SqlValue>(cell)?;
        }
        Ok(())
    }
}

impl<T: diesel::Table> InsertValues<Dialect, T> for Inserted<T> {
    fn column_names(&self, mut pass: AstPass<'_, '_, Dialect>) -> QueryResult<()> {
        self.shape.map_or(Ok(()), |shape| shape.write_names(None, &mut pass))
    }
}

impl<R: Resource> Insertable<R::Table> for Borrowed<'_, R> {
    type Values = ValuesClause<Inserted<R::Table>, R::Table>;

    fn values(self) -> Self::Values {
        let mut clause = ValuesClause::<Inserted<R::Table>, R::Table>::default();
        clause.values = Inserted { shape: Some(Record::<R>::SHAPE), cells: self.all(), table: PhantomData };
        clause
    }
}

impl<R: Resource> Insertable<R::Table> for &Record<R> {
    type Values = ValuesClause<Inserted<R::Table>, R::Table>;

    fn values(self) -> Self::Values {
        self.borrowed().values()
    }
}

/// A changed record, written if it is still at a revision. Diesel's own `update` is never kept prepared.
struct Save<R> {
    of: PhantomData<fn() -> R>,
    cells: Row,
    id: Id,
    revision: i64,
}

impl<R: 'static> QueryId for Save<R> {
    type QueryId = Save<R>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<R, C> RunQueryDsl<C> for Save<R> {}

impl<R: Resource> QueryFragment<Dialect> for Save<R> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        let shape = Record::<R>::SHAPE;
        pass.push_sql("UPDATE ");
        pass.push_sql(R::Table::NAME);
        pass.push_sql(" SET ");
        let head = shape.head.iter().map(|(name, _)| (*name, "", matches!(*name, "id" | "created_at" | "created_by")));
        // What changes beside the revisions may have changed since the row was read.
        let written = shape.written().map(|(field, column)| (field.name, column.suffix, field.unversioned));
        let mut comma = "";
        for ((name, suffix, stays), cell) in head.chain(written).zip(&self.cells) {
            if stays {
                continue;
            }
            pass.push_sql(comma);
            comma = ", ";
            pass.push_sql(name);
            pass.push_sql(suffix);
            pass.push_sql(" = ");
            pass.push_bind_param::<Any, SqlValue>(cell)?;
        }
        pass.push_sql(" WHERE id = ");
        pass.push_bind_param::<Uuid, Id>(&self.id)?;
        pass.push_sql(" AND revision = ");
        pass.push_bind_param::<BigInt, i64>(&self.revision)
    }
}

/// What the store does with the rows of a resource whose type it does not know.
pub struct Rows {
    /// The records that a query over a record's columns finds.
    pub load: fn(&Statement, &mut Connection) -> QueryResult<Vec<Stored>>,
    /// Writes a new record.
    pub insert: fn(&Stored, Dialect) -> QueryResult<Compiled>,
    /// Writes a changed record, if it is still at a revision, and says how many rows that changed.
    pub update: fn(&Stored, i64, &mut Connection) -> QueryResult<usize>,
    /// Reads own fields from their cells.
    pub decode: fn(&[SqlValue]) -> deserialize::Result<Arc<dyn Entity>>,
}

impl Rows {
    /// Those of a resource.
    pub const fn of<R: Resource>() -> Rows {
        Rows {
            load: |statement, connection| {
                let found: Vec<Record<R>> = Select { statement, of: PhantomData::<fn() -> R> }.load(connection)?;
                Ok(found.into_iter().map(Stored::from).collect())
            },
            insert: |stored, dialect| {
                let row = Fixed::<Record<R>, _>::of(diesel::insert_into(R::Table::default()).values(borrowed::<R>(stored)?));
                Compiled::of(&row, dialect)
            },
            update: |stored, revision, connection| {
                let cells = borrowed::<R>(stored)?.all();
                Save { of: PhantomData::<fn() -> R>, cells, id: stored.meta.id, revision }.execute(connection)
            },
            decode: |cells| Values::of_cells(cells, |values| R::decode(values).map(|own| Arc::new(own) as Arc<dyn Entity>)),
        }
    }
}

fn borrowed<R: Resource>(stored: &Stored) -> QueryResult<Borrowed<'_, R>> {
    let own = stored.own.as_any().downcast_ref().ok_or_else(|| diesel::result::Error::SerializationError(format!("no record of {}", R::PATH).into()))?;
    Ok(Borrowed { meta: &stored.meta, placement: stored.placement, own, custom: stored.custom.as_ref() })
}
