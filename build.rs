//! How the program is linked on Linux with glibc: at a fixed address, unless `GWCFG_PIE` is set,
//! and with the unwinder inside. See docs/design/start.md.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=GWCFG_PIE");
    let target = |fact: &str| env::var(format!("CARGO_CFG_TARGET_{fact}")).unwrap_or_default();
    let is_static = target("FEATURE").split(',').any(|feature| feature == "crt-static");
    let is_known = matches!(target("ARCH").as_str(), "x86_64" | "aarch64");
    let is_glibc = target("OS") == "linux" && target("ENV") == "gnu" && !is_static;
    if !is_glibc || !is_known {
        return;
    }
    if env::var_os("GWCFG_PIE").is_none() {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
    if env::var("HOST") == env::var("TARGET") && has_unwinder() {
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
}

/// True when the linker's own C compiler brings the unwinder as an archive: a name that it does not
/// know comes back as it was asked.
fn has_unwinder() -> bool {
    let asked = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output();
    asked.is_ok_and(|told| Path::new(String::from_utf8_lossy(&told.stdout).trim()).is_absolute())
}
