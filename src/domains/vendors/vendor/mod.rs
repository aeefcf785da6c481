//! Vendors, their contacts, bank accounts, relationships, qualification and exit plans.

pub mod bank_account;
pub mod check_digits;
pub mod due_diligence;
pub mod exit_plan;
pub mod iban;
pub mod lei;
pub mod qualification;
pub mod vendor;
pub mod vendor_contact;
pub mod vendor_relationship;
