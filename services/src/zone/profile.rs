//! What members say of themselves.
