//! The directory of an area: search, filters, order.
