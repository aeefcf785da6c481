//! Lifecycles drawn for `/docs`: states in columns by how many moves they are from the first, moves as arrows.

use crate::resource::Lifecycle;
use std::collections::HashMap;
use std::fmt::Write;

const WIDTH: usize = 130;
const HEIGHT: usize = 34;
const STEP_X: usize = 200;
const STEP_Y: usize = 70;
const MARGIN: usize = 30;

/// The top left corner of a state.
#[derive(Clone, Copy)]
struct Spot {
    x: usize,
    y: usize,
}

/// A lifecycle as an SVG picture. A final state has a double line; a dashed arrow is a move that the service makes.
pub fn svg(title: &str, lifecycle: &Lifecycle) -> String {
    let spots = spots(lifecycle);
    let right = spots.values().map(|spot| spot.x).max().unwrap_or_default() + WIDTH + MARGIN;
    let bottom = spots.values().map(|spot| spot.y).max().unwrap_or_default() + HEIGHT + MARGIN + STEP_Y / 2;
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {right} {bottom}\" width=\"{right}\" height=\"{bottom}\" font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\
         <title>{title}</title><defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">\
         <path d=\"M0 0 8 4 0 8z\" fill=\"#555\"/></marker></defs>"
    );
    for step in &lifecycle.moves {
        if let (Some(from), Some(to)) = (spots.get(step.from), spots.get(step.to)) {
            let dash = if step.automatic { " stroke-dasharray=\"5 4\"" } else { "" };
            let _ = write!(
                picture,
                "<path d=\"{}\" fill=\"none\" stroke=\"#555\"{dash} marker-end=\"url(#tip)\"><title>{}</title></path>",
                arrow(*from, *to),
                step.name
            );
        }
    }
    for state in &lifecycle.states {
        let Some(spot) = spots.get(state) else { continue };
        let is_final = lifecycle.moves_from(state).next().is_none();
        let fill = if *state == lifecycle.first() { "#d8e8ff" } else { "#f6f6f6" };
        let stroke = if is_final { 3 } else { 1 };
        let _ = write!(
            picture,
            "<rect x=\"{}\" y=\"{}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"8\" fill=\"{fill}\" stroke=\"#333\" stroke-width=\"{stroke}\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{state}</text>",
            spot.x,
            spot.y,
            spot.x + WIDTH / 2,
            spot.y + HEIGHT / 2 + 5,
        );
    }
    picture.push_str("</svg>\n");
    picture
}

/// Where each state stands: its column is its distance from the first state, its row the order in which it was written.
fn spots(lifecycle: &Lifecycle) -> HashMap<&'static str, Spot> {
    let mut depth = HashMap::from([(lifecycle.first(), 0)]);
    let mut reached = vec![lifecycle.first()];
    let mut at = 0;
    while let Some(state) = reached.get(at).copied() {
        for step in lifecycle.moves_from(state) {
            if !depth.contains_key(step.to) {
                depth.insert(step.to, depth.get(state).map_or(0, |steps| steps + 1));
                reached.push(step.to);
            }
        }
        at += 1;
    }
    let mut rows: HashMap<usize, usize> = HashMap::new();
    let mut spots = HashMap::new();
    for state in &lifecycle.states {
        let column = depth.get(state).copied().unwrap_or_default();
        let row = rows.entry(column).or_default();
        spots.insert(*state, Spot { x: MARGIN + column * STEP_X, y: MARGIN + *row * STEP_Y });
        *row += 1;
    }
    spots
}

/// The way of an arrow: straight to the right, bent wherever it goes back, down its own column, or past another one.
fn arrow(from: Spot, to: Spot) -> String {
    let (from_middle, to_middle) = (from.y + HEIGHT / 2, to.y + HEIGHT / 2);
    if to.x == from.x + STEP_X {
        return format!("M{} {from_middle} L{} {to_middle}", from.x + WIDTH, to.x);
    }
    if to.x == from.x {
        let (start, end) = if to.y > from.y { (from.y + HEIGHT, to.y) } else { (from.y, to.y + HEIGHT) };
        let side = if to.y > from.y { from.x + WIDTH / 3 } else { from.x + 2 * WIDTH / 3 };
        return format!("M{side} {start} L{side} {end}");
    }
    let dip = from.y.max(to.y) + HEIGHT + STEP_Y / 2;
    format!("M{} {} Q{} {dip} {} {}", from.x + WIDTH / 2, from.y + HEIGHT, usize::midpoint(from.x, to.x) + WIDTH / 2, to.x + WIDTH / 2, to.y + HEIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_every_move_is_drawn_once() {
        let lifecycle = Lifecycle::new("queued→running:run→succeeded:succeed|failed:fail; cancelled:cancel").automatic(&["run", "succeed", "fail"]);
        let picture = svg("Operation", &lifecycle);
        assert_eq!(picture.matches("<rect").count(), lifecycle.states.len());
        assert_eq!(picture.matches("marker-end").count(), lifecycle.moves.len());
        assert_eq!(picture.matches("stroke-dasharray").count(), 3);
        assert_eq!(picture.matches("stroke-width=\"3\"").count(), 3);
    }

    #[test]
    fn no_two_states_stand_on_the_same_spot() {
        let spots = spots(&Lifecycle::new("draft→submitted→approved→active→closed; submitted→rejected→draft; active→superseded; cancelled"));
        let mut places: Vec<_> = spots.values().map(|spot| (spot.x, spot.y)).collect();
        let all = places.len();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), all);
    }
}
