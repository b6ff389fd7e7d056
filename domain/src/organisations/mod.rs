//! Universities, employers and whoever else people belong to.

crate::id!(OrganisationId);
