//! How large the insurance fund must be.

use plotly::layout::RangeMode;

use crate::report::chart::{amount_axis, axis, band, dots, layout, line, mark, plot, with_layout, Chart};
use crate::report::format::{grouped, percent};
use crate::report::palette::{BLUE, GREY, VERMILION};
use crate::report::section::{Block, Section, Table};
use crate::scenario::InsuranceSpec;
use crate::study::compare::InsurancePoint;
use crate::study::Summary;

/// The section: the sizes that were played, and the fund that the study has.
pub fn section(study: &Summary) -> Option<Section> {
    let (points, fund, tolerated) =
        (&study.insurance[..], &study.spec.scenario.insurance, study.spec.sizing.tolerated);
    let first = points.first()?;
    let outage = if study.spec.scenario.keepers.outage > 0 { ", the keepers' outage included" } else { "" };
    let intro = format!(
        "The fund pays before holders do. The larger it is, the rarer the loss index moves. Each size was played through the study's \
         own histories{outage}. One market may draw only {} of the fund: what it loses beyond that falls on holders, however much \
         is left.",
        percent(fund.allowance, 0)
    );
    let mut blocks = vec![Block::Text(intro)];
    if points.iter().all(|point| point.index_moves.value == 0.0) {
        let high = percent(first.index_moves.high, 1);
        blocks.push(Block::Text(format!(
            "The index moved in no history at any size of the fund; the chance may still be up to {high} (95 %)."
        )));
    } else {
        blocks.extend([chance_chart(points, fund, tolerated).into(), borne_chart(points).into()]);
    }
    blocks.push(table(points).into());
    Some(Section { id: "insurance", title: "Size of the insurance fund".into(), blocks })
}

/// The smallest fund played that, with all larger ones, keeps the chance tolerated at the upper end of its interval.
pub fn enough(points: &[InsurancePoint], tolerated: f64) -> Option<&InsurancePoint> {
    let too_small = points.iter().rposition(|point| point.index_moves.high > tolerated);
    points.get(too_small.map_or(0, |place| place + 1))
}

/// The largest fund played.
pub fn largest(points: &[InsurancePoint]) -> Option<&InsurancePoint> {
    points.last()
}

fn chance_chart(points: &[InsurancePoint], fund: &InsuranceSpec, tolerated: f64) -> Chart {
    let percents =
        |of: fn(&InsurancePoint) -> f64| points.iter().map(|point| of(point) * 100.0).collect::<Vec<_>>();
    let sizes = percents(|point| point.size);
    let present = (fund.size * 100.0, format!("in this study: {}", percent(fund.size, 2)), BLUE);
    let enough = enough(points, tolerated).map(|point| {
        let text = format!("enough for {}: {}", percent(tolerated, 1), percent(point.size, 2));
        (point.size * 100.0, text, VERMILION)
    });
    let marks: Vec<_> = std::iter::once(present).chain(enough).collect();
    let chance = axis("chance that the index moves (% of histories)").range_mode(RangeMode::ToZero);
    let layout = layout().x_axis(axis("insurance fund (% of open interest, both sides)")).y_axis(chance);
    let mut chart = with_layout(mark(layout, &marks));
    let (low, high) = (percents(|point| point.index_moves.low), percents(|point| point.index_moves.high));
    for edge in band("95 % interval (Wilson)", &sizes, &low, &high, BLUE) {
        chart.add_trace(edge);
    }
    let curve: Vec<_> = sizes.into_iter().zip(percents(|point| point.index_moves.value)).collect();
    chart.add_trace(line("between", &curve, BLUE).show_legend(false));
    chart.add_trace(dots("played", &curve, BLUE));
    let reading = "The part of histories in which holders bore something. Dots were played; lines between them are only drawn. Where it \
                   is steep, a little more insurance spares many haircuts; where it is flat, what is left are rare gaps, or losses \
                   of one market beyond its allowance, which a larger fund covers only by its part.";
    Chart::new("insurance", finding(points, tolerated), chart, reading)
}

/// What holders still bear, which the chance does not say.
fn borne_chart(points: &[InsurancePoint]) -> Chart {
    let series = |of: fn(&InsurancePoint) -> f64| -> Vec<(f64, f64)> {
        points.iter().map(|point| (point.size * 100.0, of(point) * 100.0)).collect()
    };
    let x = axis("insurance fund (% of open interest, both sides)");
    let mut chart = plot(x, amount_axis("borne by holders (% of open interest)"));
    let (mean, worst) =
        (series(|point| point.socialized.mean.value), series(|point| point.socialized.es_99.value));
    chart.add_trace(line("mean of all histories", &mean, GREY));
    chart.add_trace(line("mean of the worst hundredth (ES 99 %)", &worst, VERMILION));
    let ends = points.first().zip(points.last());
    let finding = ends.map_or(String::new(), |(least, most)| {
        format!(
            "In the worst hundredth of histories holders bear {} of open interest {}, and {} with a fund of {}.",
            percent(least.socialized.es_99.value, 2),
            if least.size == 0.0 { "without a fund".into() } else { format!("with a fund of {}", percent(least.size, 2)) },
            percent(most.socialized.es_99.value, 2),
            percent(most.size, 2)
        )
    });
    let reading = "How much the index takes, not only whether it moves. Intervals are in the table.";
    Chart::new("insurance-borne", finding, chart, reading).tall(320)
}

fn finding(points: &[InsurancePoint], tolerated: f64) -> String {
    let goal = percent(tolerated, 1);
    let at = |point: &InsurancePoint| {
        let [value, high] = [point.index_moves.value, point.index_moves.high].map(|part| percent(part, 1));
        let size = if point.size == 0.0 {
            "Without insurance".to_owned()
        } else {
            format!("With a fund of {} of open interest", percent(point.size, 2))
        };
        format!("{size} the index moves in {value} of histories (up to {high}, 95 %)")
    };
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    match enough(points, tolerated) {
        Some(point) if point.size == first.size => format!("{}: at most {goal}, as tolerated.", at(first)),
        Some(point) => {
            format!(
                "{}; a fund of {} of open interest brings that surely to at most {goal}.",
                at(first),
                percent(point.size, 2)
            )
        }
        None => {
            format!("No size that was played surely brings the chance to the tolerated {goal}. {}.", at(last))
        }
    }
}

fn table(points: &[InsurancePoint]) -> Table {
    let columns = [
        "Fund (% of open interest)",
        "Index moves (% of histories)",
        "95 % interval (%)",
        "Holders bear, mean (% of open interest)",
        "Holders bear, ES 99 % (95 % interval)",
    ];
    let hundred = |part: f64, decimals: usize| grouped(part * 100.0, decimals);
    let row = |point: &InsurancePoint| {
        let (chance, es) = (point.index_moves, point.socialized.es_99);
        vec![
            hundred(point.size, 3),
            hundred(chance.value, 1),
            format!("{} to {}", hundred(chance.low, 1), hundred(chance.high, 1)),
            hundred(point.socialized.mean.value, 4),
            format!("{} ({} to {})", hundred(es.value, 3), hundred(es.low, 3), hundred(es.high, 3)),
        ]
    };
    let caption = "The sizes that were played; chances with Wilson's interval. The fund and what holders bear are parts of open interest, \
                   both sides.";
    Table::new(caption, &columns).rows(points.iter().map(row))
}
