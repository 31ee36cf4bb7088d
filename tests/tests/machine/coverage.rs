//! What has to happen in a run, so that a quiet one can't pass.

pub const REQUIRED: [&str; 0] = [];
pub const REQUIRED_OF_MANY: [&str; 0] = [];
