//! How the codebase is built, held by reading its sources, its migrations and its document.

mod document;
mod figure;
mod fooled;
mod layer;
mod query;
mod source;
mod style;
mod table;
mod text;
