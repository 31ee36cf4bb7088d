//! Substitutions that go through because they may.

/// `instruction`, `slot`, substitutes, and why.
pub type Rule = (&'static str, &'static str, &'static [&'static str], &'static str);

pub const RULES: &[Rule] = &[];

/// The number of the rule that permits a substitute, if one does.
pub fn rule(instruction: &str, slot: &str, substitute: &str) -> Option<usize> {
    RULES
        .iter()
        .position(|(rule_instruction, rule_slot, substitutes, _)| {
            *rule_instruction == instruction && *rule_slot == slot && substitutes.contains(&substitute)
        })
}

/// Accounts that an instruction does not look at.
pub fn spoiled(_instruction: &str, _slot: &str) -> bool {
    false
}
