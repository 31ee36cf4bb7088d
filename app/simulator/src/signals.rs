//! Systemic signals that hedgers can go by: of each side of each market, how large a haircut to expect, how concentrated the other
//! side is, and how far the distress of its largest account would spread.

use jettison_contagion::debtrank;
use jettison_engine::{Atoms, Bps, Direction, MarketIndex};
use jettison_harness::{MarketId, Who};
use jettison_risk::{Account, Grid, Snapshot};

use crate::agents::Signal;
use crate::error::{Error, Result};
use crate::network;
use crate::venue::Venue;

/// Moves of the price that the expected haircut is over, in millionths.
const MOVES: [i64; 3] = [50_000, 100_000, 200_000];

/// An expected haircut of this part of the price halves a position.
const HAIRCUT: f64 = 0.0005;

/// A Herfindahl index of this much beyond [`SPREAD`] ends in the least position.
const CONCENTRATED: f64 = 0.25;

/// A side held by twenty equal accounts is taken as spread enough.
const SPREAD: f64 = 0.05;

/// A DebtRank of this much ends in the least position.
const CENTRAL: f64 = 0.25;

/// The least part of a position that any signal leaves.
const LEAST: f64 = 0.2;

/// Signals of one side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SideSignals {
    /// Expected haircut for each contract, as a part of the price.
    pub expected_haircut: f64,
    /// Herfindahl index of the opposite side.
    pub concentration: f64,
    /// DebtRank of the opposite side's largest account.
    pub centrality: f64,
}

/// Signals of all sides: `[long, short]` by market.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signals(Vec<[SideSignals; 2]>);

impl Signals {
    /// Nothing to fear in so many markets.
    pub fn calm(markets: usize) -> Self {
        Self(vec![Default::default(); markets])
    }

    /// Reads them off a clearinghouse; `but` are accounts that nobody has to fear, such as the one that moves deleveraged
    /// positions.
    pub fn read(venue: &Venue, pairs: &[String], but: &[Who]) -> Result<Self> {
        let failed = |source| Error::Engine { what: "reading signals".into(), source };
        let holders = venue.world.accounts.iter().enumerate();
        let accounts = holders.filter(|(who, account)| !but.contains(who) && !account.has_no_legs());
        let accounts = accounts.map(|(id, ledger)| Account { id, ledger: *ledger });
        let fund = Atoms(venue.world.insurance);
        let snapshot = Snapshot::new(venue.world.markets.iter().copied(), accounts, fund, venue.world.now)
            .map_err(failed)?;
        let ranks = central(venue, pairs, but);
        let mut signals = vec![];
        for (market, ranks) in ranks.iter().enumerate() {
            let index = MarketIndex(market as u16);
            let risk = snapshot.systemic(index, &Grid::cubic(&MOVES), Bps(1_000)).map_err(failed)?;
            let price = risk.price.0 as f64;
            let of = |own: &jettison_risk::SideRisk, other: &jettison_risk::SideRisk, centrality: f64| {
                SideSignals {
                    expected_haircut: own.expected_haircut.to_f64() / price,
                    concentration: other.concentration.herfindahl.to_f64(),
                    centrality,
                }
            };
            signals.push([of(&risk.long, &risk.short, ranks[1]), of(&risk.short, &risk.long, ranks[0])]);
        }
        Ok(Self(signals))
    }

    /// The signals of a side.
    pub fn side(&self, market: MarketId, side: Direction) -> &SideSignals {
        &self.0[market][usize::from(side == Direction::Short)]
    }

    /// The part of its full position that who goes by a signal keeps.
    pub fn part(&self, signal: Signal, market: MarketId, side: Direction) -> f64 {
        let of = self.side(market, side);
        let part = match signal {
            Signal::ExpectedHaircut => 1.0 / (1.0 + of.expected_haircut / HAIRCUT),
            Signal::Concentration => 1.0 - (of.concentration - SPREAD).max(0.0) / CONCENTRATED,
            Signal::Centrality => 1.0 - of.centrality / CENTRAL,
            Signal::None | Signal::All => 1.0,
        };
        part.clamp(LEAST, 1.0)
    }
}

/// DebtRank of the largest account of each side: `[long, short]` by market.
fn central(venue: &Venue, pairs: &[String], but: &[Who]) -> Vec<[f64; 2]> {
    let none = || vec![[0.0; 2]; pairs.len()];
    let Ok(network) = network::exposures(venue, pairs, but) else {
        return none();
    };
    let values = network.values();
    let rank = |market: MarketId, sign: i64| -> f64 {
        let largest = network
            .accounts()
            .iter()
            .enumerate()
            .max_by_key(|(_, account)| venue.position(account.id.0 as usize, market) * sign);
        let Some((place, _)) = largest else {
            return 0.0;
        };
        let mut shock = vec![0.0; values.len()];
        shock[place] = 1.0;
        debtrank(&network, &values, &shock).map_or(0.0, |distress| distress.rank)
    };
    (0..pairs.len()).map(|market| [rank(market, 1), rank(market, -1)]).collect()
}
