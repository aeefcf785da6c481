//! The versions of its product that a licence covers: those of its range, published while it has maintenance.

use super::version_range::VersionRange;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::{Connection, Narrowed};
use steward_core::error::Result;
use steward_core::resource::value::Date;
use steward_core::resource::{Check, Flag, Id, Watch};
use steward_schema::infrastructure::{installations, licenses, software_releases};

const INSTALLATIONS: &str = "infrastructure/installations";
const RELEASES: &str = "infrastructure/software-releases";

/// The facts of a release that tell if a licence covers it: its version, and the day of its publication where that is known.
pub type Published = (String, Option<Date>);

/// The versions that a licence covers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionScope {
    /// The range of the versions; none for all.
    range: Option<VersionRange>,
    /// Last day on which a release was published that it covers; none without a limit.
    published_until: Option<Date>,
}

impl VersionScope {
    /// That of a licence with a range, last day of maintenance, and whether it is renewed by itself: its maintenance goes on then.
    pub fn new((range, maintenance_ends_on, renews): (Option<VersionRange>, Option<Date>, bool)) -> Self {
        VersionScope { range, published_until: maintenance_ends_on.filter(|_| !renews) }
    }

    /// True if it covers a release; one of which the day of publication is not known is covered whenever that was.
    pub fn covers(&self, (version, released_on): &Published) -> bool {
        self.has_version(version) && self.is_maintained(*released_on)
    }

    fn has_version(&self, version: &str) -> bool {
        self.range.as_ref().is_none_or(|range| range.contains(version))
    }

    fn is_maintained(&self, released_on: Option<Date>) -> bool {
        released_on.zip(self.published_until).is_none_or(|(released_on, last)| released_on <= last)
    }

    /// The reason why it does not cover a release, if it does not.
    fn gap(&self, license: &str, (version, released_on): &Published) -> Option<String> {
        match (&self.range, released_on, self.published_until) {
            (Some(range), ..) if !self.has_version(version) => {
                Some(format!("Licence \"{license}\" covers the versions {}, and {version} is none of them. Name a licence that covers it.", range.0))
            }
            (_, Some(released_on), Some(last)) if *released_on > last => Some(format!(
                "Licence \"{license}\" has maintenance until {last}, and version {version} was published on {released_on}. Name a licence that covers it."
            )),
            _ => None,
        }
    }
}

/// The scopes of licences that do not cover all versions.
#[derive(Debug, Default)]
pub struct VersionScopes(HashMap<Id, VersionScope>);

impl VersionScopes {
    /// Those of the licences that count, or of one of them.
    pub fn of(connection: &mut Connection, counted: &Narrowed<licenses::table>, license: Option<Id>) -> Result<Self> {
        let is_maintained_so_long = licenses::maintenance_ends_on.is_not_null().and(licenses::auto_renew.eq(false));
        let mut query = licenses::table
            .filter(licenses::version_range.is_not_null().or(is_maintained_so_long))
            .filter(counted.clone())
            .select((licenses::id, (licenses::version_range, licenses::maintenance_ends_on, licenses::auto_renew)))
            .into_boxed();
        if let Some(license) = license {
            query = query.filter(licenses::id.eq(license));
        }
        let rows: Vec<(Id, (Option<VersionRange>, Option<Date>, bool))> = query.load(connection)?;
        Ok(VersionScopes(rows.into_iter().map(|(license, scope)| (license, VersionScope::new(scope))).collect()))
    }

    /// True if a licence covers a release.
    pub fn covers(&self, license: Id, release: &Published) -> bool {
        self.0.get(&license).is_none_or(|scope| scope.covers(release))
    }
}

/// An installation that was found has a version that its licence does not cover.
pub const OTHER_VERSION: Flag = Flag {
    code: "other_version",
    about: INSTALLATIONS,
    watches: &[
        Watch::itself(INSTALLATIONS),
        Watch::beside("infrastructure/licenses", "id", (INSTALLATIONS, "license_id", "id")),
        Watch::looked_up(RELEASES, licensed),
    ],
    judge: in_other_version,
    hold: None,
};

/// The installations of a release that name a licence.
fn licensed(check: &mut Check<'_>, release: Id) -> Result<Vec<Id>> {
    let named = installations::table.filter(installations::software_release_id.eq(release).and(installations::license_id.is_not_null()));
    Ok(named.order(installations::id).select(installations::id).load(check.connection)?)
}

fn in_other_version(check: &mut Check<'_>, id: Id) -> Result<Option<String>> {
    match named_license(check, id)? {
        Some((license, release)) => other_version(check, license, release),
        None => Ok(None),
    }
}

/// The licence that an installation names, and its release; none if it names none.
pub fn named_license(check: &mut Check<'_>, installation: Id) -> Result<Option<(Id, Id)>> {
    let query = installations::table.find(installation).select((installations::license_id, installations::software_release_id));
    let found: Option<(Option<Id>, Id)> = query.first(check.connection).optional()?;
    Ok(found.and_then(|(license, release)| license.zip(Some(release))))
}

/// The fault if a licence does not cover the version of a release.
pub fn other_version(check: &mut Check<'_>, license: Id, release: Id) -> Result<Option<String>> {
    let columns = (licenses::name, (licenses::version_range, licenses::maintenance_ends_on, licenses::auto_renew));
    let licensed: Option<(String, (Option<VersionRange>, Option<Date>, bool))> =
        licenses::table.find(license).select(columns).first(check.connection).optional()?;
    let columns = (software_releases::version, software_releases::released_on);
    let installed: Option<Published> = software_releases::table.find(release).select(columns).first(check.connection).optional()?;
    Ok(licensed.zip(installed).and_then(|((name, scope), installed)| VersionScope::new(scope).gap(&name, &installed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_covers_versions_of_its_range_published_during_its_maintenance() {
        let day = |text| Some(Date::sample(text));
        let release = |version: &str, released_on| (version.to_owned(), released_on);
        let scope = VersionScope::new((Some("vers:generic/>=8.0|<9.0".into()), day("2025-12-31"), false));
        assert!(scope.covers(&release("8.1", day("2025-12-31"))) && scope.covers(&release("8.2", None)));
        assert!(!scope.covers(&release("8.3", day("2026-01-01"))) && !scope.covers(&release("9.0", day("2025-01-01"))));
        let renewed = VersionScope::new((None, day("2025-12-31"), true));
        assert!(renewed.covers(&release("9.0", day("2026-05-01"))), "its maintenance is renewed with it");
        assert_eq!(scope.gap("Agents", &release("9.0", None)).is_some(), !scope.covers(&release("9.0", None)));
    }
}
