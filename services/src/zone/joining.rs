//! How somebody becomes a member of an area.
