//! The insurance fund's state: so far one amount.

#[cfg(feature = "idl-build")]
impl super::InIdl for jettison_engine::Atoms {
    fn create_type() -> Option<super::IdlTypeDef> {
        use anchor_lang::idl::types::{IdlDefinedFields, IdlRepr, IdlSerialization, IdlType, IdlTypeDefTy};
        Some(super::IdlTypeDef {
            name: Self::get_full_path(),
            docs: vec!["An amount of the quote token in its smallest unit.".into()],
            serialization: IdlSerialization::Bytemuck,
            repr: Some(IdlRepr::Transparent),
            generics: Vec::new(),
            ty: IdlTypeDefTy::Struct { fields: Some(IdlDefinedFields::Tuple(vec![IdlType::U64])) },
        })
    }

    fn insert_types(_: &mut super::BTreeMap<String, super::IdlTypeDef>) {}

    fn get_full_path() -> String {
        "Atoms".into()
    }
}
