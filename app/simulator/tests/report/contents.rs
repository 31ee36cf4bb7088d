//! What is on the page.

use jettison_simulator::report::{render, Report};

use crate::made_up::{full, leave, run, summary};
use crate::markup::Page;

const SECTIONS: [&str; 14] = [
    "summary",
    "rules",
    "losses",
    "insurance",
    "stakers",
    "sizing",
    "replay",
    "waves",
    "contagion",
    "signals",
    "returns",
    "limits",
    "glossary",
    "provenance",
];

/// Words that a number leaves when it isn't one.
fn has_no_broken_numbers(page: &Page) {
    let words = page.text.split(|c: char| !c.is_alphanumeric());
    let broken: Vec<&str> = words.filter(|word| ["NaN", "nan", "inf", "Infinity"].contains(word)).collect();
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn a_full_report_is_whole_well_formed_and_loads_nothing() {
    let text = render(&full());
    leave("report.html", &text);
    let page = Page::read(&text);
    let ids = page.ids();
    for section in SECTIONS {
        assert!(ids.contains(section), "no section {section}");
        let link = format!("#{section}");
        assert!(page.attributes("href").any(|href| href == link), "no link to {section}");
    }
    assert_eq!(page.attributes("src").count(), 0);
    for href in page.attributes("href") {
        assert!(href.starts_with('#') || href == "data:,", "{href} is not on the page");
    }
    has_no_broken_numbers(&page);
    for words in ["A note of its own.", "A limit of its own.", "rules.parquet", "--seed 7"] {
        assert!(page.text.contains(words), "{words} is missing");
    }
}

#[test]
fn every_chart_has_a_finding_above_and_words_to_read_it_below() {
    let page = Page::read(&render(&full()));
    let count = |name: &str| page.starts.iter().filter(|start| start.name == name).count();
    let class = |name: &str| page.attributes("class").filter(|class| *class == name).count();
    let plots = page.scripts.iter().filter(|script| script.contains("Plotly.newPlot")).count() - 1;
    assert!(plots >= 25, "{plots} charts");
    assert_eq!((count("figure"), count("figcaption"), class("finding")), (plots, plots, plots));
    // Plotly's own code is there once, and MathJax not at all.
    assert_eq!(page.scripts.iter().filter(|script| script.len() > 1_000_000).count(), 1);
    assert!(text_len(&page) < 12_000_000);
}

fn text_len(page: &Page) -> usize {
    page.scripts.iter().map(String::len).sum::<usize>() + page.text.len()
}

#[test]
fn the_same_results_give_the_same_bytes() {
    assert!(render(&full()) == render(&full()));
}

#[test]
fn what_was_not_studied_is_left_out() {
    let text = render(&Report::new("Nothing", "yet", run()));
    let page = Page::read(&text);
    let ids: Vec<&str> = page.ids().into_iter().collect();
    assert_eq!(ids, ["glossary", "provenance", "summary"]);
    has_no_broken_numbers(&page);
}

#[test]
fn markup_in_names_is_text() {
    let mut report = Report::new("<script>alert(1)</script>", "a & b", run());
    let mut study = summary();
    for market in study.network.iter_mut().flat_map(|network| &mut network.scores.markets) {
        market.name = "</script><img src=\"http://x\">".into();
    }
    report.study = Some(study);
    let page = Page::read(&render(&report));
    assert!(page.starts.iter().all(|start| start.name != "img"));
    assert!(page.text.contains("&lt;script&gt;alert(1)"));
}

/// A study in which nothing was ever lost divides nothing by nothing.
#[test]
fn a_study_without_losses_and_one_with_broken_numbers_are_readable() {
    let mut report = Report::new("Calm", "nothing happened", run());
    let mut study = summary();
    for rule in &mut study.rules {
        (rule.deficit, rule.needed, rule.shared, rule.by_insurance, rule.by_surplus, rule.uncovered) =
            (0, 0, 0, 0, 0, 0);
        rule.overshoot.value = f64::NAN;
        rule.gini.value = f64::INFINITY;
    }
    study.socialized.losses.iter_mut().for_each(|loss| *loss = 0.0);
    study.insurance.clear();
    study.cells.clear();
    report.study = Some(study);
    let page = Page::read(&render(&report));
    has_no_broken_numbers(&page);
    assert!(!page.ids().contains("insurance"));
}
