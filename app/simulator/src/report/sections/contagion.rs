//! The network's key accounts: what scores say of them, and what removing them saved.

use jettison_contagion::{AccountId, AccountScore, Removal, Score, Scores};

use crate::report::chart::{amount_axis, bars, exact, name_axis, plot, Chart};
use crate::report::drawing::drawing;
use crate::report::format::{atoms, count, dollars, grouped, percent, significant};
use crate::report::palette::{GREEN, GREY};
use crate::report::section::{Block, Section, Table};
use crate::study::network::NetworkStudy;

/// The section.
pub fn section(study: &NetworkStudy) -> Section {
    let intro = format!(
        "Who bears whose default: if an account can't pay, the other side of its markets does, in proportion to its contracts. This is \
         the network at the start of history {}, the one with the largest deficit, with {} accounts. A defaulting account is \
         taken to leave {} of its notional unpaid.",
        study.history,
        count(study.scores.accounts.len() as u64),
        percent(crate::network::LOSS_GIVEN_DEFAULT, 0)
    );
    let mut blocks = vec![Block::Text(intro), drawing(study).into(), markets(&study.scores).into()];
    if !study.ablation.removals.is_empty() {
        blocks.push(score_chart(study).into());
        blocks.push(savings(study));
        blocks.push(accounts(&study.ablation.removals).into());
        blocks.push(agreement(study).into());
    }
    Section { id: "contagion", title: "Contagion and key accounts".into(), blocks }
}

/// An account's name for people.
pub fn name(account: AccountId) -> String {
    format!("account {account}")
}

fn markets(scores: &Scores) -> Table {
    let columns =
        [":Market", "Accounts", "Notional, both sides ($)", "Eigenvector centrality", "Betweenness"];
    let rows = scores.markets.iter().map(|market| {
        vec![
            market.name.clone(),
            count(market.accounts as u64),
            grouped(market.notional, 0),
            grouped(market.eigenvector, 3),
            market.betweenness.map_or("–".into(), |score| grouped(score, 3)),
        ]
    });
    Table::new("Markets in the network.", &columns).rows(rows)
}

fn ranked(study: &NetworkStudy) -> Vec<Removal> {
    let mut removals = study.ablation.removals.clone();
    removals.sort_by(|a, b| b.score.debtrank.total_cmp(&a.score.debtrank));
    removals
}

fn names(removals: &[Removal]) -> Vec<String> {
    removals.iter().map(|removal| name(removal.score.account)).collect()
}

fn height(removals: &[Removal]) -> usize {
    110 + 25 * removals.len().max(6)
}

fn score_chart(study: &NetworkStudy) -> Chart {
    let removals = ranked(study);
    let mut chart = plot(amount_axis("DebtRank (% of all equity)"), name_axis(""));
    let values: Vec<_> = removals.iter().map(|removal| exact(removal.score.debtrank * 100.0)).collect();
    chart.add_trace(bars(&names(&removals), &values, &vec![GREY; values.len()]));
    let finding = "What the score says: key accounts by DebtRank.".to_owned();
    let reading =
        "The part of all equity that the account's default takes from others, directly and through them.";
    Chart::new("scores", finding, chart, reading).half().tall(height(&removals))
}

/// A chart of what removals saved, or a sentence where they changed nothing.
fn savings(study: &NetworkStudy) -> Block {
    let removals = ranked(study);
    if removals.iter().all(|removal| removal.saved == 0) {
        let baseline = dollars(atoms(study.ablation.baseline as f64));
        return Block::Text(format!(
            "What happened without them: removing any one changed nothing of a deficit of {baseline}."
        ));
    }
    let mut chart = plot(amount_axis("deficit saved by removing the account ($)"), name_axis(""));
    let saved = |removal: &Removal| atoms(removal.saved as f64);
    let values: Vec<_> = removals.iter().map(|removal| exact(saved(removal))).collect();
    chart.add_trace(bars(&names(&removals), &values, &vec![GREEN; values.len()]));
    let best = removals.iter().max_by_key(|removal| removal.saved).filter(|best| best.saved > 0);
    let baseline = atoms(study.ablation.baseline as f64);
    let finding = match best {
        Some(best) => format!(
            "What happened without it: removing {} saved the most, {} of {} ({}).",
            name(best.score.account),
            dollars(saved(best)),
            dollars(baseline),
            percent(saved(best) / baseline, 1)
        ),
        None => format!(
            "What happened without it: removing any one of them saved nothing of {}.",
            dollars(baseline)
        ),
    };
    let reading = "The same history played again without the account, in the same order as on the left. Below zero: it lost more \
                   without it, because the account had borne losses or traded against the fall.";
    Chart::new("savings", finding, chart, reading).half().tall(height(&removals)).into()
}

fn accounts(removals: &[Removal]) -> Table {
    let columns = [
        ":Account",
        "Equity ($)",
        "Notional ($)",
        "Leverage",
        "DebtRank (%)",
        "Linear DebtRank (%)",
        "Eigenvector",
        "Betweenness",
        "Deficit saved ($)",
    ];
    let rows = removals.iter().map(|removal| {
        let AccountScore {
            account,
            equity,
            notional,
            leverage,
            debtrank,
            linear_debtrank,
            eigenvector,
            betweenness,
        } = removal.score;
        vec![
            name(account),
            grouped(equity, 0),
            grouped(notional, 0),
            leverage.map_or("–".into(), |leverage| grouped(leverage, 1)),
            grouped(debtrank * 100.0, 2),
            grouped(linear_debtrank * 100.0, 2),
            grouped(eigenvector, 3),
            betweenness.map_or("–".into(), |score| significant(score, 2)),
            grouped(atoms(removal.saved as f64), 0),
        ]
    });
    Table::new("Key accounts: the highest by any score.", &columns).rows(rows)
}

fn agreement(study: &NetworkStudy) -> Table {
    let label = |score: &Score| match score {
        Score::DebtRank => "DebtRank",
        Score::LinearDebtRank => "Linear DebtRank",
        Score::Eigenvector => "Eigenvector centrality",
        Score::Betweenness => "Betweenness",
        Score::Notional => "Notional alone",
    };
    let rows = study.ablation.agreement.iter().map(|(score, agreement)| {
        vec![label(score).to_owned(), agreement.map_or("–".into(), |agreement| grouped(agreement, 2))]
    });
    let caption = "How well each score puts these accounts in the order of what removing them saves. 1: the same order, 0: none, −1: reverse.";
    Table::new(caption, &[":Score", "Rank correlation (Spearman)"]).rows(rows)
}
