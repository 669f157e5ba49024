//! Which addresses a send may reach.

use super::failure::failure;
use super::target::Target;
use crate::exchange::{Failure, FailureKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// How far a send may reach. Held against the resolved address, when the connection is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Wherever the user says.
    Anywhere,
    /// The public internet only: a redirect by a public server never leads into this computer or its network.
    Public,
    /// Anywhere but these ports of our own: a replay into the listener would be captured and so on without end.
    NotOwnPorts(Arc<[u16]>),
}

impl Reach {
    /// How far a redirect by the server at `peer` may lead: one by a public server never inside, nor does any after it.
    pub(super) fn after(self, peer: Option<SocketAddr>) -> Self {
        match peer {
            Some(peer) if !is_inner(peer.ip()) => Self::Public,
            _ => self,
        }
    }

    /// Whether a connection to `address` may be opened.
    pub(super) fn check(&self, target: &Target, address: SocketAddr) -> Result<(), Failure> {
        match self {
            Self::Anywhere => Ok(()),
            Self::Public if is_inner(address.ip()) => Err(failure(
                FailureKind::Forbidden,
                format!(
                    "The redirect to {} leads into this computer or its network ({}).",
                    target.authority,
                    address.ip()
                ),
                "Send to that URL yourself if you trust it.",
            )),
            Self::NotOwnPorts(ports) if ports.contains(&address.port()) && is_this_computer(address.ip()) => {
                Err(own(target))
            }
            Self::Public | Self::NotOwnPorts(_) => Ok(()),
        }
    }

    /// Whether an open connection from `local` to `address` may be used: a connection with one address at both ends
    /// stays on this computer.
    pub(super) fn check_open(&self, target: &Target, address: SocketAddr, local: SocketAddr) -> Result<(), Failure> {
        match self {
            Self::NotOwnPorts(ports)
                if ports.contains(&address.port()) && canonical(local.ip()) == canonical(address.ip()) =>
            {
                Err(own(target))
            }
            _ => self.check(target, address),
        }
    }
}

fn own(target: &Target) -> Failure {
    failure(
        FailureKind::Forbidden,
        format!("{} is Pushpull's own listener.", target.authority),
        "Choose the URL of your own service.",
    )
}

fn canonical(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

fn is_this_computer(ip: IpAddr) -> bool {
    let ip = canonical(ip);
    ip.is_loopback() || ip.is_unspecified()
}

/// True for addresses that are not of the public internet: loopback, link-local, private, shared, unspecified,
/// reserved, multicast (the registries of RFC 6890), and IPv6 forms that hold such an IPv4 address.
pub(super) fn is_inner(ip: IpAddr) -> bool {
    match canonical(ip) {
        IpAddr::V4(ip) => is_inner_v4(ip),
        IpAddr::V6(ip) => is_inner_v6(ip),
    }
}

fn is_inner_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b))
}

fn is_inner_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    let v4 = |high: u16, low: u16| is_inner_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match segments {
        [0, 0, 0, 0, 0, 0, high, low] => high == 0 || v4(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4(high, low),
        [0x64, 0xff9b, 1, ..] => true,
        [0x2002, high, low, ..] => v4(high, low),
        [first, ..] => ip.is_multicast() || (first & 0xfe00) == 0xfc00 || (first & 0xff80) == 0xfe80,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_addresses_are_known_in_every_form() {
        for ip in [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
        ] {
            assert!(is_inner(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn a_redirect_of_a_public_server_never_leads_inside_again() {
        let at = |ip: &str| SocketAddr::new(ip.parse().unwrap(), 80);
        let target = Target::parse("http://h/").unwrap();
        let (inside, outside) = (at("192.168.1.1"), at("1.1.1.1"));
        let reached = |peers: &[Option<SocketAddr>]| {
            let reach = peers.iter().fold(Reach::Anywhere, |reach, peer| reach.after(*peer));
            assert!(reach.check(&target, outside).is_ok(), "{peers:?}");
            reach.check(&target, inside).map_err(|failure| failure.kind)
        };
        for peers in [&[][..], &[Some(inside)], &[None], &[Some(inside), Some(at("::1"))]] {
            assert_eq!(reached(peers), Ok(()), "{peers:?}");
        }
        for peers in [&[Some(outside)][..], &[Some(inside), Some(outside)], &[Some(outside), Some(inside), None]] {
            assert_eq!(reached(peers), Err(FailureKind::Forbidden), "{peers:?}");
        }
    }

    #[test]
    fn public_addresses_are_not_inner() {
        for ip in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"] {
            assert!(!is_inner(ip.parse().unwrap()), "{ip}");
        }
    }
}
