//! A reader of markup that is stricter than a browser.

use std::collections::BTreeSet;

/// Elements that have no end.
const VOID: [&str; 6] = ["meta", "link", "br", "img", "hr", "input"];

/// An element's start: its name and attributes.
pub struct Start {
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

/// A page that was read.
pub struct Page {
    pub starts: Vec<Start>,
    /// What is neither markup nor in scripts and styles.
    pub text: String,
    /// What is in scripts.
    pub scripts: Vec<String>,
}

impl Page {
    /// Reads a page. Every element must end where it should.
    pub fn read(page: &str) -> Self {
        let mut rest = page.strip_prefix("<!DOCTYPE html>").expect("it begins with its kind");
        let mut found = Self { starts: vec![], text: String::new(), scripts: vec![] };
        let mut open: Vec<String> = vec![];
        while let Some(at) = rest.find('<') {
            found.text += &rest[..at];
            let end = rest[at..].find('>').expect("markup ends") + at;
            let tag = &rest[at + 1..end];
            rest = &rest[end + 1..];
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(
                    open.pop().as_deref(),
                    Some(name),
                    "ends out of order near {:?}",
                    &rest[..rest.len().min(80)]
                );
                continue;
            }
            let start = Start::read(tag);
            let name = start.name.clone();
            found.starts.push(start);
            if name == "script" || name == "style" {
                let close = format!("</{name}>");
                let inside = rest.find(&close).expect("scripts and styles end");
                if name == "script" {
                    found.scripts.push(rest[..inside].to_owned());
                }
                rest = &rest[inside + close.len()..];
            } else if !VOID.contains(&name.as_str()) {
                open.push(name);
            }
        }
        assert!(open.is_empty(), "never ended: {open:?}");
        assert!(!found.text.contains('>'), "a stray > in the text");
        found
    }

    pub fn attributes<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        let all = self.starts.iter().flat_map(|start| &start.attributes);
        all.filter(move |(attribute, _)| attribute == name).map(|(_, value)| value.as_str())
    }

    /// Each id, none of them twice.
    pub fn ids(&self) -> BTreeSet<&str> {
        let mut ids = BTreeSet::new();
        for id in self.attributes("id") {
            assert!(ids.insert(id), "the id {id} is there twice");
        }
        ids
    }
}

impl Start {
    fn read(tag: &str) -> Self {
        let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let mut attributes = vec![];
        while let Some((key, after)) = rest.split_once("=\"") {
            let (value, after) = after.split_once('"').expect("a value ends");
            attributes.push((key.trim().to_owned(), value.to_owned()));
            rest = after;
        }
        assert!(rest.trim().is_empty(), "<{tag}> has {rest:?} at its end");
        Self { name: name.to_owned(), attributes }
    }
}
