//! The page.

use maud::{html, Markup, PreEscaped, DOCTYPE};
use plotly::Plot;

use super::cards::{cards, Card};
use super::chart::Chart;
use super::glossary::glossary;
use super::headline::points;
use super::limits::limits;
use super::provenance::provenance;
use super::section::{Block, Section, Table};
use super::style::STYLE;
use super::Report;

/// The whole page, with everything that it needs.
pub fn render(report: &Report) -> String {
    let mut sections = report.sections();
    let limits = limits(report);
    if !limits.is_empty() {
        let blocks = vec![Block::List(limits)];
        sections.push(Section { id: "limits", title: "Assumptions and limits".into(), blocks });
    }
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // An empty icon: without one a browser asks a server for it.
                link rel="icon" href="data:,";
                title { (report.title) }
                style { (PreEscaped(STYLE)) }
                (PreEscaped(plotly_js()))
            }
            body {
                (contents(&sections))
                main {
                    header {
                        h1 { (report.title) }
                        p.subtitle {
                            (report.subtitle)
                            @if report.made_up { " – made-up prices, not market data" }
                        }
                    }
                    (summary(report))
                    @for part in &sections { (section(part)) }
                    (glossary())
                    (provenance(&report.run, &report.files))
                }
            }
        }
    };
    page.into_string()
}

/// Plotly's code alone, as a script element: the crate gives it together with a library for formulas, which nothing here has.
fn plotly_js() -> String {
    const END: &str = "</script>";
    let scripts = Plot::offline_js_sources();
    let end = scripts.find(END).map_or(scripts.len(), |start| start + END.len());
    scripts.get(..end).unwrap_or_default().to_owned()
}

fn contents(sections: &[Section]) -> Markup {
    let fixed = [("glossary", "Glossary"), ("provenance", "How to repeat it")];
    html! {
        nav aria-label="Contents" {
            p.brand { "Jettison risk lab" }
            ol {
                li { a href="#summary" { "Summary" } }
                @for section in sections { li { a href={ "#" (section.id) } { (section.title) } } }
                @for (id, title) in fixed { li { a href={ "#" (id) } { (title) } } }
            }
        }
    }
}

fn summary(report: &Report) -> Markup {
    let points = points(report);
    html! {
        section #summary {
            h2 { "Summary" }
            div.cards { @for card in &cards(report) { (key_number(card)) } }
            @if !points.is_empty() {
                ul.points { @for point in &points { li { (point) } } }
            }
        }
    }
}

fn key_number(card: &Card) -> Markup {
    html! {
        div.card {
            p.label { (card.label) }
            p.value { (card.value) }
            p.note { (card.note) }
        }
    }
}

fn section(section: &Section) -> Markup {
    html! {
        section id=(section.id) {
            h2 { (section.title) }
            @for group in groups(&section.blocks) {
                @if group.len() > 1 {
                    div.pair { @for one in group { (block(one)) } }
                } @else {
                    @for one in group { (block(one)) }
                }
            }
        }
    }
}

/// Charts of half the width, two by two; all else alone.
fn groups(blocks: &[Block]) -> Vec<&[Block]> {
    let is_half = |block: Option<&Block>| matches!(block, Some(Block::Chart(chart)) if chart.is_half);
    let mut groups = vec![];
    let mut from = 0;
    while from < blocks.len() {
        let both = is_half(blocks.get(from)) && is_half(blocks.get(from + 1));
        let to = from + 1 + usize::from(both);
        groups.push(&blocks[from..to]);
        from = to;
    }
    groups
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Text(text) => html! { p { (text) } },
        Block::Heading(text) => html! { h3 { (text) } },
        Block::Chart(chart) => figure(chart),
        Block::Table(table) => grid(table),
        Block::Folded(what, table) => html! { details { summary { (what) } (grid(table)) } },
        Block::List(points) => html! { ul.points { @for point in points { li { (point) } } } },
    }
}

fn figure(chart: &Chart) -> Markup {
    html! {
        figure {
            p.finding { (chart.finding) }
            div.plot style={ "height:" (chart.height) "px" } { (PreEscaped(chart.plot.to_inline_html(Some(&chart.id)))) }
            figcaption { (chart.reading) }
        }
    }
}

fn grid(table: &Table) -> Markup {
    let class = |column: usize| if table.is_text.get(column) == Some(&true) { "text" } else { "number" };
    html! {
        @if !table.rows.is_empty() {
            div.table {
                table {
                    caption { (table.caption) }
                    thead { tr { @for (column, name) in table.head.iter().enumerate() { th scope="col" class=(class(column)) { (name) } } } }
                    tbody {
                        @for row in &table.rows {
                            tr { @for (column, cell) in row.iter().enumerate() { td class=(class(column)) { (cell) } } }
                        }
                    }
                }
            }
        }
    }
}
