//! What stakers of the insurance fund earn, and what they risk.

use plotly::common::{Line, Marker, Mode, Position};
use plotly::Scatter;

use crate::report::chart::{axis, plot, Chart};
use crate::report::format::{grouped, percent};
use crate::report::outage::with_interval;
use crate::report::palette::SERIES;
use crate::report::section::{Block, Section, Table};
use crate::study::compare::StakerPoint;

/// The section, unless no size was tried. `period` is what a history stands for: "30 minutes".
pub fn section(points: &[StakerPoint], period: &str) -> Option<Section> {
    if points.is_empty() {
        return None;
    }
    let intro = format!(
        "Stakers own a part of the fund, take a part of its income, and bear its draws, as each size was played: a market may draw its \
         allowance and no more. Returns are of one history of {period}, most \
         of which are calmer or wilder than a usual day: they rank sizes and splits, they are not returns of a year."
    );
    let blocks = vec![Block::Text(intro), chart(points).into(), table(points).into()];
    Some(Section { id: "stakers", title: "Stakers: return and risk".into(), blocks })
}

/// Sizes of the fund, each once, in their order.
fn sizes(points: &[StakerPoint]) -> Vec<f64> {
    let mut sizes: Vec<f64> = points.iter().map(|point| point.size).collect();
    sizes.dedup();
    sizes
}

fn chart(points: &[StakerPoint]) -> Chart {
    let mut chart = plot(
        axis("mean loss in the worst 5 % of histories (% of stake)"),
        axis("mean return of a history (% of stake)"),
    );
    for (size, color) in sizes(points).into_iter().zip(SERIES) {
        let own: Vec<&StakerPoint> = points.iter().filter(|point| point.size == size).collect();
        let x = own.iter().map(|point| -point.worst.value * 100.0).collect();
        let y = own.iter().map(|point| point.mean.value * 100.0).collect();
        let names: Vec<String> = own.iter().map(|point| percent(point.income_part, 0)).collect();
        // Names of all dots would lie on each other: the ends say the direction, the pointer says the rest.
        let is_end = |place: usize| place == 0 || place + 1 == names.len();
        let shown = names
            .iter()
            .enumerate()
            .map(|(place, name)| if is_end(place) { name.clone() } else { String::new() });
        let hover = names.iter().map(|name| format!("{name} of income to stakers"));
        let trace = Scatter::new(x, y)
            .name(format!("fund {}", percent(size, 2)))
            .mode(Mode::LinesMarkersText)
            .text_array(shown.collect())
            .hover_text_array(hover.collect())
            .text_position(Position::TopCenter)
            .line(Line::new().color(color).width(1.0))
            .marker(Marker::new().size(9).color(color));
        chart.add_trace(trace);
    }
    let best = points.iter().max_by(|a, b| a.mean.value.total_cmp(&b.mean.value));
    let finding = best.map_or("No size was tried.".to_owned(), |best| {
        let option = format!(
            "a fund of {} of open interest with {} of its income for stakers",
            percent(best.size, 2),
            percent(best.income_part, 0)
        );
        let worst = percent(-best.worst.value, 1);
        if best.mean.value > 0.0 {
            let mean = with_interval(best.mean, 2);
            format!("The highest mean return is that of {option}: {mean} a history, against {worst} lost in the worst twentieth.")
        } else {
            let mean = with_interval(best.mean, 2);
            format!("Stakers lost on average in histories like these, least with {option}: {mean} a history, and {worst} lost in the worst twentieth.")
        }
    });
    let reading = "A line for each size of the fund, as a part of open interest, both sides; a dot for each part of the income that goes to stakers, its ends named. \
                   Up is more return, right is more risk. A dot to the right of and below another is worse in both.";
    Chart::new("stakers", finding, chart, reading)
}

fn table(points: &[StakerPoint]) -> Table {
    let columns = [
        "Fund (% of open interest)",
        "Income to stakers (%)",
        "Mean return (%)",
        "95 % interval (%)",
        "Worst 5 % of histories (%)",
        "Histories with a loss (%)",
    ];
    let number = |part: f64| grouped(part * 100.0, 2);
    let row = |point: &StakerPoint| {
        vec![
            number(point.size),
            grouped(point.income_part * 100.0, 0),
            number(point.mean.value),
            format!("{} to {}", number(point.mean.low), number(point.mean.high)),
            number(point.worst.value),
            grouped(point.loses.value * 100.0, 1),
        ]
    };
    Table::new("Return and risk of what is staked, over one history.", &columns).rows(points.iter().map(row))
}
