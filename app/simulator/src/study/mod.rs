//! Studies: many histories, the same under every rule, and what they say together.
//!
//! | file | what |
//! |---|---|
//! | `spec` | all that a study is made of: it can be stored, and gives the same result again |
//! | `task` | the pieces of work, in a fixed order, so that shards can share them out |
//! | `rows` | what the pieces bring, merged |
//! | `compare`, `sizing`, `signals` | what the rows say together |
//! | `network` | the exposure network, and what removing its key nodes would save |
//! | `proof` | the recommendation in the study's own histories |
//! | `replay` | one history step by step |
//! | `summary` | everything that a study found |

pub mod compare;
pub mod network;
pub mod proof;
pub mod replay;
pub mod rows;
pub mod signals;
pub mod sizing;
pub mod spec;
pub mod summary;
pub mod task;

pub use rows::Rows;
pub use spec::{SizingSpec, StudySpec};
pub use summary::Summary;
pub use task::Study;
