//! The contacts and the library of an area.
