//! Steward: the open IT-management backend.
//!
//! **Shapes are written, behaviour is generic, SQL is one small layer.** A resource is one file: the struct of its
//! fields, a sample, its lifecycle, its own rules. Everything else is written once:
//!
//! | folder | what it is |
//! |---|---|
//! | [`catalogue`] | the whole API on one page |
//! | [`domains`] | the fields of IT management: resources, rules, figures, imports |
//! | [`http`] | the HTTP face: routes, paging, errors, OpenAPI |
//! | [`store`] | the only way to data: permission, rules, registry, history in one transaction |
//! | [`access`] | who you are and what you may do |
//! | [`jobs`] | work that no request waits for |
//! | [`history`] | what every record was, chained by hashes |
//! | [`search`] | full text over records of all kinds |
//! | [`resource`] | what a resource is: fields, value types, lifecycles, definitions |
//! | [`formats`] | documents of other houses: parse and print, no database |
//! | [`database`] | SQLite or PostgreSQL behind one connection |
//!
//! Who may use whom is held by `tests/architecture.rs`.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod access;
pub mod app;
pub mod catalogue;
pub mod clock;
pub mod config;
pub mod database;
pub mod demo;
pub mod domains;
pub mod error;
pub mod formats;
pub mod history;
pub mod http;
pub mod jobs;
pub mod resource;
pub mod search;
pub mod store;
