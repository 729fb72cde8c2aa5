//! Setting up: what a new user begins with, and what gwcfg is plugged into, each with the real
//! counterpart: an editor's language server, shells, manual pages, pip, pre-commit, CI.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a panic fails the test, and one that is left out says so"
)]

#[path = "../support/mod.rs"]
mod support;

mod ci_files;
mod editor;
mod init;
mod manual;
mod pre_commit;
mod shells;
mod tools;
mod wheel;

use std::path::Path;

/// This repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A new project, as `gwcfg init` writes it, in a folder of its own.
fn begun() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut command = support::project::gwcfg();
    command.args(["init", "."]).current_dir(folder.path());
    support::project::ends(&support::project::finish(command), 0, &["wrote `./gwcfg.yaml`"]);
    folder
}
