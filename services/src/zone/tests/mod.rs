//! P2, P14, P15, P32, P35: an area is closed, and within it people find each other.

mod access;
mod contacts;
mod directory;
mod joining;
mod leaderless;
mod leading;
mod leaving;
mod messages;
mod news;
mod plans;
mod profile;
mod resources;
mod waits;
mod wall;
