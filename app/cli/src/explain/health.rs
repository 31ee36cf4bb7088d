//! The account's health, leg by leg.

use clearing::state::{Clearinghouse, Market};
use jettison_engine::{Direction, Health, Price};
use jettison_risk::{AccountRisk, LegRisk, Move, Prices, Ratio};
use jettison_rpc::Stored;

use super::fetch::Scene;
use crate::names::market_name;
use crate::output::{Amount, Fields, Rows, Value, View};

/// How amounts are written.
#[derive(Clone, Copy, Debug)]
pub struct Units {
    /// Decimals of the quote mint.
    pub decimals: u8,
}

impl Units {
    /// Quote atoms.
    pub fn amount(self, atoms: impl Into<i128>) -> Amount {
        Amount::new(atoms, self.decimals)
    }

    /// A ratio of atoms, in quote units, rounded down to six digits more than the mint has.
    pub fn rate(self, atoms: Ratio) -> String {
        let digits = u32::from(self.decimals).saturating_add(6);
        let unit = 10_u128.saturating_pow(u32::from(self.decimals));
        let rate = Ratio { denominator: atoms.denominator.saturating_mul(unit), ..atoms };
        let text = rate.decimal(digits);
        let trimmed = text.trim_end_matches('0');
        trimmed.strip_suffix('.').unwrap_or(trimmed).to_owned()
    }
}

/// Long or short.
pub const fn side_name(direction: Direction) -> &'static str {
    match direction {
        Direction::Long => "long",
        Direction::Short => "short",
    }
}

/// A market's name by its index.
pub fn name_of(markets: &[Stored<Market>], index: u16) -> String {
    let found = markets.iter().find(|market| market.state.book.index.0 == index);
    found.map_or_else(|| format!("market {index}"), |market| market_name(&market.state))
}

/// How an account stands.
pub fn standing(risk: &AccountRisk) -> &'static str {
    if risk.legs.is_empty() {
        "no positions"
    } else if risk.maintenance.equity.is_negative() {
        "bankrupt: only resolving moves it"
    } else if risk.maintenance.is_met() {
        "healthy"
    } else {
        "below maintenance margin: can be liquidated"
    }
}

fn margin(health: &Health, units: Units) -> Fields {
    let excess = health.excess().map(|excess| units.amount(excess.0)).ok();
    Fields::new()
        .with("equity", units.amount(health.equity.0))
        .with("requirement", units.amount(health.requirement.0))
        .with("excess", excess)
        .with("is_met", health.is_met())
}

/// For machines.
pub fn fields(scene: &Scene, risk: &AccountRisk, units: Units) -> Fields {
    let legs = risk.legs.iter().map(|leg| leg_fields(scene, leg, units)).collect();
    Fields::new()
        .with("standing", standing(risk))
        .with("capital", units.amount(risk.capital.0))
        .with("maintenance_margin", margin(&risk.maintenance, units))
        .with("initial_margin", margin(&risk.initial, units))
        .with("legs", Rows::new(legs, "none"))
        .with("all_markets_fall", moves(&risk.together.fall))
        .with("all_markets_rise", moves(&risk.together.rise))
}

fn moves(prices: &Prices<Move>) -> Fields {
    let millionths = |found: Option<Move>| Value::from(found.map(|found| found.0));
    Fields::new()
        .with_value("liquidation_millionths", millionths(prices.liquidation))
        .with_value("deleverage_millionths", millionths(prices.deleverage))
        .with_value("bankruptcy_millionths", millionths(prices.bankruptcy))
}

fn leg_fields(scene: &Scene, leg: &LegRisk, units: Units) -> Fields {
    let amount = |atoms: i128| units.amount(atoms);
    let part = |margin: &jettison_risk::LegMargin| {
        Fields::new()
            .with("price", amount(margin.price.0.into()))
            .with("equity", amount(margin.equity.0.into()))
            .with("requirement", amount(margin.requirement.0.into()))
    };
    Fields::new()
        .with("market", name_of(&scene.markets, leg.market.0))
        .with("market_index", leg.market.0)
        .with("side", side_name(leg.direction))
        .with("contracts", leg.size.0)
        .with("shares", leg.shares.0)
        .with("price", amount(leg.price.0.into()))
        .with("unsettled", amount(leg.unsettled.0.into()))
        .with("pending_variation", amount(leg.pending.variation.0.into()))
        .with("pending_haircut", amount(leg.pending.haircut.0.into()))
        .with("maintenance_margin", part(&leg.maintenance))
        .with("initial_margin", part(&leg.initial))
        .with("liquidation", price_fields(leg.price, leg.fails.liquidation, units))
        .with("deleverage", price_fields(leg.price, leg.fails.deleverage, units))
        .with("bankruptcy", price_fields(leg.price, leg.fails.bankruptcy, units))
}

fn price_fields(from: Price, to: Option<Price>, units: Units) -> Option<Fields> {
    let to = to?;
    let fields = Fields::new().with("price", units.amount(to.0));
    Some(fields.with("distance_per_cent", per_cent(from, to)))
}

/// How far `to` is from `from`, in per cent with a sign, rounded toward zero.
fn per_cent(from: Price, to: Price) -> String {
    let away = u128::from(from.0.abs_diff(to.0)).saturating_mul(100);
    let sign = if to < from { "−" } else { "+" };
    format!("{sign}{}", Ratio::new(away, from.0).decimal(2))
}

/// For people.
pub fn text(scene: &Scene, risk: &AccountRisk, clearinghouse: &Clearinghouse, units: Units) -> Vec<String> {
    let mut text = vec![summary(risk, units)];
    if !risk.legs.is_empty() {
        let row = |leg: &LegRisk| equity_row(scene, leg, units);
        text.push("Equity and requirements, leg by leg:".to_owned());
        text.push(Rows::new(risk.legs.iter().map(row).collect(), "").text());
        let row = |leg: &LegRisk| prices_row(scene, leg, units);
        text.push("Where the account fails if that market alone moves:".to_owned());
        text.push(Rows::new(risk.legs.iter().map(row).collect(), "").text());
        text.push(together(risk));
    }
    text.extend(risk.legs.iter().flat_map(|leg| caveats(scene, leg, units)));
    text.extend(queue(scene, clearinghouse, units));
    text
}

fn summary(risk: &AccountRisk, units: Units) -> String {
    let (now, open) = (&risk.maintenance, &risk.initial);
    let results = i128::from(now.equity.0) - i128::from(risk.capital.0);
    let mut lines = vec![
        format!("Standing: {}.", standing(risk)),
        format!(
            "Equity {} = capital {} + results not yet paid {}.",
            units.amount(now.equity.0),
            units.amount(risk.capital.0),
            units.amount(results)
        ),
    ];
    let compare = |health: &Health, name: &str| {
        let excess = i128::from(health.equity.0) - i128::from(health.requirement.0);
        let (word, left) = if excess < 0 { ("short by", -excess) } else { ("to spare:", excess) };
        let equity = units.amount(health.equity.0);
        format!(
            "{name} {}; equity that counts {equity}; {word} {}.",
            units.amount(health.requirement.0),
            units.amount(left)
        )
    };
    lines.push(compare(now, "Maintenance margin"));
    lines.push(compare(open, "Initial margin, to open or withdraw:"));
    lines.join("\n")
}

fn equity_row(scene: &Scene, leg: &LegRisk, units: Units) -> Fields {
    let amount = |atoms: i128| units.amount(atoms);
    Fields::new()
        .with("market", name_of(&scene.markets, leg.market.0))
        .with("side", if leg.shares.0 > 0 { side_name(leg.direction) } else { "closed" })
        .with("contracts", leg.size.0)
        .with("price", amount(leg.price.0.into()))
        .with("unsettled", amount(leg.unsettled.0.into()))
        .with("gained", amount(leg.pending.variation.0.into()))
        .with("haircut", amount(-i128::from(leg.pending.haircut.0)))
        .with("equity", amount(leg.maintenance.equity.0.into()))
        .with("maintenance", amount(leg.maintenance.requirement.0.into()))
        .with("initial at", amount(leg.initial.price.0.into()))
        .with("counts", amount(leg.initial.equity.0.into()))
        .with("initial", amount(leg.initial.requirement.0.into()))
}

fn prices_row(scene: &Scene, leg: &LegRisk, units: Units) -> Fields {
    let price = |found: Option<Price>| match found {
        Some(to) if to == leg.price => "now".to_owned(),
        Some(to) => format!("{} ({} %)", units.amount(to.0), per_cent(leg.price, to)),
        None => "never".to_owned(),
    };
    Fields::new()
        .with("market", name_of(&scene.markets, leg.market.0))
        .with("price", units.amount(leg.price.0))
        .with("liquidated", price(leg.fails.liquidation))
        .with("deleveraged", price(leg.fails.deleverage))
        .with("bankrupt", price(leg.fails.bankruptcy))
}

fn together(risk: &AccountRisk) -> String {
    let part = |way: &str, prices: &Prices<Move>| {
        let at = |found: Option<Move>| {
            found.map(|found| format!("{} %", Ratio::new(found.0.unsigned_abs(), 10_000_u128).decimal(4)))
        };
        match (at(prices.liquidation), at(prices.bankruptcy)) {
            (None, _) => format!("no {way} fails it"),
            (Some(first), None) => format!("a {way} of {first} gets it liquidated, none bankrupt"),
            (Some(first), Some(last)) => {
                format!("a {way} of {first} gets it liquidated, of {last} bankrupt")
            }
        }
    };
    let (fall, rise) = (part("fall", &risk.together.fall), part("rise", &risk.together.rise));
    format!("If all its markets move by the same part: {fall}; {rise}.")
}

/// What about a leg's market is not as usual.
fn caveats(scene: &Scene, leg: &LegRisk, units: Units) -> Vec<String> {
    let found = scene.markets.iter().find(|market| market.state.book.index == leg.market);
    let Some(book) = found.map(|market| &market.state.book) else {
        return vec![];
    };
    let name = name_of(&scene.markets, leg.market.0);
    let mut text = vec![];
    if book.require_fresh(scene.now).is_err() {
        let age = scene.now.saturating_sub(book.accrued_ts);
        text.push(format!("{name}: its price is {age} s old; nothing can act on it before someone accrues the market. Here it is taken as it stands."));
    }
    if book.is_settling() {
        text.push(format!("{name} is being wound down: its price is final."));
    } else if book.is_oracle_unusable() {
        text.push(format!("{name}: its oracle can't be used; profit there counts for nothing, and nobody opens or withdraws."));
    } else if book.is_lagging() {
        let target = units.amount(book.target_price.0);
        text.push(format!("{name}: its price still follows the oracle's, {target}; until it is there profit counts for nothing, and nobody opens or withdraws."));
    }
    if scene.now < book.breakers.halted_until {
        let left = book.breakers.halted_until.saturating_sub(scene.now);
        text.push(format!("{name}: charged losses have halted opening for another {left} s."));
    }
    if leg.initial.price != leg.price {
        text.push(format!("{name}: for initial margin it is valued at the stable price, which is worse than the effective one."));
    }
    text
}

fn queue(scene: &Scene, clearinghouse: &Clearinghouse, units: Units) -> Vec<String> {
    let queued = scene.account.state.queued;
    let throttle = &scene.custody.throttle;
    let mut text = vec![];
    if !queued.amount.is_zero() {
        let ahead = queued.place.saturating_sub(throttle.head);
        text.push(format!(
            "A withdrawal of {} waits in the queue at place {}, {ahead} before it. It goes to {}.",
            units.amount(queued.amount.0),
            queued.place,
            scene.account.state.destination
        ));
    }
    let params = clearinghouse.settings.throttle();
    let available = scene.margin_vault.and_then(|vault| throttle.available(&params, vault, scene.now).ok());
    if let Some(available) = available.filter(|_| !scene.account.state.ledger.capital.is_zero()) {
        let waits = if throttle.head == throttle.tail { "" } else { ", after those in the queue" };
        text.push(match scene.margin_vault {
            Some(vault) if available >= vault => "The throttle holds nothing back.".to_owned(),
            _ => format!("The throttle lets {} leave the vault now{waits}.", units.amount(available.0)),
        });
    }
    text
}

/// The queue and the throttle, for machines.
pub fn queue_fields(scene: &Scene, clearinghouse: &Clearinghouse, units: Units) -> Fields {
    let queued = scene.account.state.queued;
    let throttle = &scene.custody.throttle;
    let params = clearinghouse.settings.throttle();
    let available = scene.margin_vault.and_then(|vault| throttle.available(&params, vault, scene.now).ok());
    let waits = !queued.amount.is_zero();
    Fields::new()
        .with("queued", waits.then(|| units.amount(queued.amount.0)))
        .with("place", waits.then_some(queued.place))
        .with("before_it", waits.then(|| queued.place.saturating_sub(throttle.head)))
        .with(
            "throttle_available",
            available.zip(scene.margin_vault).map(|(free, vault)| units.amount(free.min(vault).0)),
        )
}
