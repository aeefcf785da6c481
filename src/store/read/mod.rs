//! Reading: one record, a page, the past, a trace, a search; each narrowed to what the session may see.

pub mod allowed;
pub mod calendar;
pub mod custom;
pub mod event;
pub mod facet;
pub mod field_visibility;
pub mod filter;
pub mod label;
pub mod lookup;
pub mod naming;
pub mod order;
pub mod own;
pub mod page;
pub mod reader;
pub mod row;
pub mod scope;
pub mod search;
pub mod time_travel;
pub mod trace;
