//! What one domain asks of another: a trait and a function a question. The owner of the answer implements the trait, the
//! catalogue puts it in, and whoever asks calls the function; where nobody answers, nothing is granted.

pub mod authority;
pub mod books;
pub mod closing;
pub mod conflict;
pub mod contracts;
pub mod control;
pub mod deliveries;
pub mod dependency;
pub mod estate;
pub mod exception;
pub mod finding;
pub mod indicator;
pub mod ledger;
pub mod people;
pub mod permission;
pub mod presence;
pub mod purchase;
pub mod recovery;
pub mod seal;
pub mod service_level;
pub mod software;
pub mod stake;
pub mod weakness;
pub mod work;
pub mod working_time;

use crate::error::Result;
use crate::resource::Check;
use std::any::Any;

/// Answer of the domain that keeps a port; the default of its type where none does.
fn ask<P: Copy + Any + Send + Sync, A: Default>(check: &mut Check<'_>, question: impl FnOnce(P, &mut Check<'_>) -> Result<A>) -> Result<A> {
    match check.definitions.answers.get::<P>().copied() {
        Some(port) => question(port, check),
        None => Ok(A::default()),
    }
}
