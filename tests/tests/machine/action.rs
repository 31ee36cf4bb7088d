//! What a history is made of: who does what, before anybody has looked at how things stand.

use proptest::prelude::*;

/// What somebody sets out to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    // Time and prices.
    Wait,
    Crank,
    Crash,
    Post,
    Accrue,
    // Traders.
    Deposit,
    Withdraw,
    Trade,
    Close,
    OpenAccount,
    CloseAccount,
    SetDelegate,
    Freeze,
    // Keepers.
    Settle,
    Liquidate,
    Deleverage,
    Resolve,
    Flag,
    Sweep,
    Serve,
    // Stakers.
    Fund,
    OpenStake,
    Stake,
    RequestUnstake,
    Unstake,
    CloseStake,
    // Officers.
    Pause,
    ChangeMarket,
    ExecuteMarket,
    CancelMarket,
    ChangeHouse,
    ExecuteHouse,
    CancelHouse,
    Nominate,
    Accept,
    CreateMarket,
    Schedule,
    BeginSettlement,
    CloseMarket,
    CloseHouse,
}

/// How often each is set out to.
const WEIGHTS: [(u32, Kind); 40] = [
    (12, Kind::Wait),
    (6, Kind::Crank),
    (14, Kind::Crash),
    (10, Kind::Post),
    (3, Kind::Accrue),
    (9, Kind::Deposit),
    (8, Kind::Withdraw),
    (60, Kind::Trade),
    (16, Kind::Close),
    (4, Kind::OpenAccount),
    (4, Kind::CloseAccount),
    (1, Kind::SetDelegate),
    (3, Kind::Freeze),
    (18, Kind::Settle),
    (18, Kind::Liquidate),
    (14, Kind::Deleverage),
    (22, Kind::Resolve),
    (4, Kind::Flag),
    (3, Kind::Sweep),
    (10, Kind::Serve),
    (1, Kind::Fund),
    (2, Kind::OpenStake),
    (6, Kind::Stake),
    (4, Kind::RequestUnstake),
    (5, Kind::Unstake),
    (2, Kind::CloseStake),
    (1, Kind::Pause),
    (3, Kind::ChangeMarket),
    (4, Kind::ExecuteMarket),
    (1, Kind::CancelMarket),
    (3, Kind::ChangeHouse),
    (2, Kind::ExecuteHouse),
    (2, Kind::CancelHouse),
    (2, Kind::Nominate),
    (2, Kind::Accept),
    (1, Kind::CreateMarket),
    (1, Kind::Schedule),
    (3, Kind::BeginSettlement),
    (2, Kind::CloseMarket),
    (1, Kind::CloseHouse),
];

/// A step of a history. The numbers are taken modulo what there is to choose from when its time comes, so that a
/// history stays meaningful when it is shortened.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    pub kind: Kind,
    /// Whom it is about.
    pub who: u8,
    /// Who else has a part in it.
    pub other: u8,
    /// The market, or another choice.
    pub market: u8,
    /// How much.
    pub much: u16,
    /// Another measure.
    pub more: u16,
    /// What is wrong with it: mostly nothing.
    pub odd: u8,
}

pub fn strategy() -> impl Strategy<Value = Action> {
    let kinds = WEIGHTS.map(|(weight, kind)| (weight, Just(kind).boxed()));
    let kind = proptest::strategy::Union::new_weighted(kinds.to_vec());
    let odd = prop_oneof![10 => Just(0), 1 => 1..=4u8];
    let picks = (any::<u8>(), any::<u8>(), any::<u8>());
    (kind, picks, any::<u16>(), any::<u16>(), odd).prop_map(
        |(kind, (who, other, market), much, more, odd)| Action { kind, who, other, market, much, more, odd },
    )
}
