//! The organisations that people belong to: universities, employers and others.

crate::id!(OrganisationId);
