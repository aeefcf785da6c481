//! Certifications: what a body outside attests to people.

use crate::resource::value::{Code, Note, Title, Url, Whole};
use crate::resource::{Id, Own, Resource, Scope, Unique};

crate::resource! {
    /// A certification that people can hold, with what keeps it valid.
    pub struct Certification {
        /// Short code, unique, such as CCNP-ENT.
        #[field(unique, search)]
        pub code: Code,
        /// Name as its issuer gives it.
        #[field(search)]
        pub name: Title,
        /// Who issues it.
        #[field(search)]
        pub issuer: Option<Title>,
        /// The issuer, where it is a vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// The skill that it attests.
        #[field(refers_to(&["teams/skills"]))]
        pub skill_id: Option<Id>,
        /// For how many months it is valid; none if it does not expire.
        pub validity_months: Option<Whole<1, 240>>,
        /// How many credits of further education renew it (CPE, CPD, PDU); none if an examination does.
        pub credits_needed: Option<Whole<0, 10000>>,
        /// What it attests, and how it is obtained.
        #[field(search)]
        pub description: Option<Note>,
        /// Where its issuer describes it.
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
