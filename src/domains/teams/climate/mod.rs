//! Pulse surveys, retrospectives and what follows from them.

pub mod improvement_action;
pub mod pulse_answer;
pub mod pulse_participation;
pub mod pulse_survey;
pub mod retrospective;
