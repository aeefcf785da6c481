//! Lifecycles as data: states and the moves between them, read from the notation in which the domains write them.
//!
//! `a→b→c` are moves and the first name is the first state. `a|b→c|d` is each left name to each right one. `a↔b→c` also
//! gives a→c; a longer chain of ↔ gives the written pairs only. A bare name after `;`, and a leading `→x`, can be
//! reached from every state that is not final; a state is final when no written arrow leaves it. `published:publish` names the
//! verb of the moves into a state, once; where none is written, the state's name is the verb, as of `open`.

use super::ApprovalAmount;

/// The states of a resource and the moves between them.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    /// All states; the first is the one that a new record has.
    pub states: Vec<&'static str>,
    /// All moves, in the order written.
    pub moves: Vec<Move>,
    /// What a record is worth to who approves it: the greatest of these. Empty if it is worth no money.
    pub worth: &'static [ApprovalAmount],
    /// The fields that name people who are involved in it, such as who asked for it: they approve nothing of it.
    pub involved: &'static [&'static str],
    /// Final states in which it was given up: what was to begin or end does not, and a move there begins nothing.
    pub given_up: &'static [&'static str],
    /// States in which nothing is left to do by a date, although moves lead on or back from them. Final states need not be named.
    pub settled: &'static [&'static str],
    /// Final states after which the next one comes round.
    pub repeated: &'static [&'static str],
}

/// A move from one state to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The state before.
    pub from: &'static str,
    /// The state after.
    pub to: &'static str,
    /// What it is called: the verb of its permission, e.g. `approve`, as the lifecycle names it.
    pub name: &'static str,
    /// True if the service makes it by itself and no caller can.
    pub automatic: bool,
    /// True if it approves somebody else's work. Another person must make it than whoever is involved: asked for the record, wrote
    /// it or a part of it, or moved it on its way to the state before; no rule of separation may forbid it, and it must be within what
    /// was delegated to that person.
    pub approving: bool,
    /// True if it accounts for what was done, such as posting it or taking the posting back: it begins and continues nothing, and is made
    /// also after what the record stands on has ended.
    pub accounting: bool,
}

impl Lifecycle {
    /// Reads the notation. It stands in the source, so a mistake in it is found by the first test that starts the service.
    pub fn new(notation: &'static str) -> Self {
        let mut lifecycle = Lifecycle { states: Vec::new(), moves: Vec::new(), worth: &[], involved: &[], given_up: &[], settled: &[], repeated: &[] };
        let (mut anywhere, mut verbs) = (Vec::new(), Vec::new());
        for clause in notation.split(';') {
            let (groups, arrows) = groups_and_arrows(clause, &mut verbs);
            let leading = clause.trim_start().starts_with('→');
            if leading || (arrows.is_empty() && !lifecycle.states.is_empty()) {
                anywhere.extend(groups.first().into_iter().flatten().copied());
            }
            if !arrows.is_empty() || lifecycle.states.is_empty() {
                lifecycle.add_clause(&groups, &arrows);
            }
        }
        lifecycle.add_anywhere(&anywhere);
        for (state, verb) in verbs {
            lifecycle.moves.iter_mut().filter(|each| each.to == state).for_each(|each| each.name = verb);
        }
        lifecycle
    }

    /// Gives a move another name than the others that lead to its target state.
    pub fn named(mut self, from: &str, to: &str, name: &'static str) -> Self {
        self.moves.iter_mut().filter(|each| each.from == from && each.to == to).for_each(|each| each.name = name);
        self
    }

    /// Marks the moves with these names as made by the service alone.
    pub fn automatic(mut self, names: &[&str]) -> Self {
        self.moves.iter_mut().filter(|each| names.contains(&each.name)).for_each(|each| each.automatic = true);
        self
    }

    /// Marks the moves with these names as approving: they need four eyes, no rule of separation may forbid them, and where
    /// authority for them is delegated they need that. The kind of a delegation is the permission of the move.
    pub fn approving(mut self, names: &[&str]) -> Self {
        self.moves.iter_mut().filter(|each| names.contains(&each.name)).for_each(|each| each.approving = true);
        self
    }

    /// Marks the moves with these names as accounting for what was done: they are made also after what the record stands on has ended.
    pub fn accounting(mut self, names: &[&str]) -> Self {
        self.moves.iter_mut().filter(|each| names.contains(&each.name)).for_each(|each| each.accounting = true);
        self
    }

    /// Says what a record is worth to who approves it, for the limits of their authority: the greatest of these that are set.
    pub fn worth(mut self, worth: &'static [ApprovalAmount]) -> Self {
        self.worth = worth;
        self
    }

    /// Names the fields whose people are involved beside those who write: who asked for a record does not approve it.
    pub fn involving(mut self, fields: &'static [&'static str]) -> Self {
        self.involved = fields;
        self
    }

    /// Names the final states in which it was given up, such as `cancelled`: what was to begin or end does not, and a move there straight
    /// from the first state begins nothing.
    pub fn given_up(mut self, states: &'static [&'static str]) -> Self {
        self.given_up = states;
        self
    }

    /// Names the states that are not final and in which nothing is left to do by a date, such as `resolved`.
    pub fn settled(mut self, states: &'static [&'static str]) -> Self {
        self.settled = states;
        self
    }

    /// Names the final states after which the next one comes round, such as that of a review which was held.
    pub fn repeated(mut self, states: &'static [&'static str]) -> Self {
        self.repeated = states;
        self
    }

    /// Whether no move leads on from a state.
    pub fn is_final(&self, state: &str) -> bool {
        self.states.contains(&state) && self.moves_from(state).next().is_none()
    }

    /// The state of a new record.
    pub fn first(&self) -> &'static str {
        self.states.first().copied().unwrap_or("")
    }

    /// Whether no record comes into a state without an approval.
    pub fn is_approved(&self, state: &str) -> bool {
        let mut free = vec![self.first()];
        let mut at = 0;
        while let Some(from) = free.get(at).copied() {
            let next = self.moves.iter().filter(|each| each.from == from && !each.approving).map(|each| each.to);
            let new: Vec<&str> = next.filter(|to| !free.contains(to)).collect();
            free.extend(new);
            at += 1;
        }
        !free.contains(&state)
    }

    /// The moves that leave a state.
    pub fn moves_from<'a>(&'a self, state: &'a str) -> impl Iterator<Item = &'a Move> {
        self.moves.iter().filter(move |each| each.from == state)
    }

    /// The move that leads from a state to another, or else any that leads there.
    pub fn move_to(&self, from: Option<&str>, to: &str) -> Option<&Move> {
        self.moves.iter().filter(|each| each.to == to).min_by_key(|each| Some(each.from) != from)
    }

    /// The names of all moves, each once, sorted.
    pub fn move_names(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = self.moves.iter().map(|each| each.name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn add_clause(&mut self, groups: &[Vec<&'static str>], arrows: &[char]) {
        for state in groups.iter().flatten() {
            self.add_state(state);
        }
        for (at, arrow) in arrows.iter().enumerate() {
            self.add_moves(&groups[at], &groups[at + 1]);
            if *arrow == '↔' {
                self.add_moves(&groups[at + 1], &groups[at]);
                let longer = at > 0 && arrows[at - 1] == '↔';
                if arrows.get(at + 1) == Some(&'→') && !longer {
                    self.add_moves(&groups[at], &groups[at + 2]);
                }
            }
        }
    }

    fn add_anywhere(&mut self, targets: &[&'static str]) {
        let left: Vec<&'static str> = self.states.iter().copied().filter(|state| self.moves.iter().any(|each| each.from == *state)).collect();
        for target in targets {
            self.add_state(target);
            self.add_moves(&left, &[target]);
        }
    }

    fn add_state(&mut self, state: &'static str) {
        if !self.states.contains(&state) {
            self.states.push(state);
        }
    }

    fn add_moves(&mut self, from: &[&'static str], to: &[&'static str]) {
        for from in from {
            for to in to {
                if from != to && !self.moves.iter().any(|each| each.from == *from && each.to == *to) {
                    self.moves.push(Move { from, to, name: to, automatic: false, approving: false, accounting: false });
                }
            }
        }
    }
}

/// The groups of a clause and the arrows between them, and beside them the verbs it names; a leading arrow leaves one group and no arrow.
fn groups_and_arrows(clause: &'static str, verbs: &mut Vec<(&'static str, &'static str)>) -> (Vec<Vec<&'static str>>, Vec<char>) {
    let clause = clause.trim();
    let clause = clause.strip_prefix('→').unwrap_or(clause);
    let arrows: Vec<char> = clause.chars().filter(|c| matches!(c, '→' | '↔')).collect();
    let mut name = |written: &'static str| match written.split_once(':') {
        Some((state, verb)) => {
            verbs.push((state, verb));
            state
        }
        None => written,
    };
    let mut group = |group: &'static str| group.split('|').map(str::trim).filter(|name| !name.is_empty()).map(&mut name).collect();
    let groups = clause.split(['→', '↔']).map(&mut group).collect();
    (groups, arrows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moves(notation: &'static str) -> Vec<String> {
        Lifecycle::new(notation).moves.iter().map(|each| format!("{}>{}", each.from, each.to)).collect()
    }

    #[test]
    fn a_chain_gives_its_moves_and_starts_with_its_first_name() {
        let lifecycle = Lifecycle::new("draft→published→superseded");
        assert_eq!(lifecycle.first(), "draft");
        assert_eq!(moves("draft→published→superseded"), ["draft>published", "published>superseded"]);
    }

    #[test]
    fn groups_give_each_left_name_to_each_right_one() {
        assert_eq!(moves("a|b→c|d"), ["a>c", "a>d", "b>c", "b>d"]);
    }

    #[test]
    fn a_single_double_arrow_before_an_arrow_also_gives_the_short_cut() {
        assert_eq!(moves("draft↔in_review→approved"), ["draft>in_review", "in_review>draft", "draft>approved", "in_review>approved"]);
        assert_eq!(moves("a↔b↔c→d"), ["a>b", "b>a", "b>c", "c>b", "c>d"]);
    }

    #[test]
    fn a_bare_name_and_a_leading_arrow_are_reached_from_every_state_that_is_not_final() {
        let expected = ["planned>implemented", "implemented>operating", "operating>degraded", "degraded>operating"];
        let retired = ["planned>retired", "implemented>retired", "operating>retired", "degraded>retired"];
        assert_eq!(moves("planned→implemented→operating↔degraded; →retired"), [expected, retired].concat());
        assert_eq!(moves("a→b; x; x→a"), ["a>b", "x>a", "a>x"]);
        assert_eq!(moves("a→b↔c; →left→b"), ["a>b", "b>c", "c>b", "left>b", "a>left", "b>left", "c>left"]);
    }

    #[test]
    fn a_move_has_the_verb_that_is_written_at_its_target_unless_it_is_given_a_name() {
        let names = |lifecycle: Lifecycle| lifecycle.moves.iter().map(|each| each.name).collect::<Vec<_>>();
        let lifecycle = Lifecycle::new("draft:revise→published:publish|open→draft; published→open");
        assert_eq!((lifecycle.first(), names(lifecycle)), ("draft", vec!["publish", "open", "revise", "revise", "open"]));
        assert_eq!(names(Lifecycle::new("draft→published:publish→draft").named("published", "draft", "withdraw")), ["publish", "withdraw"]);
        assert_eq!(names(Lifecycle::new("active:activate↔disabled:disable; →left:leave")), ["disable", "activate", "leave", "leave"]);
    }
}
