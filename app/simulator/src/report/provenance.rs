//! What was run and on what, so that a reader can repeat it.

use maud::{html, Markup};

use crate::output::{FileHash, Run};

use super::format::count;

/// The end of the report: the run as its manifest has it.
pub(super) fn provenance(run: &Run, files: &[FileHash]) -> Markup {
    let histories = run.histories_to.saturating_sub(run.histories_from);
    html! {
        section #provenance {
            h2 { "How to repeat it" }
            p {
                "The same version with the same seed, parameters and files gives every number here again, to the last bit, on any \
                 number of threads. The manifest beside this report has the same in a form for machines."
            }
            dl.facts {
                dt { "Version" } dd { (run.version) }
                dt { "Study" } dd { (run.study) }
                dt { "Command" } dd { code { "jettison " (run.command.join(" ")) } }
                dt { "Seed" } dd { (run.seed) }
                dt { "Shard" } dd { (run.shard) }
                dt { "Histories" } dd { (count(histories)) " (numbers " (run.histories_from) " to " (run.histories_to.saturating_sub(1)) ")" }
            }
            (hashes("Files read.", &run.inputs))
            (hashes("Published tables.", &run.tables.values().cloned().collect::<Vec<_>>()))
            (hashes("Files written beside this report.", files))
            details {
                summary { "All parameters" }
                pre { (pretty(&run.parameters)) }
            }
            @if !run.fits.is_empty() {
                details {
                    summary { "Fitted models" }
                    pre { (pretty(&run.fits)) }
                }
            }
        }
    }
}

fn hashes(caption: &str, files: &[FileHash]) -> Markup {
    html! {
        @if !files.is_empty() {
            div.table {
                table {
                    caption { (caption) }
                    thead { tr { th.text scope="col" { "File" } th.number scope="col" { "Bytes" } th.text scope="col" { "BLAKE3" } } }
                    tbody {
                        @for file in files {
                            tr { td.text { (file.file) } td.number { (count(file.bytes)) } td.text.hash { (file.blake3) } }
                        }
                    }
                }
            }
        }
    }
}

fn pretty(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|why| why.to_string())
}
