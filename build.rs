//! How the program is linked on Linux with glibc: at a fixed address, unless `GWCFG_PIE` is set.
//! See docs/design/start.md.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=GWCFG_PIE");
    let target = |fact: &str| env::var(format!("CARGO_CFG_TARGET_{fact}")).unwrap_or_default();
    let is_static = target("FEATURE").split(',').any(|feature| feature == "crt-static");
    let is_known = matches!(target("ARCH").as_str(), "x86_64" | "aarch64");
    let is_glibc = target("OS") == "linux" && target("ENV") == "gnu" && !is_static;
    if is_glibc && is_known && env::var_os("GWCFG_PIE").is_none() {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
