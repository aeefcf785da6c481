//! Vendor management: who the organisation buys from, and whom it talks to there.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod contract;
mod order;
mod performance;
mod sourcing;
mod vendor;

pub use contract::charges::Contracts;
pub use order::closing::Closing;
pub use order::full_delivery::Deliveries;
pub use performance::owed_credit::ServiceLevels;
pub use sourcing::seal::Seal;

use steward_core::view::Domain;
use steward_core::view::due::DerivedDates;

/// Dates that follow from others.
pub const DERIVED_DATES: &[DerivedDates] = &[contract::notice_date::NOTICE];

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("vendors", "Procure hardware, software and services, and get them in the quality that is needed: the vendors, and the people there.")
        .resource::<vendor::vendor::Vendor>()
        .resource::<vendor::vendor_contact::VendorContact>()
        .resource::<vendor::bank_account::BankAccount>()
        .resource::<vendor::qualification::Qualification>()
        .resource::<vendor::due_diligence::DueDiligence>()
        .resource::<vendor::vendor_relationship::VendorRelationship>()
        .resource::<order::requisition::Requisition>()
        .resource::<order::requisition_line::RequisitionLine>()
        .resource::<sourcing::sourcing_event::SourcingEvent>()
        .resource::<sourcing::criterion::Criterion>()
        .resource::<sourcing::evaluator::Evaluator>()
        .resource::<sourcing::invitation::Invitation>()
        .resource::<sourcing::clarification::Clarification>()
        .resource::<sourcing::offer::Offer>()
        .resource::<sourcing::offer_line::OfferLine>()
        .resource::<sourcing::offer_score::OfferScore>()
        .resource::<sourcing::negotiation_plan::NegotiationPlan>()
        .resource::<sourcing::negotiation_round::NegotiationRound>()
        .resource::<sourcing::award::Award>()
        .resource::<contract::contract::Contract>()
        .resource::<contract::contract_version::ContractVersion>()
        .resource::<contract::contract_clause::ContractClause>()
        .resource::<contract::contract_line::ContractLine>()
        .resource::<contract::contract_obligation::ContractObligation>()
        .resource::<contract::amendment::Amendment>()
        .resource::<contract::renewal::Renewal>()
        .resource::<order::purchase_order::PurchaseOrder>()
        .resource::<order::purchase_order_line::PurchaseOrderLine>()
        .resource::<order::receipt::Receipt>()
        .resource::<order::receipt_line::ReceiptLine>()
        .resource::<order::invoice::Invoice>()
        .resource::<order::invoice_line::InvoiceLine>()
        .resource::<order::payment::Payment>()
        .resource::<performance::sla_target::SlaTarget>()
        .resource::<performance::sla_measurement::SlaMeasurement>()
        .resource::<performance::service_credit::ServiceCredit>()
        .resource::<performance::scorecard_template::ScorecardTemplate>()
        .resource::<performance::scorecard::Scorecard>()
        .resource::<performance::vendor_review::VendorReview>()
        .resource::<performance::vendor_improvement_plan::VendorImprovementPlan>()
        .resource::<contract::dispute::Dispute>()
        .resource::<vendor::exit_plan::ExitPlan>()
        .figures::<order::figures::order_progress::OrderProgress, _>()
        .figures::<order::figures::invoice_settlement::InvoiceSettlement, _>()
        .measure::<contract::figures::renewals::Renewals>()
        .view::<contract::figures::deadlines::ContractDeadlines>()
        .view::<contract::figures::renewals_due::RenewalsDue>()
        .view::<order::figures::payment_days::PaymentDays>()
}
