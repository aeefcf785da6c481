//! Security and risk: what is worth protecting, what may happen to it, what is done about that, and how it is brought back.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod access;
mod continuity;
mod incident;
mod policy;
mod risk;
mod vulnerability;

pub use continuity::stopped_process::Recoveries;
pub use risk::appetite_days::judge_appetites;
pub use risk::exception_dependents::Resting;
pub use risk::expected_loss;
pub use risk::quantification_run::quantify;
pub use risk::simulation;
pub use risk::stake::Stakes;
pub use risk::stale_runs::RestingOnControls;
pub use vulnerability::known_weakness::Weaknesses;

use steward_core::view::Domain;
use steward_core::view::due::DerivedDates;

/// Dates that follow from others.
pub const DERIVED_DATES: &[DerivedDates] =
    &[vulnerability::remediation_date::REMEDIATION, policy::review_date::REVIEWS, continuity::test_date::TESTS, access::access_interval::ACCESS_REVIEWS];

/// The domain, its collections and what it adds.
pub fn domain() -> Domain {
    Domain::new(
        "security",
        "Protection of digital assets and data: policies, risks and their treatment, vulnerabilities and incidents, and recovery from disaster.",
    )
    .resource::<continuity::information_asset::InformationAsset>()
    .resource::<access::access_right::AccessRight>()
    .resource::<access::access_review::AccessReview>()
    .resource::<policy::policy::Policy>()
    .resource::<policy::policy_version::PolicyVersion>()
    .resource::<policy::attestation_campaign::AttestationCampaign>()
    .resource::<policy::attestation::Attestation>()
    .resource::<risk::risk_matrix::RiskMatrix>()
    .resource::<risk::risk_appetite::RiskAppetite>()
    .resource::<risk::risk::Risk>()
    .resource::<risk::risk_scenario::RiskScenario>()
    .resource::<risk::risk_assessment::RiskAssessment>()
    .resource::<risk::risk_quantification::RiskQuantification>()
    .resource::<risk::treatment::Treatment>()
    .resource::<vulnerability::threat::Threat>()
    .resource::<vulnerability::advisory::Advisory>()
    .resource::<vulnerability::vulnerability::Vulnerability>()
    .resource::<incident::security_incident::SecurityIncident>()
    .resource::<incident::incident_entry::IncidentEntry>()
    .resource::<incident::incident_notification::IncidentNotification>()
    .resource::<continuity::business_process::BusinessProcess>()
    .resource::<continuity::recovery_plan::RecoveryPlan>()
    .resource::<continuity::recovery_step::RecoveryStep>()
    .resource::<continuity::recovery_test::RecoveryTest>()
    .resource::<continuity::recovery_activation::RecoveryActivation>()
    .resource::<continuity::recovery_result::RecoveryResult>()
    .figures::<risk::figures::risk_levels::RiskFigures, _>()
    .figures::<vulnerability::figures::vulnerability_due::VulnerabilityFigures, _>()
    .figures::<incident::figures::notification_status::NotificationFigures, _>()
    .measure::<risk::figures::exposure::Exposure>()
    .action::<vulnerability::cvss_score::ScoreVector>()
    .action::<vulnerability::advisory_import::ImportAdvisories>()
    .action::<vulnerability::scan_import::ImportScan>()
    .view::<vulnerability::figures::vulnerability_priorities::VulnerabilityPriorities>()
    .view::<vulnerability::figures::vulnerability_remediation::VulnerabilityRemediation>()
    .view::<vulnerability::figures::vulnerability_ageing::VulnerabilityAgeing>()
    .action::<risk::quantification_run::RunQuantification>()
    .view::<risk::figures::quantification_result::QuantificationResult>()
    .view::<risk::figures::heat_map::HeatMap>()
    .view::<risk::figures::risk_position::RiskPosition>()
    .view::<risk::figures::portfolio_loss::PortfolioLoss>()
    .view::<incident::figures::incident_clocks::IncidentClocks>()
    .view::<access::figures::access_status::AccessStatus>()
    .view::<policy::figures::attestation_status::AttestationStatus>()
    .view::<policy::figures::policy_reviews_due::PolicyReviewDue>()
    .view::<continuity::figures::process_recovery::ProcessRecovery>()
    .view::<continuity::figures::recovery_readiness::RecoveryReadiness>()
    .view::<risk::figures::risk_register::RiskRegister>()
    .view::<risk::figures::top_risks::TopRisks>()
    .view::<risk::figures::key_risk_indicators::KeyRiskIndicators>()
    .view::<risk::figures::treatment_ranking::TreatmentRanking>()
}
