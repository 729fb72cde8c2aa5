//! Where a provider listens: the parts of its `base_url`.

use std::borrow::Cow;
use std::net::IpAddr;

use fluent_uri::UriRef;

use crate::document::Locality;

/// A usable http address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    /// `http` or `https`, as written.
    pub scheme: &'a str,
    /// Host name or address, brackets of IPv6 included.
    pub host: &'a str,
    /// The port, the scheme's own when none is written.
    pub port: u16,
    /// Everything behind the host, without a slash at its end.
    pub path: &'a str,
}

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressError {
    /// It does not begin with `http://` or `https://`.
    Scheme,
    /// No host.
    NoHost,
    /// The port is not a number from 1 to 65535.
    Port,
    /// A user name or password in the address.
    UserInfo,
    /// A character that no URL has.
    Invalid,
}

impl<'a> Address<'a> {
    /// Takes a URL apart.
    ///
    /// # Errors
    /// Says which part is wrong.
    pub fn parse(url: &'a str) -> Result<Self, AddressError> {
        // Spaces around an address are cut off wherever it is used.
        let url = url.trim();
        let (scheme, rest) = url.split_once("://").ok_or(AddressError::Scheme)?;
        let default_port = if scheme.eq_ignore_ascii_case("http") {
            80
        } else if scheme.eq_ignore_ascii_case("https") {
            443
        } else {
            return Err(AddressError::Scheme);
        };
        let ends = |byte: u8| matches!(byte, b'/' | b'?' | b'#');
        let end = rest.bytes().position(ends).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if authority.contains('@') {
            return Err(AddressError::UserInfo);
        }
        let (host, port) = split_port(authority);
        if host.is_empty() {
            return Err(AddressError::NoHost);
        }
        let port = match port {
            None => default_port,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().ok().filter(|port| *port > 0).ok_or(AddressError::Port)?
            }
            Some(_) => return Err(AddressError::Port),
        };
        UriRef::parse(url).map_err(|_| AddressError::Invalid)?;
        Ok(Address { scheme, host, port, path: path.trim_end_matches('/') })
    }

    /// Where requests to this address go.
    #[must_use]
    pub fn locality(&self) -> Locality {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let local = match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(ip)) => {
                ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()
            }
            Ok(IpAddr::V6(ip)) => {
                ip.is_loopback()
                    || ip.is_unspecified()
                    || ip.is_unique_local()
                    || ip.is_unicast_link_local()
            }
            Err(_) => {
                let name = host.to_ascii_lowercase();
                let dotless = !name.contains('.');
                let private = [".local", ".lan", ".internal", ".localhost", ".home.arpa"];
                dotless || private.iter().any(|suffix| name.ends_with(suffix))
            }
        };
        if local { Locality::Local } else { Locality::Cloud }
    }

    /// True when both mean the same place: `localhost` and the loopback addresses are one host.
    #[must_use]
    pub fn same_place(&self, other: &Address<'_>) -> bool {
        self.port == other.port && canonical_host(self.host) == canonical_host(other.host)
    }
}

/// A host as it is compared.
#[must_use]
pub fn canonical_host(host: &str) -> Cow<'_, str> {
    let is_lower = !host.bytes().any(|byte| byte.is_ascii_uppercase());
    let host = if is_lower { Cow::Borrowed(host) } else { Cow::Owned(host.to_ascii_lowercase()) };
    match &*host {
        "localhost" | "127.0.0.1" | "[::1]" | "0.0.0.0" | "[::]" => Cow::Borrowed("localhost"),
        _ => host,
    }
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        // A colon inside the brackets of an IPv6 address is none before a port.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_apart() {
        let address = Address::parse("http://[::1]:8000/v1/").unwrap();
        assert_eq!((address.host, address.port, address.path), ("[::1]", 8000, "/v1"));
        assert_eq!(Address::parse("https://api.openai.com/v1").unwrap().port, 443);
        assert_eq!(Address::parse("http://localhost:CUSTOM_PORT"), Err(AddressError::Port));
        assert_eq!(Address::parse("http://localhost:70000"), Err(AddressError::Port));
        assert_eq!(Address::parse("localhost:8000"), Err(AddressError::Scheme));
        assert_eq!(Address::parse("http://"), Err(AddressError::NoHost));
        assert_eq!(Address::parse("http://user:x@host"), Err(AddressError::UserInfo));
        assert_eq!(Address::parse("http://a b"), Err(AddressError::Invalid));
    }

    #[test]
    fn private_addresses_are_local() {
        let locality = |url| Address::parse(url).unwrap().locality();
        assert_eq!(locality("http://10.0.0.1:8000"), Locality::Local);
        assert_eq!(locality("http://gpu-box:8000"), Locality::Local);
        assert_eq!(locality("https://ollama.com"), Locality::Cloud);
    }
}
