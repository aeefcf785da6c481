//! Absences, presence and on-call shifts.

pub mod absence;
pub mod called_now;
pub mod on_call_shift;
pub mod presence;
