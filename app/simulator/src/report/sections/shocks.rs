//! Shocks by coin, and what of the published tables can't be computed.

use crate::report::format::{atoms, count, dollars, grouped, percent};
use crate::report::section::{Block, Table};
use crate::waves::{CoinRow, NotDerivable, ShockStudy};

/// Coins that are listed: those from which the queue took most beyond need.
const LISTED: usize = 25;

/// What the shocks say.
pub fn blocks(study: &ShockStudy) -> Vec<Block> {
    let total = &study.total;
    let finding = format!(
        "Over {} shocks of {} coins deficits were {}; the queue took {} of what winners had, {} beyond need. {}",
        count(total.shocks as u64),
        count(study.coins.len() as u64),
        dollars(atoms(total.deficit_atoms as f64)),
        dollars(atoms(total.queue_atoms as f64)),
        dollars(atoms(total.overshoot_atoms as f64)),
        study.note
    );
    let mut coins: Vec<&CoinRow> = study.coins.iter().collect();
    coins.sort_by(|a, b| b.overshoot_atoms.cmp(&a.overshoot_atoms).then(a.coin.cmp(&b.coin)));
    let columns = [
        ":Coin",
        "Shocks",
        "With a deficit",
        "Deficit ($)",
        "Queue took ($)",
        "Beyond need ($)",
        "Pro rata takes ($)",
        "Most of capacity in a shock (%)",
    ];
    let listed = coins.into_iter().take(LISTED).chain([total]);
    let table =
        Table::new("Shocks by coin, those with the largest excess first.", &columns).rows(listed.map(row));
    vec![Block::Text(finding), Block::Folded("Shocks by coin".into(), table)]
}

fn row(coin: &CoinRow) -> Vec<String> {
    let money = |amount: i128| grouped(atoms(amount as f64), 2);
    vec![
        coin.coin.clone(),
        count(coin.shocks as u64),
        count(coin.with_deficit as u64),
        money(coin.deficit_atoms),
        money(coin.queue_atoms),
        money(coin.overshoot_atoms),
        money(coin.pro_rata_atoms),
        percent(coin.largest_part_of_capacity, 1),
    ]
}

/// Published columns that the tables don't determine, and why.
pub fn not_derivable(columns: &[NotDerivable]) -> Block {
    let row = |column: &NotDerivable| vec![column.table.clone(), column.column.clone(), column.why.clone()];
    let table = Table::new("What can't be computed from the tables.", &[":Table", ":Column", ":Why not"]);
    let what = format!("Published columns that can't be computed: {}", columns.len());
    Block::Folded(what, table.rows(columns.iter().map(row)))
}
