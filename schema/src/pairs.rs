//! Tables that a query joins though neither refers to the other.
