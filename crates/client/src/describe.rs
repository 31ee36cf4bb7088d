//! Events as named values, by the IDL: for whoever shows them without knowing each type.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use anchor_lang::prelude::Pubkey;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::errors::IDL;
use crate::AnyEvent;

/// A value in an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// Yes or no.
    Flag(bool),
    /// A number of up to 32 bits: an index, a rate, seconds.
    Small(i64),
    /// A number of 64 bits or more: an amount, a size, a time.
    Large(i128),
    /// One that is larger than that.
    Huge(u128),
    /// An address.
    Address(Pubkey),
    /// One of several names.
    Variant(String),
    /// An optional value that isn't there.
    Absent,
    /// Bytes, such as a name or a feed id.
    Bytes(Vec<u8>),
    /// Values of one kind.
    List(Vec<Data>),
    /// Named values in their order.
    Fields(Vec<(String, Data)>),
}

#[derive(Deserialize)]
struct Idl {
    types: Vec<Type>,
}

#[derive(Deserialize)]
struct Type {
    name: String,
    #[serde(rename = "type")]
    body: Body,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Body {
    Struct { fields: Vec<Field> },
    Enum { variants: Vec<Variant> },
}

#[derive(Deserialize)]
struct Field {
    name: String,
    #[serde(rename = "type")]
    kind: Json,
}

#[derive(Deserialize)]
struct Variant {
    name: String,
}

fn types() -> &'static BTreeMap<String, Body> {
    static TYPES: OnceLock<BTreeMap<String, Body>> = OnceLock::new();
    TYPES.get_or_init(|| {
        let types = serde_json::from_str::<Idl>(IDL).map(|idl| idl.types).unwrap_or_default();
        types.into_iter().map(|one| (one.name, one.body)).collect()
    })
}

/// An event's fields in their order, by the names of the IDL.
pub fn describe(event: &AnyEvent) -> Vec<(String, Data)> {
    const DISCRIMINATOR: usize = 8;
    let bytes = event.to_bytes();
    let mut reader = Reader(bytes.get(DISCRIMINATOR..).unwrap_or_default());
    match reader.defined(event.name()) {
        Some(Data::Fields(fields)) => fields,
        _ => vec![],
    }
}

/// Reads Borsh, as which events are written. `None` where the bytes end early or the IDL has no such type: for an event
/// of this build neither can be.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn defined(&mut self, name: &str) -> Option<Data> {
        match types().get(name)? {
            Body::Struct { fields } => {
                let read = |field: &Field| Some((field.name.clone(), self.value(&field.kind)?));
                fields.iter().map(read).collect::<Option<_>>().map(Data::Fields)
            }
            Body::Enum { variants } => {
                let [number] = self.take()?;
                Some(Data::Variant(variants.get(usize::from(number))?.name.clone()))
            }
        }
    }

    fn value(&mut self, kind: &Json) -> Option<Data> {
        match kind {
            Json::String(name) => self.primitive(name),
            Json::Object(compound) => {
                let (form, of) = compound.iter().next()?;
                match form.as_str() {
                    "defined" => self.defined(of.get("name")?.as_str()?),
                    "option" => match self.take()? {
                        [0] => Some(Data::Absent),
                        _ => self.value(of),
                    },
                    "vec" => {
                        let count = u32::from_le_bytes(self.take()?);
                        (0..count).map(|_| self.value(of)).collect::<Option<_>>().map(Data::List)
                    }
                    "array" => self.array(of.get(0)?, of.get(1)?.as_u64()?),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn array(&mut self, of: &Json, count: u64) -> Option<Data> {
        if of == "u8" {
            return (0..count)
                .map(|_| self.take().map(|[byte]| byte))
                .collect::<Option<_>>()
                .map(Data::Bytes);
        }
        (0..count).map(|_| self.value(of)).collect::<Option<_>>().map(Data::List)
    }

    fn primitive(&mut self, name: &str) -> Option<Data> {
        Some(match name {
            "bool" => Data::Flag(self.take()? != [0]),
            "u8" => Data::Small(u8::from_le_bytes(self.take()?).into()),
            "i8" => Data::Small(i8::from_le_bytes(self.take()?).into()),
            "u16" => Data::Small(u16::from_le_bytes(self.take()?).into()),
            "i16" => Data::Small(i16::from_le_bytes(self.take()?).into()),
            "u32" => Data::Small(u32::from_le_bytes(self.take()?).into()),
            "i32" => Data::Small(i32::from_le_bytes(self.take()?).into()),
            "u64" => Data::Large(u64::from_le_bytes(self.take()?).into()),
            "i64" => Data::Large(i64::from_le_bytes(self.take()?).into()),
            "i128" => Data::Large(i128::from_le_bytes(self.take()?)),
            "u128" => Data::Huge(u128::from_le_bytes(self.take()?)),
            "pubkey" => Data::Address(Pubkey::new_from_array(self.take()?)),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use clearing::events::*;
    use clearing::instructions::Role;

    use super::*;

    fn key(byte: u8) -> Pubkey {
        Pubkey::new_from_array([byte; 32])
    }

    fn named(fields: &[(String, Data)], name: &str) -> Data {
        fields.iter().find(|(key, _)| key == name).unwrap_or_else(|| panic!("no {name}")).1.clone()
    }

    #[test]
    fn fields_come_in_order_with_their_values() {
        let event = AnyEvent::Withdrawn(Withdrawn {
            margin_account: key(1),
            to: key(2),
            amount: u64::MAX,
            capital_before: 5,
            capital_after: 4,
            queued_place: Some(7),
        });
        let fields = describe(&event);
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        let expected = ["margin_account", "to", "amount", "capital_before", "capital_after", "queued_place"];
        assert_eq!(names, expected);
        assert_eq!(named(&fields, "to"), Data::Address(key(2)));
        assert_eq!(named(&fields, "amount"), Data::Large(u64::MAX.into()));
        assert_eq!(named(&fields, "queued_place"), Data::Large(7));
    }

    #[test]
    fn lists_structs_and_variants_are_read_to_the_last_byte() {
        let leg = LegSettled {
            market_index: 3,
            price: 9,
            marked: Marked { variation: -5, haircut: 2 },
            cash: -1,
            unsettled: 0,
            drained: true,
            closed: 1,
            lapsed: 0,
        };
        let settled = AnyEvent::AccountSettled(AccountSettled {
            margin_account: key(1),
            equity: -9,
            maintenance: 1,
            capital_before: 1,
            capital_after: 0,
            legs: vec![leg.clone(), leg],
        });
        let Data::List(legs) = named(&describe(&settled), "legs") else { panic!("no list") };
        let Data::Fields(leg) = &legs[1] else { panic!("no fields") };
        assert_eq!(named(leg, "market_index"), Data::Small(3));
        let Data::Fields(marked) = named(leg, "marked") else { panic!("no fields") };
        assert_eq!(named(&marked, "variation"), Data::Large(-5));
        assert_eq!(named(leg, "lapsed"), Data::Large(0));
        let accepted = AnyEvent::RoleAccepted(RoleAccepted {
            clearinghouse: key(1),
            role: Role::FeeAuthority,
            holder_before: key(2),
            holder_after: key(3),
            revision: 1,
        });
        assert_eq!(named(&describe(&accepted), "role"), Data::Variant("FeeAuthority".into()));
    }
}
