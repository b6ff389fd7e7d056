//! What members say of themselves, and their pictures.
