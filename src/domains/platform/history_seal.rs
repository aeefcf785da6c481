//! Seals of the history at work: what has happened is sealed within a minute, and whoever sees a change gets the proof that it is sealed.

use futures_util::future::{BoxFuture, ready};
use steward_core::access::{key, statement};
use steward_core::error::Result as Outcome;
use steward_core::history::{self, SEAL, Seal};
use steward_core::jobs::Ongoing;
use steward_core::resource::value::hex;
use steward_core::store::Store;
use steward_core::view::prelude::*;
use steward_schema::service::revisions;

/// Number of seals that are answered at most, and usually.
const MOST: i64 = 200;
const USUAL: i64 = 50;

/// Seals the history as it grows.
pub struct Sealing(Store);

impl Sealing {
    /// Over the data of a service.
    pub fn new(store: Store) -> Self {
        Sealing(store)
    }

    async fn work(&self) -> Outcome<bool> {
        let now = self.0.now();
        if !self.0.unauthenticated(move |connection| history::is_due(connection, now)).await? {
            return Ok(false);
        }
        let seal = move |connection: &mut steward_core::database::Connection| {
            let keys = key::read(connection)?;
            history::seal_next(connection, now, |sealed| statement::sign(&keys, SEAL, sealed, now))
        };
        self.0.by_itself(seal).await
    }
}

impl Ongoing for Sealing {
    fn name(&self) -> &'static str {
        "seals of the history"
    }

    fn pass(&self) -> BoxFuture<'_, Outcome<bool>> {
        Box::pin(self.work())
    }

    fn end(&self) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }
}

/// Seal over a part of the history.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HistorySeal {
    /// First position in the history that is sealed.
    pub from_position: i64,
    /// Last position in the history that is sealed.
    pub to_position: i64,
    /// Number of revisions that are sealed.
    pub leaves: i64,
    /// Root of the hash tree (RFC 6962) over them, in hexadecimal.
    pub root: String,
    /// Root of the seal before; null for the first.
    pub previous_root: Option<String>,
    /// JWS (RFC 7515, EdDSA) with all of these as its claims; its header has the public key as `jwk`.
    pub signature: String,
    /// `kid` of the key: its thumbprint (RFC 7638). While it signs tokens, /.well-known/jwks.json has it.
    pub kid: String,
    /// Time of the seal (UTC).
    pub sealed_at: Instant,
}

impl From<Seal> for HistorySeal {
    fn from(seal: Seal) -> Self {
        let Seal { from_position, to_position, leaves, root, previous_root, signature, kid, sealed_at } = seal;
        HistorySeal { from_position, to_position, leaves, root, previous_root, signature, kid, sealed_at }
    }
}

/// Proof that a revision is part of the sealed history.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditProof {
    /// Revision: an entry of the history of a record.
    pub history_id: Id,
    /// Position of the revision in the history.
    pub position: i64,
    /// Hash of the revision, in hexadecimal.
    pub hash: String,
    /// Leaf: SHA-256 of a zero byte, the position in eight bytes (greatest first) and the 64 characters of the hash, in hexadecimal.
    pub leaf_hash: String,
    /// Place of the leaf in the tree, from 0; null while it is not sealed.
    pub leaf_index: Option<i64>,
    /// Hashes that lead from the leaf to the root (RFC 9162, section 2.1.3.2), the lowest first, in hexadecimal; empty while it is not sealed.
    pub audit_path: Vec<String>,
    /// Seal; null while it is not sealed.
    pub seal: Option<HistorySeal>,
    /// Reason for the missing seal: `not_sealed_yet`; null with a seal. A revision is sealed about a minute after it was made.
    pub reason: Option<String>,
}

impl View for AuditProof {
    const PATH: &'static str = "platform/audit/proofs/{id}";
    const OPERATION_ID: &'static str = "get_audit_proof";
    const SUMMARY: &'static str = "Get the proof of a revision";
    const DESCRIPTION: &'static str = "Inclusion proof of a revision (`id` of an entry of `platform/resources/{id}/history`): the path from its leaf to the signed root of a hash tree over the history in order. \
        Roots that are kept elsewhere show whether an entry was altered, taken out, moved or cut off. It is visible to those who see the change.";
    const SOURCE: &'static str = "RFC 6962 and RFC 9162 (hash trees and inclusion proofs), RFC 7515 (signature).";
    type Reads = ();
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let connection = cx.unscoped("whether the change is in sight is asked below, by its position");
        let found: Option<(Option<i64>, String)> =
            revisions::table.find(id).select((revisions::position, revisions::hash)).get_result(connection).optional()?;
        let (position, hash) = found.and_then(|(position, hash)| Some((position?, hash))).ok_or_else(Problem::not_found)?;
        cx.event_at(position)?.ok_or_else(Problem::not_found)?;
        let proof = history::proof(cx.unscoped("seals tell nothing of what they cover"), position)?;
        let leaf_hash = hex(&history::leaf(position, &hash));
        let unsealed = AuditProof {
            history_id: id,
            position,
            hash,
            leaf_hash,
            leaf_index: None,
            audit_path: Vec::new(),
            seal: None,
            reason: Some("not_sealed_yet".to_owned()),
        };
        Ok(match proof {
            None => unsealed,
            Some(proof) => AuditProof {
                leaf_index: Some(proof.leaf_index),
                audit_path: proof.path.iter().map(|node| hex(node)).collect(),
                seal: Some(proof.seal.into()),
                reason: None,
                ..unsealed
            },
        })
    }
}

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Position after which seals are wanted; from the first if left out.
    #[param(minimum = 0)]
    pub after: Option<i64>,
    /// Number of seals to answer with; 50 if left out.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
}

/// Seals of the history.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistorySeals {
    /// Seals, oldest first.
    pub data: Vec<HistorySeal>,
}

impl View for HistorySeals {
    const PATH: &'static str = "platform/audit/seals";
    const OPERATION_ID: &'static str = "get_audit_seals";
    const SUMMARY: &'static str = "List the seals of the history";
    const DESCRIPTION: &'static str = "Signed roots over the history in order, oldest first, each following the one before. Keep them elsewhere: `steward audit verify --roots` holds the history against them. \
        They tell nothing of what they cover.";
    type Reads = ();
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let (after, limit) = (query.after.unwrap_or_default(), query.limit.unwrap_or(USUAL));
        if after < 0 {
            return Err(Problem::bad_request("after is a position: a whole number from 0.").into());
        }
        if !(1..=MOST).contains(&limit) {
            return Err(Problem::bad_request(format!("limit is from 1 to {MOST}.")).into());
        }
        let seals = history::seals(cx.unscoped("seals tell nothing of what they cover"), after, limit)?;
        Ok(HistorySeals { data: seals.into_iter().map(HistorySeal::from).collect() })
    }
}
