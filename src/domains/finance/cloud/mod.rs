//! Cloud charges (FOCUS).

pub mod cloud_charge;
