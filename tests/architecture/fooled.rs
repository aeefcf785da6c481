//! The import rules cannot be fooled: a little codebase for each way round them, and the rule that sees it.

use super::layer::{circles_of_files, circles_of_folders, crossing, hidden_ways, overstepping};
use super::source::Codebase;

/// A codebase of some files, with nothing but empty modules beside them.
fn codebase(files: &[(&str, &str)]) -> Codebase {
    let empty = ["error.rs", "database/mod.rs", "resource/mod.rs", "store/mod.rs", "http/mod.rs", "domains/mod.rs", "lib.rs"];
    let beside = empty.iter().filter(|path| files.iter().all(|(given, _)| given != *path)).map(|path| ((*path).to_owned(), String::new()));
    Codebase::of(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).chain(beside))
}

#[track_caller]
fn is_seen(rule: fn(&Codebase) -> Vec<String>, files: &[(&str, &str)], told: &str) {
    let faults = rule(&codebase(files));
    assert!(faults.iter().any(|fault| fault.contains(told)), "{told:?} is not among {faults:#?}");
}

#[track_caller]
fn is_allowed(rule: fn(&Codebase) -> Vec<String>, files: &[(&str, &str)]) {
    assert_eq!(rule(&codebase(files)), Vec::<String>::new());
}

/// `store` may not use `http`, however it says so.
#[test]
fn every_way_to_write_a_path_is_seen() {
    let ways = [
        "use crate::http::view;",
        "use crate::{error::Error, http::{self, view}};",
        "use super::http::view;",
        "mod inner { use super::super::http::view; }",
        "mod inner { fn f() { super::super::http::view::run() } }",
        "use self::super::http::view;",
        "fn f() { crate::http::view::run() }",
        "fn f() { let _ = Vec::<crate::http::view::View>::new(); }",
        "fn f() -> impl Sized + use<> { <crate::http::view::View as Default>::default() }",
        "use crate as house; fn f() { house::http::view::run() }",
        "use crate as house; use house::http as face; fn f() { face::view::run() }",
        "use crate::{self as house}; use house::http::view;",
        "use super as up; fn f() { up::http::view::run() }",
        "pub(crate) use crate::http::view as sight;",
        "pub(in crate::store) use crate::r#x; use crate::r#http::view;",
        "fn f() { use crate::http::view; view::run() }",
        "macro_rules! m { () => { $crate::http::view::run() } }",
        "fn f() { m!(crate::http::view::run) }",
        "#[serde(with = \"crate::http::view\")] struct S;",
        "struct S { #[cfg(test)] x: u8, y: crate::http::view::View }",
        "/* /* */ */ use crate::http::view; // \"",
        "fn f<'a>() { let _ = ('\"', r#\"\"\"#); crate::http::view::run() }",
        "#[cfg(not(test))] use crate::http::view;",
        "type View = crate::http::view::View;",
        "use crate\n    ::\n    http::view;",
    ];
    for way in ways {
        is_seen(overstepping, &[("store/mod.rs", way), ("http/view.rs", "")], "uses http");
    }
    is_seen(overstepping, &[("store/deep/file.rs", "use super::super::super::http::view;")], "src/store/deep/file.rs:1 uses http::view");
    is_seen(overstepping, &[("main.rs", "fn main() { ::steward::formats::csv::read() }"), ("formats/mod.rs", "")], "uses formats");
    is_seen(overstepping, &[("ponds/mod.rs", "")], "ponds has no row");
}

#[test]
fn what_is_no_import_is_not_taken_for_one() {
    let harmless = [
        "//! [`crate::http::view`]\n/// [`crate::http`]\n// use crate::http::view;\n",
        "fn f() { let _ = \"use crate::http::view;\"; let _ = r#\"crate::http \"quoted\" \"#; }",
        "#[cfg(test)] mod tests { use crate::http::view; fn g() { if true {} } }",
        "#[cfg(test)] use crate::http::view;",
        "use http::Method; fn f() { other::http::view(); }",
        "use crate::database::Connection; use crate::error::{Error, Result};",
    ];
    for text in harmless {
        is_allowed(overstepping, &[("store/mod.rs", text), ("http/view.rs", "")]);
    }
    is_allowed(overstepping, &[("store/mod.rs", "#[cfg(test)]\nmod proof;"), ("store/proof.rs", "use crate::http::view;")]);
    is_seen(overstepping, &[("store/mod.rs", "mod tests;"), ("store/tests.rs", "use crate::http::view;")], "uses http");
}

/// `resource` may not use `store`; it may use some names of `database`.
#[test]
fn what_is_passed_on_is_followed_to_where_it_lives() {
    let store = ("store/mod.rs", "pub struct Writer;");
    let user = ("resource/mod.rs", "use crate::database::SqlType;");
    is_allowed(overstepping, &[store, user]);
    let doors = [
        "pub use crate::store::Writer as SqlType;",
        "pub(crate) use crate::store::Writer as SqlType;",
        "use crate::store::Writer as SqlType;",
        "use crate::store; pub use store::Writer as SqlType;",
        "use crate::store as shop; pub use self::shop::Writer as SqlType;",
        "mod inner { pub use crate::store::Writer; } pub use inner::Writer as SqlType;",
        "mod inner { pub use super::super::store::Writer as SqlType; } pub use self::inner::{SqlType};",
        "pub type SqlType = crate::store::Writer;",
        "use crate::store::Writer; pub type SqlType = Writer;",
    ];
    for door in doors {
        is_seen(overstepping, &[store, user, ("database/mod.rs", door)], "src/resource/mod.rs:1 uses store::Writer");
    }
    // Through two doors, and through the top of the crate.
    let through = [("database/mod.rs", "pub use crate::error::Writer as SqlType;"), ("error.rs", "pub use crate::store::Writer;")];
    is_seen(overstepping, &[store, user, through[0], through[1]], "src/resource/mod.rs:1 uses store::Writer");
    is_seen(overstepping, &[store, ("lib.rs", "pub use store::Writer;"), ("resource/mod.rs", "use crate::Writer;")], "uses store::Writer");
    is_seen(overstepping, &[store, ("lib.rs", "pub use store as shop;"), ("resource/mod.rs", "fn f() { crate::shop::Writer }")], "uses store::Writer");
    // A macro stands at the top of the crate, and is its folder's all the same.
    let made = ("store/kept.rs", "#[macro_export]\nmacro_rules! kept { () => {} }");
    is_seen(overstepping, &[made, ("resource/mod.rs", "crate::kept! {}"), ("resource/a.rs", "use crate::kept;")], "src/resource/a.rs:1 uses store::kept");
}

#[test]
fn a_part_of_a_folder_is_not_the_whole() {
    is_seen(overstepping, &[("resource/mod.rs", "use crate::database::Database;")], "uses database::Database");
    is_seen(overstepping, &[("resource/mod.rs", "use crate::database;")], "uses database");
}

#[test]
fn a_domain_that_uses_another_is_seen() {
    let vendors = ("domains/vendors/vendor.rs", "pub struct Vendor;");
    let ways = ["use steward_vendors::vendor::Vendor;", "use super::super::vendors::vendor;", "fn f() { super::vendors::vendor::x() }"];
    for way in &ways[..2] {
        is_seen(crossing, &[vendors, ("domains/teams/team.rs", way)], "uses domains::vendors");
    }
    is_seen(crossing, &[vendors, ("domains/teams/mod.rs", ways[2])], "uses domains::vendors");
    let door = ("domains/mod.rs", "pub use vendors::vendor::Vendor;");
    is_seen(
        crossing,
        &[vendors, ("domains/vendors/mod.rs", ""), door, ("domains/teams/team.rs", "use steward_core::domains::Vendor;")],
        "uses domains::vendors",
    );
    is_allowed(crossing, &[vendors, ("domains/vendors/mod.rs", "mod vendor; fn f() { vendor::Vendor }")]);
}

#[test]
fn circles_are_seen() {
    let into = ("database/mod.rs", "use crate::history::A;");
    is_seen(circles_of_folders, &[into, ("history/mod.rs", "use crate::access::B;"), ("access/mod.rs", "use crate::database::C;")], "a circle");
    is_seen(circles_of_folders, &[into, ("history/mod.rs", "pub use crate::error::D;"), ("error.rs", "pub use crate::database::D;")], "a circle");
    is_allowed(circles_of_folders, &[into, ("history/mod.rs", "use crate::access::B;"), ("access/mod.rs", "")]);
}

#[test]
fn circles_between_files_are_seen() {
    let a = ("store/a.rs", "use super::b::B; pub struct A;");
    is_seen(circles_of_files, &[a, ("store/b.rs", "use super::a::A; pub struct B;")], "store/a.rs → store/b.rs");
    is_seen(circles_of_files, &[a, ("store/b.rs", "use super::a; pub struct B; fn f() { a::run() }")], "a circle");
    is_seen(circles_of_files, &[a, ("store/b.rs", "pub struct B; fn f() -> crate::store::a::A {}")], "a circle");
    // Through what the parent passes on.
    is_seen(circles_of_files, &[("store/mod.rs", "pub use a::A;"), a, ("store/b.rs", "use super::A; pub struct B;")], "a circle");
    // A parent and its child.
    is_seen(circles_of_files, &[("store/mod.rs", "use a::A; pub struct Top;"), ("store/a.rs", "use super::Top; pub struct A;")], "a circle");
    is_allowed(circles_of_files, &[("store/mod.rs", "pub use a::A; pub struct Top;"), ("store/a.rs", "use super::Top; pub struct A;")]);
    is_allowed(circles_of_files, &[a, ("store/b.rs", "pub struct B;")]);
}

#[test]
fn what_the_rules_cannot_read_is_refused() {
    let ways = [
        "use crate::http::*;",
        "pub use inner::*; mod inner {}",
        "use crate::{http::{*}};",
        "extern crate self as steward;",
        "#[path = \"../http/view.rs\"] mod view;",
        "#[macro_use] mod macros;",
        "include!(\"../http/view.rs\");",
    ];
    for way in ways {
        is_seen(hidden_ways, &[("store/mod.rs", way), ("http/view.rs", "")], "src/store/mod.rs");
    }
    is_allowed(hidden_ways, &[("store/mod.rs", "use winnow::prelude::*; #[cfg(test)] mod tests { use super::*; }")]);
}
