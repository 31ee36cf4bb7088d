//! The look that all charts share.

use plotly::color::Rgba;
use plotly::common::{DashType, ErrorData, ErrorType, Font, Line, Marker, Mode, Orientation, Title};
use plotly::configuration::DisplayModeBar;
use plotly::layout::{
    Annotation, Axis, AxisType, Legend, Margin, RangeMode, Shape, ShapeLayer, ShapeLine, ShapeType,
    TraceOrder,
};
use plotly::{Bar, Configuration, Layout, Plot, Scatter};

use super::palette::INK;
use crate::stats::Estimate;

/// Fonts that every machine has one of.
const FONT: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const GRID: &str = "#E4E7EC";

/// A chart in the page.
pub struct Chart {
    /// Its place in the page.
    pub id: String,
    /// What it shows, in one sentence, above it.
    pub finding: String,
    /// How to read it, below.
    pub reading: String,
    /// In pixels.
    pub height: usize,
    /// Whether it takes half of the width.
    pub is_half: bool,
    /// The chart.
    pub plot: Plot,
}

impl Chart {
    /// A chart of the whole width.
    pub fn new(id: &str, finding: String, plot: Plot, reading: &str) -> Self {
        Self {
            id: format!("chart-{id}"),
            finding,
            reading: reading.to_owned(),
            height: 400,
            is_half: false,
            plot,
        }
    }

    /// Of half the width, beside another.
    pub fn half(self) -> Self {
        Self { is_half: true, height: 300, ..self }
    }

    /// Of another height, in pixels.
    pub fn tall(self, height: usize) -> Self {
        Self { height, ..self }
    }
}

/// An empty chart with these axes.
pub fn plot(x: Axis, y: Axis) -> Plot {
    with_layout(layout().x_axis(x).y_axis(y))
}

/// An empty chart with this layout.
pub fn with_layout(layout: Layout) -> Plot {
    let mut plot = Plot::new();
    plot.set_layout(layout);
    let configuration = Configuration::new().responsive(true).display_logo(false);
    plot.set_configuration(configuration.display_mode_bar(DisplayModeBar::False));
    plot
}

/// The layout that charts begin from.
pub fn layout() -> Layout {
    Layout::new()
        .font(Font::new().family(FONT).size(13).color(INK))
        .paper_background_color("#FFFFFF")
        .plot_background_color("#FFFFFF")
        .margin(Margin::new().left(70).right(24).top(16).bottom(56).auto_expand(true))
        .legend(
            Legend::new()
                .orientation(Orientation::Horizontal)
                // By itself Plotly turns the order of stacked bars around.
                .trace_order(TraceOrder::Normal)
                .x(0.0)
                .y(1.02)
                .y_anchor(plotly::common::Anchor::Bottom),
        )
        .bar_gap(0.35)
}

/// An axis with its unit in its title.
pub fn axis(title: &str) -> Axis {
    Axis::new()
        .title(Title::with_text(title).font(Font::new().size(13)))
        .grid_color(GRID)
        .zero_line_color("#B6BCC6")
        .line_color("#B6BCC6")
        .auto_margin(true)
        .separate_thousands(true)
}

/// An axis of powers of ten.
pub fn log_axis(title: &str) -> Axis {
    axis(title).type_(AxisType::Log).exponent_format(plotly::common::ExponentFormat::Power).dtick(1.0)
}

/// An axis of amounts that bars stand on: zero is on it.
pub fn amount_axis(title: &str) -> Axis {
    axis(title).range_mode(RangeMode::ToZero)
}

/// An axis of names.
pub fn name_axis(title: &str) -> Axis {
    axis(title).type_(AxisType::Category).show_grid(false)
}

/// A line through points.
pub fn line(name: &str, points: &[(f64, f64)], color: &str) -> Box<Scatter<f64, f64>> {
    let (x, y) = points.iter().copied().unzip();
    Scatter::new(x, y).name(name).mode(Mode::Lines).line(Line::new().color(color.to_owned()).width(2.0))
}

/// A dashed line.
pub fn dashed(name: &str, points: &[(f64, f64)], color: &str) -> Box<Scatter<f64, f64>> {
    let (x, y) = points.iter().copied().unzip();
    let dash = Line::new().color(color.to_owned()).width(1.5).dash(DashType::Dash);
    Scatter::new(x, y).name(name).mode(Mode::Lines).line(dash)
}

/// Dots.
pub fn dots(name: &str, points: &[(f64, f64)], color: &str) -> Box<Scatter<f64, f64>> {
    let (x, y) = points.iter().copied().unzip();
    let marker = Marker::new().color(color.to_owned()).size(5).opacity(0.75);
    Scatter::new(x, y).name(name).mode(Mode::Markers).marker(marker)
}

/// The band between two lines over the same `x`.
pub fn band(name: &str, x: &[f64], low: &[f64], high: &[f64], color: &str) -> [Box<Scatter<f64, f64>>; 2] {
    let edge = |y: &[f64]| {
        let edge = Scatter::new(x.to_vec(), y.to_vec()).mode(Mode::Lines).line(Line::new().width(0.0));
        edge.hover_info(plotly::common::HoverInfo::Skip)
    };
    let fill = edge(high).fill(plotly::common::Fill::ToNextY).fill_color(see_through(color, 0.18)).name(name);
    [edge(low).show_legend(false), fill]
}

/// A colour that lets what is behind it through.
pub fn see_through(color: &str, opacity: f64) -> Rgba {
    let part =
        |from: usize| u8::from_str_radix(color.get(from..from + 2).unwrap_or("88"), 16).unwrap_or(0x88);
    Rgba::new(part(1), part(3), part(5), opacity)
}

/// One lying bar for each name, with the interval of each where it has one. The first is on top.
pub fn bars(names: &[String], values: &[Estimate], colors: &[&str]) -> Box<Bar<f64, String>> {
    let reversed = |of: fn(&Estimate) -> f64| values.iter().rev().map(of).collect::<Vec<_>>();
    let bar = Bar::new(reversed(|value| value.value), names.iter().rev().cloned().collect());
    let bar = bar.orientation(Orientation::Horizontal).show_legend(false);
    let colors = colors.iter().rev().map(|color| (*color).to_owned()).collect();
    let bar = bar.marker(Marker::new().color_array(colors));
    if values.iter().all(|value| value.low == value.high) {
        return bar;
    }
    let error = ErrorData::new(ErrorType::Data)
        .symmetric(false)
        .array(reversed(|value| value.high - value.value))
        .array_minus(reversed(|value| value.value - value.low))
        .color(INK)
        .thickness(1.2)
        .width(4);
    bar.error_x(error)
}

/// An upright line across the chart at `x`, with its name at the top.
pub fn mark(layout: Layout, marks: &[(f64, String, &str)]) -> Layout {
    let shape = |(x, _, color): &(f64, String, &str)| {
        Shape::new()
            .shape_type(ShapeType::Line)
            .x0(*x)
            .x1(*x)
            .y0(0.0)
            .y1(1.0)
            .y_ref("paper")
            .layer(ShapeLayer::Above)
            .line(ShapeLine::new().color((*color).to_owned()).width(1.5).dash(DashType::Dash))
    };
    let note = |(place, (x, text, color)): (usize, &(f64, String, &str))| {
        Annotation::new()
            .x(*x)
            .y(0.98 - 0.075 * place as f64)
            .y_ref("paper")
            .x_anchor(plotly::common::Anchor::Left)
            .x_shift(4.0)
            .text(text)
            .show_arrow(false)
            .background_color(see_through("#FFFFFF", 0.85))
            .font(Font::new().size(12).color((*color).to_owned()))
    };
    let shapes = marks.iter().map(shape).collect();
    layout.shapes(shapes).annotations(marks.iter().enumerate().map(note).collect())
}

/// An estimate in other units.
pub fn times(estimate: Estimate, factor: f64) -> Estimate {
    Estimate { value: estimate.value * factor, low: estimate.low * factor, high: estimate.high * factor }
}

/// Whether every one is nothing, surely: such bars are a sentence, not a chart.
pub fn are_nothing(values: &[Estimate]) -> bool {
    values.iter().all(|value| value.value == 0.0 && value.low == 0.0 && value.high == 0.0)
}

/// A number that is known, not estimated.
pub fn exact(value: f64) -> Estimate {
    Estimate { value, low: value, high: value }
}
