//! What a typed query says is the same on both databases: the one backend is tried on the tables of the service itself.

use crate::harness::{START, TestApp};
use crate::on_both;
use diesel::dsl::{case_when, count_star, exists, max, not, row_number, select};
use diesel::prelude::*;
use diesel::upsert::excluded;
use steward::database::expression::{beginning, locked, total};
use steward::database::{Closure, Connection, Dialect};
use steward::error::Result;
use steward::resource::Id;
use steward::resource::value::{Currency, Instant, Money};
use steward_schema::service::{edges, idempotency_keys as keys, registry};

/// Does something in one transaction of the app.
async fn within<T: Send + 'static>(app: &TestApp, work: impl Fn(&mut Connection) -> Result<T> + Send + 'static) -> T {
    app.served.store.by_itself(work).await.unwrap()
}

fn id(number: u128) -> Id {
    Id(uuid::Uuid::from_u128(number))
}

/// A record of the registry that stands alone.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = registry, check_for_backend(Dialect), treat_none_as_default_value = false)]
struct Entry {
    id: Id,
    collection: String,
    title: String,
    state: Option<String>,
    root_id: Id,
    parent_id: Option<Id>,
    revision: i64,
    hash: String,
    deleted_at: Option<Instant>,
}

fn entry(number: u128, revision: i64) -> Entry {
    let parent_id = (number > 1).then(|| id(number - 1));
    let (collection, title) = ("tests/entries".to_owned(), format!("entry {number}"));
    Entry { id: id(number), collection, title, state: None, root_id: id(number), parent_id, revision, hash: "ab".repeat(20), deleted_at: None }
}

/// Four records, each the parent of the next.
async fn filled(app: &TestApp) {
    let made = within(app, |connection| {
        let entries: Vec<Entry> = (1..=4).map(|number| entry(number, i64::try_from(number).unwrap() * 10)).collect();
        Ok(diesel::insert_into(registry::table).values(&entries).execute(connection)?)
    });
    assert_eq!(made.await, 4);
}

diesel::alias!(registry as others: Others);

fn ours() -> diesel::helper_types::Filter<registry::table, diesel::helper_types::Eq<registry::collection, &'static str>> {
    registry::table.filter(registry::collection.eq("tests/entries"))
}

on_both! {
    rows_come_back_as_they_were_written(app) {
        filled(app).await;
        let found: Vec<Entry> = within(app, |connection| Ok(ours().order(registry::id).select(Entry::as_select()).load(connection)?)).await;
        assert_eq!(found, (1..=4).map(|number| entry(number, i64::try_from(number).unwrap() * 10)).collect::<Vec<_>>());
        let one = within(app, |connection| {
            let gone = Entry { deleted_at: Some(Instant::sample(START)), ..entry(5, 1) };
            Ok(diesel::insert_into(registry::table).values(&gone).returning(registry::deleted_at).get_result::<Option<Instant>>(connection)?)
        });
        assert_eq!(one.await, Some(Instant::sample(START)));
    }

    an_upsert_changes_what_is_there_and_an_update_says_how_many(app) {
        filled(app).await;
        within(app, |connection| {
            let again = Entry { title: "anew".into(), ..entry(1, 99) };
            let put = diesel::insert_into(registry::table).values(&again).on_conflict(registry::id).do_update().set(registry::title.eq(excluded(registry::title)));
            assert_eq!(put.execute(connection)?, 1);
            assert_eq!(diesel::insert_into(registry::table).values(&again).on_conflict_do_nothing().execute(connection)?, 0);
            let (title, revision): (String, i64) = registry::table.find(id(1)).select((registry::title, registry::revision)).first(connection)?;
            assert_eq!((title.as_str(), revision), ("anew", 10));
            assert_eq!(diesel::update(ours().filter(registry::revision.gt(10))).set(registry::state.eq("open")).execute(connection)?, 3);
            assert_eq!(diesel::delete(registry::table.find(id(4))).execute(connection)?, 1);
            Ok(())
        }).await;
    }

    sums_windows_and_cases_are_whole_numbers(app) {
        filled(app).await;
        within(app, |connection| {
            let large = total(case_when(registry::revision.gt(20), registry::revision).otherwise(0_i64));
            assert_eq!(ours().select((large, count_star())).first::<(Option<i64>, i64)>(connection)?, (Some(70), 4));
            assert_eq!(ours().filter(registry::revision.lt(0)).select(total(registry::revision)).first::<Option<i64>>(connection)?, None);
            let places: Vec<i64> = ours().select(row_number().window_order(registry::revision.desc())).order(registry::id).load(connection)?;
            assert_eq!(places, [4, 3, 2, 1]);
            assert_eq!(ours().select(max(registry::revision)).first::<Option<i64>>(connection)?, Some(40));
            let starts: Vec<String> = ours().order(registry::id).select(beginning(registry::title, 5)).limit(1).load(connection)?;
            assert_eq!(starts, ["entry"]);
            Ok(())
        }).await;
    }

    joins_subqueries_and_lists_find_the_same(app) {
        filled(app).await;
        within(app, |connection| {
            let parent = others.on(others.field(registry::id).nullable().eq(registry::parent_id));
            let pairs: Vec<(String, Option<String>)> =
                ours().left_join(parent).order(registry::id).select((registry::title, others.field(registry::title).nullable())).load(connection)?;
            assert_eq!(pairs[0].1, None);
            assert_eq!(pairs[3].1.as_deref(), Some("entry 3"));
            let childless = not(exists(others.filter(others.field(registry::parent_id).eq(registry::id.nullable()))));
            assert_eq!(ours().filter(childless).select(registry::id).load::<Id>(connection)?, [id(4)]);
            assert_eq!(ours().filter(registry::id.eq_any([id(1), id(3)])).count().get_result::<i64>(connection)?, 2);
            assert_eq!(ours().filter(registry::id.eq_any(Vec::<Id>::new())).count().get_result::<i64>(connection)?, 0);
            assert!(select(exists(ours().filter(registry::title.like("entry%")))).get_result::<bool>(connection)?);
            assert_eq!(locked(registry::table.find(id(2)).select(registry::revision)).get_result::<i64>(connection)?, 20);
            let mut boxed = ours().into_boxed::<Dialect>().select(registry::title);
            boxed = boxed.order(registry::title.desc()).limit(1).offset(1);
            assert_eq!(boxed.load::<String>(connection)?, ["entry 3"]);
            Ok(())
        }).await;
    }

    what_is_reached_step_by_step_is_found_and_circles_end(app) {
        filled(app).await;
        within(app, |connection| {
            let up = || registry::table.select((registry::id, registry::parent_id));
            assert!(Closure::from_id(id(4)).along(up()).reaches(id(1)).get_result::<bool>(connection)?);
            assert!(!Closure::from_id(id(2)).along(up()).reaches(id(3)).get_result::<bool>(connection)?);
            let mut above = Closure::from_id(id(3)).along(up()).load::<Id>(connection)?;
            above.sort();
            assert_eq!(above, [id(1), id(2), id(3)]);
            // A circle by an edge: every record is reached, and the walk ends.
            diesel::insert_into(edges::table).values((edges::from_id.eq(id(1)), edges::field.eq("next"), edges::to_id.eq(id(4)))).execute(connection)?;
            let around = Closure::from_all(registry::table.find(id(2)).select(registry::id)).along(up()).along(edges::table.select((edges::from_id, edges::to_id)));
            assert_eq!(ours().filter(registry::id.eq_any(around)).count().get_result::<i64>(connection)?, 4);
            Ok(())
        }).await;
    }

    money_is_read_from_its_two_columns_and_a_word_that_is_none_is_an_error(app) {
        // A kept answer is somebody's.
        let administrator = app.admin.id.unwrap();
        within(app, move |connection| {
            let row = |key: &str, status: i64, location: Option<&str>| {
                let place = (keys::principal_id.eq(administrator), keys::key.eq(key.to_owned()), keys::request_digest.eq("EUR"), keys::status.eq(status));
                (place, keys::location.eq(location.map(str::to_owned)), keys::created_at.eq(Instant::sample(START)))
            };
            diesel::insert_into(keys::table).values(vec![row("a", 1250, Some("EUR")), row("b", 1, None), row("c", 7, Some("none"))]).execute(connection)?;
            let of = |key: &'static str| keys::table.find((administrator, key));
            let amount: Money = of("a").select((keys::status, keys::request_digest)).first(connection)?;
            assert_eq!(amount.amount(), "12.50");
            assert_eq!(of("a").select(keys::location).first::<Option<Currency>>(connection)?.map(Currency::code), Some("EUR"));
            assert_eq!(of("b").select(keys::location).first::<Option<Currency>>(connection)?, None);
            let unreadable = of("c").select(keys::location).first::<Option<Currency>>(connection);
            assert!(matches!(unreadable, Err(diesel::result::Error::DeserializationError(_))), "{unreadable:?}");
            Ok(())
        }).await;
    }
}
