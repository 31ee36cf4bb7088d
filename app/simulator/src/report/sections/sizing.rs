//! Sizing of margin, clamp and keeper window, and what is recommended.

use jettison_engine::{Bps, MarketParams};

use crate::report::format::{grouped, percent};
use crate::report::heatmap::Heatmap;
use crate::report::recommended;
use crate::report::section::{Block, Section, Table};
use crate::scenario::MarketSpec;
use crate::study::sizing::{CellSummary, Recommendation};
use crate::study::{StudySpec, Summary};

/// The section, unless no cell was run.
pub fn section(summary: &Summary, made_up: bool) -> Option<Section> {
    let all: Vec<&CellSummary> = summary.cells.iter().filter(|cell| cell.pair.is_none()).collect();
    if all.is_empty() {
        return None;
    }
    let intro = format!(
        "Deficits, before insurance, over the parameters that prevent them: how much margin, how far the price may move in a second \
         (clamp), and how many seconds pass until the first keeper acts. All markets together, {} histories for each field, every one \
         without the keepers' outage; margins and clamps as multiples of what migrations/markets.toml says now. Recommended is for \
         keepers who take {} s and are never out.",
        summary.spec.sizing.histories, summary.spec.sizing.recommend_for
    );
    let mut blocks = vec![Block::Text(intro)];
    blocks.extend(maps(summary, &all).into_iter().map(|map| map.block()));
    if !summary.recommendations.is_empty() {
        blocks.push(Block::Heading("Recommended parameters".into()));
        blocks.extend(made_up.then(|| Block::Text(recommended::warning())));
        blocks.extend(summary.proof.as_ref().map(|proof| Block::Text(recommended::proven(summary, proof))));
        blocks.push(table(&summary.spec, &summary.recommendations).into());
        let why = |item: &Recommendation| format!("{}: {}", item.pair, item.why);
        blocks.push(Block::List(summary.recommendations.iter().map(why).collect()));
    }
    Some(Section { id: "sizing", title: "Sizing of margin, clamp and keepers".into(), blocks })
}

/// Margin against keepers at the usual clamp, and against the clamp with keepers as slow as the recommendation takes them.
fn maps(summary: &Summary, cells: &[&CellSummary]) -> Vec<Heatmap> {
    let sizing = &summary.spec.sizing;
    let usual_clamp = nearest(&sizing.clamp_percent, 100);
    let latencies: Vec<u64> = sizing.keeper_seconds.iter().map(|seconds| u64::from(*seconds)).collect();
    let usual_latency = u64::from(sizing.recommend_for);
    let find = |margin: u64, clamp: u64, seconds: u64| {
        let is = |cell: &&&CellSummary| {
            (cell.margin_percent, cell.clamp_percent, cell.keeper_seconds) == (margin, clamp, seconds)
        };
        cells.iter().find(is).map(|cell| cell.losses.es_99.value * 100.0)
    };
    let grid = |across: &[u64], value: &dyn Fn(u64, u64) -> Option<f64>| -> Vec<Vec<Option<f64>>> {
        sizing
            .margin_percent
            .iter()
            .map(|margin| across.iter().map(|x| value(*margin, *x)).collect())
            .collect()
    };
    let percents = |list: &[u64]| list.iter().map(|value| format!("{value} %")).collect::<Vec<_>>();
    let map = |id: &str, what: String, x_name: &str, x: Vec<String>, z| Heatmap {
        id: id.into(),
        what,
        x_name: x_name.into(),
        x,
        y_name: "margin".into(),
        y: percents(&sizing.margin_percent),
        z,
    };
    let seconds = latencies.iter().map(|seconds| format!("{seconds} s")).collect();
    vec![
        map(
            "keepers",
            format!("Expected shortfall 99 % of deficits (% of open interest), clamp at {usual_clamp} %"),
            "keepers act after",
            seconds,
            grid(&latencies, &|margin, x| find(margin, usual_clamp, x)),
        ),
        map(
            "clamps",
            format!(
                "Expected shortfall 99 % of deficits (% of open interest), keepers after {usual_latency} s"
            ),
            "clamp",
            percents(&sizing.clamp_percent),
            grid(&sizing.clamp_percent, &|margin, x| find(margin, x, usual_latency)),
        ),
    ]
}

fn nearest(list: &[u64], to: u64) -> u64 {
    list.iter().copied().min_by_key(|value| value.abs_diff(to)).unwrap_or(to)
}

fn table(spec: &StudySpec, recommendations: &[Recommendation]) -> Table {
    let columns = [
        ":Market",
        "Initial margin, now → proposed",
        "Maintenance margin, now → proposed",
        "Clamp a second, now → proposed",
        "Keeper window, now → proposed (s)",
        "Insurance allowance (% of all open interest, both sides)",
        "Chance that losses exceed it (95 % interval)",
        ":Goal met",
    ];
    let change = |market: Option<&MarketSpec>, item: &Recommendation, of: fn(&MarketParams) -> Bps| {
        let now = market.map_or("–".to_owned(), |market| bps(of(&market.params)));
        format!("{now} → {}", bps(of(&item.params)))
    };
    let window = |market: &MarketSpec| market.params.keeper_window_seconds.to_string();
    let row = |item: &Recommendation| {
        let market = spec.markets.iter().find(|market| market.pair == item.pair);
        vec![
            item.pair.clone(),
            change(market, item, |params| params.initial_margin),
            change(market, item, |params| params.maintenance_margin),
            change(market, item, |params| params.max_move_per_second),
            format!("{} → {}", market.map_or("–".to_owned(), window), item.params.keeper_window_seconds),
            grouped(item.insurance * 100.0, 3),
            format!(
                "{} ({} to {})",
                percent(item.exceeds.value, 1),
                percent(item.exceeds.low, 1),
                percent(item.exceeds.high, 1)
            ),
            if item.meets { "yes".into() } else { "no".into() },
        ]
    };
    let caption = format!(
        "For migrations/markets.toml. The goal: without the outage, losses of a market exceed what insurance may pay for it in at most \
         {} of histories, at the upper end of the interval.",
        percent(spec.sizing.tolerated, 1)
    );
    Table::new(&caption, &columns).rows(recommendations.iter().map(row))
}

/// Basis points as percent.
fn bps(rate: Bps) -> String {
    percent(f64::from(rate.0) / 1e4, 2)
}
