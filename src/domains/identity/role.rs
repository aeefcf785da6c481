//! Roles: named sets of permissions.

use super::grant::require_held;
use crate::access::Pattern;
use crate::access::role::BUILT_IN;
use crate::error::{Problem, Result};
use crate::resource::value::{Code, Note, Text, Title};
use crate::resource::{Check, Faults, Id, Resource, Scope, Unique};

crate::resource! {
    /// A named set of permissions. The built-in roles come with the house and cannot be changed.
    pub struct Role {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// What it is for.
        pub description: Option<Note>,
        /// Permissions as `domain.collection:verb`; `*` stands for any word in its place. Verbs are read, create, update,
        /// delete and the names of transitions.
        pub permissions: Vec<Text<5, 200>>,
    }
}

impl Resource for Role {
    const PATH: &'static str = "identity/roles";
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

    fn rules(&self, faults: &mut Faults) {
        for (at, permission) in self.permissions.iter().enumerate() {
            if Pattern::parse(permission).is_none() {
                faults.within("permissions", |faults| {
                    faults.at(&at.to_string(), "permission", "Expected a permission such as governance.controls:read, or with * for a part.")
                });
            }
        }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        refuse_built_in(check.before::<Role>(), check.actor)?;
        let known: Vec<String> =
            check.before::<Role>().map(|role| role.permissions.iter().map(|permission| permission.0.clone()).collect()).unwrap_or_default();
        for permission in self.permissions.iter().filter(|permission| !known.contains(&permission.0)) {
            require_held(check, permission, None)?;
        }
        Ok(())
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        refuse_built_in(Some(self), check.actor)
    }
}

fn refuse_built_in(before: Option<&Role>, actor: Id) -> Result<()> {
    let built_in = before.is_some_and(|role| BUILT_IN.iter().any(|each| each.code == &*role.code));
    if built_in && actor != Id::system() {
        return Err(Problem::conflict("", "built_in", "A built-in role cannot be changed. Make a role of your own with the permissions that you need.").into());
    }
    Ok(())
}
