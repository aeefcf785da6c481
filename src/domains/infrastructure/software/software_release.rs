//! Software releases: the versions of a product, how long they are supported and whether they may be run.

use super::installed::{self, Which};
use crate::choice;
use crate::error::Result;
use crate::ports::exception::{self, Days, ExceptionKind};
use crate::resource::value::{Date, Note, Text, Url};
use crate::resource::{Check, Effect, Flag, Id, Resource, Scope, Unique, ValidationErrors, Watch};
use diesel::dsl::count_star;
use diesel::prelude::*;
use serde_json::json;
use steward_schema::infrastructure::{installations, software_releases};

choice! {
    /// Whether a release may be run here.
    pub enum Approval {
        /// Is what should be run.
        Approved = "approved",
        /// May stay where it is, and goes nowhere else.
        Tolerated = "tolerated",
        /// Must go.
        Forbidden = "forbidden",
    }
}

crate::resource! {
    /// One version of a software product. An installation is compliant if its release is approved and still supported.
    pub struct SoftwareRelease {
        /// The product.
        #[field(refers_to(&["infrastructure/software-products"]), fixed)]
        pub software_product_id: Id,
        /// Version as its publisher writes it, unique for the product.
        #[field(unique, search)]
        pub version: Text<1, 100>,
        /// Whether it may be run here.
        #[field(default(|| json!("tolerated")))]
        pub approval: Approval,
        /// Whether its publisher supports it for longer than others.
        #[field(default(|| json!(false)))]
        pub long_term_support: bool,
        /// The day on which it was published.
        pub released_on: Option<Date>,
        /// Last day on which its publisher supports it.
        #[field(deadline)]
        pub end_of_support_on: Option<Date>,
        /// Last day on which its publisher mends holes in its security.
        #[field(deadline)]
        pub end_of_security_on: Option<Date>,
        /// Package URL with the version (purl).
        #[field(search)]
        pub purl: Option<Text<1, 500>>,
        /// Where it is said what is new in it.
        pub release_notes_url: Option<Url>,
        /// Why it is approved, tolerated or forbidden.
        #[field(search)]
        pub notes: Option<Note>,
    }
}

impl Resource for SoftwareRelease {
    const PATH: &'static str = "infrastructure/software-releases";
    type Table = steward_schema::infrastructure::software_releases::table;
    const SCOPE: Scope = Scope::Shared;
    const TITLE: &'static str = "version";
    const FLAGS: &'static [Flag] = &[Flag {
        code: "forbidden",
        about: SoftwareRelease::PATH,
        watches: &[
            Watch::itself(SoftwareRelease::PATH),
            Watch::by("infrastructure/installations", "software_release_id"),
            Watch::by("governance/exceptions", "subject_id"),
            Watch::beside("governance/exceptions", "subject_id", (SoftwareRelease::PATH, "software_product_id", "id")),
        ],
        judge: forbidden_and_installed,
        hold: None,
    }];
    const UNIQUE: &'static [Unique] = &[Unique { index: "software_releases_version_key", fields: &["software_product_id", "version"] }];

    fn sample() -> Self {
        SoftwareRelease {
            software_product_id: Id::sample(),
            version: "17.5".into(),
            approval: Approval::Approved,
            long_term_support: false,
            released_on: Date::parse("2025-05-08"),
            end_of_support_on: Date::parse("2029-11-08"),
            end_of_security_on: Date::parse("2029-11-08"),
            purl: Some("pkg:generic/postgresql@17.5".into()),
            release_notes_url: Some(Url("https://www.postgresql.org/docs/release/17.5/".to_owned())),
            notes: Some("What every new database runs.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.released_on, self.end_of_support_on, "end_of_support_on");
        faults.span(self.released_on, self.end_of_security_on, "end_of_security_on");
    }

    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let key = |release: &Self| (release.software_product_id, release.version.0.clone());
        let same = check.before::<Self>()?.is_some_and(|before| key(before) == key(self));
        if same { Ok(Vec::new()) } else { installed::weaknesses(check, Which::Release(check.id)) }
    }
}

/// It is installed although it is forbidden, and no waiver for it or its product is in force.
fn forbidden_and_installed(check: &mut Check<'_>, release: Id) -> Result<Option<String>> {
    let uses = installations::table.filter(installations::software_release_id.eq(release)).select(count_star());
    let forbidden = software_releases::table.find(release).filter(software_releases::approval.eq(Approval::Forbidden));
    let found: Option<(Id, Option<i64>)> =
        forbidden.select((software_releases::software_product_id, uses.single_value())).first(check.connection).optional()?;
    let Some((product, installed)) = found else { return Ok(None) };
    let installed = installed.unwrap_or_default();
    let today = Days::on(check.today);
    if installed == 0 || exception::in_force(check, ExceptionKind::TechnologyWaiver, &[release, product], today)? {
        return Ok(None);
    }
    Ok(Some(format!("It is forbidden, and installed {installed} times. Remove it, or have a technology waiver approved.")))
}
