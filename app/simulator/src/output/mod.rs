//! What a study leaves behind: Parquet and JSON tables, a report, and a manifest by which it can be repeated bit for bit.
//!
//! | file | what |
//! |---|---|
//! | `folder`, `staging` | [`Folder`]: one run's files, all or nothing, never over another run's |
//! | `manifest` | [`Manifest`]: what was run, on what, and the hash of every file; [`Manifest::check`] |
//! | `shard` | [`Shard`]: one part of a study's histories; [`merge_runs`] |
//! | `table`, `schema`, `cell`, `from_cell` | records as Parquet, read back as they were |
//! | `atomic` | files that are there whole or not at all |

mod atomic;
mod cell;
mod error;
mod folder;
mod from_cell;
mod manifest;
mod schema;
mod shard;
mod staging;
mod table;

pub use atomic::write_atomic;
pub use error::{OutputError, TableError};
pub use folder::Folder;
pub use manifest::{FileHash, Fit, Manifest, Mismatch, Run, MANIFEST, SCHEMA};
pub use shard::{merge_runs, Shard};
pub use table::{read_parquet, write_parquet};
