//! The worked example of docs/design.md, computed again by the engine: each number that its tables print is compared.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use jettison_engine::*;
use jettison_harness::{params::plain, Who, World};

const USDC: u64 = 1_000_000;
const START: u64 = 100 * USDC;
const END: u64 = 88 * USDC;

/// Ann, Ben, Cid, Eve, Fay and the keeper, Kim, in the order of the tables' columns.
const NAMES: [&str; 6] = ["Ann", "Ben", "Cid", "Eve", "Fay", "Kim"];
const ANN: Who = 0;
const BEN: Who = 1;
const CID: Who = 2;
const EVE: Who = 3;
const FAY: Who = 4;
const KIM: Who = 5;
const DEPOSITS: [u64; 6] = [1_010, 5_000, 3_000, 525, 500, 50];
const INSURANCE: u64 = 200;

fn rules() -> MarketParams {
    MarketParams {
        maker_fee: Bps(1),
        taker_fee: Bps(5),
        bankruptcy_bounty: Bps(2),
        bankruptcy_bounty_cap: Atoms(5 * USDC),
        insurance_base: Atoms(50 * USDC),
        insurance_window_seconds: 3_600,
        loss_breaker: Bps(100),
        loss_window_seconds: 3_600,
        loss_halt_seconds: 3_600,
        ..plain()
    }
}

/// Quote units with all six decimals, as the document prints amounts.
fn units(atoms: impl Into<i128>) -> String {
    let atoms = atoms.into();
    let (whole, rest) = (atoms.unsigned_abs() / 1_000_000, atoms.unsigned_abs() % 1_000_000);
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if atoms < 0 { "−" } else { "" };
    format!("{sign}{grouped}.{rest:06}")
}

type Row = Vec<String>;

/// What the example prints.
#[derive(Default)]
struct Example {
    balances: Vec<Row>,
    claims: Vec<Row>,
    refusals: Vec<Row>,
    waterfall: Vec<Row>,
    settlements: Vec<Row>,
    ends: Vec<Row>,
    /// Numbers in the text of the steps.
    prose: Vec<String>,
}

impl Example {
    fn note(&mut self, step: &str, world: &World) {
        let market = &world.markets[0];
        let mut row = vec![step.to_string(), units(market.effective_price.0)];
        row.extend((0..NAMES.len()).map(|who| units(world.capital(who))));
        let fees = market.insurance_fees.0 + market.protocol_fees.0;
        row.extend([market.pool.0, fees, world.vault, world.insurance].map(units));
        self.balances.push(row);
        let mut row = vec![step.to_string(), market.long.contracts.0.to_string()];
        row.extend([ANN, BEN, CID, EVE, FAY].map(|who| world.position(who, 0).to_string()));
        row.extend([ANN, BEN, CID, EVE, FAY].map(|who| units(world.claim(who, 0))));
        self.claims.push(row);
    }

    fn refuse<T>(&mut self, step: &str, outcome: Result<T>) {
        let Err(error) = outcome else { panic!("{step} was not refused") };
        self.refusals.push(vec![step.to_string(), format!("`{error:?}`")]);
    }

    fn settle(&mut self, world: &mut World, who: Who) {
        let settlement = world.settle(who).expect("a settlement");
        let leg = *settlement.legs().next().expect("a leg");
        let cells = [
            i128::from(leg.marked.variation.0),
            -i128::from(leg.marked.haircut.0),
            i128::from(leg.cash.0),
            i128::from(leg.unsettled.0),
            i128::from(world.capital(who)),
        ];
        self.settlements.push(std::iter::once(NAMES[who].into()).chain(cells.map(units)).collect());
    }
}

fn play() -> Example {
    let mut example = Example::default();
    let mut world = World::with(rules(), START, &DEPOSITS.map(|units| units * USDC));
    world.endow(INSURANCE * USDC).expect("insurance");
    example.note("1", &world);

    world.trade(ANN, BEN, 0, 91).expect("a trade");
    world.trade(ANN, CID, 0, 9).expect("a trade");
    world.trade(EVE, CID, 0, 40).expect("a trade");
    let above = Terms { price: Price(START + USDC / 2), ..world.terms(0, 11) };
    world.trade_at(FAY, CID, above).expect("a trade above the mark");
    example.note("2", &world);

    for _ in 0..6 {
        world.accrue(0, END, 10).expect("an accrual");
    }
    example.note("3", &world);
    let health = world.health(ANN, Margin::Maintenance).expect("health");
    assert!(!health.is_met() && !health.equity.is_negative());
    example.prose.extend([units(health.equity.0), units(health.requirement.0)]);
    let price = units(world.markets[0].effective_price.0);
    example.prose.push(format!("Six accruals, one each ten seconds, bring the effective price to {price}."));
    example.refuse("4", world.liquidate(ANN, KIM, 0, 100));
    assert!(!world.deleverage(ANN, Some(KIM), 0).expect("no deleverage").eligible);
    example.refuse("5", world.trade(EVE, BEN, 0, 1));

    for _ in 0..7 {
        assert!(world.markets[0].is_lagging());
        world.accrue(0, END, 10).expect("an accrual");
    }
    assert!(!world.markets[0].is_lagging());
    example.note("6", &world);
    example.refuse("7", world.liquidate(ANN, KIM, 0, 100));
    example.refuse("8", world.withdraw(ANN, 1));

    let before = world.markets[0].short;
    let resolution = world.resolve(ANN, Some((KIM, false))).expect("a resolution");
    let leg = *resolution.legs().next().expect("a leg");
    let rise = world.markets[0].short.loss_index.get() - before.loss_index.get();
    assert_eq!(rise, (u128::from(leg.by_index.0) << 64).div_ceil(u128::from(before.shares.0)));
    let bounty = resolution.bounty_from_insurance.0 + resolution.bounty_from_fees.0;
    example.waterfall = vec![
        vec!["equity".into(), units(resolution.equity.0)],
        vec!["owed".into(), units(leg.by_capital.0 + leg.deficit.0)],
        vec!["paid by capital".into(), units(leg.by_capital.0)],
        vec!["deficit".into(), units(leg.deficit.0)],
        vec!["paid by surplus".into(), units(leg.by_surplus.0)],
        vec!["paid by insurance".into(), units(leg.by_insurance.0)],
        vec!["charged to the shorts".into(), units(leg.by_index.0)],
        vec!["uncovered".into(), units(leg.uncovered.0)],
        vec!["shares of the short side".into(), before.shares.0.to_string()],
        vec!["rise of its loss index".into(), rise.to_string()],
        vec!["bounty, from unswept fees".into(), units(bounty)],
    ];
    assert_eq!(resolution.bounty_from_insurance, Atoms::ZERO);
    assert!(leg.halted);
    example.note("9", &world);
    example.refuse("10", world.trade(FAY, BEN, 0, 1));

    let outcome = world.deleverage(EVE, Some(KIM), 0).expect("a deleverage");
    assert_eq!(outcome.size, Contracts(40));
    let (health, short) = (outcome.health, |atoms: u64| units(atoms).trim_end_matches('0').to_string());
    let needs = health.requirement.0 / USDC;
    example.prose.extend([
        format!("has {} of equity and needs {needs}.", health.equity.0 / USDC as i64),
        format!("{}0, of which {} are Kim's.", short(outcome.penalty.0), short(outcome.bounty.0)),
    ]);
    example.note("11", &world);

    for who in [FAY, BEN, CID] {
        example.settle(&mut world, who);
    }
    example.note("12", &world);

    let close = |world: &World, size| Terms { taker: Direction::Short, ..world.terms(0, size) };
    let terms = close(&world, 6);
    world.trade_at(BEN, FAY, terms).expect("a close");
    let terms = close(&world, 5);
    world.trade_at(CID, FAY, terms).expect("a close");
    assert!(world.accounts.iter().all(MarginAccount::has_no_legs));
    example.note("13", &world);

    world.sweep(0);
    let mut sum = 0;
    for (who, deposit) in DEPOSITS.iter().enumerate() {
        let out = world.capital(who);
        if out > 0 {
            world.withdraw(who, out).expect("a withdrawal");
        }
        sum += out;
        let change = i128::from(out) - i128::from(deposit * USDC);
        example.ends.push(vec![NAMES[who].into(), units(deposit * USDC), units(out), units(change)]);
    }
    let paid_in = DEPOSITS.iter().sum::<u64>() * USDC;
    for (what, had, has) in [
        ("insurance fund", INSURANCE * USDC, world.insurance),
        ("protocol fees", 0, world.protocol),
        ("dust in the pool", 0, world.vault),
    ] {
        sum += has;
        let change = i128::from(has) - i128::from(had);
        example.ends.push(vec![what.into(), units(had), units(has), units(change)]);
    }
    assert_eq!(world.vault, world.markets[0].pool.0);
    assert_eq!(sum, paid_in + INSURANCE * USDC, "an atom was made or lost");
    example.ends.push(vec!["sum".into(), units(paid_in + INSURANCE * USDC), units(sum), units(0)]);
    example
}

/// The table that follows a marker in the document, without its heading.
fn table(document: &str, name: &str) -> Vec<Row> {
    let marker = format!("<!-- example: {name} -->");
    let (_, after) = document.split_once(&marker).unwrap_or_else(|| panic!("no {marker}"));
    let lines = after.lines().map(str::trim).skip_while(|line| line.is_empty());
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().into()).collect();
    lines.take_while(|line| line.starts_with('|')).skip(2).map(cells).collect()
}

fn shown(rows: &[Row]) -> String {
    rows.iter().map(|row| format!("| {} |\n", row.join(" | "))).collect()
}

#[test]
fn each_number_of_the_worked_example_is_what_the_engine_gives() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/design.md");
    let document = std::fs::read_to_string(path).expect("docs/design.md");
    let example = play();
    for (name, computed) in [
        ("balances", &example.balances),
        ("claims", &example.claims),
        ("refusals", &example.refusals),
        ("waterfall", &example.waterfall),
        ("settlements", &example.settlements),
        ("ends", &example.ends),
    ] {
        let printed = table(&document, name);
        assert_eq!(printed, *computed, "the engine gives for '{name}':\n{}", shown(computed));
    }
    let flowing = document.split_whitespace().collect::<Vec<_>>().join(" ");
    for number in &example.prose {
        assert!(flowing.contains(number.as_str()), "the document does not say '{number}'");
    }
}
