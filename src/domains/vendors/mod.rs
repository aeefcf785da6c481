//! Vendor management: who the organisation buys from, and whom it talks to there.

mod amendment;
mod award;
mod bank_account;
mod check_digits;
mod clarification;
mod contract;
mod contract_clause;
mod contract_line;
mod contract_obligation;
mod contract_version;
mod criterion;
mod deadlines;
mod dispute;
mod due_diligence;
mod exit_plan;
mod frozen;
mod iban;
mod index_rule;
mod invitation;
mod invoice;
mod invoice_line;
mod lei;
mod line_price;
mod measure;
mod negotiation_plan;
mod negotiation_round;
mod notice;
mod offer;
mod offer_line;
mod offer_score;
mod open_excess;
mod order_excess;
mod order_progress;
mod purchase_order;
mod purchase_order_line;
mod qualification;
mod receipt;
mod receipt_line;
mod renewal;
mod renewals_due;
mod requisition;
mod requisition_line;
mod scorecard;
mod scorecard_template;
mod service_credit;
mod sla_measurement;
mod sla_target;
mod sourcing_event;
mod vendor;
mod vendor_contact;
mod vendor_improvement_plan;
mod vendor_relationship;
mod vendor_review;

use crate::view::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("vendors", "Procure hardware, software and services, and get them in the quality that is needed: the vendors, and the people there.")
        .resource::<vendor::Vendor>()
        .resource::<vendor_contact::VendorContact>()
        .resource::<bank_account::BankAccount>()
        .resource::<qualification::Qualification>()
        .resource::<due_diligence::DueDiligence>()
        .resource::<vendor_relationship::VendorRelationship>()
        .resource::<requisition::Requisition>()
        .resource::<requisition_line::RequisitionLine>()
        .resource::<sourcing_event::SourcingEvent>()
        .resource::<criterion::Criterion>()
        .resource::<invitation::Invitation>()
        .resource::<clarification::Clarification>()
        .resource::<offer::Offer>()
        .resource::<offer_line::OfferLine>()
        .resource::<offer_score::OfferScore>()
        .resource::<negotiation_plan::NegotiationPlan>()
        .resource::<negotiation_round::NegotiationRound>()
        .resource::<award::Award>()
        .resource::<contract::Contract>()
        .resource::<contract_version::ContractVersion>()
        .resource::<contract_clause::ContractClause>()
        .resource::<contract_line::ContractLine>()
        .resource::<contract_obligation::ContractObligation>()
        .resource::<amendment::Amendment>()
        .resource::<renewal::Renewal>()
        .resource::<purchase_order::PurchaseOrder>()
        .resource::<purchase_order_line::PurchaseOrderLine>()
        .resource::<receipt::Receipt>()
        .resource::<receipt_line::ReceiptLine>()
        .resource::<invoice::Invoice>()
        .resource::<invoice_line::InvoiceLine>()
        .resource::<sla_target::SlaTarget>()
        .resource::<sla_measurement::SlaMeasurement>()
        .resource::<service_credit::ServiceCredit>()
        .resource::<scorecard_template::ScorecardTemplate>()
        .resource::<scorecard::Scorecard>()
        .resource::<vendor_review::VendorReview>()
        .resource::<vendor_improvement_plan::VendorImprovementPlan>()
        .resource::<dispute::Dispute>()
        .resource::<exit_plan::ExitPlan>()
        .figures::<order_progress::OrderProgress, _>()
        .measure::<measure::Renewals>()
        .view::<deadlines::ContractDeadlines>()
        .view::<renewals_due::RenewalsDue>()
}
