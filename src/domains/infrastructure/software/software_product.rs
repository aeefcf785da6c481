//! Software products: the software that there is, whoever runs it.

use super::installed::{self, Which};
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Name, Note, Text, Title, Url};
use steward_core::resource::{Check, Effect, Resource, Scope, Unique};

choice! {
    /// Kind of a software product.
    pub enum SoftwareKind {
        /// Runs a machine and all other software on it.
        OperatingSystem = "operating_system",
        /// Divides one machine into several.
        Hypervisor = "hypervisor",
        /// Serves its users directly.
        Application = "application",
        /// Stores and retrieves data.
        Database = "database",
        /// Stands between applications: servers, queues, runtimes.
        Middleware = "middleware",
        /// Part of other software.
        Library = "library",
        /// Basis for other software.
        Framework = "framework",
        /// Image that runs as a container.
        Container = "container",
        /// Part of hardware.
        Firmware = "firmware",
        /// Protects, monitors or manages other systems.
        Tool = "tool",
        /// Anything else.
        Other = "other",
    }
}

steward_core::resource! {
    /// Software offered by a publisher, in any version.
    pub struct SoftwareProduct {
        /// Name, unique; with its publisher or package namespace where the name alone is ambiguous.
        #[field(unique, search)]
        pub name: Name,
        /// Publisher of the software.
        #[field(search)]
        pub publisher: Option<Title>,
        /// Kind of software.
        pub kind: SoftwareKind,
        /// Package URL without a version (purl), such as pkg:maven/org.apache.logging.log4j/log4j-core.
        #[field(search)]
        pub purl: Option<Text<1, 500>>,
        /// Name in the Common Platform Enumeration of NIST, in its 2.3 form, by which vulnerabilities are found.
        pub cpe: Option<Text<1, 500>>,
        /// Licence terms of publication, as an SPDX licence expression such as Apache-2.0.
        #[field(search)]
        pub license_expression: Option<Text<1, 200>>,
        /// Web site of the product.
        pub website: Option<Url>,
        /// Free-text description, such as its purpose.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for SoftwareProduct {
    const PATH: &'static str = "infrastructure/software-products";
    type Table = steward_schema::infrastructure::software_products::table;
    const SCOPE: Scope = Scope::Shared;
    const UNIQUE: &'static [Unique] = &[Unique { index: "software_products_name_key", fields: &["name"] }];

    fn sample() -> Self {
        SoftwareProduct {
            name: "PostgreSQL".into(),
            publisher: Some("PostgreSQL Global Development Group".into()),
            kind: SoftwareKind::Database,
            purl: Some("pkg:generic/postgresql".into()),
            cpe: Some("cpe:2.3:a:postgresql:postgresql:*:*:*:*:*:*:*:*".into()),
            license_expression: Some("PostgreSQL".into()),
            website: Some(Url("https://www.postgresql.org".to_owned())),
            description: Some("The database of the order service and of the warehouse.".into()),
        }
    }

    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let named = |product: &Self| {
            let text = |text: &Option<Text<1, 500>>| text.as_deref().map(str::to_owned);
            (product.name.0.clone(), product.publisher.as_deref().map(str::to_owned), text(&product.purl), text(&product.cpe))
        };
        let same = check.before::<Self>()?.is_some_and(|before| named(before) == named(self));
        if same { Ok(Vec::new()) } else { installed::weaknesses(check, Which::Products(&[check.id])) }
    }
}
