//! The directory of an area. PostgreSQL does the searching.
