//! Reads accounts by the IDL alone, as a client in another language would.

use anchor_lang_idl_spec::{Idl, IdlArrayLen, IdlDefinedFields, IdlSerialization, IdlType, IdlTypeDefTy};

/// A value that an account holds.
#[derive(Debug)]
pub enum Value {
    /// Any integer.
    Number(i128),
    /// A public key.
    Key([u8; 32]),
    /// An array, or the fields of a tuple.
    List(Vec<Value>),
    /// The fields of a struct.
    Struct(Vec<(String, Value)>),
}

impl Value {
    /// What is at a path such as `legs.0.market`.
    pub fn at(&self, path: &str) -> &Value {
        path.split('.').fold(self, |value, step| match value {
            Value::Struct(fields) => {
                &fields.iter().find(|(name, _)| name == step).unwrap_or_else(|| panic!("no {step}: {path}")).1
            }
            Value::List(items) => &items[step.parse::<usize>().expect("an index into a list")],
            other => panic!("{step} of {path} is inside {other:?}"),
        })
    }

    /// The integer at a path.
    pub fn number(&self, path: &str) -> i128 {
        match self.at(path) {
            Value::Number(number) => *number,
            other => panic!("{path} is {other:?}"),
        }
    }

    /// The 128 bits at a path, of which there are two words.
    pub fn wide(&self, path: &str) -> u128 {
        let word = |index| self.number(&format!("{path}.{index}")) as u128;
        word(0) | word(1) << 64
    }
}

/// Reads an account; gives its type's name too. All of it must be what the IDL says.
pub fn read_account(idl: &Idl, data: &[u8]) -> (String, Value) {
    let kind = idl.accounts.iter().find(|account| data.starts_with(&account.discriminator));
    let kind = kind.expect("an account of the program");
    let mut reader = Reader { idl, rest: &data[kind.discriminator.len()..] };
    let value = reader.defined(&kind.name);
    assert!(reader.rest.is_empty(), "the IDL leaves out {} bytes of {}", reader.rest.len(), kind.name);
    (kind.name.clone(), value)
}

struct Reader<'a> {
    idl: &'a Idl,
    rest: &'a [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (bytes, rest) = self.rest.split_first_chunk().expect("the IDL says more than the account holds");
        self.rest = rest;
        *bytes
    }

    /// A struct of plain old data: it has no gaps, so field follows field.
    fn defined(&mut self, name: &str) -> Value {
        let found = self.idl.types.iter().find(|def| def.name == name);
        let def = found.unwrap_or_else(|| panic!("the IDL doesn't define {name}"));
        assert_eq!(def.serialization, IdlSerialization::Bytemuck, "{name}");
        match &def.ty {
            IdlTypeDefTy::Struct { fields: Some(IdlDefinedFields::Named(fields)) } => Value::Struct(
                fields.iter().map(|field| (field.name.clone(), self.value(&field.ty))).collect(),
            ),
            IdlTypeDefTy::Struct { fields: Some(IdlDefinedFields::Tuple(types)) } => {
                Value::List(types.iter().map(|ty| self.value(ty)).collect())
            }
            other => panic!("{name} is {other:?}"),
        }
    }

    fn value(&mut self, ty: &IdlType) -> Value {
        match ty {
            IdlType::U8 => Value::Number(u8::from_le_bytes(self.take()).into()),
            IdlType::I8 => Value::Number(i8::from_le_bytes(self.take()).into()),
            IdlType::U16 => Value::Number(u16::from_le_bytes(self.take()).into()),
            IdlType::U32 => Value::Number(u32::from_le_bytes(self.take()).into()),
            IdlType::U64 => Value::Number(u64::from_le_bytes(self.take()).into()),
            IdlType::I64 => Value::Number(i64::from_le_bytes(self.take()).into()),
            IdlType::Pubkey => Value::Key(self.take()),
            IdlType::Array(item, IdlArrayLen::Value(len)) => {
                Value::List((0..*len).map(|_| self.value(item)).collect())
            }
            IdlType::Defined { name, .. } => self.defined(name),
            other => panic!("no account holds a {other:?}"),
        }
    }
}
