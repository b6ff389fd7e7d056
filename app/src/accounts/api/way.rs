//! Where signing in leads.

/// Where to go after signing in: always a path of this site, as a browser would read it.
pub(super) fn local_path(next: &str) -> String {
    let within = || {
        if !next.starts_with('/') || next.contains(char::is_control) {
            return None;
        }
        let site = url::Url::parse("http://site.invalid").ok()?;
        let address = site.join(next).ok().filter(|address| address.origin() == site.origin())?;
        let path = &address[url::Position::BeforePath..];
        (!path.starts_with("//")).then(|| path.to_owned())
    };
    within().unwrap_or_else(|| "/".to_owned())
}

/// A page before the one that is asked for, which it leads on to. The start, where nobody asked to go, is not named.
pub(super) fn on_the_way(page: &str, next: &str) -> String {
    if next == "/" {
        return page.to_owned();
    }
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("{page}?next={next}")
}

#[cfg(test)]
mod tests {
    use super::{local_path, on_the_way};

    #[test]
    fn a_page_before_the_one_asked_for_carries_it_whole() {
        assert_eq!(on_the_way("/sign-in/code", "/"), "/sign-in/code");
        assert_eq!(on_the_way("/sign-in/code", "/a?b=c&d"), "/sign-in/code?next=%2Fa%3Fb%3Dc%26d");
    }

    #[test]
    fn signing_in_never_leads_to_another_site() {
        for (next, goes_to) in [
            ("", "/"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/learn\r\nSet-Cookie: x", "/"),
            ("javascript:alert(1)", "/"),
            ("/.//evil.example", "/"),
            ("/a/..//evil.example", "/"),
            ("/learn/nmp?a=b", "/learn/nmp?a=b"),
            ("/cohorts/x?search=a%26b%3Dc", "/cohorts/x?search=a%26b%3Dc"),
            ("/account?code=A-B#sponsors", "/account?code=A-B#sponsors"),
            ("/cohorts/x?search=é", "/cohorts/x?search=%C3%A9"),
        ] {
            assert_eq!(local_path(next), goes_to, "{next}");
        }
        for control in (0..32).chain([127]).map(char::from) {
            assert_eq!(local_path(&format!("/{control}/evil.example")), "/", "{control:?}");
        }
    }
}
