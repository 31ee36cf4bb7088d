//! How large losses are, and how likely.

use plotly::common::Marker;
use plotly::layout::BarMode;
use plotly::Bar;

use crate::report::chart::{axis, layout, mark, with_layout, Chart};
use crate::report::format::{count, grouped, percent};
use crate::report::outage;
use crate::report::palette::{BLUE, GREY, INK, VERMILION};
use crate::report::section::{Block, Section, Table};
use crate::stats::Estimate;
use crate::study::compare::LossDistribution;
use crate::study::Summary;

/// Bars of a histogram.
const BINS: usize = 40;

/// The section: what bankrupt accounts left unpaid, and what of it fell on holders.
pub fn section(study: &Summary) -> Option<Section> {
    let (deficits, socialized) = (&study.deficits, &study.socialized);
    if deficits.losses.is_empty() {
        return None;
    }
    let intro = "Losses of a history under Jettison's rule, as parts of open interest at its start, both sides. How often they \
                 come says little: what matters is how large the rare ones are.";
    let before = "Left unpaid by bankrupt accounts (deficit)";
    let after = "Borne by holders (socialized loss)";
    let mut columns = vec![(before, deficits), (after, socialized)];
    columns.extend(outage::steady(study).map(|steady| ("Deficit without the keepers' outage", steady)));
    let blocks = vec![
        Block::Text(intro.into()),
        chart("deficits", "Bankrupt accounts left a deficit", GREY, deficits),
        chart("socialized", "Holders bore a loss", BLUE, socialized),
        table(&columns).into(),
    ];
    Some(Section { id: "losses", title: "Losses and their tail".into(), blocks })
}

fn table(columns: &[(&str, &LossDistribution)]) -> Table {
    let hundred = |part: f64| grouped(part * 100.0, 3);
    let with_interval = |estimate: Estimate| {
        format!("{} ({} to {})", hundred(estimate.value), hundred(estimate.low), hundred(estimate.high))
    };
    type Of = fn(&LossDistribution) -> Estimate;
    let measures: [(&str, Of); 6] = [
        ("Part of histories with any loss", |losses| losses.any),
        ("Mean loss", |losses| losses.mean),
        ("Value at risk 95 %", |losses| losses.var_95),
        ("Expected shortfall 95 %", |losses| losses.es_95),
        ("Value at risk 99 %", |losses| losses.var_99),
        ("Expected shortfall 99 %", |losses| losses.es_99),
    ];
    let row = |(name, of): (&str, Of)| {
        let values = columns.iter().map(|(_, losses)| with_interval(of(losses)));
        std::iter::once(name.to_owned()).chain(values).collect()
    };
    let head: Vec<&str> =
        std::iter::once(":Of one history").chain(columns.iter().map(|(name, _)| *name)).collect();
    Table::new(
        "In percent of open interest, both sides; the first row of histories; with 95 % intervals.",
        &head,
    )
    .rows(measures.map(row))
}

/// A chart of losses, or a sentence where there were none.
fn chart(id: &str, what: &str, color: &str, losses: &LossDistribution) -> Block {
    if losses.any.value == 0.0 {
        let all = count(losses.losses.len() as u64);
        let high = percent(losses.any.high, 1);
        return Block::Text(format!(
            "{what} in none of {all} histories; the chance may still be up to {high} (95 %)."
        ));
    }
    let (middles, counts) = histogram(&losses.losses);
    let marks = [
        (losses.var_99.value * 100.0, format!("VaR 99 %: {}", percent(losses.var_99.value, 2)), INK),
        (losses.es_99.value * 100.0, format!("ES 99 %: {}", percent(losses.es_99.value, 2)), VERMILION),
    ];
    let layout = layout()
        .bar_mode(BarMode::Overlay)
        .bar_gap(0.05)
        .x_axis(axis("loss (% of open interest)"))
        .y_axis(axis("histories").type_(plotly::layout::AxisType::Linear));
    let mut chart = with_layout(mark(layout, &marks));
    chart.add_trace(
        Bar::new(middles, counts).marker(Marker::new().color(color.to_owned())).show_legend(false),
    );
    let with_loss = losses.losses.iter().filter(|loss| **loss > 0.0).count() as u64;
    let finding = format!(
        "{what} in {} of {} histories ({}), at most {} of open interest.",
        count(with_loss),
        count(losses.losses.len() as u64),
        percent(losses.any.value, 1),
        percent(losses.losses.last().copied().unwrap_or(0.0), 2)
    );
    let reading = "Histories without a loss are left out of the bars. VaR 99 %: exceeded in one history of a hundred, all histories \
                   counted. ES 99 %: the mean of that worst hundredth.";
    Chart::new(id, finding, chart, reading).half().tall(330).into()
}

/// Middles, in percent, and counts of equally wide bars over the positive values.
fn histogram(values: &[f64]) -> (Vec<f64>, Vec<u64>) {
    let most = values.iter().copied().filter(|value| value.is_finite()).fold(0.0, f64::max);
    if most <= 0.0 {
        return (vec![], vec![]);
    }
    let width = most / BINS as f64;
    let mut counts = vec![0; BINS];
    for value in values.iter().filter(|value| **value > 0.0) {
        counts[((value / width) as usize).min(BINS - 1)] += 1;
    }
    ((0..BINS).map(|bin| (bin as f64 + 0.5) * width * 100.0).collect(), counts)
}
