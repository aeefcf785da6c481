//! The roles that every house has. They are kept in the database beside those that administrators add.

/// A role that the house brings with it.
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

/// What most people need to see to do their work with others: the organisation, its catalogues and its settings.
macro_rules! with_common {
    ($($own:literal),* $(,)?) => { &["teams.units:read", "teams.people:read", "platform.settings:read", "governance.frameworks:read", "governance.requirements:read", $($own),*] };
}

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
            "platform.settings:update",
        ],
    },
    BuiltIn {
        code: "strategist",
        name: "Strategist",
        description: "Plans: objectives, initiatives, technologies.",
        permissions: with_common!["strategy.*:*", "projects.*:read", "finance.*:read", "governance.*:read"],
    },
    BuiltIn {
        code: "finance_manager",
        name: "Finance manager",
        description: "Budgets, the ledger and forecasts.",
        permissions: with_common!["finance.*:*", "vendors.*:read", "projects.*:read", "strategy.*:read"],
    },
    BuiltIn {
        code: "infrastructure_manager",
        name: "Infrastructure manager",
        description: "Networks, servers, services and changes.",
        permissions: with_common!["infrastructure.*:*", "vendors.*:read", "security.*:read"],
    },
    BuiltIn {
        code: "project_manager",
        name: "Project manager",
        description: "Projects, work and their plans.",
        permissions: with_common!["projects.*:*", "finance.*:read", "strategy.*:read"],
    },
    BuiltIn {
        code: "security_officer",
        name: "Security officer",
        description: "Risks, incidents, vulnerabilities and recovery.",
        permissions: with_common![
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
        permissions: with_common!["vendors.*:*", "finance.*:read", "infrastructure.*:read"],
    },
    BuiltIn { code: "team_lead", name: "Team lead", description: "People and their development.", permissions: with_common!["teams.*:*", "projects.*:read"] },
    BuiltIn {
        code: "compliance_officer",
        name: "Compliance officer",
        description: "Frameworks, controls, their tests and what they cover.",
        permissions: with_common!["governance.*:*", "security.*:read", "vendors.*:read", "infrastructure.*:read"],
    },
    BuiltIn {
        code: "auditor",
        name: "Auditor",
        description: "Reads everything that is not private, and the whole audit trail; writes nothing.",
        permissions: &["*.*:read"],
    },
    BuiltIn { code: "member", name: "Member", description: "Sees the organisation it works in.", permissions: with_common![] },
];
