//! What the leads of an area decide, and how support appoints them.
