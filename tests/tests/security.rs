//! The security.txt inside the compiled program.

use std::collections::BTreeMap;

use jettison_embedded::ElfFiles;

/// The pairs of a security.txt: names and values end with a zero byte, between two marks that do as well.
fn security_txt(program: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(program);
    let (_, rest) = text.split_once("=======BEGIN SECURITY.TXT V1=======\0").expect("it begins");
    let (text, _) = rest.split_once("=======END SECURITY.TXT V1=======\0").expect("it ends");
    let words: Vec<&str> = text.split_terminator('\0').collect();
    words.chunks_exact(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect()
}

#[test]
fn the_program_says_whom_to_tell() {
    let Some(files) = ElfFiles::for_test() else { return };
    let text = security_txt(&std::fs::read(files.clearing).expect("the ELF"));
    assert_eq!(text["name"], "Jettison");
    for field in ["project_url", "contacts", "policy"] {
        assert!(text.get(field).is_some_and(|value| !value.is_empty()), "{field}");
    }
    // Explorers read `kind:value`.
    assert!(text["contacts"].split(',').all(|contact| contact.contains(':')));
}
