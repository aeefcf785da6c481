//! Manufacturers: who makes the hardware.

use steward_core::resource::value::{Name, Url};
use steward_core::resource::{Resource, Scope, Unique};

steward_core::resource! {
    /// Manufacturer of hardware.
    pub struct Manufacturer {
        /// Name, unique.
        #[field(unique, search)]
        pub name: Name,
        /// Support site.
        pub support_url: Option<Url>,
    }
}

impl Resource for Manufacturer {
    const PATH: &'static str = "infrastructure/manufacturers";
    type Table = steward_schema::infrastructure::manufacturers::table;
    const SCOPE: Scope = Scope::Shared;
    const UNIQUE: &'static [Unique] = &[Unique { index: "manufacturers_name_key", fields: &["name"] }];

    fn sample() -> Self {
        Manufacturer { name: "Acme Systems".into(), support_url: Some(Url("https://support.example.org".to_owned())) }
    }
}
