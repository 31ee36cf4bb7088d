//! A night replayed: prices, open interest, events, the loss index.

use plotly::common::{Line, LineShape, Marker, MarkerSymbol, Mode};
use plotly::layout::Axis;
use plotly::{Plot, Scatter};

use crate::history::Moment;
use crate::report::chart::{axis, layout, with_layout, Chart};
use crate::report::format::{atoms, dollars, grouped, listed, percent, plural};
use crate::report::palette::{rule_label, GREEN, INK, SERIES, VERMILION};
use crate::report::section::{Block, Section, Table};
use crate::results::RuleRow;
use crate::study::replay::Replay;

/// Points that are drawn of a series: more say nothing at this width.
const DRAWN: usize = 1_500;

/// The section.
pub fn section(replay: &Replay, made_up: bool) -> Section {
    let intro = format!(
        "Prices of {}{}, second by second, with the people of the study: the same night under every rule. The chart is under \
         Jettison's.",
        std::path::Path::new(&replay.source).file_name().map_or(replay.source.as_str().into(), |name| name.to_string_lossy()),
        if made_up { ", which are made up and not market data" } else { "" }
    );
    let blocks = vec![Block::Text(intro), chart(replay).into(), table(&replay.rows).into()];
    Section { id: "replay", title: "Replay of a crash".into(), blocks }
}

/// Every so many steps, and the last.
fn drawn(trace: &[Moment]) -> Vec<&Moment> {
    let step = trace.len().div_ceil(DRAWN).max(1);
    let mut drawn: Vec<&Moment> = trace.iter().step_by(step).collect();
    if let Some(last) =
        trace.last().filter(|last| drawn.last().is_some_and(|drawn| drawn.second != last.second))
    {
        drawn.push(last);
    }
    drawn
}

fn chart(replay: &Replay) -> Chart {
    let panel = |title: &str, from: f64, to: f64| -> Axis { axis(title).domain(&[from, to]) };
    let layout = layout()
        .x_axis(axis("minutes since the start").anchor("y4"))
        .y_axis(panel("price (start = 100)", 0.66, 1.0))
        .y_axis2(panel("open interest", 0.44, 0.62))
        .y_axis3(panel("shared, fund ($)", 0.22, 0.40))
        .y_axis4(panel("events", 0.0, 0.18));
    let mut chart = with_layout(layout);
    let moments = drawn(&replay.trace);
    let minutes: Vec<f64> = moments.iter().map(|moment| moment.second as f64 / 60.0).collect();
    for (market, (pair, color)) in replay.pairs.iter().zip(SERIES).enumerate() {
        let prices = moments.iter().map(|moment| moment.prices[market]);
        let interest = moments.iter().map(|moment| moment.open_interest[market] as f64);
        let charged = moments.iter().map(|moment| atoms(moment.by_index[market] as f64));
        let draw = |values: Vec<f64>, panel: &str, shape: LineShape| {
            let line = Line::new().color(color).width(1.6).shape(shape);
            let trace = Scatter::new(minutes.clone(), values).mode(Mode::Lines).line(line).name(pair);
            trace.legend_group(pair).y_axis(panel).show_legend(panel == "y")
        };
        chart.add_trace(draw(rebased(prices), "y", LineShape::Linear));
        chart.add_trace(draw(rebased(interest), "y2", LineShape::Linear));
        chart.add_trace(draw(charged.collect(), "y3", LineShape::Hv));
    }
    events(&mut chart, replay, &moments, &minutes);
    let reading = "From the top: effective prices; open interest, where the start is 100 too; what the loss index has charged in each market, which rises in steps \
                   and never falls, with the insurance fund dashed; how many takeovers, deleverages and bankruptcies there have been. \
                   Crosses on the lower edge of the prices: seconds with a bankruptcy. Drag to look closer, double-click to go \
                   back.";
    Chart::new("replay", finding(replay), chart, reading).tall(860)
}

fn events(chart: &mut Plot, replay: &Replay, moments: &[&Moment], minutes: &[f64]) {
    let fund = moments.iter().map(|moment| atoms(moment.insurance as f64)).collect();
    let dash = Line::new().color(GREEN).width(1.6).dash(plotly::common::DashType::Dash);
    chart.add_trace(
        Scatter::new(minutes.to_vec(), fund).mode(Mode::Lines).line(dash).name("insurance fund").y_axis("y3"),
    );
    let kinds = [("takeovers", "#8A8F98"), ("deleverages", "#5B6472"), ("bankruptcies", VERMILION)];
    for (kind, (name, color)) in kinds.into_iter().enumerate() {
        let counts = moments.iter().map(|moment| moment.events[kind] as f64).collect();
        let line = Line::new().color(color).width(1.6).shape(LineShape::Hv);
        chart.add_trace(
            Scatter::new(minutes.to_vec(), counts).mode(Mode::Lines).line(line).name(name).y_axis("y4"),
        );
    }
    let fell = replay.trace.windows(2).filter(|pair| pair[1].events[2] > pair[0].events[2]);
    let at: Vec<f64> = fell.map(|pair| pair[1].second as f64 / 60.0).collect();
    let lowest = replay.pairs.iter().enumerate().flat_map(|(market, _)| {
        rebased(moments.iter().map(move |moment| moment.prices[market])).into_iter().reduce(f64::min)
    });
    let lowest = lowest.fold(100.0, f64::min) - 1.5;
    let marker = Marker::new().symbol(MarkerSymbol::X).size(6).color(INK);
    let rug = Scatter::new(at.clone(), vec![lowest; at.len()]).mode(Mode::Markers).marker(marker);
    chart.add_trace(rug.name("seconds with a bankruptcy"));
}

fn finding(replay: &Replay) -> String {
    let fall = |(market, pair): (usize, &String)| {
        let prices = replay.trace.iter().map(|moment| moment.prices[market]);
        (largest_fall(prices), pair.clone())
    };
    let mut falls: Vec<(f64, String)> = replay.pairs.iter().enumerate().map(fall).collect();
    falls.sort_by(|a, b| b.0.total_cmp(&a.0));
    let falls: Vec<String> =
        falls.iter().take(3).map(|(fall, pair)| format!("{pair} fell {}", percent(*fall, 1))).collect();
    let Some(last) = replay.trace.last() else { return "Nothing was played.".to_owned() };
    let charged: f64 = last.by_index.iter().map(|charged| atoms(*charged as f64)).sum();
    let bankrupt = match last.events[2] {
        0 => "nobody went bankrupt".to_owned(),
        some => format!("{} resolved", plural(some, "bankruptcy was", "bankruptcies were")),
    };
    let index = if charged > 0.0 {
        format!("the loss index charged {} in all", dollars(charged))
    } else {
        "the loss index did not move".to_owned()
    };
    format!("{} from the highest price; {bankrupt}, and {index}.", listed(&falls))
}

fn table(rows: &[RuleRow]) -> Table {
    let columns = [
        ":Rule",
        "Bankruptcies",
        "Deficit ($)",
        "By insurance ($)",
        "Needed of holders ($)",
        "Holders paid ($)",
        "Beyond need ($)",
        "Holders charged",
        "Failures caused",
        "Hedges broken",
    ];
    let money = |amount: f64| grouped(atoms(amount), 0);
    let row = |row: &RuleRow| {
        vec![
            rule_label(&row.rule),
            row.bankruptcies.to_string(),
            money(row.deficit as f64),
            money(row.by_insurance as f64),
            money(row.needed as f64),
            money(row.shared as f64),
            money(row.overshoot as f64),
            row.charged.to_string(),
            (row.secondary_liquidations + row.secondary_bankruptcies).to_string(),
            row.hedges_broken.to_string(),
        ]
    };
    Table::new("The night under each rule.", &columns).rows(rows.iter().map(row))
}

/// As parts of the first, times a hundred.
fn rebased(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let values: Vec<f64> = values.collect();
    let first = values.first().copied().filter(|first| *first > 0.0).unwrap_or(1.0);
    values.into_iter().map(|value| value / first * 100.0).collect()
}

/// The largest fall from a highest value before it, as a part of that.
fn largest_fall(values: impl Iterator<Item = f64>) -> f64 {
    let step = |(highest, largest): (f64, f64), value: f64| {
        let highest = highest.max(value);
        (highest, largest.max(1.0 - value / highest))
    };
    values.fold((f64::MIN_POSITIVE, 0.0), step).1
}
