//! Cost categories: what money is spent on, and how the books see it.

use steward_core::choice;
use steward_core::resource::value::{Code, Note, Text, Title, Whole};
use steward_core::resource::{Id, Resource, Rule, Scope, Unique, ValidationErrors};

choice! {
    /// Accounting treatment of spending.
    pub enum CostKind {
        /// Capital expenditure: durable, and depreciated over years.
        Capex = "capex",
        /// Operating expenditure: consumed in the year.
        Opex = "opex",
    }
}

choice! {
    /// Cost pool: the kind of resource, by the TBM taxonomy.
    pub enum CostPool {
        /// Employed staff.
        InternalLabor = "internal_labor",
        /// Contractors and temporary staff.
        ExternalLabor = "external_labor",
        /// Services delivered by others as a whole.
        OutsideServices = "outside_services",
        /// Hardware of all kinds.
        Hardware = "hardware",
        /// Software, purchased or by subscription.
        Software = "software",
        /// Cloud services, paid by use.
        Cloud = "cloud",
        /// Facilities, power and cooling.
        FacilitiesAndPower = "facilities_and_power",
        /// Lines and voice.
        Telecom = "telecom",
        /// Internal charges of other parts of the organisation.
        InternalServices = "internal_services",
        /// Other costs.
        Other = "other",
    }
}

choice! {
    /// IT tower: the part of IT, by the TBM taxonomy.
    pub enum ItTower {
        /// Data centres and their facilities.
        DataCenter = "data_center",
        /// Servers and their workloads.
        Compute = "compute",
        /// Disks, tapes and backup.
        Storage = "storage",
        /// Networks and voice.
        Network = "network",
        /// Databases and middleware.
        Platform = "platform",
        /// Print and mail.
        Output = "output",
        /// Workplaces and their support.
        EndUser = "end_user",
        /// Applications, built or bought.
        Application = "application",
        /// Service desk, operations and projects.
        Delivery = "delivery",
        /// Security, compliance and continuity.
        SecurityAndCompliance = "security_and_compliance",
        /// IT management and planning.
        ItManagement = "it_management",
    }
}

steward_core::resource! {
    /// Category of cost. Every budget line has one, and moving money between capex and opex requires its own permission.
    pub struct CostCategory {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the category.
        #[field(search)]
        pub name: Title,
        /// Parent category. The tree is acyclic.
        #[field(refers_to(&["finance/cost-categories"]))]
        pub parent_id: Option<Id>,
        /// Kind of expenditure: capital or operating.
        pub kind: CostKind,
        /// Cost pool: the kind of resource paid for.
        pub cost_pool: Option<CostPool>,
        /// IT tower: the part of IT paid for.
        pub it_tower: Option<ItTower>,
        /// General ledger account.
        #[field(search)]
        pub ledger_account: Option<Text<1, 40>>,
        /// Useful life for depreciation in months, for capex.
        pub useful_life_months: Option<Whole<1, 600>>,
        /// Costs included and excluded.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for CostCategory {
    const PATH: &'static str = "finance/cost-categories";
    type Table = steward_schema::finance::cost_categories::table;
    const SCOPE: Scope = Scope::Shared;
    const UNIQUE: &'static [Unique] = &[Unique { index: "cost_categories_code_key", fields: &["code"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id")];

    fn sample() -> Self {
        CostCategory {
            code: "HW-SRV".into(),
            name: "Servers".into(),
            parent_id: None,
            kind: CostKind::Capex,
            cost_pool: Some(CostPool::Hardware),
            it_tower: Some(ItTower::Compute),
            ledger_account: Some("022400".into()),
            useful_life_months: Some(Whole(60)),
            description: Some("Servers with their memory and disks; not their software.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let fits = self.kind == CostKind::Capex || self.useful_life_months.is_none();
        faults.require(fits, "useful_life_months", "opex", "What is used up in the year is not written off. Leave it out, or make it capex.");
    }
}
