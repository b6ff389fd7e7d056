//! How somebody becomes a member of an area, leads it, and leaves.
