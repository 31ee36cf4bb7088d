//! The report: one HTML file that opens by itself from disk, for a risk committee.
//!
//! Charts are Plotly's, whose code is in the file; nothing is loaded from anywhere. The same [`Report`] gives the same bytes.
//!
//! | file | what |
//! |---|---|
//! | [`Report`] | all that goes into it; what wasn't studied is left out |
//! | `cards`, `headline`, `limits` | key numbers, the summary, and limits that hold for every study |
//! | `outage`, `recommended` | what several places say of the keepers' outage and of recommended parameters |
//! | `certainty` | whether a difference is more than chance |
//! | `sections` | one for each part of a study: charts, findings, tables |
//! | `returns` | [`MarketReturns`]: returns made ready for charts |
//! | `chart`, `heatmap`, `drawing` | the look of charts |
//! | `palette`, `format` | colours and names, numbers |
//! | `section`, `page`, `style` | parts of the page, the page, its style sheet |
//! | `glossary`, `provenance` | terms; what was run and on what |

mod cards;
mod certainty;
mod chart;
mod drawing;
pub mod format;
mod glossary;
mod headline;
mod heatmap;
mod limits;
mod outage;
mod page;
pub mod palette;
mod provenance;
mod recommended;
mod returns;
mod section;
mod sections;
mod style;

use crate::output::{FileHash, Run};
use crate::study::Summary;
use crate::waves::WaveStudy;

pub use page::render;
pub use returns::MarketReturns;

/// All that goes into a report.
pub struct Report {
    /// Its title.
    pub title: String,
    /// One line below it: what was studied, on what.
    pub subtitle: String,
    /// Whether prices are a seeded path through a few published figures, and not market data. Then the report says so wherever it
    /// matters, and leaves out how prices move.
    pub made_up: bool,
    /// Points of the summary beside those that follow from the studies.
    pub notes: Vec<String>,
    /// Limits beside those that every study has.
    pub limits: Vec<String>,
    /// A study of histories.
    pub study: Option<Summary>,
    /// A study of waves.
    pub waves: Option<WaveStudy>,
    /// Returns of each market, and the models fitted to them.
    pub returns: Vec<MarketReturns>,
    /// What was run.
    pub run: Run,
    /// The files beside the report.
    pub files: Vec<FileHash>,
}

impl Report {
    /// A report of a run, with nothing in it yet.
    pub fn new(title: &str, subtitle: &str, run: Run) -> Self {
        Self {
            title: title.to_owned(),
            subtitle: subtitle.to_owned(),
            made_up: false,
            notes: vec![],
            limits: vec![],
            study: None,
            waves: None,
            returns: vec![],
            run,
            files: vec![],
        }
    }

    fn sections(&self) -> Vec<section::Section> {
        let mut found = vec![];
        if let Some(study) = &self.study {
            let spec = &study.spec;
            found.extend(sections::rules::section(study));
            found.extend(sections::losses::section(study));
            found.extend(sections::insurance::section(study));
            found.extend(sections::stakers::section(&study.stakers, &headline::period(spec)));
            found.extend(sections::sizing::section(study, self.made_up));
            found.extend(study.replay.as_ref().map(|replay| sections::replay::section(replay, self.made_up)));
        }
        found.extend(self.waves.as_ref().map(sections::waves::section));
        if let Some(study) = &self.study {
            found.extend(study.network.as_ref().map(sections::contagion::section));
            found.extend(sections::signals::section(&study.signals));
        }
        // How made-up prices move says nothing of a market.
        if !self.made_up {
            found.extend(sections::returns::section(&self.returns));
        }
        found
    }
}
