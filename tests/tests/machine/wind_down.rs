//! How some histories end: every market is wound down, everybody is paid out, and the clearinghouse is closed. Nobody's
//! money is needed, and nothing is left over.

use clearing::instructions::Role;
use jettison_engine::{SETTLEMENT_CLAIM_SECONDS, SETTLEMENT_GRACE_SECONDS};
use jettison_harness::Who;

use super::command::{Command, STAKERS, STRANGER, TRADERS};
use super::play::Play;

/// Rounds within which everybody is settled, or served.
const ROUNDS: usize = 400;

impl Play<'_> {
    pub fn wind_down(&mut self) {
        self.thaw();
        self.loosen_throttle();
        // Whatever is paused or flagged is so for a day at most.
        self.pass(86_400);
        let by = self.reference.holder(Role::Authority);
        for market in self.reference.live_markets() {
            let revision = self.reference.market(market).map_or(0, |market| market.revision);
            self.must(Command::ScheduleSettlement { market, revision, by });
        }
        self.pass(i64::from(self.reference.house().settings.timelock_seconds));
        for market in self.reference.live_markets() {
            self.must(Command::BeginSettlement { market, wrong_oracle: false });
        }
        for seconds in [0, SETTLEMENT_GRACE_SECONDS, SETTLEMENT_CLAIM_SECONDS] {
            self.pass(seconds);
            self.settle_everybody();
        }
        let to = self.reference.holder(Role::FeeAuthority);
        let open: Vec<_> = self.reference.open_markets().collect();
        for market in open {
            self.must(Command::CloseMarket { market, to, by });
        }
        self.pay_everybody();
        self.unstake_everybody();
        self.must(Command::CloseClearinghouse { to, by });
        self.check_everything();
        self.seen.note("wound up");
    }

    fn thaw(&mut self) {
        for who in (0..TRADERS).filter(|who| self.reference.wallets[*who].frozen).collect::<Vec<_>>() {
            self.must(Command::Freeze { who, thaw: true });
        }
    }

    /// So that the queue is served in few transactions.
    fn loosen_throttle(&mut self) {
        let house = self.reference.house();
        let (mut settings, revision, by) =
            (house.settings, house.revision, self.reference.holder(Role::Authority));
        if settings.withdrawal_limit_bps < 9_000 {
            settings.withdrawal_limit_bps = 9_000;
            self.must(Command::ChangeClearinghouse { settings, revision, by });
            self.pass(i64::from(settings.timelock_seconds));
            self.must(Command::ExecuteClearinghouseChange);
        }
    }

    fn open_accounts(&self) -> Vec<Who> {
        (0..TRADERS).filter(|who| self.reference.accounts[*who].is_some()).collect()
    }

    /// Losers pay, winners collect, and the bankrupt are resolved until nothing changes any more.
    fn settle_everybody(&mut self) {
        for _ in 0..ROUNDS {
            let before = self.reference.world.accounts.clone();
            for who in self.open_accounts() {
                if !self.reference.world.accounts[who].has_no_legs() {
                    self.must(Command::Settle { who });
                }
            }
            let bankrupt = |play: &Self| (0..TRADERS).find(|who| play.reference.world.is_bankrupt(*who));
            while let Some(who) = bankrupt(self) {
                self.must(Command::Resolve { who, caller: None, take_over: false, by: STRANGER });
            }
            if self.reference.world.accounts == before {
                return;
            }
        }
        panic!("EXIT: still settling after {ROUNDS} rounds");
    }

    fn pay_everybody(&mut self) {
        for who in self.open_accounts() {
            // What waited may come back, if the owner chose a token account that was frozen.
            self.serve_everybody();
            let amount = self.reference.world.capital(who);
            if amount > 0 {
                self.must(Command::Withdraw { who, to: who, amount, by: who });
            }
        }
        self.serve_everybody();
        for who in self.open_accounts() {
            self.must(Command::CloseAccount { who, waive: false, by: who });
        }
        assert_eq!(self.reference.world.vault, 0, "EXIT: the margin vault is not empty");
    }

    /// Lets the throttle's window pass as often as it takes.
    fn serve_everybody(&mut self) {
        for _ in 0..ROUNDS {
            let world = &self.reference.world;
            let head = world.throttle.head;
            let waits = |who: &Who| !world.places[*who].amount.is_zero() && world.places[*who].place == head;
            let Some(who) = (0..TRADERS).find(waits) else {
                assert!(world.throttle.queued.is_zero(), "EXIT: the queue lost its head");
                return;
            };
            let window = i64::from(world.throttle_params.window_seconds);
            if self.run(Command::Serve { who, to: None }).is_err() {
                self.pass(window);
            }
        }
        panic!("EXIT: the queue is not served after {ROUNDS} rounds");
    }

    fn unstake_everybody(&mut self) {
        let open: Vec<Who> = (0..STAKERS).filter(|who| self.reference.stakes[*who].is_some()).collect();
        for who in open {
            // Taking a request back drops shares that have lapsed.
            self.must(Command::RequestUnstake { who, shares: 0, by: who });
            let shares = self.reference.world.stakes[who].shares.0;
            if shares > 0 {
                self.must(Command::RequestUnstake { who, shares, by: who });
                self.pass(i64::from(self.reference.house().settings.unstake_cooldown_seconds));
                self.must(Command::Unstake { who });
            }
            self.must(Command::CloseStake { who });
        }
    }
}
