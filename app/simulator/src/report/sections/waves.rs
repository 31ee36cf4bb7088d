//! Waves of auto-deleveraging: what was needed, what was taken.

use jettison_sharing::{Measure, Rule};
use plotly::common::Marker;
use plotly::layout::BarMode;
use plotly::Bar;

use super::shocks;
use crate::report::chart::{axis, layout, line, name_axis, plot, with_layout, Chart};
use crate::report::format::{atoms, count, dollars, grouped, percent, plural, significant};
use crate::report::palette::{plain, rule_color, rule_label, INK};
use crate::report::section::{Block, Section, Table};
use crate::waves::{Check, ModelledBurden, PolicyTotals, WaveRow, WaveStudy};

/// The section.
pub fn section(study: &WaveStudy) -> Section {
    let intro = "From the published tables: what each wave needed, what the venue's queue took, and what pro rata takes of the same \
                 winners. Amounts are computed to the atom; that of the queue is what was published.";
    let mut blocks = vec![
        Block::Text(intro.into()),
        bar_chart(study).into(),
        sum_chart(study).into(),
        table(study).into(),
        policies(&study.policies).into(),
    ];
    if !study.modelled.is_empty() {
        let text = "The tables publish sums of each wave, not its accounts. To see where the burden falls, a population with each wave's \
                    sums was made up and every rule run on it. What follows is modelled, not measured.";
        blocks.push(Block::Text(text.into()));
        blocks.push(modelled(&study.modelled).into());
    }
    let holding = study.checks.iter().filter(|check| check.holds).count();
    let what = format!(
        "Published columns that follow from others, computed again: {holding} of {} hold",
        study.checks.len()
    );
    blocks.push(Block::Folded(what, checks(&study.checks)));
    blocks.push(shocks::not_derivable(&study.not_derivable));
    blocks.extend(study.shocks.iter().flat_map(shocks::blocks));
    Section { id: "waves", title: "Auto-deleveraging waves of that night".into(), blocks }
}

fn pro_rata(row: &WaveRow) -> f64 {
    row.taken_by(Rule::ProRata(Measure::Equity)).map_or(0.0, |rule| atoms(rule.taken_atoms as f64))
}

fn queue(row: &WaveRow) -> f64 {
    atoms(row.queue_atoms as f64)
}

fn needed(row: &WaveRow) -> f64 {
    atoms(row.needed_atoms as f64)
}

fn bar_chart(study: &WaveStudy) -> Chart {
    let layout = layout()
        .bar_mode(BarMode::Group)
        .bar_gap(0.25)
        .x_axis(name_axis("wave"))
        .y_axis(axis("taken from winners ($)"));
    let mut chart = with_layout(layout);
    let names: Vec<String> = study.waves.iter().map(|wave| wave.wave.to_string()).collect();
    type Of = fn(&WaveRow) -> f64;
    let series: [(String, &str, Of); 3] = [
        ("Needed".into(), INK, needed),
        ("Queue, as it ran".into(), rule_color("queue"), queue),
        (rule_label("pro_rata"), rule_color("pro_rata"), pro_rata),
    ];
    for (name, color, of) in series {
        let values: Vec<f64> = study.waves.iter().map(of).collect();
        chart.add_trace(
            Bar::new(names.clone(), values).name(&name).marker(Marker::new().color(color.to_owned())),
        );
    }
    let totals = &study.totals;
    let sum = |amount: i128| atoms(amount as f64);
    let finding = format!(
        "Over {}, {} was needed; the queue took {} ({} of it), pro rata {}.",
        plural(study.waves.len() as u64, "wave", "waves"),
        dollars(sum(totals.needed_atoms)),
        dollars(sum(totals.queue_atoms)),
        percent(totals.queue_atoms as f64 / (totals.needed_atoms as f64).max(1.0), 0),
        dollars(study.waves.iter().map(pro_rata).sum())
    );
    let reading = "Where the vermilion bar is higher than the dark one, winners lost more than was needed; where it is lower, part of the \
                   loss was left to the venue.";
    Chart::new("waves", finding, chart, reading)
}

fn sum_chart(study: &WaveStudy) -> Chart {
    let mut chart = plot(axis("wave").dtick(1.0), axis("taken beyond need so far ($)"));
    let cumulated = |of: fn(&WaveRow) -> f64| {
        let mut so_far = 0.0;
        let step = |wave: &WaveRow| {
            so_far += of(wave) - needed(wave);
            (f64::from(wave.wave), so_far)
        };
        study.waves.iter().map(step).collect::<Vec<_>>()
    };
    chart.add_trace(line("Queue, as it ran", &cumulated(queue), rule_color("queue")));
    chart.add_trace(line(&rule_label("pro_rata"), &cumulated(pro_rata), rule_color("pro_rata")));
    let totals = &study.totals;
    let finding = format!(
        "The queue took {} too much in {} and {} too little in the others.",
        dollars(atoms(totals.queue_excess_atoms as f64)),
        plural(totals.waves_with_excess as u64, "wave", "waves"),
        dollars(atoms(totals.queue_shortfall_atoms as f64)),
    );
    let reading =
        "The sum over waves of what was taken less what was needed. At zero a rule takes exactly the loss.";
    Chart::new("overshoot-sum", finding, chart, reading).tall(320)
}

fn table(study: &WaveStudy) -> Table {
    let columns = [
        "Wave",
        "Deficit ($)",
        "Needed ($)",
        "Queue took ($)",
        "Beyond need ($)",
        "Largest haircut of the queue ($)",
        "Pro rata to equity ($)",
        "Of each one's equity (%)",
    ];
    let money = |amount: f64| grouped(atoms(amount), 2);
    let row = |wave: &WaveRow| {
        let share = wave.taken_by(Rule::ProRata(Measure::Equity)).map_or(0.0, |rule| rule.part_of_equity);
        vec![
            wave.wave.to_string(),
            money(wave.deficit_atoms as f64),
            money(wave.needed_atoms as f64),
            money(wave.queue_atoms as f64),
            money(wave.queue_overshoot_atoms as f64),
            money(wave.queue_largest_atoms as f64),
            grouped(pro_rata(wave), 2),
            grouped(share * 100.0, 3),
        ]
    };
    let totals = &study.totals;
    let sums = vec![
        "All".to_owned(),
        money(totals.deficit_atoms as f64),
        money(totals.needed_atoms as f64),
        money(totals.queue_atoms as f64),
        money(totals.queue_overshoot_atoms as f64),
        "–".to_owned(),
        grouped(study.waves.iter().map(pro_rata).sum(), 2),
        "–".to_owned(),
    ];
    Table::new("Each wave.", &columns).rows(study.waves.iter().map(row).chain([sums]))
}

fn policies(policies: &[PolicyTotals]) -> Table {
    let columns = [
        ":Published policy",
        "Taken ($)",
        "Too much ($)",
        "Too little ($)",
        ":Exactly what was needed",
        "Largest part of an account's equity (%)",
        "Mean of each wave's largest (%)",
    ];
    let row = |policy: &PolicyTotals| {
        vec![
            policy.policy.clone(),
            grouped(atoms(policy.taken_atoms as f64), 2),
            grouped(atoms(policy.excess_atoms as f64), 2),
            grouped(atoms(policy.shortfall_atoms as f64), 2),
            if policy.takes_what_is_needed { "yes, in every wave".into() } else { "no".into() },
            grouped(policy.largest_part_of_equity * 100.0, 2),
            grouped(policy.mean_largest_part_of_equity * 100.0, 2),
        ]
    };
    Table::new(
        "Policies over all waves, from the published table: prod is the queue as it ran, pr pro rata.",
        &columns,
    )
    .rows(policies.iter().map(row))
}

/// Means over waves, rule by rule in the order of the first wave.
fn modelled(burdens: &[ModelledBurden]) -> Table {
    let columns = [
        ":Rule (modelled)",
        "Taken beyond need (%)",
        "Winners charged",
        "Largest part of gain (%)",
        "Largest part of equity (%)",
        "Gini of parts",
    ];
    let first = burdens.first().map(|burden| burden.wave);
    let rules = burdens.iter().filter(|burden| Some(burden.wave) == first);
    let rows = rules.map(|named| {
        let own: Vec<&ModelledBurden> = burdens.iter().filter(|burden| burden.rule == named.rule).collect();
        let mean = |of: fn(&ModelledBurden) -> f64| {
            own.iter().map(|burden| of(burden)).sum::<f64>() / own.len() as f64
        };
        vec![
            plain(&named.rule),
            grouped(mean(|one| one.burden.overshoot as f64 / one.burden.needed.max(1) as f64) * 100.0, 2),
            grouped(mean(|one| one.burden.charged as f64), 0),
            grouped(mean(|one| one.burden.largest_part_of_gain) * 100.0, 1),
            grouped(mean(|one| one.burden.largest_part_of_equity) * 100.0, 1),
            grouped(mean(|one| one.burden.gini_of_parts), 2),
        ]
    });
    Table::new("Where the burden falls on a made-up population: means over waves.", &columns).rows(rows)
}

fn checks(checks: &[Check]) -> Table {
    let row = |check: &Check| {
        vec![
            format!("{}: {}", check.table, check.column),
            check.must.clone(),
            count(check.rows as u64),
            significant(check.largest_difference, 2),
            significant(check.tolerance, 2),
            if check.holds { "yes".into() } else { "NO".into() },
        ]
    };
    let columns = [":Published column", ":Must be", "Rows", "Largest difference", "Tolerance", ":Holds"];
    Table::new("Each column, with the largest difference in any row.", &columns).rows(checks.iter().map(row))
}
