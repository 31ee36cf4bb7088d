//! Which command sends which instruction of the clearing program: every instruction has one. It stands in the commands' long
//! help, and a test holds it against the IDL and the command line.

/// Instructions and the command that sends each.
pub const SENT_BY: [(&str, &str); 38] = [
    ("accept", "authority accept"),
    ("accrue_market", "accrue"),
    ("begin_settlement", "authority begin-settlement"),
    ("cancel_clearinghouse_change", "authority cancel"),
    ("cancel_market_change", "authority cancel"),
    ("change_clearinghouse", "authority change-clearinghouse"),
    ("change_market", "authority change-market"),
    ("close_clearinghouse", "authority close-clearinghouse"),
    ("close_margin_account", "account close"),
    ("close_market", "authority close-market"),
    ("close_stake", "stake close"),
    ("create_market", "deploy"),
    ("deleverage", "deleverage"),
    ("deposit", "deposit"),
    ("execute_clearinghouse_change", "authority execute"),
    ("execute_market_change", "authority execute"),
    ("flag_bankruptcy", "flag"),
    ("fund_insurance", "insurance fund"),
    ("initialize_clearinghouse", "deploy"),
    ("liquidate", "liquidate"),
    ("migrate_clearinghouse", "authority migrate"),
    ("migrate_margin_account", "authority migrate"),
    ("migrate_market", "authority migrate"),
    ("nominate", "authority nominate"),
    ("open_margin_account", "account open"),
    ("open_stake", "stake open"),
    ("pause", "pause"),
    ("request_unstake", "stake request"),
    ("resolve_bankruptcy", "resolve"),
    ("schedule_settlement", "authority schedule-settlement"),
    ("serve_withdrawal", "withdrawal serve"),
    ("set_delegate", "account delegate"),
    ("settle_account", "settle"),
    ("settle_trade", "trade send"),
    ("stake", "stake deposit"),
    ("sweep_fees", "sweep"),
    ("unstake", "stake withdraw"),
    ("withdraw", "withdraw"),
];

/// `command` with the instructions named in the long help of those that send them. `path` is where it stands.
pub fn named_in_help(command: clap::Command, path: &str) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    let sends: Vec<&str> = SENT_BY.iter().filter(|(_, by)| *by == path).map(|(name, _)| *name).collect();
    let command = match sends.as_slice() {
        [] => command,
        [one] => command.after_long_help(format!("It sends the instruction {one}.")),
        [..] => command.after_long_help(format!("It sends the instructions {}.", sends.join(", "))),
    };
    names.into_iter().fold(command, |command, name| {
        let path = if path.is_empty() { name.clone() } else { format!("{path} {name}") };
        command.mut_subcommand(name, |one| named_in_help(one, &path))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_instruction_has_a_command_and_every_command_named_here_exists() {
        let idl: serde_json::Value =
            serde_json::from_str(include_str!("../../../idl/clearing.json")).unwrap();
        let instructions = idl["instructions"].as_array().unwrap();
        let named: BTreeSet<&str> = instructions.iter().map(|one| one["name"].as_str().unwrap()).collect();
        let sent: BTreeSet<&str> = SENT_BY.iter().map(|(name, _)| *name).collect();
        assert_eq!(sent, named);
        let all = crate::command();
        for (instruction, path) in SENT_BY {
            let found = path.split(' ').try_fold(&all, |command, name| command.find_subcommand(name));
            let found = found.unwrap_or_else(|| panic!("there is no command {path}"));
            let help = found.clone().render_long_help().to_string();
            assert!(help.contains(instruction), "{path} does not say that it sends {instruction}");
        }
    }

    #[test]
    fn the_command_line_holds_together() {
        crate::command().debug_assert();
    }
}
