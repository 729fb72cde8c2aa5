//! Programs of others at pinned versions, installed into `target/` on first use.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::root;
use crate::support::project::skipped;

/// True when nothing may be fetched: the caller leaves its test then, and it is said by name.
pub fn is_offline() -> bool {
    let offline = std::env::var_os("GWCFG_OFFLINE").is_some_and(|value| value == "1");
    if offline {
        skipped("GWCFG_OFFLINE=1");
    }
    offline
}

/// The folder with the programs of a Python package in a virtual environment of its own.
///
/// # Panics
/// When it cannot be installed. A test without its judge must not pass.
pub fn python_package(requirement: &str) -> PathBuf {
    let home = installed(requirement, |home| {
        run(Command::new("python3").args(["-m", "venv"]).arg(home));
        let pip = home.join("bin/pip");
        run(Command::new(pip)
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .arg(requirement));
    });
    home.join("bin")
}

/// The folder `node_modules` with a package of npm in it.
///
/// # Panics
/// As [`python_package`].
pub fn node_package(requirement: &str) -> PathBuf {
    let home = installed(requirement, |home| {
        fs::create_dir_all(home).unwrap();
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--silent", "--prefix"]).arg(home);
        run(npm.arg(requirement));
    });
    home.join("node_modules")
}

/// Makes sure that a program of the system is there, by Debian's package of the same name.
///
/// # Panics
/// As [`python_package`].
pub fn system_package(name: &str) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let is_there = || std::env::split_paths(&path()).any(|folder| folder.join(name).is_file());
    if is_there() {
        return;
    }
    let install = || apt(&["install", "-y", "-q", "--no-install-recommends", name]);
    if let Err(why) = install().or_else(|_| apt(&["update", "-q"]).and_then(|()| install())) {
        panic!(
            "{name} is missing and cannot be installed; set GWCFG_OFFLINE=1 to go without: {why}"
        );
    }
    assert!(is_there(), "{name} was installed, and is not in the PATH");
}

fn path() -> std::ffi::OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

fn apt(arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    let output = command.output().map_err(|error| error.to_string())?;
    let err = || String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(err()) }
}

/// A folder under `target/` that is whole; made by `make` when it is not.
fn installed(requirement: &str, make: impl FnOnce(&Path)) -> PathBuf {
    let name = requirement.replace("==", "-").replace(['@', '/'], "-");
    let target = root().join("target");
    let home = target.join(&name);
    let whole = home.join("gwcfg-complete");
    fs::create_dir_all(&target).unwrap();
    // Several test binaries may come here at once; the lock ends with the file handle.
    let lock = File::create(target.join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    if !whole.exists() {
        if home.exists() {
            fs::remove_dir_all(&home).unwrap();
        }
        make(&home);
        fs::write(whole, requirement).unwrap();
    }
    home
}

/// Runs a program to its end and gives what it printed.
///
/// # Panics
/// When it fails.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?} did not start: {error}; set GWCFG_OFFLINE=1 to go without")
    });
    let (out, err) = (String::from_utf8_lossy(&output.stdout), &output.stderr);
    assert!(
        output.status.success(),
        "{command:?} failed; set GWCFG_OFFLINE=1 to go without\n{out}{}",
        String::from_utf8_lossy(err)
    );
    out.into_owned()
}
