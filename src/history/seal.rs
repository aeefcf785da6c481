//! Seals: signed roots over the revisions in the order of their positions, each following the one before. Kept elsewhere, they say of all that
//! they cover whether it is as it was, and whether it is all.

use super::tree::{self, Node};
use crate::database::Connection;
use crate::database::expression::take_turn;
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::{Instant, hex};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use steward_schema::service::{history_seals, revisions};

/// The `typ` of the JWS of a seal.
pub const SEAL: &str = "history-seal+jws";
/// Greatest number of revisions under one seal.
const MOST: i64 = 4_096;
/// Seconds after which what has happened is sealed, however little it is.
const PATIENCE_SECONDS: i64 = 60;
/// The turn of who seals.
const TURN: i64 = 7_853_221_152;

/// What a seal says and its signature covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The first position.
    pub from_position: i64,
    /// The last position.
    pub to_position: i64,
    /// Number of revisions.
    pub leaves: i64,
    /// Root of their tree, in hexadecimal.
    pub root: String,
    /// Root of the seal before; none for the first.
    pub previous_root: Option<String>,
    /// When it was sealed, RFC 3339.
    pub sealed_at: String,
}

/// A seal as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = history_seals, check_for_backend(crate::database::Dialect))]
pub struct Seal {
    /// The first position.
    pub from_position: i64,
    /// The last position.
    pub to_position: i64,
    /// Number of revisions.
    pub leaves: i64,
    /// Root of their tree, in hexadecimal.
    pub root: String,
    /// Root of the seal before; none for the first.
    pub previous_root: Option<String>,
    /// The JWS of what it says.
    pub signature: String,
    /// The `kid` of its key.
    pub kid: String,
    /// When it was made.
    pub sealed_at: Instant,
}

impl Seal {
    /// What its signature has to say.
    pub fn said(&self) -> Sealed {
        Sealed {
            from_position: self.from_position,
            to_position: self.to_position,
            leaves: self.leaves,
            root: self.root.clone(),
            previous_root: self.previous_root.clone(),
            sealed_at: self.sealed_at.to_string(),
        }
    }
}

/// The leaf of a revision: its position in eight bytes, the greatest first, and its hash as it is written.
pub fn leaf(position: i64, hash: &str) -> Node {
    tree::leaf(&[position.to_be_bytes().as_slice(), hash.as_bytes()].concat())
}

/// The leaves from a position to another one.
fn leaves(connection: &mut Connection, from: i64, to: i64) -> Result<Vec<(i64, Node)>> {
    let between = revisions::table.filter(revisions::position.ge(from).and(revisions::position.le(to))).order(revisions::position);
    let rows: Vec<(Option<i64>, String)> = between.select((revisions::position, revisions::hash)).load(connection)?;
    Ok(rows.into_iter().filter_map(|(position, hash)| Some((position?, leaf(position?, &hash)))).collect())
}

/// Seals what comes next, if it is enough or has waited long enough; false if there is nothing. Who signs returns the `kid` and the JWS.
pub fn seal_next(connection: &mut Connection, now: Instant, sign: impl FnOnce(&Sealed) -> Option<(String, String)>) -> Result<bool> {
    take_turn(connection, TURN)?;
    let last = latest(connection)?;
    let after = last.as_ref().map_or(0, |seal| seal.to_position);
    let open = revisions::table.filter(revisions::position.gt(after)).order(revisions::position).limit(MOST);
    let rows: Vec<(Option<i64>, String, Instant)> = open.select((revisions::position, revisions::hash, revisions::at)).load(connection)?;
    let Some((_, _, oldest)) = rows.first() else { return Ok(false) };
    let is_full = rows.len() as i64 == MOST;
    if !is_full && *oldest > now.plus_seconds(-PATIENCE_SECONDS) {
        return Ok(false);
    }
    let nodes: Vec<Node> = rows.iter().filter_map(|(position, hash, _)| Some(leaf((*position)?, hash))).collect();
    let to = rows.last().and_then(|(position, ..)| *position).unwrap_or(after);
    let sealed = Sealed {
        from_position: after + 1,
        to_position: to,
        leaves: nodes.len() as i64,
        root: hex(&tree::root(&nodes)),
        previous_root: last.map(|seal| seal.root),
        sealed_at: now.to_string(),
    };
    let Some((kid, signature)) = sign(&sealed) else { return Ok(false) };
    let row = (
        (history_seals::id.eq(Id::new()), history_seals::from_position.eq(sealed.from_position), history_seals::to_position.eq(sealed.to_position)),
        (history_seals::leaves.eq(sealed.leaves), history_seals::root.eq(&sealed.root), history_seals::previous_root.eq(&sealed.previous_root)),
        (history_seals::signature.eq(signature), history_seals::kid.eq(kid), history_seals::sealed_at.eq(now)),
    );
    diesel::insert_into(history_seals::table).values(row).execute(connection)?;
    Ok(is_full)
}

/// Whether something waits to be sealed.
pub fn is_due(connection: &mut Connection, now: Instant) -> Result<bool> {
    let after = latest(connection)?.map_or(0, |seal| seal.to_position);
    let open = revisions::table.filter(revisions::position.gt(after)).order(revisions::position).select(revisions::at);
    let oldest: Option<Instant> = open.first(connection).optional()?;
    let full: Option<Instant> = open.offset(MOST - 1).first(connection).optional()?;
    Ok(full.is_some() || oldest.is_some_and(|oldest| oldest <= now.plus_seconds(-PATIENCE_SECONDS)))
}

fn latest(connection: &mut Connection) -> Result<Option<Seal>> {
    Ok(history_seals::table.order(history_seals::to_position.desc()).select(Seal::as_select()).first(connection).optional()?)
}

/// So many of the seals after a position, in order.
pub fn seals(connection: &mut Connection, after: i64, most: i64) -> Result<Vec<Seal>> {
    let following = history_seals::table.filter(history_seals::to_position.gt(after)).order(history_seals::to_position).limit(most);
    Ok(following.select(Seal::as_select()).load(connection)?)
}

/// A leaf in the tree of its seal.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Place of the leaf in the tree, from 0.
    pub leaf_index: i64,
    /// The hashes from the leaf to the root, the lowest first.
    pub path: Vec<Node>,
    /// The seal.
    pub seal: Seal,
}

/// The proof that a position is under a seal; none while it is not.
pub fn proof(connection: &mut Connection, position: i64) -> Result<Option<Proof>> {
    let over = history_seals::table.filter(history_seals::from_position.le(position).and(history_seals::to_position.ge(position)));
    let Some(seal) = over.select(Seal::as_select()).first(connection).optional()? else { return Ok(None) };
    let leaves = leaves(connection, seal.from_position, seal.to_position)?;
    let Some(at) = leaves.iter().position(|(each, _)| *each == position) else { return Ok(None) };
    let nodes: Vec<Node> = leaves.into_iter().map(|(_, node)| node).collect();
    Ok(tree::path(at, &nodes).map(|path| Proof { leaf_index: at as i64, path, seal }))
}

/// What is wrong with the order of all revisions, or with a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No revision has these positions.
    Gap(i64, i64),
    /// The revisions from a position to another one are not those that were sealed: so many were, and so many are there.
    Unlike {
        /// The first position.
        from: i64,
        /// The last position.
        to: i64,
        /// How many were sealed.
        sealed: i64,
        /// How many are there.
        found: i64,
    },
    /// The seal from a position to another one does not follow the one before it.
    Detached(i64, i64),
}

/// Verifies the order of all revisions and what is sealed of it; gives each seal to who looks at its signature.
pub fn verify_seals(connection: &mut Connection, seen: &mut dyn FnMut(&Seal)) -> Result<Vec<Fault>> {
    let (mut faults, mut before): (Vec<Fault>, Option<Seal>) = (Vec::new(), None);
    loop {
        let after = before.as_ref().map_or(0, |seal| seal.to_position);
        let Some(seal) = seals(connection, after, 1)?.pop() else { break };
        if seal.from_position != after + 1 || seal.previous_root != before.map(|seal| seal.root) {
            faults.push(Fault::Detached(seal.from_position, seal.to_position));
        }
        let leaves = leaves(connection, seal.from_position, seal.to_position)?;
        add_gaps(leaves.iter().map(|(position, _)| *position), seal.from_position, seal.to_position, &mut faults);
        let nodes: Vec<Node> = leaves.iter().map(|(_, node)| *node).collect();
        if nodes.len() as i64 != seal.leaves || hex(&tree::root(&nodes)) != seal.root {
            faults.push(Fault::Unlike { from: seal.from_position, to: seal.to_position, sealed: seal.leaves, found: nodes.len() as i64 });
        }
        seen(&seal);
        before = Some(seal);
    }
    gaps_after(connection, before.map_or(0, |seal| seal.to_position), &mut faults)?;
    Ok(faults)
}

/// The gaps among the positions that are not sealed yet.
fn gaps_after(connection: &mut Connection, mut after: i64, faults: &mut Vec<Fault>) -> Result<()> {
    loop {
        let open = revisions::table.filter(revisions::position.gt(after)).order(revisions::position).limit(MOST);
        let rows: Vec<Option<i64>> = open.select(revisions::position).load(connection)?;
        let Some(last) = rows.last().copied().flatten() else { return Ok(()) };
        add_gaps(rows.into_iter().flatten(), after + 1, last, faults);
        after = last;
    }
}

/// The gaps in ascending positions that should be all from one to another.
fn add_gaps(positions: impl Iterator<Item = i64>, from: i64, to: i64, faults: &mut Vec<Fault>) {
    let mut next = from;
    for position in positions {
        if position > next {
            faults.push(Fault::Gap(next, position - 1));
        }
        next = position + 1;
    }
    if next <= to {
        faults.push(Fault::Gap(next, to));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_among_positions_is_named() {
        let gaps = |positions: &[i64], from: i64, to: i64| {
            let mut faults = Vec::new();
            add_gaps(positions.iter().copied(), from, to, &mut faults);
            faults
        };
        assert_eq!(gaps(&[1, 2, 3], 1, 3), []);
        assert_eq!(gaps(&[2, 5], 1, 6), [Fault::Gap(1, 1), Fault::Gap(3, 4), Fault::Gap(6, 6)]);
        assert_eq!(gaps(&[], 4, 5), [Fault::Gap(4, 5)]);
    }

    #[test]
    fn a_leaf_says_where_it_stands() {
        assert_ne!(leaf(1, "ab"), leaf(2, "ab"));
        assert_eq!(leaf(258, "ab"), tree::leaf(&[0, 0, 0, 0, 0, 0, 1, 2, b'a', b'b']));
    }
}
