//! Whom to tell of a hole in the program, inside the program itself: explorers and `strings` find it there.
//!
//! The sources have no operator, so there is nobody to name. Whoever deploys puts their own contact, project page and
//! policy here first: see SECURITY.md.

solana_security_txt::security_txt! {
    name: "Jettison",
    project_url: "not set: see SECURITY.md of the source",
    contacts: "other:not set by whoever built this; see SECURITY.md of the source",
    policy: "SECURITY.md of the source",
    preferred_languages: "en"
}
