//! A number for each pair of two parameters' values, drawn as shades.

use plotly::common::{ColorScale, ColorScaleElement, Font};
use plotly::layout::Annotation;
use plotly::HeatMap;

use super::chart::{layout, name_axis, with_layout, Chart};
use super::format::significant;
use super::section::Block;

/// One hue, light to dark: reads the same in grey and for every eye.
const SHADES: [(f64, &str); 5] =
    [(0.0, "#F4F8FB"), (0.25, "#C6DDEC"), (0.5, "#7FB2D3"), (0.75, "#2F7FB4"), (1.0, "#0B3C61")];

/// The numbers, and what they are of.
pub(super) struct Heatmap {
    /// Its place in the page.
    pub(super) id: String,
    /// What the numbers are, with their unit.
    pub(super) what: String,
    /// The parameter across.
    pub(super) x_name: String,
    /// Its values.
    pub(super) x: Vec<String>,
    /// The parameter upwards.
    pub(super) y_name: String,
    /// Its values.
    pub(super) y: Vec<String>,
    /// The numbers, one row for each value of `y`; none where it can't be.
    pub(super) z: Vec<Vec<Option<f64>>>,
}

impl Heatmap {
    fn cells(&self) -> impl Iterator<Item = (f64, usize, usize)> + Clone + '_ {
        self.z.iter().enumerate().flat_map(|(y, row)| {
            let known = |(x, value): (usize, &Option<f64>)| {
                value.filter(|value| value.is_finite()).map(|value| (value, x))
            };
            row.iter().enumerate().filter_map(known).map(move |(value, x)| (value, x, y))
        })
    }

    /// The map, or a sentence where every number is zero or nothing was run.
    pub(super) fn block(&self) -> Block {
        if self.cells().all(|(value, _, _)| value == 0.0) {
            let found = if self.cells().next().is_some() { "zero in every field" } else { "nothing was run" };
            return Block::Text(format!("{}: {found}.", self.what));
        }
        self.chart().into()
    }

    fn chart(&self) -> Chart {
        let scale = SHADES.map(|(at, shade)| ColorScaleElement(at, shade.to_owned())).to_vec();
        let map = HeatMap::new(self.x.clone(), self.y.clone(), self.z.clone())
            .color_scale(ColorScale::Vector(scale))
            .show_scale(false)
            .zauto(false)
            .zmin(0.0)
            .zmax(self.cells().map(|(value, _, _)| value).fold(f64::MIN_POSITIVE, f64::max))
            .hover_on_gaps(false)
            .x_gap(2)
            .y_gap(2);
        let layout = layout().x_axis(name_axis(&self.x_name)).y_axis(name_axis(&self.y_name));
        let mut chart = with_layout(layout.annotations(self.numbers()));
        chart.add_trace(map);
        let reading = "The darker, the more. An empty field can't be: the engine refuses a clamp by which the price could run through \
                       the maintenance margin within the keeper window.";
        Chart::new(&format!("map-{}", self.id), self.finding(), chart, reading)
            .half()
            .tall(130 + 44 * self.y.len().max(4))
    }

    fn finding(&self) -> String {
        let least = self.cells().min_by(|a, b| a.0.total_cmp(&b.0));
        let most = self.cells().max_by(|a, b| a.0.total_cmp(&b.0));
        let at = |(value, x, y): (f64, usize, usize)| {
            let (x_name, y_name) = (&self.x_name, &self.y_name);
            format!("{} ({y_name} {}, {x_name} {})", significant(value, 3), self.y[y], self.x[x])
        };
        match least.zip(most) {
            Some((least, most)) => format!("{}: from {} to {}.", self.what, at(least), at(most)),
            None => format!("{}: nothing was run.", self.what),
        }
    }

    fn numbers(&self) -> Vec<Annotation> {
        let values = || self.cells().map(|(value, _, _)| value);
        let most = values().fold(0.0, f64::max);
        let number = |(value, x, y): (f64, usize, usize)| {
            let color = if value > most * 0.55 { "#FFFFFF" } else { "#1F2430" };
            Annotation::new()
                .x(self.x[x].clone())
                .y(self.y[y].clone())
                .text(significant(value, 3))
                .show_arrow(false)
                .font(Font::new().size(12).color(color))
        };
        self.cells().map(number).collect()
    }
}
