//! How the program is linked on Linux with glibc: at a fixed address, unless `GWCFG_PIE` is set,
//! with the unwinder inside, and with the functions of a `validate` beside each other. See
//! docs/design/start.md.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
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
    if env::var("HOST") != env::var("TARGET") {
        return;
    }
    if has_unwinder() {
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
    let root = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let order = format!("-Wl,-T,{root}/link/often.ld");
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if is_release && target("ARCH") == "x86_64" && takes(&order) {
        println!("cargo:rustc-link-arg-bins={order}");
    }
}

/// True when a program can be linked with the argument, by the system's linker and by rustc's own:
/// which of the two it will be is not said. Who names another one gets no argument that it may not
/// know.
fn takes(argument: &str) -> bool {
    println!("cargo:rerun-if-changed=link/often.ld");
    for name in ["RUSTFLAGS", "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    if env::var_os("RUSTC_LINKER").is_some() || flags.contains("link") {
        return false;
    }
    let Some(folder) = env::var_os("OUT_DIR").map(PathBuf::from) else { return false };
    let source = folder.join("trial.c");
    if fs::write(&source, "int main(void) { return 0; }\n").is_err() {
        return false;
    }
    let links = |linker: &[String]| {
        let mut cc = Command::new("cc");
        cc.arg(&source).arg("-o").arg(folder.join("trial")).args(linker).arg(argument);
        cc.output().is_ok_and(|told| told.status.success())
    };
    let own = linker_of_rustc();
    links(&[])
        && own.is_none_or(|folder| links(&["-fuse-ld=lld".to_owned(), format!("-B{folder}")]))
}

/// The folder of the linker that comes with rustc.
fn linker_of_rustc() -> Option<String> {
    let rustc = env::var_os("RUSTC")?;
    let told = Command::new(rustc).args(["--print", "sysroot"]).output().ok()?;
    let root = String::from_utf8(told.stdout).ok()?;
    let folder = format!("{}/lib/rustlib/{}/bin/gcc-ld", root.trim(), env::var("TARGET").ok()?);
    Path::new(&folder).is_dir().then_some(folder)
}

/// True when the linker's own C compiler brings the unwinder as an archive: a name that it does not
/// know comes back as it was asked.
fn has_unwinder() -> bool {
    let asked = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output();
    asked.is_ok_and(|told| Path::new(String::from_utf8_lossy(&told.stdout).trim()).is_absolute())
}
