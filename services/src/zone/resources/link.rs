use domain::{Problem, zone::resources::WebLink};
use url::{Host, Url};

use super::in_words;
use crate::{Error, Result};

const LONGEST: usize = 2000;

/// A web address that an area shows: https, with the name of a host that others can reach, and without a name or password in it.
///
/// # Errors
/// [`Problem::InWords`].
pub(in crate::zone) fn link(text: &str) -> std::result::Result<Url, Problem> {
    let unreadable =
        || in_words("Enter a web address that begins with https://, like https://www.nice.org.uk/guidance");
    let text = domain::visible(text);
    if text.len() > LONGEST {
        return Err(in_words("Enter a shorter web address: at most 2,000 characters"));
    }
    let address = Url::parse(&text).map_err(|_| unreadable())?;
    let is_real = match address.host() {
        // A dot at its end is the root of all names, and makes none real.
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            let end = name.rsplit_once('.').map(|(_, end)| end);
            end.is_some_and(|end| !end.is_empty() && !["localhost", "local", "internal"].contains(&end))
        }
        _ => false,
    };
    let names_somebody = !address.username().is_empty() || address.password().is_some();
    if address.scheme() != "https" || !is_real || names_somebody {
        return Err(unreadable());
    }
    if address.as_str().len() > LONGEST {
        return Err(in_words("Enter a shorter web address: at most 2,000 characters"));
    }
    Ok(address)
}

/// A stored address, with the host that people read. A host in other letters is shown in its ASCII form, so that none looks like another.
pub(in crate::zone) fn web_link(stored: String) -> Result<WebLink> {
    let address = Url::parse(&stored).map_err(Error::failed)?;
    let host = address.host_str().ok_or_else(|| Error::failed("a stored web address has no host"))?;
    let host = host.strip_prefix("www.").unwrap_or(host).to_owned();
    Ok(WebLink { address: stored, host })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_https_to_a_real_host() {
        for right in
            ["https://nice.org.uk", " https://www.nice.org.uk/guidance?a=b#c ", "HTTPS://nice.org.uk:8443/"]
        {
            assert!(link(right).is_ok(), "{right}");
        }
        for wrong in [
            "",
            "nice.org.uk",
            "http://nice.org.uk",
            "ftp://nice.org.uk",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://localhost",
            "https://localhost.",
            "https://printer.local/",
            "https://127.0.0.1/",
            "https://0x7f000001/",
            "https://[::1]/",
            "https://intranet/",
            "https://nice.org.uk@evil.example/",
            "https://:secret@evil.example/",
            &format!("https://nice.org.uk/{}", "x".repeat(2000)),
        ] {
            assert!(link(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_link_is_shown_with_its_host() {
        let shown = |typed: &str| web_link(link(typed).unwrap().into()).unwrap();
        assert_eq!(shown("https://www.nice.org.uk/guidance").host, "nice.org.uk");
        assert_eq!(shown("https://www.nice.org.uk/guidance").address, "https://www.nice.org.uk/guidance");
        // The first letter is Cyrillic.
        assert!(shown("https://аpple.example").host.starts_with("xn--"));
    }
}
