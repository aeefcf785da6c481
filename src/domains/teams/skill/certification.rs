//! Certifications: what a body outside attests to people.

use steward_core::resource::value::{Code, Note, Title, Url, Whole};
use steward_core::resource::{Id, Own, Resource, Scope, Unique};

steward_core::resource! {
    /// Certification available to people, with the conditions of its validity.
    pub struct Certification {
        /// Short code, unique, such as CCNP-ENT.
        #[field(unique, search)]
        pub code: Code,
        /// Name given by the issuer.
        #[field(search)]
        pub name: Title,
        /// Issuer of the certification.
        #[field(search)]
        pub issuer: Option<Title>,
        /// Issuer, where it is a vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Skill attested.
        #[field(refers_to(&["teams/skills"]))]
        pub skill_id: Option<Id>,
        /// Validity in months; none if it does not expire.
        pub validity_months: Option<Whole<1, 240>>,
        /// Credits of continuing education required for renewal (CPE, CPD, PDU); none if an examination renews it.
        pub credits_needed: Option<Whole<0, 10000>>,
        /// Scope of the certification, and how it is obtained.
        #[field(search)]
        pub description: Option<Note>,
        /// Web page of the issuer about the certification.
        pub url: Option<Url>,
    }
}

impl Resource for Certification {
    const PATH: &'static str = "teams/certifications";
    type Table = steward_schema::teams::certifications::table;
    const SCOPE: Scope = Scope::Shared;
    const OWN: &'static [Own] = &[Own::everybody()];
    const UNIQUE: &'static [Unique] = &[Unique { index: "certifications_code_key", fields: &["code"] }];

    fn sample() -> Self {
        Certification {
            code: "CISSP".into(),
            name: "Certified Information Systems Security Professional".into(),
            issuer: Some("ISC2".into()),
            vendor_id: None,
            skill_id: None,
            validity_months: Some(Whole(36)),
            credits_needed: Some(Whole(120)),
            description: Some("Eight domains of information security, and five years of work in two of them.".into()),
            url: Some(Url("https://www.isc2.org/certifications/cissp".into())),
        }
    }
}
