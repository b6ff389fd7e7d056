//! Asks for the rows of an access table as every role.

use axum::http::StatusCode;

use super::{OK, ON, support::Site};

/// Collects what is answered otherwise than a table says. Its roles are in the order of the sessions.
pub struct Asked<'a> {
    site: &'a Site,
    sessions: &'a [Option<String>],
    wrong: Vec<String>,
}

impl<'a> Asked<'a> {
    pub fn new(site: &'a Site, sessions: &'a [Option<String>]) -> Self {
        Self { site, sessions, wrong: Vec::new() }
    }

    /// A page, a file or a stream.
    pub async fn open(&mut self, address: &str, expected: &[u16]) {
        let (site, sessions) = (self.site, self.sessions);
        for (role, session) in sessions.iter().enumerate() {
            let status = site.look(address, session.as_deref()).await.status();
            self.compare(address, role, expected[role], status);
        }
    }

    /// A function, with the body of its call.
    pub async fn call(&mut self, path: &str, body: &str, expected: &[u16]) {
        let (site, sessions) = (self.site, self.sessions);
        for (role, session) in sessions.iter().enumerate() {
            let status = site.call(path, body, session.as_deref()).await.status;
            self.compare(&format!("{path} {body}"), role, expected[role], status);
        }
    }

    fn compare(&mut self, what: &str, role: usize, expected: u16, got: StatusCode) {
        let got = got.as_u16();
        // What leads on is served too: a call of the page's scripts is redirected by a header and only a plain form by its status, and
        // support that has to give a reason for a file is led to the page that asks for it.
        if got != expected && !(expected == OK && got == ON) {
            self.wrong.push(format!("{what} as role {role}: {got}, not {expected}"));
        }
    }

    /// Fails with everything that was wrong.
    pub fn finish(self) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
    }
}
