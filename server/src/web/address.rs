use std::net::{IpAddr, SocketAddr};

use axum::{extract::ConnectInfo, extract::Request};

use super::WebState;

/// The browser's address: the peer's, or, if the peer is a configured proxy, the last one in X-Forwarded-For that is
/// not.
pub(super) fn of(state: &WebState, request: &Request) -> Option<IpAddr> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    let forwarded: Vec<_> =
        request.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    Some(behind(peer, &forwarded.join(","), |proxy| state.trusts(proxy)))
}

fn behind(peer: IpAddr, forwarded: &str, trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    let mut address = peer;
    for hop in forwarded.rsplit(',') {
        if !trusted(address) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(hop) => address = hop.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_configured_proxies_are_believed() {
        let trusted = |address: IpAddr| address.to_string().starts_with("10.");
        for (peer, forwarded, address) in [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "junk", "10.0.0.1"),
            ("10.0.0.1", "2001:db8::7", "2001:db8::7"),
        ] {
            assert_eq!(
                behind(peer.parse().unwrap(), forwarded, trusted).to_string(),
                address,
                "{peer} {forwarded}"
            );
        }
    }
}
