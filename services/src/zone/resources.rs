//! The library of an area: links and files.
