//! What is on the disk, and what the history says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::strace::without_random;
use crate::support::project::Project;

pub const OUTPUT: &str = "config/litellm-unified.yaml";

/// Every file of a project with its mode and bytes; of what is recorded, all but the times and
/// the folder's name. The log of the watcher is for people.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State(BTreeMap<String, (u32, Vec<u8>)>);

impl State {
    pub fn of(project: &Project) -> Self {
        let mut files = BTreeMap::new();
        collect(project.root(), project.root(), &mut files);
        Self(files)
    }

    /// The output's bytes.
    pub fn output(&self) -> Option<&[u8]> {
        self.0.get(OUTPUT).map(|(_, bytes)| bytes.as_slice())
    }

    /// In words, what another one has otherwise.
    pub fn difference(&self, other: &Self) -> String {
        let mut words = String::new();
        let names: std::collections::BTreeSet<_> = self.0.keys().chain(other.0.keys()).collect();
        for name in names {
            match (self.0.get(name), other.0.get(name)) {
                (Some(one), Some(two)) if one == two => {}
                (Some((mode, one)), Some((mode_now, two))) => writeln!(
                    words,
                    "{name}: {mode:o}, now {mode_now:o}\n{}\nnow\n{}",
                    String::from_utf8_lossy(one),
                    String::from_utf8_lossy(two)
                )
                .unwrap(),
                (Some(_), None) => writeln!(words, "{name}: missing").unwrap(),
                (None, Some(_)) => writeln!(words, "{name}: should not be there").unwrap(),
                (None, None) => {}
            }
        }
        words
    }

    /// Asserts that every object is what its name says, and every manifest has its object.
    pub fn verify(&self) {
        for (name, (_, bytes)) in &self.0 {
            if let Some(hash) = name.strip_prefix(".gwcfg/objects/") {
                let mut unpacked = Vec::new();
                flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).unwrap();
                assert_eq!(format!("{}.gz", sha256(&unpacked)), hash);
            }
            if name.starts_with(".gwcfg/generations/") {
                let manifest: Value = serde_json::from_slice(bytes).unwrap();
                let object = format!(".gwcfg/objects/{}.gz", manifest["sha256"].as_str().unwrap());
                assert!(self.0.contains_key(&object), "{name} has no {object}");
            }
        }
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, (u32, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let metadata = fs::symlink_metadata(&path).unwrap();
        let name = path.strip_prefix(root).unwrap().to_str().unwrap();
        if metadata.is_dir() {
            collect(root, &path, files);
            continue;
        }
        let mut bytes = fs::read(&path).unwrap();
        if name.starts_with(".gwcfg/generations/") && name.ends_with(".json") {
            let mut manifest: Value = serde_json::from_slice(&bytes).unwrap();
            let manifest = manifest.as_object_mut().unwrap();
            manifest.remove("created");
            manifest.remove("root");
            bytes = serde_json::to_vec_pretty(manifest).unwrap();
        }
        if name == ".gwcfg/watch.log" {
            continue;
        }
        let mode = metadata.permissions().mode() & 0o7777;
        files.insert(without_random(name), (mode, bytes));
    }
}

/// Whether a deploy waits to be confirmed.
pub fn is_pending(project: &Project) -> bool {
    let Ok(text) = fs::read(project.path(".gwcfg/head.json")) else { return false };
    let head: Value = serde_json::from_slice(&text).unwrap();
    !head["pending"].is_null()
}

/// The hash of bytes, as the store writes it.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// A generation as `gwcfg history` tells of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    pub number: u64,
    pub sha256: String,
    pub origin: String,
    pub status: String,
}

/// What `gwcfg history` says, oldest first.
pub fn history(project: &Project) -> Result<Vec<Told>, String> {
    let ended = project.run(&["history", "--format", "json"]);
    // All that it may note beside is that a deploy waits.
    let is_whole = !ended.err.contains("note:") || ended.err.contains(" goes away at ");
    if ended.code != Some(0) || !is_whole {
        return Err(format!("history ends with {:?}: {}", ended.code, ended.err));
    }
    let report: Value = serde_json::from_str(&ended.out).map_err(|error| error.to_string())?;
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
    let told = |entry: &Value| Told {
        number: entry["number"].as_u64().unwrap(),
        sha256: text(entry, "sha256"),
        origin: text(entry, "origin"),
        status: text(entry, "status"),
    };
    Ok(report["generations"].as_array().unwrap().iter().rev().map(told).collect())
}
