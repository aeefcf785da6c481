//! Security and risk: what is worth protecting, what may happen to it, what is done about that, and how it is brought back.

mod access_review;
mod access_right;
mod advisory;
mod appetite_in_force;
mod attestation;
mod attestation_campaign;
mod business_process;
mod due;
mod expected_loss;
mod heat_map;
mod incident_entry;
mod incident_notification;
mod information_asset;
mod matrix;
mod matrix_lookup;
mod measure;
mod named;
mod notification_due;
mod notification_figures;
mod policy;
mod policy_version;
mod recovery_activation;
mod recovery_plan;
mod recovery_proof;
mod recovery_result;
mod recovery_step;
mod recovery_test;
mod residual;
mod resting;
mod risk;
mod risk_appetite;
mod risk_assessment;
mod risk_category;
mod risk_figures;
mod risk_matrix;
mod risk_position;
mod risk_quantification;
mod risk_scenario;
mod risk_standing;
mod second_person;
mod security_incident;
mod tested_control;
mod threat;
mod treatment;
mod vulnerability;
mod vulnerability_due;

pub use resting::Resting;

use crate::view::Domain;

/// The domain, its collections and what it adds.
pub fn domain() -> Domain {
    Domain::new(
        "security",
        "Digital assets and data are protected: policies, risks and their treatment, vulnerabilities and incidents, and recovery from disaster.",
    )
    .resource::<information_asset::InformationAsset>()
    .resource::<access_right::AccessRight>()
    .resource::<access_review::AccessReview>()
    .resource::<policy::Policy>()
    .resource::<policy_version::PolicyVersion>()
    .resource::<attestation_campaign::AttestationCampaign>()
    .resource::<attestation::Attestation>()
    .resource::<risk_matrix::RiskMatrix>()
    .resource::<risk_appetite::RiskAppetite>()
    .resource::<risk::Risk>()
    .resource::<risk_scenario::RiskScenario>()
    .resource::<risk_assessment::RiskAssessment>()
    .resource::<risk_quantification::RiskQuantification>()
    .resource::<treatment::Treatment>()
    .resource::<threat::Threat>()
    .resource::<advisory::Advisory>()
    .resource::<vulnerability::Vulnerability>()
    .resource::<security_incident::SecurityIncident>()
    .resource::<incident_entry::IncidentEntry>()
    .resource::<incident_notification::IncidentNotification>()
    .resource::<business_process::BusinessProcess>()
    .resource::<recovery_plan::RecoveryPlan>()
    .resource::<recovery_step::RecoveryStep>()
    .resource::<recovery_test::RecoveryTest>()
    .resource::<recovery_activation::RecoveryActivation>()
    .resource::<recovery_result::RecoveryResult>()
    .figures::<risk_figures::RiskFigures, _>()
    .figures::<vulnerability_due::VulnerabilityFigures, _>()
    .figures::<notification_figures::NotificationFigures, _>()
    .measure::<measure::Exposure>()
    .view::<heat_map::HeatMap>()
    .view::<risk_position::RiskPosition>()
}
