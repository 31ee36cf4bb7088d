//! Models of prices in numbers.

use jettison_paths::{FitReport, MarketReport, ModelKind};

use super::returns::label;
use crate::report::format::{count, grouped, p_value, percent, significant, waiting};
use crate::report::returns::MarketReturns;
use crate::report::section::Table;

/// How well each model fits each market.
pub(super) fn scores(markets: &[MarketReturns]) -> Table {
    let columns = [
        ":Market",
        ":Model",
        "Returns",
        "Parameters",
        "Log-likelihood",
        "AIC (lower is better)",
        "KS distance",
        "KS p-value by its table (too high: parameters were fitted)",
        "KS p-value by bootstrap",
        "Anderson–Darling",
    ];
    let row = |report: &MarketReport, fit: &FitReport| {
        let test = &fit.kolmogorov_smirnov;
        vec![
            report.pair.clone(),
            label(fit.kind),
            count(report.sample.observations as u64),
            count(fit.parameters as u64),
            grouped(fit.log_likelihood, 1),
            grouped(fit.aic, 1),
            significant(test.statistic, 3),
            p_value(test.p_value),
            test.bootstrap_p_value.map_or("not drawn".into(), p_value),
            significant(fit.anderson_darling.statistic, 3),
        ]
    };
    let rows =
        markets.iter().flat_map(|market| market.report.fits.iter().map(|fit| row(&market.report, fit)));
    let caption = "How well each model fits. A small p-value says that the returns are not the model's: with many returns even a good \
                   model is rejected, and returns that are exactly zero are beyond every continuous one. The table's p-value takes the \
                   parameters as known beforehand; as they were fitted to these very returns it is too high, and rejects too seldom. \
                   The bootstrap draws from the fitted model and fits again.";
    Table::new(caption, &columns).rows(rows)
}

/// What the normal assumption would have missed, beside the model that comes nearest.
pub(super) fn missed(markets: &[MarketReturns]) -> Table {
    let columns = [
        ":Market",
        "Worst move of a step (%)",
        "In standard deviations",
        "One waits for it, by the normal",
        ":Nearest model",
        "One waits for it, by that",
        "ES 99.9 % of a fall, normal (%)",
        "By the nearest (%)",
        "As it was (%)",
    ];
    let row = |market: &MarketReturns| {
        let missed = market.report.normal_missed()?;
        let view = |kind: ModelKind| missed.models.iter().find(|view| view.kind == kind).copied();
        let normal = view(ModelKind::Gaussian)?;
        let nearest = view(market.report.best_by_distance()?.kind)?;
        let shortfall = |part: f64| significant(part * 100.0, 3);
        Some(vec![
            market.report.pair.clone(),
            grouped(missed.worst * 100.0, 2),
            grouped(missed.worst_in_deviations, 1),
            waiting(normal.waiting_years),
            label(nearest.kind),
            waiting(nearest.waiting_years),
            shortfall(normal.expected_shortfall_999),
            shortfall(nearest.expected_shortfall_999),
            shortfall(market.report.sample.tails.fall.expected_shortfall_999),
        ])
    };
    let caption = "What the normal assumption would have missed: how long one would wait for the worst move seen, and how deep the \
                   worst thousandth of steps falls (ES 99.9 %). Nearest: the least Anderson–Darling distance, which is taken over the \
                   whole distribution, tails weighted. A model nearest by it can still miss the extremes: compare its ES 99.9 % with \
                   what was.";
    Table::new(caption, &columns).rows(markets.iter().filter_map(row))
}

/// The same for every model.
pub(super) fn tails(markets: &[MarketReturns]) -> Table {
    let columns = [
        ":Market",
        ":Model",
        "One waits for the worst move",
        "ES 99.9 % of a fall (%)",
        "Times the normal's",
        "Steps beyond VaR 99.9 % (0.1 % if right)",
    ];
    let of = |market: &MarketReturns| -> Vec<Vec<String>> {
        let models = market.report.normal_missed().map_or(vec![], |missed| missed.models);
        let row = |view: jettison_paths::ModelView| {
            vec![
                market.report.pair.clone(),
                label(view.kind),
                waiting(view.waiting_years),
                significant(view.expected_shortfall_999 * 100.0, 3),
                grouped(view.shortfall_ratio, 2),
                percent(view.breaches_999, 2),
            ]
        };
        models.into_iter().map(row).collect()
    };
    Table::new("What each model makes of extremes.", &columns).rows(markets.iter().flat_map(of))
}
