//! The people and services that an area pins for its members.
