//! Contracts: versions, lines, clauses, obligations, amendments, renewals and disputes.

pub mod agreed;
pub mod amended_part;
pub mod amendment;
pub mod charges;
pub mod contract;
pub mod contract_clause;
pub mod contract_line;
pub mod contract_obligation;
pub mod contract_version;
pub mod deadline_reason;
pub mod decided_renewal;
pub mod decision;
pub mod dispute;
pub mod figures;
pub mod frozen_record;
pub mod handover;
pub mod index_rule;
pub mod next_term;
pub mod notice;
pub mod notice_date;
pub mod promise;
pub mod renewal;
pub mod undecided_contract;
