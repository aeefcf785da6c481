//! Performance reviews, one-on-ones, feedback and recognition.

pub mod action_item;
pub mod feedback;
pub mod one_on_one;
pub mod performance_review;
pub mod recognition;
pub mod review_cycle;
