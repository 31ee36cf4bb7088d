//! The risk lab: how losses would be shared, on the engine itself.
