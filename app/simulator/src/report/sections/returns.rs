//! Returns of prices, and how well models fit them.

use plotly::common::Marker;
use plotly::{Bar, Plot};

use jettison_paths::{FitReport, MarketReport, ModelKind, QqScale};

use super::models::{missed, scores, tails};
use crate::report::chart::{axis, dashed, dots, line, log_axis, plot, see_through, Chart};
use crate::report::format::{grouped, listed, percent, significant};
use crate::report::palette::{model_label, GREY, INK, SERIES, VERMILION};
use crate::report::returns::{kind_name, MarketReturns};
use crate::report::section::{Block, Section};

/// The section, unless no returns were looked at.
pub fn section(markets: &[MarketReturns]) -> Option<Section> {
    let first = markets.first()?;
    let intro = format!(
        "Log returns over {} second{}. A model that misses large moves undersizes margin and insurance, so each is judged where it \
         matters: in the tails.",
        first.report.step_seconds,
        if first.report.step_seconds == 1 { "" } else { "s" }
    );
    let mut blocks = vec![
        Block::Text(intro),
        missed(markets).into(),
        Block::Folded("How well every model fits every market".into(), scores(markets)),
        Block::Folded("What every model makes of extremes".into(), tails(markets)),
    ];
    for (place, market) in markets.iter().enumerate() {
        blocks.push(Block::Heading(market.report.pair.clone()));
        blocks.push(density_chart(market, place).into());
        blocks.push(tail_chart(market, place).into());
        blocks.push(qq_chart(&market.report, place).into());
        blocks.push(residual_chart(&market.report, place).into());
    }
    Some(Section { id: "returns", title: "How prices move, and which model fits".into(), blocks })
}

/// A model's name for people.
pub(super) fn label(kind: ModelKind) -> String {
    model_label(&kind_name(kind))
}

/// In percent, and so densities per percent.
fn density_chart(market: &MarketReturns, place: usize) -> Chart {
    let mut chart = plot(axis("log return (%)"), log_axis("density (per %, log scale)"));
    let bars = market.histogram.iter().filter(|(_, density)| *density > 0.0);
    let (middles, heights): (Vec<f64>, Vec<f64>) = bars.map(|(x, y)| (x * 100.0, y / 100.0)).unzip();
    let floor = heights.iter().copied().fold(f64::INFINITY, f64::min) / 3.0;
    let marker = Marker::new().color(see_through(GREY, 0.55));
    chart.add_trace(Bar::new(middles, heights).name("returns").marker(marker));
    for (kind, density) in &market.densities {
        let points = density.iter().map(|(x, y)| (x * 100.0, y / 100.0)).filter(|(_, y)| *y >= floor);
        chart.add_trace(line(&label(*kind), &points.collect::<Vec<_>>(), color(&market.report, *kind)));
    }
    let reading = "Bars: how often returns of a size came. Lines: what fitted models say. The scale is logarithmic, so that rare large \
                   moves can be seen: a line that falls away below the bars gives them too little weight. Models whose \
                   volatility changes have no one density and aren't drawn.";
    Chart::new(&format!("density-{place}"), best(&market.report), chart, reading).half().tall(330)
}

/// The same colour for a model in all charts.
fn color(report: &MarketReport, kind: ModelKind) -> &'static str {
    let place = report.fits.iter().position(|fit| fit.kind == kind).unwrap_or(0);
    SERIES[place % SERIES.len()]
}

fn best(report: &MarketReport) -> String {
    // The table's p-value is too high, so what it rejects would be rejected by the bootstrap too.
    let p =
        |fit: &FitReport| fit.kolmogorov_smirnov.bootstrap_p_value.unwrap_or(fit.kolmogorov_smirnov.p_value);
    let rejected = report.fits.iter().filter(|fit| p(fit) < 0.01);
    let rejected: Vec<String> = rejected.map(|fit| label(fit.kind)).collect();
    let best = match report.best_by_distance() {
        Some(best) => format!(
            "Over the whole distribution, tails weighted (Anderson–Darling), {} comes nearest to {}",
            label(best.kind),
            report.pair
        ),
        None => format!("No model could be fitted to {}", report.pair),
    };
    match rejected.len() {
        0 => format!("{best}."),
        all if all == report.fits.len() && all > 1 => {
            format!("{best}; Kolmogorov–Smirnov rejects every model (p < 0.01).")
        }
        _ => format!("{best}; Kolmogorov–Smirnov rejects {} (p < 0.01).", listed(&rejected)),
    }
}

/// Dots of each fit whose QQ plot is on this scale, and the diagonal.
fn quantiles(report: &MarketReport, scale: QqScale, factor: f64, mut chart: Plot) -> Plot {
    let (mut least, mut most) = (0.0_f64, 0.0_f64);
    for fit in report.fits.iter().filter(|fit| fit.qq_scale == scale) {
        let points: Vec<_> =
            fit.qq.iter().map(|point| (point.theoretical * factor, point.empirical * factor)).collect();
        let finite: Vec<_> = points.into_iter().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
        least = finite.iter().map(|point| point.1).fold(least, f64::min);
        most = finite.iter().map(|point| point.1).fold(most, f64::max);
        chart.add_trace(dots(&label(fit.kind), &finite, color(report, fit.kind)));
    }
    chart.add_trace(dashed("perfect fit", &[(least, least), (most, most)], INK));
    chart
}

fn qq_chart(report: &MarketReport, place: usize) -> Chart {
    let chart = plot(axis("quantile of the model (%)"), axis("quantile of the returns (%)"));
    let chart = quantiles(report, QqScale::Returns, 100.0, chart);
    let normal = report.fits.iter().find(|fit| fit.kind == ModelKind::Gaussian);
    let outermost =
        normal.and_then(|fit| fit.qq.iter().max_by(|a, b| a.empirical.abs().total_cmp(&b.empirical.abs())));
    let finding = match outermost {
        Some(point) if point.theoretical != 0.0 => format!(
            "Where the normal expects a move of {}, {} moved {}: {} times as far.",
            percent(point.theoretical.abs(), 2),
            report.pair,
            percent(point.empirical.abs(), 2),
            significant((point.empirical / point.theoretical).abs(), 2)
        ),
        _ => format!("Quantiles of {} against those of each model.", report.pair),
    };
    let reading = "QQ plot. On the dashed line a model's quantiles are those of the returns. Above it on the right, and below it on the \
                   left, real moves are larger than the model's.";
    Chart::new(&format!("qq-{place}"), finding, chart, reading).half().tall(330)
}

fn residual_chart(report: &MarketReport, place: usize) -> Chart {
    let chart = plot(axis("normal score expected"), axis("normal score of the return"));
    let chart = quantiles(report, QqScale::Scores, 1.0, chart);
    let finding =
        "Models whose volatility changes: are moves as large as they should be, given the moves before?"
            .to_owned();
    let reading = "QQ plot of standardised residuals. On the dashed line a model has got both the bursts and the large moves.";
    Chart::new(&format!("residuals-{place}"), finding, chart, reading).half().tall(330)
}

fn tail_chart(market: &MarketReturns, place: usize) -> Chart {
    let mut chart = plot(log_axis("size of a fall (%)"), log_axis("part of steps that fall further"));
    let percents = |points: &[(f64, f64)]| points.iter().map(|(x, y)| (x * 100.0, *y)).collect::<Vec<_>>();
    chart.add_trace(dots("falls", &percents(&market.falls), GREY));
    let least = market.falls.iter().map(|(_, part)| *part).fold(1.0, f64::min);
    let normal = percents(&market.normal_falls).into_iter().filter(|(_, part)| *part >= least / 3.0);
    chart.add_trace(line("Normal", &normal.collect::<Vec<_>>(), SERIES[0]));
    let largest = market.falls.iter().map(|(size, _)| *size).fold(0.0, f64::max);
    let hill = market.report.sample.hill_fall.as_ref().map(|tail| tail.estimate);
    let finding = match hill {
        Some(hill) => {
            let part = hill.extremes as f64 / market.report.sample.observations.max(1) as f64;
            let beyond = |size: f64| part * (size / hill.threshold).powf(-hill.index);
            let points = [(hill.threshold, part), (largest, beyond(largest))];
            chart.add_trace(line(
                &format!("Hill, index {}", grouped(hill.index, 2)),
                &percents(&points),
                VERMILION,
            ));
            let margin = 1.96 * hill.standard_error;
            let (low, high) = (grouped(hill.index - margin, 2), grouped(hill.index + margin, 2));
            let heavy = match hill.index {
                index if index < 2.0 => ": so heavy that variance has no limit",
                index if index < 4.0 => ": heavy, where a normal tail falls off faster than any power",
                _ => "",
            };
            format!(
                "Falls of {} thin out with a power of {} (95 % {low} to {high}){heavy}.",
                market.report.pair,
                grouped(hill.index, 2)
            )
        }
        None => format!("{} has too few falls for a tail index.", market.report.pair),
    };
    let reading = "Both scales are logarithmic: a power law is a straight line. The further the dots run beyond the normal's line, the \
                   more often it is surprised. Moves come in bursts, so the interval is wider than it says.";
    Chart::new(&format!("tail-{place}"), finding, chart, reading).half().tall(330)
}
