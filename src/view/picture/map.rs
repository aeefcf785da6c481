//! Things in layers and what connects them.

use super::canvas::{Area, Drawn, fitted, text};
use super::palette::{ALARM, INK, QUIET, SURFACE};
use plotters::prelude::{PathElement, Rectangle};
use plotters::style::Color;
use plotters::style::text_anchor::HPos;

/// Things, from left to right, and the lines between them.
#[derive(Debug, Clone, Default)]
pub struct NodeMap {
    /// The things.
    pub nodes: Vec<Node>,
    /// Which of them are connected, by their place in `nodes`: from, to.
    pub edges: Vec<(usize, usize)>,
}

/// A thing.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it is.
    pub name: String,
    /// Which layer it stands in, from the left.
    pub layer: usize,
    /// A few words below its name.
    pub note: Option<String>,
    /// Whether it stands out.
    pub strong: bool,
}

const WIDE: i32 = 168;
const HIGH: i32 = 42;
const APART: (i32, i32) = (226, 56);
/// The most things that are drawn in a layer; the rest is counted.
const MOST: usize = 40;

impl NodeMap {
    fn layers(&self) -> Vec<Vec<usize>> {
        let count = self.nodes.iter().map(|node| node.layer + 1).max().unwrap_or_default();
        (0..count).map(|layer| (0..self.nodes.len()).filter(|at| self.nodes.get(*at).is_some_and(|node| node.layer == layer)).collect()).collect()
    }

    pub(super) fn size(&self) -> (u32, u32) {
        let layers = self.layers();
        let longest = layers.iter().map(|layer| layer.len().min(MOST + 1)).max().unwrap_or_default().max(1);
        let of = |count: usize, each: i32| u32::try_from(count).unwrap_or_default().saturating_mul(each.unsigned_abs());
        (of(layers.len().max(2), APART.0) + 16, of(longest, APART.1) + 52)
    }

    pub(super) fn draw(&self, area: &Area<'_>) -> Drawn {
        let place = |count: usize, each: i32| i32::try_from(count).unwrap_or_default().saturating_mul(each);
        let mut corners = vec![None; self.nodes.len()];
        let layers = self.layers();
        for (layer, nodes) in layers.iter().enumerate() {
            for (at, node) in nodes.iter().take(MOST).enumerate() {
                if let Some(corner) = corners.get_mut(*node) {
                    *corner = Some((16 + place(layer, APART.0), 4 + place(at, APART.1)));
                }
            }
            if nodes.len() > MOST {
                let more = format!("and {} more", nodes.len() - MOST);
                area.draw_text(&more, &text(12, &INK, HPos::Left), (16 + place(layer, APART.0), 24 + place(MOST, APART.1)))?;
            }
        }
        let corner = |at: usize| corners.get(at).copied().flatten();
        for (from, to) in &self.edges {
            let (Some((from_x, from_y)), Some((to_x, to_y))) = (corner(*from), corner(*to)) else { continue };
            // From the side that faces the other one.
            let (start, end) = if from_x < to_x { (from_x + WIDE, to_x) } else { (from_x, to_x + WIDE) };
            area.draw(&PathElement::new([(start, from_y + HIGH / 2), (end, to_y + HIGH / 2)], QUIET.stroke_width(2)))?;
        }
        for (node, corner) in self.nodes.iter().zip(&corners) {
            let Some((x, y)) = *corner else { continue };
            area.draw(&Rectangle::new([(x, y), (x + WIDE, y + HIGH)], SURFACE.filled()))?;
            let border = if node.strong { ALARM.stroke_width(2) } else { QUIET.stroke_width(1) };
            area.draw(&Rectangle::new([(x, y), (x + WIDE, y + HIGH)], border))?;
            let middle = if node.note.is_some() { y + HIGH / 3 } else { y + HIGH / 2 };
            area.draw_text(&fitted(&node.name, 152, 12), &text(12, &INK, HPos::Left), (x + 8, middle))?;
            if let Some(note) = &node.note {
                area.draw_text(&fitted(note, 152, 10), &text(10, &INK, HPos::Left), (x + 8, y + HIGH * 3 / 4))?;
            }
        }
        Ok(())
    }

    pub(super) fn said(&self) -> String {
        let name = |at: &usize| self.nodes.get(*at).map_or("", |node| node.name.as_str());
        let node = |node: &Node| node.note.as_ref().map_or_else(|| node.name.clone(), |note| format!("{} ({note})", node.name));
        let edges: Vec<String> = self.edges.iter().map(|(from, to)| format!("{} → {}", name(from), name(to))).collect();
        format!("{}. {}", self.nodes.iter().map(node).collect::<Vec<_>>().join("; "), edges.join("; "))
    }
}
