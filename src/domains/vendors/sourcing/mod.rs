//! Sourcing events: criteria, invitations, offers, scores, negotiation and award.

pub mod award;
pub mod clarification;
pub mod criterion;
pub mod evaluation;
pub mod evaluator;
pub mod invitation;
pub mod life_cycle;
pub mod low_price;
pub mod negotiation_plan;
pub mod negotiation_round;
pub mod offer;
pub mod offer_line;
pub mod offer_score;
pub mod price_explanation;
pub mod seal;
pub mod sourcing_event;
