//! DNS domains: the names that the organisation has registered.

use super::domain_name::DomainName;
use serde_json::json;
use steward_core::resource::value::{Date, Note, Title, Whole};
use steward_core::resource::{Id, Resource, Scope, Unique, ValidationErrors};

steward_core::resource! {
    /// Internet domain registered to the organisation.
    pub struct DnsDomain {
        /// Domain name, such as example.org; unique, regardless of case and of whether it is written in letters or as xn--. It is returned without the dot of the root.
        #[field(unique, search)]
        pub name: DomainName,
        /// Registrar of the domain.
        #[field(refers_to(&["vendors/vendors"]))]
        pub registrar_id: Option<Id>,
        /// Contract under which it is held.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Service that uses it.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Date of registration.
        #[field(happened)]
        pub registered_on: Option<Date>,
        /// Last day of its registration.
        #[field(deadline)]
        pub expires_on: Option<Date>,
        /// True if the registrar renews it automatically.
        #[field(default(|| json!(false)))]
        pub auto_renew: bool,
        /// Lead time of the renewal in days before expiry.
        #[field(default(|| json!(30)))]
        pub notice_days: Whole<0, 365>,
        /// True if it is locked against transfer to another registrar.
        #[field(default(|| json!(false)))]
        pub transfer_locked: bool,
        /// True if its answers are signed (DNSSEC).
        #[field(default(|| json!(false)))]
        pub dnssec: bool,
        /// Authoritative name servers.
        #[field(default(|| json!([])))]
        pub name_servers: Vec<Title>,
        /// Free-text notes.
        #[field(search)]
        pub notes: Option<Note>,
    }
}

impl Resource for DnsDomain {
    const PATH: &'static str = "infrastructure/dns-domains";
    type Table = steward_schema::infrastructure::dns_domains::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "dns_domains_name_key", fields: &["name"] }];

    fn sample() -> Self {
        DnsDomain {
            name: "example.org".into(),
            registrar_id: None,
            contract_id: None,
            service_id: None,
            registered_on: Date::parse("2011-05-02"),
            expires_on: Date::parse("2027-05-02"),
            auto_renew: true,
            notice_days: Whole(60),
            transfer_locked: true,
            dnssec: true,
            name_servers: vec!["ns1.example.net".into(), "ns2.example.net".into()],
            notes: Some("The shop and all mail hang on it.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.registered_on, self.expires_on, "expires_on");
    }
}
