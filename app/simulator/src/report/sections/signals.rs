//! Whether going by systemic signals helps those who do.

use crate::report::certainty::{side, Side, FEWEST};
use crate::report::chart::{amount_axis, are_nothing, bars, name_axis, plot, times, Chart};
use crate::report::format::{count, grouped, listed, percent, plural};
use crate::report::palette::{plain, BLUE, GREEN, GREY, VERMILION};
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
    let mut blocks = vec![Block::Text(intro)];
    if with_signal(groups).next().is_some() {
        blocks.extend([worth_chart(groups).into(), worst_chart(groups).into()]);
    }
    blocks.extend([charged(groups), table(groups).into()]);
    Some(Section { id: "signals", title: "What systemic signals are worth".into(), blocks })
}

fn with_signal(groups: &[SignalSummary]) -> impl Iterator<Item = &SignalSummary> {
    groups.iter().filter(|group| group.signal != "none")
}

fn without(groups: &[SignalSummary]) -> Option<&SignalSummary> {
    groups.iter().find(|group| group.signal == "none")
}

fn label(group: &SignalSummary) -> String {
    match group.signal.as_str() {
        "none" => "No signal".to_owned(),
        "all" => "All signals together".to_owned(),
        signal => plain(signal),
    }
}

fn labels(groups: &[SignalSummary]) -> Vec<String> {
    groups.iter().map(label).collect()
}

/// Which signals were surely better and worse than none; none where nobody went by a signal.
pub fn verdict(groups: &[SignalSummary]) -> Option<String> {
    let histories = with_signal(groups).map(|group| group.histories).min()?;
    if histories < FEWEST {
        let few = plural(histories, "history is", "histories are");
        return Some(format!("What signals are worth is open: {few} too few to tell it from chance."));
    }
    let of =
        |wanted: Side| with_signal(groups).filter(move |group| side(group.worth, group.histories) == wanted);
    let numbers = |group: &SignalSummary| {
        let [mean, low, high] =
            [group.worth.value, group.worth.low, group.worth.high].map(|part| percent(part, 2));
        format!("{} ({mean}, 95 % interval {low} to {high})", label(group).to_lowercase())
    };
    let named = |wanted: Side| listed(&of(wanted).map(numbers).collect::<Vec<_>>());
    let mut words = vec![];
    for (wanted, what) in [(Side::Above, "Surely better"), (Side::Below, "Surely worse")] {
        words.push(match of(wanted).count() {
            0 => format!("{what} than no signal: none."),
            _ => format!("{what} than no signal, in parts of capital a history: {}.", named(wanted)),
        });
    }
    let open: Vec<String> = of(Side::Unsure).map(|group| label(group).to_lowercase()).collect();
    if !open.is_empty() {
        words.push(format!("May be chance either way: {}.", listed(&open)));
    }
    Some(words.join(" "))
}

/// What every signal did to the worst twentieth of histories.
pub fn worst_verdict(groups: &[SignalSummary]) -> Option<String> {
    let none = without(groups)?;
    let each: Vec<String> = with_signal(groups)
        .map(|group| format!("{} {}", label(group).to_lowercase(), percent(group.worst.value, 2)))
        .collect();
    if each.is_empty() {
        return None;
    }
    Some(format!(
        "The worst 5 % of histories brought hedgers {} of capital on average without a signal; by signals: {}.",
        percent(none.worst.value, 2),
        listed(&each)
    ))
}

fn worth_chart(groups: &[SignalSummary]) -> Chart {
    let mut chart = plot(amount_axis("profit beyond that without a signal (% of capital)"), name_axis(""));
    let names: Vec<String> = with_signal(groups).map(label).collect();
    let values: Vec<Estimate> = with_signal(groups).map(|group| times(group.worth, 100.0)).collect();
    let color = |value: &Estimate| if value.value < 0.0 { VERMILION } else { GREEN };
    let colors: Vec<&str> = values.iter().map(color).collect();
    chart.add_trace(bars(&names, &values, &colors));
    let reading = "Zero: as good as without a signal. Green: better, vermilion: worse. An interval across zero says that the difference \
                   may be chance; of twenty signals that do nothing one would seem sure all the same. What a cut hedge no longer \
                   protects counts as well.";
    Chart::new("signal-worth", verdict(groups).unwrap_or_default(), chart, reading).half()
}

fn worst_chart(groups: &[SignalSummary]) -> Chart {
    let mut chart = plot(amount_axis("mean of the worst 5 % of histories (% of capital)"), name_axis(""));
    let values: Vec<Estimate> = groups.iter().map(|group| times(group.worst, 100.0)).collect();
    let color = |(group, value): (&SignalSummary, &Estimate)| match group.signal.as_str() {
        "none" => GREY,
        _ if value.value < 0.0 => VERMILION,
        _ => GREEN,
    };
    let colors: Vec<&str> = groups.iter().zip(&values).map(color).collect();
    chart.add_trace(bars(&labels(groups), &values, &colors));
    let reading = "What remains of a bad night: the mean of each group's own worst twentieth. Grey: the group without a signal; \
                   vermilion: a loss, green: a profit. Thin lines: 95 % intervals of each group alone.";
    Chart::new("signal-worst", worst_verdict(groups).unwrap_or_default(), chart, reading).half()
}

/// A chart of haircuts, or a sentence where there were none.
fn charged(groups: &[SignalSummary]) -> Block {
    let values: Vec<Estimate> = groups.iter().map(|group| times(group.charged, 100.0)).collect();
    if are_nothing(&values) {
        return Block::Text("No group bore a haircut in any history, so no signal could spare one.".into());
    }
    let mut chart = plot(amount_axis("haircuts (% of capital)"), name_axis(""));
    let colors: Vec<&str> =
        groups.iter().map(|group| if group.signal == "none" { GREY } else { BLUE }).collect();
    chart.add_trace(bars(&labels(groups), &values, &colors));
    let reading = "Grey: the group without a signal. Thin lines: 95 % intervals of the means.";
    Chart::new("signal-charged", spared(groups), chart, reading).half().into()
}

/// Which signals surely spared haircuts: by the differences within histories, which are surer than the groups' own intervals.
fn spared(groups: &[SignalSummary]) -> String {
    let of = |wanted: Side| {
        let sure = with_signal(groups).filter(|group| side(group.spared, group.histories) == wanted);
        let numbers = |group: &SignalSummary| {
            format!("{} ({})", label(group).to_lowercase(), percent(group.spared.value.abs(), 3))
        };
        sure.map(numbers).collect::<Vec<_>>()
    };
    let (less, more) = (of(Side::Above), of(Side::Below));
    let before = without(groups).map_or("Haircuts".to_owned(), |none| {
        format!("Without a signal haircuts took {} of capital a history", percent(none.charged.value, 3))
    });
    match (less.is_empty(), more.is_empty()) {
        (true, true) => format!("{before}; what signals change about that may be chance."),
        (false, true) => format!("{before}; surely less with {}.", listed(&less)),
        (true, false) => format!("{before}; surely more with {}.", listed(&more)),
        (false, false) => {
            format!("{before}; surely less with {}, surely more with {}.", listed(&less), listed(&more))
        }
    }
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
