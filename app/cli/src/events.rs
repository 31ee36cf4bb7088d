//! Events of the program, shown: amounts in quote units, times as times.

use jettison_client::{describe, AnyEvent, Data};

use crate::output::{Amount, Fields, Value};

/// Fields of 64 bits and more that count something else than quote atoms. All others are amounts, or prices in quote units
/// a contract; those that end in `_ts` are times, and those in `_atoms` say what they are.
const COUNTS: [&str; 18] = [
    "size",
    "closed",
    "opened",
    "open_interest",
    "max_open_interest_contracts",
    "shares",
    "shares_after",
    "all_shares",
    "place",
    "queued_place",
    "revision",
    "expected_revision",
    "funding",
    "funding_rate",
    "long_settlement_index",
    "short_settlement_index",
    "long_loss_index",
    "short_loss_index",
];

/// An event: its name under `event`, then its fields.
pub fn event_view(event: &AnyEvent, decimals: u8) -> Fields {
    let named = Fields::new().with("event", event.name());
    fields(describe(event), decimals)
        .into_iter()
        .fold(named, |all, (name, value)| all.with_value(&name, value))
}

fn fields(data: Vec<(String, Data)>, decimals: u8) -> Vec<(String, Value)> {
    data.into_iter()
        .map(|(name, data)| {
            let value = value(&name, data, decimals);
            (name, value)
        })
        .collect()
}

fn value(name: &str, data: Data, decimals: u8) -> Value {
    match data {
        Data::Flag(flag) => Value::Flag(flag),
        Data::Small(number) => Value::Number(number.into()),
        Data::Large(number) if name.ends_with("_ts") => {
            Value::Time(i64::try_from(number).unwrap_or(i64::MAX))
        }
        Data::Large(number) if COUNTS.contains(&name) || name.ends_with("_atoms") => Value::Number(number),
        Data::Large(atoms) => Value::Amount(Amount { atoms, decimals }),
        Data::Huge(number) => Value::Text(number.to_string()),
        Data::Address(key) => Value::Text(key.to_string()),
        Data::Variant(name) => Value::Text(name),
        Data::Absent => Value::None,
        Data::Bytes(bytes) if name == "name" => Value::Text(padded_text(&bytes)),
        Data::Bytes(bytes) => Value::Text(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
        Data::List(all) => Value::List(all.into_iter().map(|one| value(name, one, decimals)).collect()),
        Data::Fields(inner) => {
            let fields = fields(inner, decimals).into_iter();
            Value::Fields(fields.fold(Fields::new(), |all, (name, value)| all.with_value(&name, value)))
        }
    }
}

/// UTF-8 up to the first zero.
pub fn padded_text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use anchor_lang::prelude::Pubkey;
    use clearing::events::{Deposited, Withdrawn};
    use serde_json::Value as Json;

    use super::*;

    /// What the 64-bit fields of events are: a new one has to be put here, or among the counts.
    const AMOUNTS: &str = "amount assets_after assets_before bounty bounty_from_fees \
        bounty_from_insurance by_capital by_index by_insurance by_surplus capital capital_after capital_before cash \
        deficit effective_price equity fee final_price forfeited from_insurance_vault from_margin_vault haircut \
        insurance_after insurance_base insurance_before insurance_spent insured lapsed left \
        liquidatee_capital_after liquidatee_capital_before liquidator_capital_after liquidator_capital_before \
        maintenance paid penalty premium price price_after price_before queued_in_all \
        requested_value returned reward stable_price target to_insurance to_protocol \
        to_uncovered uncovered unsettled value variation waived";

    fn collect(idl: &Json, kind: &Json, name: &str, into: &mut BTreeSet<String>) {
        match kind {
            Json::String(primitive) if matches!(primitive.as_str(), "u64" | "i64" | "u128" | "i128") => {
                into.insert(name.to_owned());
            }
            Json::Object(compound) => {
                let (form, of) = compound.iter().next().unwrap();
                match form.as_str() {
                    "defined" => defined(idl, of["name"].as_str().unwrap(), into),
                    "array" => collect(idl, &of[0], name, into),
                    _ => collect(idl, of, name, into),
                }
            }
            _ => {}
        }
    }

    fn defined(idl: &Json, name: &str, into: &mut BTreeSet<String>) {
        let types = idl["types"].as_array().unwrap();
        let one = types.iter().find(|one| one["name"] == name).unwrap();
        for field in one["type"]["fields"].as_array().into_iter().flatten() {
            collect(idl, &field["type"], field["name"].as_str().unwrap(), into);
        }
    }

    #[test]
    fn every_number_of_every_event_is_known_as_an_amount_a_count_or_a_time() {
        let idl: Json = serde_json::from_str(include_str!("../../../idl/clearing.json")).unwrap();
        let mut found = BTreeSet::new();
        for event in idl["events"].as_array().unwrap() {
            defined(&idl, event["name"].as_str().unwrap(), &mut found);
        }
        let amounts: BTreeSet<&str> = AMOUNTS.split_whitespace().collect();
        let unknown: Vec<&String> = found
            .iter()
            .filter(|name| !name.ends_with("_ts") && !name.ends_with("_atoms"))
            .filter(|name| amounts.contains(name.as_str()) == COUNTS.contains(&name.as_str()))
            .collect();
        assert!(found.len() > 60 && unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn an_event_is_one_line_for_people_and_an_object_for_machines() {
        let key = Pubkey::new_from_array([1; 32]);
        let event = AnyEvent::Deposited(Deposited {
            margin_account: key,
            depositor: key,
            amount: 1_500_000,
            capital_before: 0,
            capital_after: 1_500_000,
        });
        let view = event_view(&event, 6);
        let line = format!(
            "Deposited margin_account={key} depositor={key} amount=1.5 capital_before=0 capital_after=1.5"
        );
        assert_eq!(view.line(), line);
        let json = serde_json::to_value(&view).unwrap();
        assert_eq!(
            (json["event"].as_str(), json["amount"]["atoms"].as_str()),
            (Some("Deposited"), Some("1500000"))
        );
        let withdrawn = AnyEvent::Withdrawn(Withdrawn {
            margin_account: key,
            to: key,
            amount: 1,
            capital_before: 1,
            capital_after: 0,
            queued_place: Some(3),
        });
        assert_eq!(serde_json::to_value(event_view(&withdrawn, 6)).unwrap()["queued_place"], 3);
    }
}
