//! What pages ask for.

mod file;
mod home;
mod label;
mod list;
mod saved_view;
