//! Installations: which release of which software runs where.

use super::installed::{self, Which};
use super::version_scope::{OTHER_VERSION, named_license, other_version};
use crate::operation::leaving::require_staying;
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Instant, Note, Text};
use steward_core::resource::{Check, Effect, Flag, Id, Resource, Scope, Unique, ValidationErrors, Watch};
use steward_schema::infrastructure::{licenses, software_releases};

choice! {
    /// Source of the knowledge of an installation.
    pub enum DiscoverySource {
        /// Recorded manually.
        Manual = "manual",
        /// Reported by an agent on the host.
        Agent = "agent",
        /// Found by a scan of the host from outside.
        Scan = "scan",
        /// Named by a bill of materials.
        Sbom = "sbom",
        /// Imported from another system.
        Import = "import",
    }
}

steward_core::resource! {
    /// Installed release of software on a device or a virtual machine. It records a fact, permitted or not.
    pub struct Installation {
        /// Installed release.
        #[field(refers_to(&["infrastructure/software-releases"]))]
        pub software_release_id: Id,
        /// Device or virtual machine on which it is installed; the same release once.
        #[field(refers_to(&["infrastructure/devices", "infrastructure/virtual-machines"]), fixed)]
        pub host_id: Id,
        /// Licence that covers it, where one is needed: of the product of the release, and for its version. A discovered installation under a
        /// licence of another product or of other versions is recorded, and raises a conflict.
        #[field(refers_to(&["infrastructure/licenses"]))]
        pub license_id: Option<Id>,
        /// Date of installation.
        #[field(happened)]
        pub installed_on: Option<Date>,
        /// Source of the knowledge of it.
        #[field(default(|| json!("manual")))]
        pub source: DiscoverySource,
        /// Time of first discovery.
        #[field(happened)]
        pub discovered_at: Option<Instant>,
        /// Time of last discovery.
        #[field(happened)]
        pub last_seen_at: Option<Instant>,
        /// Path on the host.
        #[field(search)]
        pub path: Option<Text<1, 1000>>,
        /// Free-text notes.
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
    const FLAGS: &'static [Flag] = &[OTHER_PRODUCT, OTHER_VERSION];
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
        if self.source == DiscoverySource::Manual {
            require_staying(check, self, &["host_id"])?;
        }
        let same = |before: &Installation| before.license_id == self.license_id && before.software_release_id == self.software_release_id;
        match self.license_id {
            Some(license) if self.source == DiscoverySource::Manual && !check.before::<Installation>()?.is_some_and(same) => {
                require_cover(check, license, self.software_release_id)
            }
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

/// Refuses a licence for another product than a release is of, or for other versions of it (409).
fn require_cover(check: &mut Check<'_>, license: Id, release: Id) -> Result<()> {
    if let Some(detail) = other_product(check, license, release)? {
        return Err(Problem::conflict("/license_id", "other_product", detail).into());
    }
    match other_version(check, license, release)? {
        Some(detail) => Err(Problem::conflict("/license_id", "other_version", detail).into()),
        None => Ok(()),
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
    match named_license(check, id)? {
        Some((license, release)) => other_product(check, license, release),
        None => Ok(None),
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
