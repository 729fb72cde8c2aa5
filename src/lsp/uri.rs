//! Between `file:` addresses and paths.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Component, Path, PathBuf};

/// The path of a `file:` address on this machine. `None` for anything else: an editor names texts
/// that were never saved `untitled:…`.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    let (scheme, rest) = uri.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    let rest = rest.strip_prefix("//")?;
    let (host, path) = rest.split_at_checked(rest.find('/')?)?;
    if !(host.is_empty() || host.eq_ignore_ascii_case("localhost")) {
        return None;
    }
    let path = path.split(['?', '#']).next()?;
    let path = PathBuf::from(OsString::from_vec(decoded(path)?));
    // The system takes no path with a NUL in it.
    (!path.as_os_str().as_bytes().contains(&0)).then(|| tidy(&path))
}

/// The bytes that `%41` and the like stand for.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    Some(bytes)
}

/// The address of an absolute path.
pub(super) fn uri_of(path: &Path) -> String {
    let mut uri = "file://".to_owned();
    for byte in tidy(path).as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// A path without `.` and `..`, as far as that is known without the disk.
pub(super) fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                tidy.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => tidy.push(part),
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_letters_of_all_kinds_go_both_ways() {
        let path = Path::new("/a b/é#?%/providers.yaml");
        let uri = uri_of(path);
        assert_eq!(uri, "file:///a%20b/%C3%A9%23%3F%25/providers.yaml");
        assert_eq!(path_of(&uri).as_deref(), Some(path));
        // As other clients write it.
        let lower = path_of("FILE://localhost/a%20b/%c3%a9%23%3f%25/providers.yaml");
        assert_eq!(lower.as_deref(), Some(path));
        assert_eq!(path_of("file:///a/../b/./c"), Some(PathBuf::from("/b/c")));
    }

    #[test]
    fn what_is_no_file_of_this_machine_has_no_path() {
        for uri in [
            "untitled:Untitled-1",
            "https://example.org/a.yaml",
            "file://elsewhere/a.yaml",
            "file:///a%zz",
            "file:///a%0",
            "file:///a%00b",
            "file:",
            "",
        ] {
            assert_eq!(path_of(uri), None, "{uri}");
        }
    }
}
