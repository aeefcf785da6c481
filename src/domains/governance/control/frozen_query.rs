//! What a query answered, frozen and hashed.

use sha2::{Digest, Sha256};
use steward_core::history::canonical;
use steward_core::resource::ValidationErrors;
use steward_core::resource::value::{Instant, Json, Text, hex};

/// A SHA-256 in lower-case hexadecimal.
pub type Sha = Text<64, 64>;

steward_core::value! {
    /// Result of a query of this API at an instant. Its hash is the SHA-256 of the answer as canonical JSON (RFC 8785).
    pub struct FrozenQuery {
        /// Query: path and parameters, such as /api/v1/identity/users?state=active.
        pub path: Text<1, 2000>,
        /// Time of the query.
        pub ran_at: Instant,
        /// Answer to the query: a JSON object.
        pub answer: Json,
    }
}

impl FrozenQuery {
    /// The hash of the answer.
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(canonical(&self.answer.0).as_bytes()))
    }
}

/// Whether the hash has its form and, of a query, is the right one.
pub fn judge(query: Option<&FrozenQuery>, field: &str, sha256: Option<&Sha>, faults: &mut ValidationErrors) {
    let shaped = sha256.is_none_or(|sha| sha.chars().all(|letter| matches!(letter, '0'..='9' | 'a'..='f')));
    faults.require(shaped, "sha256", "format", "Expected a SHA-256 as 64 lower-case hexadecimal digits.");
    let Some(query) = query else { return };
    faults.within(field, |faults| faults.require(query.answer.0.is_object(), "answer", "type", "Expected an object."));
    let right = sha256.is_none_or(|sha| sha.0 == query.sha256());
    faults.require(right, "sha256", "hash", "That is not the SHA-256 of the answer as canonical JSON (RFC 8785). Compute it again.");
}
