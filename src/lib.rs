//! Steward: the open IT-management backend.
//!
//! **Shapes are written, behaviour is generic, queries are typed.** A resource is one file: the struct of its
//! fields, a sample, its lifecycle, its own rules. Everything else is written once:
//!
//! | folder | what it is | may use |
//! |---|---|---|
//! | [`app`], `main` | building the service, and the commands | everything |
//! | [`catalogue`] | the whole API on one page, and who answers whom | domains, http, ports |
//! | [`demo`] | a company to look at | domains, store |
//! | [`domains`] | the fields of IT management: resources, rules, figures, imports | everything below, never each other |
//! | [`http`] | the HTTP face: routes, paging, errors, OpenAPI | store and below |
//! | [`view`] | what a figure is: query, formula, typed answer; actions beside the usual operations | store and below |
//! | [`maintenance`] | backups, a restore, a move to PostgreSQL, a check of what is set up | store and below |
//! | [`jobs`] | work that no request waits for | store and below |
//! | [`store`] | the only way to data: permission, rules, registry, history in one transaction | what follows |
//! | [`access`] | who you are and what you may do | resource, database |
//! | [`outgoing`] | what is asked of other services over HTTP, within bounds | resource |
//! | [`history`] | what every record was, chained by hashes | resource, database |
//! | [`search`] | full text over records of all kinds | resource, database |
//! | [`resource`](mod@resource) | what a resource is: fields, value types, lifecycles, definitions | database |
//! | [`ports`] | what one domain asks of another: traits, implemented by their owners | resource |
//! | [`formats`] | documents of other services: parse and print, no database | nothing |
//! | [`database`] | SQLite or PostgreSQL as one Diesel backend | value types |
//! | `steward_schema` | a crate of its own: the tables as Diesel sees them, generated from the migrations | nothing |
//! | [`telemetry`] | traces for who collects them | nothing |
//! | [`error`], [`clock`], [`config`], [`log`] | what everybody may use | nothing |
//!
//! New here? [`guide`] says what to read in which order: [a request from the socket to the row](guide::request),
//! [which refusal is told when](guide::refusal), and [what is odd](guide::quirk). A resource is written by
//! [`Resource`](resource::Resource) and [`resource!`]; "Add a resource" in `docs/develop.md` goes through it word by word.
//!
//! Who may use whom is held by `tests/architecture/layer.rs`, which follows every path in the sources to where it lives.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod app;
pub mod catalogue;
pub mod demo;
pub mod domains;

pub use steward_core::{
    access, choice, clock, config, database, error, formats, guide, history, http, jobs, log, maintenance, model, outgoing, pool, ports, resource, search,
    store, telemetry, value, view,
};
