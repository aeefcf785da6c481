//! Cost categories: what money is spent on, and how the books see it.

use crate::choice;
use crate::resource::value::{Code, Note, Text, Title, Whole};
use crate::resource::{Id, Resource, Rule, Scope, Unique, ValidationErrors};

choice! {
    /// How the books treat what is spent.
    pub enum CostKind {
        /// It buys what lasts, and is written off over years.
        Capex = "capex",
        /// It is used up in the year.
        Opex = "opex",
    }
}

choice! {
    /// What kind of resource is paid for: the cost pools of the TBM taxonomy.
    pub enum CostPool {
        /// People who are employed.
        InternalLabor = "internal_labor",
        /// People who are hired for a time.
        ExternalLabor = "external_labor",
        /// Services that others deliver as a whole.
        OutsideServices = "outside_services",
        /// Machines.
        Hardware = "hardware",
        /// Software, bought or subscribed to.
        Software = "software",
        /// Cloud services, paid by use.
        Cloud = "cloud",
        /// Rooms, power and cooling.
        FacilitiesAndPower = "facilities_and_power",
        /// Lines and voice.
        Telecom = "telecom",
        /// What other parts of the organisation charge.
        InternalServices = "internal_services",
        /// Anything else.
        Other = "other",
    }
}

choice! {
    /// What part of IT it pays for: the towers of the TBM taxonomy.
    pub enum ItTower {
        /// Rooms and what they need.
        DataCenter = "data_center",
        /// Servers and what runs on them.
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
        /// Leading and planning IT.
        ItManagement = "it_management",
    }
}

crate::resource! {
    /// A kind of cost. Every budget line has one, and moving money between capex and opex needs its own permission.
    pub struct CostCategory {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// The category above it. The tree has no circles.
        #[field(refers_to(&["finance/cost-categories"]))]
        pub parent_id: Option<Id>,
        /// Whether it is capital or operating expenditure.
        pub kind: CostKind,
        /// What kind of resource it pays for.
        pub cost_pool: Option<CostPool>,
        /// What part of IT it pays for.
        pub it_tower: Option<ItTower>,
        /// The account of the general ledger on which it is booked.
        #[field(search)]
        pub ledger_account: Option<Text<1, 40>>,
        /// For capex: over how many months what is bought is written off.
        pub useful_life_months: Option<Whole<1, 600>>,
        /// What belongs in it and what does not.
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
