//! The tables of `docs/account-layouts.md`: where each field of each account lies. Made from the IDL, whose types the
//! program's build has checked against the accounts.

use anchor_lang_idl::types::{
    Idl, IdlArrayLen, IdlDefinedFields, IdlField, IdlType, IdlTypeDef, IdlTypeDefTy,
};
use anyhow::{bail, Context, Result};
use std::fmt::Write;

/// Where it is, in the workspace.
pub const FILE: &str = "docs/account-layouts.md";

/// Lines around an account's table: what is between them is made here.
const BEGIN: &str = "<!-- layout of ";
const END: &str = "<!-- end of layout -->";

const DISCRIMINATOR_SIZE: usize = 8;

/// The document with its tables as the IDL says. Each account needs a place for its table.
pub fn fill(document: &str, idl: &Idl) -> Result<String> {
    let mut text = String::new();
    let (mut rest, mut told) = (document, Vec::new());
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let (name, after) = after.split_once(" -->").context("a layout's begin mark isn't closed")?;
        let (_, after) = after.split_once(END).with_context(|| format!("the layout of {name} has no end"))?;
        write!(text, "{before}{BEGIN}{name} -->\n\n{}\n{END}", table(idl, name)?)?;
        told.push(name);
        rest = after;
    }
    text.push_str(rest);
    if let Some(left_out) = idl.accounts.iter().find(|account| !told.contains(&account.name.as_str())) {
        bail!("{FILE} has no place for the layout of {}", left_out.name);
    }
    Ok(text)
}

fn table(idl: &Idl, name: &str) -> Result<String> {
    let found = idl.accounts.iter().find(|account| account.name == name);
    let account = found.with_context(|| format!("the IDL has no account {name}"))?;
    let layout = Layout { idl };
    let size = DISCRIMINATOR_SIZE + layout.size_of_defined(name)?;
    let mut text =
        format!("{size} bytes.\n\n| offset | size | field | type | meaning |\n|---:|---:|---|---|---|\n");
    let kind = discriminator(&account.discriminator);
    writeln!(text, "| 0 | {DISCRIMINATOR_SIZE} | discriminator | | {kind} |")?;
    layout.rows(
        &mut text,
        layout.defined(name)?,
        &Place { offset: DISCRIMINATOR_SIZE, ..Place::default() },
    )?;
    Ok(text)
}

fn discriminator(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.bytes().all(|byte| byte.is_ascii_graphic()) => format!("`{text}`"),
        _ => bytes.iter().fold("0x".to_owned(), |text, byte| format!("{text}{byte:02x}")),
    }
}

/// Where a struct lies.
#[derive(Default)]
struct Place {
    offset: usize,
    /// Added to the offset: what the elements of an array lie apart.
    stride: String,
    /// Its path, with a dot at the end.
    prefix: String,
}

struct Layout<'a> {
    idl: &'a Idl,
}

impl<'a> Layout<'a> {
    fn defined(&self, name: &str) -> Result<&'a IdlTypeDef> {
        let found = self.idl.types.iter().find(|defined| defined.name == name);
        found.with_context(|| format!("the IDL doesn't define {name}"))
    }

    fn fields(defined: &IdlTypeDef) -> Result<&[IdlField]> {
        match &defined.ty {
            IdlTypeDefTy::Struct { fields: Some(IdlDefinedFields::Named(fields)) } => Ok(fields),
            _ => bail!("{} is no struct with named fields", defined.name),
        }
    }

    fn size_of_defined(&self, name: &str) -> Result<usize> {
        Self::fields(self.defined(name)?)?.iter().map(|field| self.size_of(&field.ty)).sum()
    }

    fn size_of(&self, ty: &IdlType) -> Result<usize> {
        Ok(match ty {
            IdlType::U8 | IdlType::I8 => 1,
            IdlType::U16 | IdlType::I16 => 2,
            IdlType::U32 | IdlType::I32 => 4,
            IdlType::U64 | IdlType::I64 => 8,
            IdlType::Pubkey => 32,
            IdlType::Array(item, IdlArrayLen::Value(count)) => count * self.size_of(item)?,
            IdlType::Defined { name, .. } => self.size_of_defined(name)?,
            other => bail!("no account holds a {other:?}"),
        })
    }

    fn rows(&self, text: &mut String, defined: &IdlTypeDef, place: &Place) -> Result<()> {
        let mut offset = place.offset;
        for field in Self::fields(defined)? {
            self.field(
                text,
                field,
                &Place { offset, stride: place.stride.clone(), prefix: place.prefix.clone() },
            )?;
            offset += self.size_of(&field.ty)?;
        }
        Ok(())
    }

    fn field(&self, text: &mut String, field: &IdlField, place: &Place) -> Result<()> {
        let size = self.size_of(&field.ty)?;
        let (path, kind) = (format!("{}{}", place.prefix, field.name), name_of(&field.ty));
        let (of, mark, stride) = match &field.ty {
            IdlType::Defined { name, .. } => (Some(name), "", place.stride.clone()),
            IdlType::Array(item, _) => match &**item {
                IdlType::Defined { name, .. } => {
                    (Some(name), "[i]", format!(" + {} × i", self.size_of(item)?))
                }
                _ => (None, "", String::new()),
            },
            _ => (None, "", String::new()),
        };
        // What a struct counts in is said of it as a whole.
        let inner = of.map(|name| self.defined(name)).transpose()?;
        let docs = field.docs.iter().chain(inner.iter().flat_map(|inner| &inner.docs));
        let meaning = docs.map(|line| line.replace('|', "\\|")).collect::<Vec<_>>().join(" ");
        writeln!(text, "| {}{} | {size} | `{path}` | {kind} | {meaning} |", place.offset, place.stride)?;
        match inner {
            Some(inner) => {
                let place = Place { offset: place.offset, stride, prefix: format!("{path}{mark}.") };
                self.rows(text, inner, &place)
            }
            None => Ok(()),
        }
    }
}

fn name_of(ty: &IdlType) -> String {
    match ty {
        IdlType::Array(item, IdlArrayLen::Value(count)) => format!("[{}; {count}]", name_of(item)),
        IdlType::Defined { name, .. } => name.clone(),
        plain => format!("{plain:?}").to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed(file: &str) -> String {
        std::fs::read_to_string(crate::root().join(file)).expect("a file of the workspace")
    }

    fn idl() -> Idl {
        serde_json::from_str(&committed("idl/clearing.json")).expect("an IDL")
    }

    #[test]
    fn the_document_says_what_the_idl_says() {
        let document = committed(FILE);
        assert_eq!(fill(&document, &idl()).unwrap(), document, "run `cargo xtask idl`");
    }

    #[test]
    fn a_document_that_leaves_an_account_out_is_refused() {
        assert!(fill("nothing", &idl()).is_err());
        assert!(fill("<!-- layout of Nothing -->\n<!-- end of layout -->", &idl()).is_err());
    }
}
