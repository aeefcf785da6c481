//! Roles: named sets of permissions.

use super::principal::{keep_last_administrator, locks, require_all, require_known};
use steward_core::access::Pattern;
use steward_core::access::authority::{EVERYTHING, Pillar};
use steward_core::access::role::BUILT_IN;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Code, Note, Text, Title};
use steward_core::resource::{Check, Id, Lock, Resource, Scope, Unique, ValidationErrors};

steward_core::resource! {
    /// Named set of permissions. The built-in roles come with the service and cannot be changed; nobody creates or changes a role with
    /// permissions that they do not hold on everything.
    pub struct Role {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Purpose of the role.
        pub description: Option<Note>,
        /// Permissions as `domain.collection:verb`; `*` is any word in its place. Verbs are read, create, update, delete and the names of
        /// transitions and of further operations. Each stands for permissions that exist.
        pub permissions: Vec<Text<5, 200>>,
    }
}

impl Resource for Role {
    const PATH: &'static str = "identity/roles";
    type Table = steward_schema::identity::roles::table;
    const SCOPE: Scope = Scope::Shared;
    const DECIDES_ACCESS: bool = true;
    const UNIQUE: &'static [Unique] = &[Unique { index: "roles_code_key", fields: &["code"] }];

    fn sample() -> Self {
        Role {
            code: "control_tester".into(),
            name: "Control tester".into(),
            description: Some("Reads controls and records their tests.".into()),
            permissions: vec!["governance.controls:read".into(), "governance.control_tests:create".into()],
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        for (at, permission) in self.permissions.iter().enumerate() {
            if Pattern::parse(permission).is_none() {
                faults.within("permissions", |faults| {
                    faults.at(&at.to_string(), "permission", "Expected a permission such as governance.controls:read, or with * for a part.")
                });
            }
        }
    }

    fn locks(&self) -> Vec<Lock> {
        locks()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let before = check.before::<Role>()?;
        refuse_built_in(before, check.actor)?;
        let known = before.map(|role| role.permissions.clone()).unwrap_or_default();
        let loses_all = known.iter().any(|held| &**held == EVERYTHING) && !self.permissions.iter().any(|held| &**held == EVERYTHING);
        require_known(check, "permissions", &self.permissions, &known)?;
        self.require_held(check, &known)?;
        if loses_all { keep_last_administrator(check, Pillar::Role(check.id)) } else { Ok(()) }
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        refuse_built_in(Some(self), check.actor)?;
        self.require_held(check, &[])
    }
}

impl Role {
    /// Refuses a role with more than the caller holds, before or after the change (403): somebody may have it.
    fn require_held(&self, check: &mut Check<'_>, known: &[Text<5, 200>]) -> Result<()> {
        let named = self.permissions.iter().chain(known).filter_map(|permission| Pattern::parse(permission));
        let wanted = named.map(|permission| (permission, None)).collect();
        require_all(check, wanted, |lacking| {
            format!("You do not hold {lacking} on everything yourself, so you can neither give nor change it. Ask somebody who does.")
        })
    }
}

fn refuse_built_in(before: Option<&Role>, actor: Id) -> Result<()> {
    let built_in = before.is_some_and(|role| BUILT_IN.iter().any(|each| each.code == &*role.code));
    if built_in && actor != Id::system() {
        return Err(Problem::conflict("", "built_in", "A built-in role cannot be changed. Make a role of your own with the permissions that you need.").into());
    }
    Ok(())
}
