//! How large the insurance fund must be.

use crate::report::chart::{axis, band, layout, line, mark, with_layout, Chart};
use crate::report::format::{grouped, percent};
use crate::report::palette::{BLUE, VERMILION};
use crate::report::section::{Block, Section, Table};
use crate::study::compare::InsurancePoint;

/// Rows of the table, of all points.
const ROWS: usize = 9;

/// The section: the curve, and the fund that the study has.
pub fn section(points: &[InsurancePoint], present: f64, tolerated: f64) -> Option<Section> {
    if points.is_empty() {
        return None;
    }
    let intro = "The fund pays before holders do. The larger it is, the rarer the loss index moves; the curve says what each \
                 further dollar buys. One market may draw all of the fund here: its allowance bounds that further.";
    let blocks =
        vec![Block::Text(intro.into()), chart(points, present, tolerated).into(), table(points).into()];
    Some(Section { id: "insurance", title: "Size of the insurance fund".into(), blocks })
}

fn chart(points: &[InsurancePoint], present: f64, tolerated: f64) -> Chart {
    let percents =
        |of: fn(&InsurancePoint) -> f64| points.iter().map(|point| of(point) * 100.0).collect::<Vec<_>>();
    let sizes = percents(|point| point.size);
    let enough = enough(points, tolerated);
    let mut marks = vec![(present * 100.0, format!("in this study: {}", percent(present, 2)), BLUE)];
    marks.extend(enough.map(|size| {
        (size * 100.0, format!("enough for {}: {}", percent(tolerated, 1), percent(size, 2)), VERMILION)
    }));
    let chance =
        axis("chance that the index moves (% of histories)").range_mode(plotly::layout::RangeMode::ToZero);
    let layout = layout().x_axis(axis("insurance fund (% of open interest, both sides)")).y_axis(chance);
    let mut chart = with_layout(mark(layout, &marks));
    let (low, high) = (percents(|point| point.index_moves.low), percents(|point| point.index_moves.high));
    for edge in band("95 % interval (Wilson)", &sizes, &low, &high, BLUE) {
        chart.add_trace(edge);
    }
    let curve: Vec<_> = sizes.into_iter().zip(percents(|point| point.index_moves.value)).collect();
    chart.add_trace(line("chance", &curve, BLUE));
    let reading = "The part of histories whose deficits exceed the fund. Where the curve is steep, a little more insurance spares many \
                   haircuts; where it is flat, what is left are rare gaps that only a much larger fund would cover.";
    Chart::new("insurance", finding(points, tolerated, enough), chart, reading)
}

/// The smallest fund with at most this chance.
fn enough(points: &[InsurancePoint], tolerated: f64) -> Option<f64> {
    points.iter().find(|point| point.index_moves.value <= tolerated).map(|point| point.size)
}

fn finding(points: &[InsurancePoint], tolerated: f64, enough: Option<f64>) -> String {
    let without = points.first().map_or(0.0, |point| point.index_moves.value);
    let goal = percent(tolerated, 1);
    match enough {
        Some(0.0) => format!("Even without insurance the index would move in {} of histories, at most {goal}.", percent(without, 1)),
        Some(size) => format!(
            "Without insurance the index would move in {} of histories; a fund of {} of open interest brings that to at most {goal}.",
            percent(without, 1),
            percent(size, 2)
        ),
        None => format!("Without insurance the index would move in {} of histories; no size tried brings that to {goal}.", percent(without, 1)),
    }
}

fn table(points: &[InsurancePoint]) -> Table {
    let row = |point: &InsurancePoint| {
        let chance = point.index_moves;
        [
            grouped(point.size * 100.0, 3),
            grouped(chance.value * 100.0, 1),
            grouped(chance.low * 100.0, 1),
            grouped(chance.high * 100.0, 1),
        ]
        .to_vec()
    };
    let step = (points.len().saturating_sub(1) / (ROWS - 1)).max(1);
    let columns =
        ["Fund (% of open interest)", "Index moves (% of histories)", "Lower end (%)", "Upper end (%)"];
    Table::new("Points of the curve, with Wilson's 95 % interval.", &columns)
        .rows(points.iter().step_by(step).map(row))
}
