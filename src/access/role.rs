//! The roles that every service has. They are kept in the database beside those that administrators add.

use super::Pattern;
use std::sync::LazyLock;

/// The permission by which a caller is told what keeps the service from being ready.
pub const SEES_READINESS: &str = "platform.operations:read";

/// A role that the service brings with it.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn {
    /// Its code.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// What it may do.
    pub permissions: &'static [&'static str],
}

/// What most people need to do their work with others: the organisation, its catalogues and settings, what is said about
/// the records that they see, and API tokens of their own.
macro_rules! with_common {
    ($($own:literal),* $(,)?) => {
        &[
            "teams.units:read", "teams.people:read", "teams.teams:read", "teams.memberships:read", "teams.role_profiles:read", "teams.role_requirements:read",
            "teams.skills:read", "teams.certifications:read", "teams.courses:read", "teams.course_sessions:read", "teams.on_call_shifts:read",
            "teams.recognitions:read", "teams.recognitions:create", "teams.feedback:*", "teams.one_on_ones:*", "teams.action_items:*",
            "finance.fiscal_years:read", "finance.fiscal_periods:read", "finance.cost_centers:read", "finance.cost_categories:read", "finance.exchange_rates:read",
            "governance.frameworks:read", "governance.requirements:read",
            "infrastructure.sites:read", "infrastructure.locations:read", "infrastructure.racks:read", "infrastructure.manufacturers:read", "infrastructure.device_types:read",
            "infrastructure.software_products:read", "infrastructure.software_releases:read", "infrastructure.services:read",
            "infrastructure.incidents:read", "infrastructure.incidents:create", "infrastructure.freeze_periods:read", "infrastructure.change_models:read",
            "vendors.requisitions:read", "vendors.requisitions:create", "vendors.requisitions:update", "vendors.requisitions:submit", "vendors.requisition_lines:*",
            "platform.settings:read", "platform.custom_fields:read", "platform.translations:read",
            "platform.tags:read", "platform.links:read", "platform.attachments:read",
            "platform.comments:read", "platform.comments:create", "platform.comments:update", "platform.files:create", "platform.files:delete",
            "identity.api_tokens:create", "platform.saved_views:create",
            "platform.calendar_feeds:create", "platform.calendar_feeds:update", "platform.calendar_feeds:delete", "platform.calendar_feeds:revoke",
            $($own),*
        ]
    };
}

/// The same for who works in a field: they also label, link and document its records.
macro_rules! with_work {
    ($($own:literal),* $(,)?) => { with_common!["platform.conflicts:read", "platform.conflicts:update", "platform.conflicts:resolve", "platform.tags:*", "platform.links:*", "platform.attachments:*", "platform.comments:delete", $($own),*] };
}

/// The code of the role that everybody has on what is their own who is linked to a person.
pub const EMPLOYEE_CODE: &str = "employee";

/// What a person may do with what is their own: `Resource::OWN` of each kind says what that is. Of what is only read there, what is
/// everybody's or their unit's is part.
const OF_EMPLOYEE: &[&str] = &[
    "teams.people:read",
    "teams.units:read",
    "teams.skills:read",
    "teams.certifications:read",
    "teams.courses:read",
    "teams.course_sessions:read",
    "teams.role_profiles:read",
    "teams.role_requirements:read",
    "teams.skill_assessments:read",
    "teams.skill_assessments:create",
    "teams.skill_assessments:update",
    "teams.skill_assessments:delete",
    "teams.enrollments:read",
    "teams.enrollments:read_restricted",
    "teams.enrollments:create",
    "teams.enrollments:update",
    "teams.enrollments:start",
    "teams.enrollments:withdraw",
    "teams.person_certifications:read",
    "teams.person_certifications:create",
    "teams.person_certifications:update",
    "teams.absences:read",
    "teams.absences:create",
    "teams.absences:update",
    "teams.absences:report",
    "teams.absences:cancel",
    "teams.on_call_shifts:read",
    "teams.development_plans:read",
    "teams.development_plans:create",
    "teams.development_plans:update",
    "teams.development_plans:agree",
    "teams.development_goals:read",
    "teams.development_goals:create",
    "teams.development_goals:update",
    "teams.development_goals:delete",
    "teams.mentorships:read",
    "teams.mentorships:create",
    "teams.mentorships:update",
    "teams.mentoring_sessions:*",
    "teams.review_cycles:read",
    "teams.performance_reviews:read",
    "teams.performance_reviews:update",
    "teams.performance_reviews:start_peer_review",
    "teams.performance_reviews:start_manager_review",
    "teams.performance_reviews:calibrate",
    "teams.performance_reviews:share",
    "teams.performance_reviews:acknowledge",
    "teams.feedback:*",
    "teams.one_on_ones:*",
    "teams.action_items:*",
    "teams.pulse_surveys:read",
    "teams.pulse_answers:create",
    "teams.pulse_participations:read",
    "projects.projects:read",
    "projects.work_items:read",
    "projects.assignments:read",
    "projects.time_entries:read",
    "projects.time_entries:create",
    "projects.time_entries:update",
    "projects.time_entries:delete",
    "projects.time_entries:submit",
    "projects.time_entries:return_to_draft",
    "security.policies:read",
    "security.policy_versions:read",
    "security.attestation_campaigns:read",
    "security.attestations:read",
    "security.attestations:create",
    "security.access_rights:read",
    "security.risks:read",
    "security.risk_matrices:read",
    "security.risk_scenarios:read",
    "security.risk_assessments:read",
    "security.risk_assessments:update",
    "infrastructure.incidents:read",
    "infrastructure.incidents:create",
    "infrastructure.incidents:update",
    "infrastructure.incidents:reopen",
    "governance.exceptions:read",
    "governance.exceptions:create",
    "governance.exceptions:update",
    "governance.exceptions:delete",
    "governance.exceptions:submit",
    "vendors.requisitions:read",
    "vendors.requisitions:create",
    "vendors.requisitions:update",
    "vendors.requisitions:delete",
    "vendors.requisitions:submit",
    "vendors.requisitions:cancel",
    "vendors.requisition_lines:*",
    "vendors.sourcing_events:read",
    "vendors.criteria:read",
    "vendors.evaluators:read",
    "vendors.offers:read",
    "vendors.offer_lines:read",
    "vendors.offer_scores:read",
    "vendors.offer_scores:create",
    "vendors.offer_scores:update",
    "vendors.offer_scores:delete",
    "platform.settings:read",
    "platform.custom_fields:read",
    "platform.tags:read",
    "platform.links:read",
    "platform.attachments:read",
    "platform.attachments:create",
    "platform.comments:read",
    "platform.comments:create",
    "platform.comments:update",
    "platform.files:create",
    "platform.files:delete",
    "identity.api_tokens:create",
    "platform.calendar_feeds:create",
    "platform.calendar_feeds:update",
    "platform.calendar_feeds:delete",
    "platform.calendar_feeds:revoke",
];

/// The same as patterns.
pub static EMPLOYEE: LazyLock<Vec<Pattern>> = LazyLock::new(|| OF_EMPLOYEE.iter().filter_map(|permission| Pattern::parse(permission)).collect());

/// The built-in roles, in the order of the documentation.
pub const BUILT_IN: &[BuiltIn] = &[
    BuiltIn { code: "administrator", name: "Administrator", description: "May do everything, including granting roles.", permissions: &["*.*:*"] },
    BuiltIn {
        code: "it_manager",
        name: "IT manager (CIO)",
        description: "Leads IT: sees every field and works in all but identity.",
        permissions: &[
            "*.*:read",
            "strategy.*:*",
            "finance.*:*",
            "infrastructure.*:*",
            "projects.*:*",
            "security.*:*",
            "vendors.*:*",
            "teams.*:*",
            "governance.*:*",
            "platform.*:*",
            "identity.api_tokens:create",
        ],
    },
    BuiltIn {
        code: "strategist",
        name: "Strategist",
        description: "Plans: objectives, initiatives, technologies.",
        permissions: with_work!["strategy.*:*", "projects.*:read", "finance.*:read", "governance.*:read"],
    },
    BuiltIn {
        code: "finance_manager",
        name: "Finance manager",
        description: "Budgets, the ledger and forecasts.",
        permissions: with_work![
            "finance.*:*",
            "vendors.*:read",
            "vendors.requisitions:approve",
            "vendors.requisitions:reject",
            "vendors.purchase_orders:approve",
            "vendors.purchase_orders:reject",
            "vendors.invoices:*",
            "vendors.invoice_lines:*",
            "vendors.bank_accounts:verify",
            "vendors.bank_accounts:read_restricted",
            "projects.*:read",
            "strategy.*:read",
            "infrastructure.assets:read",
            "infrastructure.licenses:read"
        ],
    },
    BuiltIn {
        code: "infrastructure_manager",
        name: "Infrastructure manager",
        description: "Networks, servers, services and changes.",
        permissions: with_work![
            "infrastructure.*:*",
            "vendors.*:read",
            "vendors.receipts:*",
            "vendors.receipt_lines:*",
            "security.*:read",
            "teams.skill_needs:*",
            "teams.on_call_shifts:*",
            "finance.resource_requests:*"
        ],
    },
    BuiltIn {
        code: "project_manager",
        name: "Project manager",
        description: "Projects, work and their plans.",
        permissions: with_work![
            "projects.*:*",
            "finance.*:read",
            "finance.resource_requests:*",
            "finance.allocations:*",
            "strategy.*:read",
            "teams.absences:read",
            "infrastructure.*:read",
            "vendors.*:read"
        ],
    },
    BuiltIn {
        code: "security_officer",
        name: "Security officer",
        description: "Risks, incidents, vulnerabilities and recovery.",
        permissions: with_work![
            "security.*:*",
            "governance.*:read",
            "governance.controls:*",
            "governance.control_requirements:*",
            "governance.control_tests:create",
            "infrastructure.*:read",
            "vendors.*:read"
        ],
    },
    BuiltIn {
        code: "vendor_manager",
        name: "Vendor manager",
        description: "Vendors, offers, contracts and orders.",
        permissions: with_work!["vendors.*:*", "finance.*:read", "infrastructure.*:read"],
    },
    BuiltIn {
        code: "team_lead",
        name: "Team lead",
        description: "People and their development.",
        permissions: with_work!["teams.*:*", "projects.*:read", "finance.resource_requests:read", "finance.allocations:*"],
    },
    BuiltIn {
        code: "compliance_officer",
        name: "Compliance officer",
        description: "Frameworks, controls, their tests and what they cover.",
        permissions: with_work!["governance.*:*", "security.*:read", "vendors.*:read", "infrastructure.*:read"],
    },
    BuiltIn {
        code: "auditor",
        name: "Auditor",
        description: "Reads everything that is not private, and the whole audit trail; writes nothing.",
        permissions: &["*.*:read", "*.*:read_restricted"],
    },
    BuiltIn {
        code: "audit_lead",
        name: "Audit lead",
        description: "Reads like an auditor, and writes audits, their programmes and procedures, and findings.",
        permissions: &[
            "*.*:read",
            "*.*:read_restricted",
            "governance.audit_programmes:*",
            "governance.audits:*",
            "governance.audit_procedures:*",
            "governance.findings:*",
            "platform.comments:create",
            "platform.comments:update",
            "platform.attachments:create",
            "platform.attachments:delete",
            "platform.files:create",
            "platform.files:delete",
            "identity.api_tokens:create",
        ],
    },
    BuiltIn {
        code: "hr_partner",
        name: "HR partner",
        description: "People, their positions, absences, reviews and learning, and what they hold when they leave.",
        permissions: with_work![
            "teams.*:read",
            "teams.people:*",
            "teams.positions:*",
            "teams.succession_slots:*",
            "teams.memberships:*",
            "teams.absences:*",
            "teams.role_profiles:*",
            "teams.role_requirements:*",
            "teams.skills:*",
            "teams.certifications:*",
            "teams.person_certifications:*",
            "teams.courses:*",
            "teams.course_sessions:*",
            "teams.enrollments:*",
            "teams.development_plans:*",
            "teams.development_goals:*",
            "teams.mentorships:*",
            "teams.review_cycles:*",
            "teams.performance_reviews:*",
            "teams.pulse_surveys:*",
            "security.access_rights:read",
            "infrastructure.assets:read",
            "infrastructure.asset_assignments:read"
        ],
    },
    BuiltIn {
        code: EMPLOYEE_CODE,
        name: "Employee",
        description: "What is one's own: everybody who is linked to a person has it, on their own alone.",
        permissions: OF_EMPLOYEE,
    },
    BuiltIn {
        code: "member",
        name: "Member",
        description: "Sees the organisation it works in, and asks for what it needs.",
        permissions: with_common![
            "teams.absences:read",
            "teams.absences:create",
            "teams.absences:cancel",
            "teams.enrollments:create",
            "teams.enrollments:read"
        ],
    },
];
