//! Frameworks and their requirements, mappings between them, and statements of applicability.

pub mod applicability_statement;
pub mod figures;
pub mod framework;
pub mod framework_import;
pub mod framework_version;
pub mod mapping;
pub mod requirement;
mod succession;
