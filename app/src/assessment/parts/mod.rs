//! Pieces of the pages.
