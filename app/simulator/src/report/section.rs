//! Parts of the page: each study gives one section.

use super::chart::Chart;

/// A section of the page.
pub struct Section {
    /// Its place in the page, for links.
    pub id: &'static str,
    /// Its heading.
    pub title: String,
    /// What is in it, in its order.
    pub blocks: Vec<Block>,
}

/// A part of a section.
pub enum Block {
    /// A paragraph.
    Text(String),
    /// A heading within the section.
    Heading(String),
    /// A chart with its words.
    Chart(Box<Chart>),
    /// A table.
    Table(Table),
    /// A long table that opens when asked for, and what it says.
    Folded(String, Table),
    /// Points, one a line.
    List(Vec<String>),
}

/// A table: text to the left, numbers to the right.
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Names of the columns, with their units.
    pub head: Vec<String>,
    /// Whether each column is text.
    pub is_text: Vec<bool>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows. A column whose name begins with `:` is text.
    pub fn new(caption: &str, columns: &[&str]) -> Self {
        Self {
            caption: caption.to_owned(),
            head: columns.iter().map(|name| name.trim_start_matches(':').to_owned()).collect(),
            is_text: columns.iter().map(|name| name.starts_with(':')).collect(),
            rows: vec![],
        }
    }

    /// With these rows.
    pub fn rows(self, rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        Self { rows: rows.into_iter().collect(), ..self }
    }
}

impl From<Chart> for Block {
    fn from(chart: Chart) -> Self {
        Self::Chart(Box::new(chart))
    }
}

impl From<Table> for Block {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}
