//! Installations: which release of which software runs where.

use super::installed::{self, Which};
use crate::choice;
use crate::error::{Problem, Result};
use crate::resource::value::{Date, Instant, Note, Text};
use crate::resource::{Check, Effect, Flag, Id, Resource, Scope, Unique, ValidationErrors, Watch};
use diesel::prelude::*;
use serde_json::json;
use steward_schema::infrastructure::{installations, licenses, software_releases};

choice! {
    /// How an installation came to be known.
    pub enum DiscoverySource {
        /// Somebody wrote it down.
        Manual = "manual",
        /// A program on the host told it.
        Agent = "agent",
        /// A look at the host from outside found it.
        Scan = "scan",
        /// A bill of materials named it.
        Sbom = "sbom",
        /// It was copied from another system.
        Import = "import",
    }
}

crate::resource! {
    /// A release of software on a device or a virtual machine. It says what is there, whether it may be or not.
    pub struct Installation {
        /// The release.
        #[field(refers_to(&["infrastructure/software-releases"]))]
        pub software_release_id: Id,
        /// The device or virtual machine that it is installed on; the same release is there once.
        #[field(refers_to(&["infrastructure/devices", "infrastructure/virtual-machines"]), fixed)]
        pub host_id: Id,
        /// The licence that entitles to it, where it needs one: of the product of the release. What was discovered under another one is
        /// recorded, and raises a conflict.
        #[field(refers_to(&["infrastructure/licenses"]))]
        pub license_id: Option<Id>,
        /// The day on which it was installed.
        #[field(happened)]
        pub installed_on: Option<Date>,
        /// How it came to be known.
        #[field(default(|| json!("manual")))]
        pub source: DiscoverySource,
        /// When it was found for the first time.
        #[field(happened)]
        pub discovered_at: Option<Instant>,
        /// When it was found for the last time.
        #[field(happened)]
        pub last_seen_at: Option<Instant>,
        /// Where on the host it is.
        #[field(search)]
        pub path: Option<Text<1, 1000>>,
        /// What one should know of it.
        #[field(search)]
        pub notes: Option<Note>,
    }
}

impl Resource for Installation {
    const PATH: &'static str = "infrastructure/installations";
    type Table = steward_schema::infrastructure::installations::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "id";
    const FLAGS: &'static [Flag] = &[OTHER_PRODUCT];
    const UNIQUE: &'static [Unique] = &[Unique { index: "installations_release_key", fields: &["host_id", "software_release_id"] }];

    fn sample() -> Self {
        Installation {
            software_release_id: Id::sample(),
            host_id: Id::sample(),
            license_id: None,
            installed_on: Date::parse("2026-02-14"),
            source: DiscoverySource::Agent,
            discovered_at: Instant::parse("2026-02-15T03:10:00Z"),
            last_seen_at: Instant::parse("2026-06-01T03:10:00Z"),
            path: Some("/usr/lib/postgresql/17".into()),
            notes: Some("Replaces version 15 on the same host.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.discovered_at, self.last_seen_at, "last_seen_at");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let known = check.before::<Installation>()?.is_some_and(|before| before.license_id == self.license_id);
        match self.license_id {
            Some(license) if !known && self.source == DiscoverySource::Manual => match other_product(check, license, self.software_release_id)? {
                Some(detail) => Err(Problem::conflict("/license_id", "other_product", detail).into()),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn effects_of_creation(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        installed::weaknesses(check, Which::One(check.id))
    }

    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let same = check.before::<Self>()?.is_some_and(|before| before.software_release_id == self.software_release_id);
        if same { Ok(Vec::new()) } else { installed::weaknesses(check, Which::One(check.id)) }
    }
}

/// What was found is installed under a licence for another product.
const OTHER_PRODUCT: Flag = Flag {
    code: "other_product",
    about: "infrastructure/installations",
    watches: &[Watch::itself("infrastructure/installations")],
    judge: under_other_product,
    hold: None,
};

fn under_other_product(check: &mut Check<'_>, id: Id) -> Result<Option<String>> {
    let query = installations::table.find(id).select((installations::license_id, installations::software_release_id));
    let found: Option<(Option<Id>, Id)> = query.first(check.connection).optional()?;
    match found {
        Some((Some(license), release)) => other_product(check, license, release),
        _ => Ok(None),
    }
}

/// What is wrong if a licence is for another product than a release is of.
fn other_product(check: &mut Check<'_>, license: Id, release: Id) -> Result<Option<String>> {
    let licensed: Option<(String, Id)> =
        licenses::table.find(license).select((licenses::name, licenses::software_product_id)).first(check.connection).optional()?;
    let installed: Option<Id> = software_releases::table.find(release).select(software_releases::software_product_id).first(check.connection).optional()?;
    Ok(match (licensed, installed) {
        (Some((name, product)), Some(installed)) if product != installed => {
            Some(format!("Licence \"{name}\" is for another product than the release. Name a licence of that product."))
        }
        _ => None,
    })
}
