//! The house is in order: what `docs/design` and `src/lib.rs` say of the layout holds for every
//! file. Each check is a plain function over text, so that a small bad input shows that it can
//! fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a panic fails the test"
)]

#[path = "../support/mod.rs"]
mod support;

mod dependencies;
mod imports;
mod lines;
mod order;
mod pages;
mod places;

use std::fs;
use std::path::{Path, PathBuf};

/// The crate's folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Folders that hold what tools made: nothing of them is ours.
const MADE: &[&str] = &["target", ".git", ".gwcfg", "corpus", "artifacts", "__pycache__"];

/// Every text file below `folder`, by its path from the crate's folder, in order.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().expect("names are UTF-8").to_owned();
            if path.is_dir() {
                if !MADE.contains(&name.as_str()) {
                    open.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path)
                && name != ".git"
                && !name.ends_with(".snap.new")
            {
                let inside = path.strip_prefix(root()).unwrap().to_str().unwrap();
                found.push((inside.replace('\\', "/"), text));
            }
        }
    }
    found.sort();
    found
}

/// The Rust files of `folders`.
fn rust(folders: &[&str]) -> Vec<(String, String)> {
    let files = folders.iter().flat_map(|folder| texts(&root().join(folder)));
    files.filter(|(path, _)| path.ends_with(".rs")).collect()
}

/// Fails with every breach, one a line.
fn none(breaches: &[String]) {
    assert!(breaches.is_empty(), "{} breaches:\n{}", breaches.len(), breaches.join("\n"));
}
