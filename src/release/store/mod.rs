//! The generations: what was in place, when, and by whom. Read without a lock; `docs/design/
//! generations.md` says in which order the files are written, and why a crash cannot hurt.
//!
//! ```text
//! .gwcfg/
//!   lock                       held by the one who writes
//!   head.json                  what is in place; always replaced last
//!   generations/000003.json    one manifest each, written once
//!   objects/<SHA-256>.gz       the bytes
//! ```

mod head;
mod manifest;
mod object;
mod retention;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write};
use std::path::{Path, PathBuf};

pub use head::{Head, Pending, Status};
pub use manifest::{Commit, Facts, Generation, Origin, SourceHash};
pub use object::Stored;
pub use retention::{Keep, Kept, before, keep};

use super::atomic::{STATE_MODE, WriteError, replace};
use super::place::Place;

/// The shape of the files that this gwcfg writes.
pub const VERSION: u32 = 1;

/// Folder of the manifests, in the state folder.
const GENERATIONS: &str = "generations";
const HEAD: &str = "head.json";

/// A manifest is some hundred lines at most.
const MAX_MANIFEST_BYTES: u64 = 1024 * 1024;

/// How often a reader begins again when a generation was pruned under its hands.
const ATTEMPTS: usize = 4;

/// The generations could not be read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system refused.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of the state folder is not what gwcfg writes.
    #[error("`{path}` is damaged ({why}); `zcat` still reads the files of `objects`")]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The bytes of a generation are not what they were.
    #[error("generation {number} is damaged: {why}; choose another one with `--to`")]
    Damaged {
        /// Its number.
        number: u32,
        /// What is wrong with it.
        why: &'static str,
    },
    /// There is no such generation.
    #[error("there is no generation {number}; `gwcfg history` lists them")]
    Unknown {
        /// The number that was asked for.
        number: u32,
    },
    /// A newer gwcfg wrote it.
    #[error(
        "`{path}` was written by a newer gwcfg (version {version} of the file): use that one here"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// The bytes could not be written to where they were wanted.
    #[error("cannot copy generation {number}: {source}")]
    Copy {
        /// Its number.
        number: u32,
        /// What the system said.
        source: io::Error,
    },
}

/// The state folder, for reading. It may be missing: then nothing was recorded.
#[derive(Debug, Clone)]
pub struct Store {
    dir: PathBuf,
}

/// The recorded generations, and those whose manifest cannot be read.
#[derive(Debug, Default)]
pub struct Listing {
    /// By number.
    pub generations: BTreeMap<u32, Generation>,
    /// What is wrong with the others, by number.
    pub broken: BTreeMap<u32, StoreError>,
}

impl Listing {
    /// As [`before`], and sure: `None` when the one to go back to may be one that cannot be read.
    ///
    /// # Errors
    /// Then, with what is wrong with that one.
    pub fn way_back(&self, head: &Head, from: u32) -> Result<Option<u32>, &StoreError> {
        let found = before(&self.generations, head, from);
        let parent = self.generations.get(&from).and_then(|generation| generation.parent);
        let above = found.map_or(0, |found| found.saturating_add(1));
        let missed = parent.and_then(|parent| self.broken.range(..=parent).next_back());
        match self.broken.get(&from).or(missed.filter(|(at, _)| **at >= above).map(|(_, e)| e)) {
            Some(error) => Err(error),
            None => Ok(found),
        }
    }
}

impl Store {
    /// The store in a state folder.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Store { dir: dir.to_path_buf() }
    }

    /// The state folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Every folder that only gwcfg writes to.
    pub(super) fn folders(&self) -> [PathBuf; 3] {
        [self.dir.clone(), self.dir.join(GENERATIONS), self.dir.join(object::OBJECTS)]
    }

    /// What is in place.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn head(&self) -> Result<Head, StoreError> {
        let path = self.dir.join(HEAD);
        let read: Option<Versioned<Head>> = read_json(&path)?;
        Ok(read.map(|read| read.content).unwrap_or_default())
    }

    /// Replaces [`Store::head`]. Whoever calls it holds the lock.
    ///
    /// # Errors
    /// When the disk refuses; the old one stands then.
    pub(super) fn write_head(&self, head: &Head) -> Result<(), WriteError> {
        write_json(&self.dir, &self.dir.join(HEAD), &Versioned { version: VERSION, content: head })
    }

    /// What is recorded of a generation, whatever its state is.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub fn generation(&self, number: u32) -> Result<Generation, StoreError> {
        let path = self.manifest(number);
        let read: Option<Generation> = read_json(&path)?;
        let generation = read.ok_or(StoreError::Unknown { number })?;
        if generation.number != number {
            let why = format!("it says that it is generation {}", generation.number);
            return Err(StoreError::Broken { path, why });
        }
        Ok(generation)
    }

    /// Every generation that was in place or is.
    ///
    /// # Errors
    /// When the folder or the head cannot be read.
    pub fn list(&self) -> Result<(Head, Listing), StoreError> {
        let mut last = None;
        for _ in 0..ATTEMPTS {
            let head = self.head()?;
            let mut listing = self.list_all()?;
            let known = |number: &u32| head.last.is_some_and(|last| *number <= last);
            listing.generations.retain(|number, _| known(number));
            // A writer may have been at work between the two readings.
            if self.head()? == head {
                return Ok((head, listing));
            }
            last = Some((head, listing));
        }
        Ok(last.unwrap_or_default())
    }

    /// Every manifest that is there, those of interrupted runs among them.
    pub(super) fn list_all(&self) -> Result<Listing, StoreError> {
        let mut listing = Listing::default();
        for number in self.numbers()? {
            match self.generation(number) {
                Ok(generation) => {
                    listing.generations.insert(number, generation);
                }
                // Pruned since the folder was read.
                Err(StoreError::Unknown { .. }) => {}
                Err(error) => {
                    listing.broken.insert(number, error);
                }
            }
        }
        Ok(listing)
    }

    /// Writes the bytes of a generation to `out`, and fails when they are not what they were: a
    /// caller keeps nothing of what it got then.
    ///
    /// # Errors
    /// When they are damaged or cannot be read, or `out` refuses.
    pub fn copy(&self, generation: &Generation, out: &mut dyn Write) -> Result<(), StoreError> {
        let stored = Stored { sha256: generation.sha256.clone(), bytes: generation.bytes };
        object::copy(&self.dir, generation.number, &stored, out)
    }

    /// The bytes of a generation, verified.
    ///
    /// # Errors
    /// As [`Store::copy`].
    pub fn bytes(&self, generation: &Generation) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::new();
        self.copy(generation, &mut bytes)?;
        Ok(bytes)
    }

    /// Stores bytes. Whoever calls it holds the lock.
    pub(super) fn store(&self, from: &mut impl io::Read) -> Result<Stored, WriteError> {
        object::store(&self.dir, from)
    }

    /// Writes a manifest. Whoever calls it holds the lock.
    pub(super) fn write_manifest(&self, generation: &Generation) -> Result<(), WriteError> {
        write_json(&self.dir, &self.manifest(generation.number), generation)
    }

    /// Removes the manifest of a generation, and then every object that no manifest names.
    pub(super) fn forget(&self, numbers: &[u32]) -> Result<(), WriteError> {
        self.remove_manifests(numbers)?;
        self.sweep()
    }

    /// The first half of [`Store::forget`].
    pub(super) fn remove_manifests(&self, numbers: &[u32]) -> Result<(), WriteError> {
        numbers.iter().try_for_each(|number| remove(&self.manifest(*number)))
    }

    /// Removes every object that no manifest names, as long as every manifest can be read.
    pub(super) fn sweep(&self) -> Result<(), WriteError> {
        let Ok(listing) = self.list_all() else { return Ok(()) };
        if !listing.broken.is_empty() {
            return Ok(());
        }
        let folder = self.dir.join(object::OBJECTS);
        let failed = |source| WriteError::new(&folder, source);
        let named: BTreeSet<PathBuf> = listing
            .generations
            .values()
            .filter_map(|generation| object::path_of(&self.dir, &generation.sha256))
            .collect();
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let hash = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".gz"));
            let ours = hash.and_then(|hash| object::path_of(&self.dir, hash)).is_some();
            if ours && !named.contains(&path) {
                remove(&path)?;
            }
        }
        Ok(())
    }

    fn manifest(&self, number: u32) -> PathBuf {
        self.dir.join(GENERATIONS).join(format!("{number:06}.json"))
    }

    /// The numbers for which a manifest is there, in order.
    fn numbers(&self) -> Result<Vec<u32>, StoreError> {
        let folder = self.dir.join(GENERATIONS);
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if is_missing(&error) => return Ok(Vec::new()),
            Err(source) => return Err(StoreError::Read { path: folder, source }),
        };
        let mut numbers = Vec::new();
        for entry in entries {
            // A folder that is read by half would make the other half look as if it were gone.
            let entry =
                entry.map_err(|source| StoreError::Read { path: folder.clone(), source })?;
            let name = entry.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".json"));
            numbers.extend(number.and_then(|number| number.parse::<u32>().ok()));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }
}

/// A file of the state folder with the version of its shape.
#[derive(serde::Serialize, serde::Deserialize)]
struct Versioned<T> {
    version: u32,
    #[serde(flatten)]
    content: T,
}

/// The one key that every version has.
#[derive(serde::Deserialize)]
struct Version {
    version: u32,
}

/// `None` when nothing is there.
fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, StoreError> {
    let failed = |source| StoreError::Read { path: path.to_path_buf(), source };
    let broken = |why: String| StoreError::Broken { path: path.to_path_buf(), why };
    let bytes = match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => metadata.len().min(MAX_MANIFEST_BYTES),
        Ok(_) => return Err(broken("it is no file".to_owned())),
        Err(error) if is_missing(&error) => return Ok(None),
        Err(source) => return Err(failed(source)),
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(failed(source)),
    };
    // One byte more is read in one go too: the end is seen without another buffer.
    let mut text = Vec::with_capacity(usize::try_from(bytes).unwrap_or(0) + 1);
    file.take(MAX_MANIFEST_BYTES).read_to_end(&mut text).map_err(failed)?;
    let version: Version =
        serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
    if version.version > VERSION {
        let (path, version) = (path.to_path_buf(), version.version);
        return Err(StoreError::Newer { path, version });
    }
    serde_json::from_slice(&text).map(Some).map_err(|error| broken(error.to_string()))
}

fn write_json(
    state_dir: &Path,
    path: &Path,
    content: &impl serde::Serialize,
) -> Result<(), WriteError> {
    let place = Place { path, root: state_dir, new_mode: STATE_MODE };
    replace(&place, |file| {
        serde_json::to_writer_pretty(&mut *file, content)?;
        file.write_all(b"\n")
    })
}

/// A file in the place of the state folder is told by whoever wants to write there.
fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Removes a file that may be gone already.
fn remove(path: &Path) -> Result<(), WriteError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(WriteError::new(path, error)),
        _ => Ok(()),
    }
}
