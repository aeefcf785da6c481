//! Versions of which one is active at a time: a new one takes the place of the one that it names as `supersedes_id`.

use super::value::Title;
use super::{Effect, Id, Resource, UnmetGuard};

/// The other versions that are active.
pub type Active = Vec<(Id, Title)>;

/// What is missing for a version to be active: another is, which it does not replace. The texts name the kind, and of what there is one.
pub fn unmet(active: Active, replaced: Option<Id>, kind: &str, of: &str) -> Vec<UnmetGuard> {
    let another = active.into_iter().find(|(id, _)| Some(*id) != replaced);
    let told = |(_, name): (Id, Title)| {
        let detail = format!(
            "{kind} \"{}\" of the same {of} is active already. Name it as supersedes_id, so that this version takes its place, or move it on first.",
            name.0
        );
        UnmetGuard::new("", "another", detail)
    };
    another.map(told).into_iter().collect()
}

/// Supersedes the version that is replaced, if it is active.
pub fn supersede<R: Resource>(active: Active, replaced: Option<Id>) -> Vec<Effect> {
    let replaced = active.into_iter().filter(|(id, _)| Some(*id) == replaced);
    replaced.map(|(id, _)| Effect::transition::<R>(id, "superseded")).collect()
}
