//! Whether going by systemic signals helps those who do.

use crate::report::chart::{amount_axis, bars, name_axis, plot, times, Chart};
use crate::report::format::{count, grouped, percent};
use crate::report::palette::{plain, BLUE, GREEN, GREY};
use crate::report::section::{Block, Section, Table};
use crate::stats::Estimate;
use crate::study::signals::SignalSummary;

/// The section, unless no group went by a signal.
pub fn section(groups: &[SignalSummary]) -> Option<Section> {
    let first = groups.first()?;
    let intro = format!(
        "Groups of hedgers with the same positions in the same {} histories, which differ only in the systemic signal by which they \
         cut their positions in time. What a signal is worth is the difference to the group without one.",
        count(first.histories)
    );
    let with: Vec<&SignalSummary> = groups.iter().filter(|group| group.signal != "none").collect();
    let blocks = vec![
        Block::Text(intro),
        worth_chart(&with).into(),
        charged_chart(groups).into(),
        table(groups).into(),
    ];
    Some(Section { id: "signals", title: "What systemic signals are worth".into(), blocks })
}

fn label(group: &SignalSummary) -> String {
    match group.signal.as_str() {
        "none" => "No signal".to_owned(),
        "all" => "All signals together".to_owned(),
        signal => plain(signal),
    }
}

/// What the best signal was worth, and whether that may be chance.
pub fn verdict(best: &SignalSummary) -> String {
    let (name, worth) = (label(best).to_lowercase(), best.worth);
    let [mean, low, high] = [worth.value, worth.low, worth.high].map(|part| percent(part, 2));
    let numbers = format!("{mean} of capital a history against no signal, 95 % interval {low} to {high}");
    match worth {
        _ if worth.low > 0.0 => format!("Going by signals paid, most by {name}: {numbers}."),
        _ if worth.high < 0.0 => {
            format!("Going by signals cost more than it spared; least by {name}: {numbers}.")
        }
        _ => format!("What signals are worth may be chance. The best was {name}: {numbers}."),
    }
}

/// The group to which its signal was worth the most.
pub fn best(groups: &[SignalSummary]) -> Option<&SignalSummary> {
    let with = groups.iter().filter(|group| group.signal != "none");
    with.max_by(|a, b| a.worth.value.total_cmp(&b.worth.value))
}

fn worth_chart(groups: &[&SignalSummary]) -> Chart {
    let mut chart = plot(amount_axis("profit beyond that without a signal (% of capital)"), name_axis(""));
    let names: Vec<String> = groups.iter().map(|group| label(group)).collect();
    let values: Vec<Estimate> = groups.iter().map(|group| times(group.worth, 100.0)).collect();
    chart.add_trace(bars(&names, &values, &vec![GREEN; values.len()]));
    let best = groups.iter().max_by(|a, b| a.worth.value.total_cmp(&b.worth.value));
    let finding = best.map_or("Nobody went by a signal.".to_owned(), |best| verdict(best));
    let reading = "Zero: as good as without a signal. An interval across zero says that the difference may be chance. What a cut hedge \
                   no longer protects counts as well.";
    Chart::new("signal-worth", finding, chart, reading).half()
}

fn charged_chart(groups: &[SignalSummary]) -> Chart {
    let mut chart = plot(amount_axis("haircuts (% of capital)"), name_axis(""));
    let names: Vec<String> = groups.iter().map(label).collect();
    let values: Vec<Estimate> = groups.iter().map(|group| times(group.charged, 100.0)).collect();
    let colors: Vec<&str> =
        groups.iter().map(|group| if group.signal == "none" { GREY } else { BLUE }).collect();
    chart.add_trace(bars(&names, &values, &colors));
    let least = groups.iter().min_by(|a, b| a.charged.value.total_cmp(&b.charged.value));
    let none = groups.iter().find(|group| group.signal == "none");
    let finding = match (least, none) {
        (Some(least), Some(none)) if least.charged.value < none.charged.value => format!(
            "Haircuts: least by {}, {} of capital a history; {} without a signal.",
            label(least).to_lowercase(),
            percent(least.charged.value, 3),
            percent(none.charged.value, 3)
        ),
        (_, Some(none)) => format!(
            "No signal spared haircuts: without one they were {} of capital.",
            percent(none.charged.value, 3)
        ),
        _ => "Haircuts of each group.".to_owned(),
    };
    let reading = "Grey: the group without a signal. Thin lines: 95 % intervals of the means.";
    Chart::new("signal-charged", finding, chart, reading).half()
}

fn table(groups: &[SignalSummary]) -> Table {
    let columns = [
        ":Signal",
        "Profit (% of capital)",
        "Worst 5 % of histories (%)",
        "Haircuts (%)",
        "Hedges broken (each history)",
        "Worth of the signal (%)",
        "95 % interval (%)",
        "Haircuts spared (%)",
    ];
    let part = |value: f64| grouped(value * 100.0, 3);
    let row = |group: &SignalSummary| {
        vec![
            label(group),
            part(group.profit.value),
            part(group.worst.value),
            part(group.charged.value),
            grouped(group.hedges_broken.value, 2),
            part(group.worth.value),
            format!("{} to {}", part(group.worth.low), part(group.worth.high)),
            part(group.spared.value),
        ]
    };
    Table::new("Groups of hedgers, by the signal they go by.", &columns).rows(groups.iter().map(row))
}
