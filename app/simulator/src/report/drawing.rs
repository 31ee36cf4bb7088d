//! The network as a drawing: markets in the middle, accounts on the side that they are on in all.

use std::collections::BTreeMap;

use plotly::common::{HoverInfo, Line, Marker, MarkerSymbol, Mode, Position};
use plotly::layout::Axis;
use plotly::{Plot, Scatter};

use jettison_contagion::{AccountScore, Direction};

use super::chart::{layout, see_through, with_layout, Chart};
use super::format::{dollars, percent};
use super::palette::{BLUE, INK, ORANGE};
use super::sections::contagion::name;
use crate::study::network::NetworkStudy;

/// Where accounts and markets stand.
struct Drawing<'a> {
    study: &'a NetworkStudy,
    /// By account: its scores and its place.
    accounts: BTreeMap<u32, (AccountScore, (f64, f64))>,
}

/// The drawing with its words.
pub(super) fn drawing(study: &NetworkStudy) -> Chart {
    let drawing = Drawing { study, accounts: places(study) };
    let bare = || Axis::new().visible(false).fixed_range(true);
    let layout = layout().x_axis(bare().range(vec![-1.5, 1.5])).y_axis(bare().range(vec![-0.03, 1.08]));
    let mut chart = with_layout(layout);
    drawing.add_positions(&mut chart);
    drawing.add_accounts(&mut chart);
    drawing.add_markets(&mut chart);
    let most = study.scores.accounts.iter().max_by(|a, b| a.debtrank.total_cmp(&b.debtrank));
    let finding = most.map_or("Nobody has a position.".to_owned(), |most| {
        let rank = percent(most.debtrank, 2);
        format!(
            "The default of {} would take the most from others: {rank} of all equity (DebtRank).",
            name(most.account)
        )
    });
    let reading = "Middle: markets. Left: accounts that are long in all, right: short in all; each by DebtRank from the top, as large \
                   as its equity. Those with the largest positions are drawn. A line is a position, blue if long, orange if \
                   short, as thick as its notional. A default on one side of a market is borne on the other.";
    let height = (200 + 13 * drawing.accounts.len()).clamp(380, 760);
    Chart::new("network", finding, chart, reading).tall(height)
}

/// Net long accounts on the left, net short ones on the right, both by DebtRank from the top.
fn places(study: &NetworkStudy) -> BTreeMap<u32, (AccountScore, (f64, f64))> {
    let mut net: BTreeMap<u32, f64> = BTreeMap::new();
    for (account, _, notional) in &study.positions {
        *net.entry(*account).or_default() += notional;
    }
    let mut ranked: Vec<AccountScore> =
        study.scores.accounts.iter().filter(|score| net.contains_key(&score.account.0)).copied().collect();
    ranked.sort_by(|a, b| b.debtrank.total_cmp(&a.debtrank));
    let mut places = BTreeMap::new();
    for (x, is_long) in [(-1.0, true), (1.0, false)] {
        let side: Vec<&AccountScore> =
            ranked.iter().filter(|score| (net[&score.account.0] >= 0.0) == is_long).collect();
        for (row, score) in side.iter().enumerate() {
            let y = 1.0 - (row as f64 + 0.5) / side.len() as f64;
            places.insert(score.account.0, (**score, (x, y)));
        }
    }
    places
}

impl Drawing<'_> {
    fn market_height(&self, market: usize) -> f64 {
        1.0 - (market as f64 + 0.5) / self.study.scores.markets.len().max(1) as f64
    }

    fn add_positions(&self, chart: &mut Plot) {
        let largest = self.study.positions.iter().map(|(_, _, notional)| notional.abs()).fold(0.0, f64::max);
        for (direction, color) in [(Direction::Long, BLUE), (Direction::Short, ORANGE)] {
            for (least, most, width) in [(0.0, 0.04, 0.6), (0.04, 0.25, 1.6), (0.25, f64::INFINITY, 4.0)] {
                let (mut x, mut y) = (vec![], vec![]);
                for (account, market, notional) in &self.study.positions {
                    let is_long = *notional > 0.0;
                    let belongs = (least..most).contains(&(notional.abs() / largest));
                    let Some((_, from)) = self.accounts.get(account) else { continue };
                    if belongs && is_long == (direction == Direction::Long) {
                        x.extend([Some(from.0), Some(0.0), None]);
                        y.extend([Some(from.1), Some(self.market_height(usize::from(*market))), None]);
                    }
                }
                if !x.is_empty() {
                    let line = Line::new().color(see_through(color, 0.45)).width(width);
                    let lines = Scatter::new(x, y).mode(Mode::Lines).line(line).show_legend(false);
                    chart.add_trace(lines.hover_info(HoverInfo::Skip));
                }
            }
        }
    }

    fn add_accounts(&self, chart: &mut Plot) {
        let equities = self.accounts.values().map(|(score, _)| score.equity);
        let largest = equities.fold(0.0, f64::max).max(1.0);
        let sides = [
            (-1.0, "net long accounts", BLUE, Position::MiddleLeft),
            (1.0, "net short accounts", ORANGE, Position::MiddleRight),
        ];
        for (x, legend, color, position) in sides {
            let side: Vec<_> = self.accounts.values().filter(|(_, place)| place.0 == x).collect();
            let size = |score: &AccountScore| (7.0 + 25.0 * (score.equity / largest).sqrt()) as usize;
            let hover = |score: &AccountScore| {
                let (equity, rank) = (dollars(score.equity), percent(score.debtrank, 2));
                format!("{}: equity {equity}, DebtRank {rank}", name(score.account))
            };
            let heights = side.iter().map(|(_, place)| place.1).collect();
            let marker =
                Marker::new().color(color).size_array(side.iter().map(|(score, _)| size(score)).collect());
            let dots = Scatter::new(vec![x; side.len()], heights)
                .mode(Mode::MarkersText)
                .name(legend)
                .marker(marker);
            let dots = dots.text_array(side.iter().map(|(score, _)| score.account.to_string()).collect());
            let dots = dots.text_position(position).hover_info(HoverInfo::Text);
            chart.add_trace(dots.hover_text_array(side.iter().map(|(score, _)| hover(score)).collect()));
        }
    }

    fn add_markets(&self, chart: &mut Plot) {
        let markets = &self.study.scores.markets;
        let heights = (0..markets.len()).map(|market| self.market_height(market)).collect();
        let squares = Marker::new().symbol(MarkerSymbol::Square).size(16).color(INK);
        let names = markets.iter().map(|market| market.name.clone()).collect();
        let trace = Scatter::new(vec![0.0; markets.len()], heights).mode(Mode::MarkersText).name("markets");
        chart.add_trace(trace.text_array(names).text_position(Position::TopCenter).marker(squares));
    }
}
