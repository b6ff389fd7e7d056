//! Messages between members, relayed by mail without either address; blocking and reporting.
