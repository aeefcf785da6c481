//! Vendor contacts: whom to talk to at a vendor.

use serde_json::json;
use steward_core::resource::value::{Email, Text, Title};
use steward_core::resource::{Id, PartOf, Resource, Scope};

steward_core::resource! {
    /// Contact person at a vendor, with their area of responsibility.
    pub struct VendorContact {
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Full name.
        #[field(search)]
        pub name: Title,
        /// Area of responsibility, such as sales, support or security.
        #[field(search)]
        pub role: Title,
        /// E-mail address.
        #[field(search)]
        pub email: Option<Email>,
        /// Telephone number, best with `+` and the code of its country.
        pub phone: Option<Text<3, 40>>,
        /// True if the contact is called in an emergency.
        #[field(default(|| json!(false)))]
        pub escalation: bool,
    }
}

impl Resource for VendorContact {
    const PATH: &'static str = "vendors/vendor-contacts";
    type Table = steward_schema::vendors::vendor_contacts::table;
    const SCOPE: Scope = Scope::Within("vendor_id");
    const PART_OF: Option<PartOf> = Some(PartOf::of("vendor_id"));

    fn sample() -> Self {
        VendorContact {
            vendor_id: Id::sample(),
            name: "Ruben Sand".into(),
            role: "Support".into(),
            email: Some("ruben.sand@delta-hosting.example.org".into()),
            phone: Some("+31 10 123 4567".into()),
            escalation: true,
        }
    }
}
