//! Sites: where the infrastructure stands.

use steward_core::resource::value::{Code, Note, Number, Title};
use steward_core::resource::{Lifecycle, Resource, Scope, Unique};

steward_core::resource! {
    /// Place with infrastructure: a data centre, an office, a factory.
    pub struct Site {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Postal address.
        #[field(search)]
        pub address: Option<Note>,
        /// Latitude in degrees north of the equator, WGS 84; south is negative.
        pub latitude: Option<Number<-90, 90>>,
        /// Longitude in degrees east of Greenwich, WGS 84; west is negative.
        pub longitude: Option<Number<-180, 180>>,
    }
}

impl Resource for Site {
    const PATH: &'static str = "infrastructure/sites";
    type Table = steward_schema::infrastructure::sites::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "sites_code_key", fields: &["code"] }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→active:activate→retired:retire"))
    }

    fn sample() -> Self {
        Site {
            code: "RTM-1".into(),
            name: "Rotterdam data centre".into(),
            address: Some("Waalhaven 12, Rotterdam".into()),
            latitude: Some(Number(51.9)),
            longitude: Some(Number(4.4)),
        }
    }
}
