//! Who opts out of an area, or of the whole Zone, is gone from it at once.
