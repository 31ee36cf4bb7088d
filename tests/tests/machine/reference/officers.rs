//! What the authority, the guardian and those who take a role over do, and what anyone carries out of it.

use anchor_lang::prelude::Pubkey;
use clearing::error::ClearingError;
use clearing::instructions::Role;
use clearing::state::{Clearinghouse, ClearinghouseSettings};
use jettison_harness::history::coverage::Coverage;

use super::prices::LAPSE_SECONDS;
use super::{require, Outcome, Reference};
use crate::machine::command::{Command, Person, CHIEF, DEPUTY, GUARDIAN};

/// Seconds for which a gate rests between two pauses, and the longest pause.
const REST_SECONDS: i64 = 3 * 86_400;
const LONGEST_PAUSE_SECONDS: u32 = 86_400;

impl Reference {
    pub(super) fn act_as_officer(&mut self, command: &Command, seen: &mut Coverage) -> Outcome {
        match command {
            Command::Pause { gates, seconds, revision, by } => self.pause(*gates, *seconds, *revision, *by),
            Command::ChangeMarket { .. }
            | Command::ExecuteMarketChange { .. }
            | Command::CancelMarketChange { .. }
            | Command::CreateMarket { .. }
            | Command::ScheduleSettlement { .. }
            | Command::CloseMarket { .. } => self.act_on_market(command, seen),
            Command::ChangeClearinghouse { settings, revision, by } => {
                self.change_house(settings, *revision, *by, seen)
            }
            Command::ExecuteClearinghouseChange => {
                let house = self.house();
                require_due(house.queued_ready_ts, self.now())?;
                require(house.queued_revision == house.revision, ClearingError::WrongRevision)?;
                self.put_in_force(house.queued_settings);
                Ok(())
            }
            Command::CancelClearinghouseChange { by } => {
                self.require_authority_or_guardian(*by)?;
                let house = self.house();
                require(house.queued_ready_ts != 0, ClearingError::NothingQueued)?;
                let is_about_guardian = house.queued_settings.guardian != house.settings.guardian;
                let may = self.is(*by, house.authority) || !is_about_guardian;
                require(may, ClearingError::NotAuthority)?;
                self.house_mut().queued_ready_ts = 0;
                Ok(())
            }
            Command::Nominate { role, nominee, revision, by } => {
                self.require_revision(*revision)?;
                let holder = match role {
                    Role::Authority => self.house().authority,
                    Role::FeeAuthority => self.house().fee_authority,
                };
                require(self.is(*by, holder), ClearingError::NotAuthority)?;
                let nominee = nominee.map_or(Pubkey::default(), |nominee| self.people[nominee]);
                match role {
                    Role::Authority => self.house_mut().nominated_authority = nominee,
                    Role::FeeAuthority => self.house_mut().nominated_fee_authority = nominee,
                }
                Ok(())
            }
            Command::Accept { role, by } => self.accept(*role, *by),
            Command::CloseClearinghouse { to, by } => {
                self.require_authority(*by)?;
                let fee_account = self.require_fee_account(*to)?;
                let used = self.house().open_markets > 0
                    || self.custody.margin_accounts > 0
                    || self.stakes.iter().any(Option::is_some);
                require(!used, ClearingError::ClearinghouseInUse)?;
                self.fees[fee_account] += self.world.vault + self.world.insurance;
                self.house = None;
                Ok(())
            }
            _ => unreachable!("{command:?}"),
        }
    }

    pub(super) fn require_authority(&self, by: Person) -> Outcome {
        require(self.is(by, self.house().authority), ClearingError::NotAuthority)
    }

    pub(super) fn require_authority_or_guardian(&self, by: Person) -> Outcome {
        let may = self.is(by, self.house().authority) || self.is(by, self.house().settings.guardian);
        require(may, ClearingError::NotAuthorityOrGuardian)
    }

    pub(super) fn require_revision(&self, looked_at: u64) -> Outcome {
        require(self.house().revision == looked_at, ClearingError::WrongRevision)
    }

    /// Whose fee account it is, as an index of `fees`.
    pub(super) fn require_fee_account(&self, of: Person) -> Outcome<usize> {
        require(self.is(of, self.house().fee_authority), ClearingError::WrongFeeAccount)?;
        Ok(usize::from(of == DEPUTY))
    }

    /// Who holds a role now.
    pub fn holder(&self, role: Role) -> Person {
        let key = match role {
            Role::Authority => self.house().authority,
            Role::FeeAuthority => self.house().fee_authority,
        };
        [CHIEF, DEPUTY].into_iter().find(|person| self.is(*person, key)).expect("an officer holds it")
    }

    pub fn guardian(&self) -> Person {
        let guardian = self.house().settings.guardian;
        [GUARDIAN, DEPUTY].into_iter().find(|person| self.is(*person, guardian)).expect("an officer")
    }

    fn pause(&mut self, gates: u16, seconds: u32, revision: u64, by: Person) -> Outcome {
        require(self.is(by, self.house().settings.guardian), ClearingError::NotGuardian)?;
        self.require_revision(revision)?;
        let known = (1..1 << 9).contains(&gates) && (1..=LONGEST_PAUSE_SECONDS).contains(&seconds);
        require(known, ClearingError::BadPause)?;
        let now = self.now();
        let named = |gate: &usize| gates >> gate & 1 == 1;
        for gate in (0..9).filter(named) {
            let until = self.house().pauses.until[gate];
            require(until == 0 || now - until >= REST_SECONDS, ClearingError::PauseTooSoon)?;
            self.house_mut().pauses.until[gate] = now + i64::from(seconds);
        }
        Ok(())
    }

    fn change_house(
        &mut self,
        settings: &ClearinghouseSettings,
        revision: u64,
        by: Person,
        seen: &mut Coverage,
    ) -> Outcome {
        self.require_authority(by)?;
        self.require_revision(revision)?;
        let valid = settings.withdrawal_floor_atoms > 0
            && (1..=3_600).contains(&settings.withdrawal_window_seconds)
            && (100..=10_000).contains(&settings.withdrawal_limit_bps)
            && settings.timelock_seconds <= 30 * 86_400
            && settings.unstake_cooldown_seconds <= 30 * 86_400
            && (settings.timelock_seconds == 0
                || settings.timelock_seconds / 2 >= settings.unstake_cooldown_seconds);
        require(valid, ClearingError::BadSetting)?;
        let old = self.house().settings;
        let tightens = settings.withdrawal_floor_atoms <= old.withdrawal_floor_atoms
            && settings.withdrawal_limit_bps <= old.withdrawal_limit_bps
            && settings.timelock_seconds >= old.timelock_seconds;
        let keeps_the_rest = settings.guardian == old.guardian
            && settings.withdrawal_window_seconds == old.withdrawal_window_seconds
            && settings.unstake_cooldown_seconds == old.unstake_cooldown_seconds;
        if tightens && keeps_the_rest {
            seen.note("settings in force at once");
            self.put_in_force(*settings);
        } else {
            let ready_ts = self.ready_ts();
            let house = self.house_mut();
            house.queued_settings = *settings;
            house.queued_ready_ts = ready_ts;
            house.queued_revision = house.revision;
        }
        Ok(())
    }

    fn put_in_force(&mut self, settings: ClearinghouseSettings) {
        let house = self.house_mut();
        house.settings = settings;
        house.queued_ready_ts = 0;
        house.revision += 1;
        self.world.throttle_params = settings.throttle();
    }

    fn accept(&mut self, role: Role, by: Person) -> Outcome {
        let house: &Clearinghouse = self.house();
        let nominated = match role {
            Role::Authority => house.nominated_authority,
            Role::FeeAuthority => house.nominated_fee_authority,
        };
        require(self.is(by, nominated), ClearingError::NotNominated)?;
        let house = self.house_mut();
        match role {
            Role::Authority => {
                house.authority = nominated;
                house.nominated_authority = Pubkey::default();
                house.queued_ready_ts = 0;
                house.revision += 1;
            }
            Role::FeeAuthority => {
                house.fee_authority = nominated;
                house.nominated_fee_authority = Pubkey::default();
            }
        }
        Ok(())
    }

    /// When what is queued now may be carried out.
    pub(super) fn ready_ts(&self) -> i64 {
        self.now() + i64::from(self.house().settings.timelock_seconds)
    }
}

/// Of what is queued.
pub(super) fn require_due(ready_ts: i64, now: i64) -> Outcome {
    require(ready_ts != 0, ClearingError::NothingQueued)?;
    require((0..=LAPSE_SECONDS).contains(&(now - ready_ts)), ClearingError::ChangeNotReady)
}
