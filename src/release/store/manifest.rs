//! What is recorded of one generation beside its bytes. Written once, never changed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One recorded output: `generations/000003.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    /// The shape of this file.
    pub version: u32,
    /// Its number: 0 for what was there before gwcfg, then 1, 2, 3 …
    pub number: u32,
    /// When it was recorded.
    pub created: Timestamp,
    /// The output that it was recorded for: relative to the project root with forward slashes
    /// when it is inside, else absolute.
    pub output: String,
    /// The project root, for a command that was told nothing but the state folder.
    pub root: String,
    /// SHA-256 of its bytes, and the name of the object that holds them.
    pub sha256: String,
    /// Number of its bytes.
    pub bytes: u64,
    /// The generation to which a rollback from here goes.
    pub parent: Option<u32>,
    /// How it came to be.
    pub origin: Origin,
    /// What it was compiled from.
    #[serde(default)]
    pub sources: Vec<SourceHash>,
    /// SHA-256 over the paths and hashes of the sources.
    pub sources_sha256: Option<String>,
    /// The commit of the sources, when they are in a git repository.
    pub git: Option<Commit>,
    /// The version of gwcfg.
    pub tool: String,
    /// The gateway and its release; `None` for bytes that gwcfg did not compile.
    pub target: Option<String>,
    /// Who ran gwcfg.
    pub user: String,
    /// On which machine.
    pub host: String,
    /// What this person said about it.
    pub message: Option<String>,
}

/// How a generation came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Compiled from the sources.
    Generated,
    /// It stood in the output's place, and gwcfg had not put it there.
    Found,
    /// An earlier one, put back by a person.
    RolledBack {
        /// The earlier one.
        to: u32,
    },
}

/// A source and its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceHash {
    /// Relative to the project root, with forward slashes.
    pub path: String,
    /// Of its bytes.
    pub sha256: String,
}

/// A commit of the sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// 40 hexadecimal digits.
    pub commit: String,
    /// Whether a source differs from it.
    pub dirty: bool,
}

/// What a caller says of a generation that is about to be recorded.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// What it was compiled from.
    pub sources: Vec<SourceHash>,
    /// The commit of the sources.
    pub git: Option<Commit>,
    /// The gateway and its release.
    pub target: Option<String>,
    /// What the person said.
    pub message: Option<String>,
}
