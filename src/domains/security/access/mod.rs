//! Access rights and their reviews.

pub mod access_interval;
pub mod access_review;
pub mod access_right;
pub mod figures;
