//! Software releases: the versions of a product, how long they are supported and whether they may be run.

use super::installed::{self, Which};
use diesel::dsl::count_star;
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::ports::exception::{self, Days, ExceptionKind};
use steward_core::resource::value::{Date, Note, Text, Url};
use steward_core::resource::{Check, Effect, Flag, Id, Resource, Scope, Unique, ValidationErrors, Watch};
use steward_schema::infrastructure::{installations, software_releases};

choice! {
    /// Approval of a release for use in the organisation.
    pub enum Approval {
        /// Recommended for use.
        Approved = "approved",
        /// Tolerated where it is installed, and not to be installed elsewhere.
        Tolerated = "tolerated",
        /// Forbidden, and to be removed.
        Forbidden = "forbidden",
    }
}

steward_core::resource! {
    /// Version of a software product. An installation is compliant if its release is approved, still supported and still gets security updates.
    pub struct SoftwareRelease {
        /// Software product.
        #[field(refers_to(&["infrastructure/software-products"]), fixed)]
        pub software_product_id: Id,
        /// Version as written by its publisher, unique for the product and compared letter by letter: 1.0b and 1.0B are two.
        #[field(unique, search)]
        pub version: Text<1, 100>,
        /// Approval for use in the organisation.
        #[field(default(|| json!("tolerated")))]
        pub approval: Approval,
        /// True if its publisher supports it for longer than other releases.
        #[field(default(|| json!(false)))]
        pub long_term_support: bool,
        /// Date of publication.
        pub released_on: Option<Date>,
        /// Last day of support by the publisher.
        #[field(deadline)]
        pub end_of_support_on: Option<Date>,
        /// Last day of security updates by the publisher.
        #[field(deadline)]
        pub end_of_security_on: Option<Date>,
        /// Package URL with the version (purl).
        #[field(search)]
        pub purl: Option<Text<1, 500>>,
        /// Address of the release notes.
        pub release_notes_url: Option<Url>,
        /// Reason for the approval, toleration or prohibition.
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
