//! The fields of IT management, a folder each. A domain never imports another: what it refers to it names by
//! `domain/collection`, and what it asks of others it asks through [`crate::ports`].

pub mod finance;
pub mod governance;
pub mod identity;
pub mod infrastructure;
pub mod platform;
pub mod projects;
pub mod security;
pub mod strategy;
pub mod teams;
pub mod vendors;
