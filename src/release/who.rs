//! Who runs gwcfg, and where: for the history and for the note in the lock.

use std::env;

/// The user's name; with `sudo`, who it is for. `uid 1000` when no name is known.
#[must_use]
pub fn user() -> String {
    let name = |variable: &str| env::var(variable).ok().filter(|name| !name.trim().is_empty());
    let user = name("USER").or_else(|| name("LOGNAME"));
    let user = user.unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()));
    match name("SUDO_USER") {
        Some(person) if person != user => format!("{user} (sudo by {person})"),
        Some(_) | None => user,
    }
}

/// The machine's name.
#[must_use]
pub fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
