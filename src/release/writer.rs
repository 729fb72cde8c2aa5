//! Records generations and puts them in place, under the lock. The order of the steps is the
//! whole safety: bytes, manifest, output, head; `docs/design/generations.md` tells why.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use super::atomic::{
    AtomicFile, OUTPUT_MODE, Spare, WriteError, remove_all_leftovers, remove_leftovers,
};
use super::hash;
use super::lock::{Lock, LockError};
use super::place::{Place, resolve};
use super::store::{
    self, Facts, Generation, Head, Keep, Origin, Pending, Store, StoreError, Stored, VERSION,
};
use super::who;

/// Bytes of an output from which on a thread of its own is worth its start.
const LARGE: u64 = 1 << 20;

/// A generation was not recorded, or not put in place.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The lock was not had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The generations cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The output cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Output {
        /// The output.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A deploy waits to be confirmed.
    #[error(
        "generation {number} was deployed and waits for `gwcfg confirm` until {deadline}; \
             confirm it, or go back at once with `gwcfg rollback`"
    )]
    Pending {
        /// Its number.
        number: u32,
        /// When it is taken back.
        deadline: Timestamp,
    },
    /// The state names a place that is not gwcfg's to write to.
    #[error(
        "the deploy in progress names `{path}`, which is neither the project's output nor a file \
             of gwcfg: nothing is written there"
    )]
    NotOurs {
        /// The place.
        path: PathBuf,
    },
    /// A deploy ended in the middle, and nobody has taken it back yet.
    #[error(
        "the deploy of generation {number} ended in the middle and goes away by itself; \
             `gwcfg rollback` does that at once"
    )]
    Unfinished {
        /// Its number.
        number: u32,
    },
}

/// The file that gwcfg puts in place.
#[derive(Debug, Clone)]
pub struct Output {
    /// As the user names it.
    pub path: PathBuf,
    /// The project, which links must not leave.
    pub root: PathBuf,
    /// As the store names it: relative to the project when it is inside.
    pub key: String,
}

impl Output {
    /// The output at `path`, by whatever links it is reached.
    ///
    /// # Errors
    /// When its folder is missing, or a link leads out of the project.
    pub fn new(path: &Path, root: &Path) -> Result<Output, WriteError> {
        let place = Place { path, root, new_mode: OUTPUT_MODE };
        let real = resolve(&place)?;
        let real_root = root.canonicalize().map_err(|source| WriteError::new(root, source))?;
        let inside = real.strip_prefix(&real_root).unwrap_or(&real);
        let key = inside.to_string_lossy().into_owned();
        Ok(Output { path: path.to_path_buf(), root: root.to_path_buf(), key })
    }

    pub(super) fn place(&self) -> Place<'_> {
        Place { path: &self.path, root: &self.root, new_mode: OUTPUT_MODE }
    }
}

/// The hash and length of a file; `None` when nothing is there.
///
/// # Errors
/// When it cannot be read, or is no file.
pub fn fingerprint(path: &Path) -> Result<Option<Stored>, ReleaseError> {
    let failed = |source| ReleaseError::Output { path: path.to_path_buf(), source };
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(failed(ErrorKind::IsADirectory.into())),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(failed(source)),
    }
    let mut file = File::open(path).map_err(failed)?;
    let (sha256, bytes) = hash::of_reader(&mut file).map_err(failed)?;
    Ok(Some(Stored { sha256, bytes }))
}

/// A generation that is recorded and not in place yet. Dropped, it leaves nothing that anybody
/// would see.
#[derive(Debug)]
pub struct Prepared {
    /// What was recorded.
    pub generation: Generation,
    file: AtomicFile,
    output: Output,
}

impl Prepared {
    /// Where its bytes are until it is in place, for the gateway's own check.
    #[must_use]
    pub fn temporary(&self) -> &Path {
        self.file.temporary()
    }

    pub(super) fn into_parts(self) -> (Generation, AtomicFile, Output) {
        (self.generation, self.file, self.output)
    }
}

/// The state folder with the right to write.
#[derive(Debug)]
pub struct Writer {
    store: Store,
    head: Head,
    root: PathBuf,
    lock: Lock,
    /// The output from before a deploy, for the way back.
    pub(super) spare: Option<Spare>,
}

impl Writer {
    /// Takes the lock, and brings to its end what an interrupted run left behind.
    ///
    /// # Errors
    /// When the lock is held, or the state cannot be read or written.
    pub fn open(
        root: &Path,
        state_dir: &Path,
        wait: Duration,
        command: &str,
    ) -> Result<Writer, ReleaseError> {
        // Links out of the project are refused for the state as for the output.
        let inside = state_dir.join("lock");
        match resolve(&Place { path: &inside, root, new_mode: OUTPUT_MODE }) {
            Err(error) if !matches!(error, WriteError::FolderMissing { .. }) => {
                return Err(error.into());
            }
            Ok(_) | Err(_) => {}
        }
        let lock = Lock::acquire(state_dir, wait, command)?;
        let store = Store::new(state_dir);
        let head = store.head()?;
        let mut writer = Writer { store, head, root: root.to_path_buf(), lock, spare: None };
        writer.settle()?;
        Ok(writer)
    }

    /// The generations, for reading.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What is in place.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The project root.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Replaces the head in one step.
    pub(super) fn change_head(
        &mut self,
        change: impl FnOnce(&mut Head),
    ) -> Result<(), ReleaseError> {
        let mut head = self.head.clone();
        change(&mut head);
        let written = self.store.write_head(&head);
        // Behind an error the file may be the old one or, when only the last sync failed, the new.
        self.head = if written.is_ok() { head } else { self.store.head()? };
        Ok(written?)
    }

    /// Whose run ended in the middle, if one did.
    #[must_use]
    pub fn interrupted(&self) -> Option<String> {
        self.lock.dead.as_ref().map(ToString::to_string)
    }

    /// Fails when a deploy waits to be confirmed.
    ///
    /// # Errors
    /// Then.
    pub fn refuse_pending(&self) -> Result<(), ReleaseError> {
        match &self.head.pending {
            Some(Pending { number, deadline, by_hand: true, .. }) => {
                Err(ReleaseError::Pending { number: *number, deadline: *deadline })
            }
            Some(Pending { number, .. }) => Err(ReleaseError::Unfinished { number: *number }),
            None => Ok(()),
        }
    }

    /// A manifest above the head's last number is of a run that did not reach its end. Either its
    /// bytes reached the output: then the head follows. Or not: then it never was.
    fn settle(&mut self) -> Result<(), ReleaseError> {
        let mut listing = self.store.list_all()?;
        let next = self.head.last.map_or(0, |last| last.saturating_add(1));
        let unsettled = listing.broken.split_off(&next).into_values();
        // One that cannot be read just now may be what is in place; one that is no manifest cannot.
        let is_hidden = |error: &StoreError| matches!(error, StoreError::Read { .. });
        if let Some(error) = unsettled.into_iter().find(is_hidden) {
            return Err(error.into());
        }
        let mut dropped = Vec::new();
        for (number, generation) in &listing.generations {
            if self.head.last.is_some_and(|last| *number <= last) {
                continue;
            }
            // The path is only read and compared; nothing is written to it on a manifest's word.
            let there = match fingerprint(&self.root.join(&generation.output)) {
                Err(ReleaseError::Output { source, .. })
                    if source.kind() == ErrorKind::IsADirectory =>
                {
                    None
                }
                there => there?,
            };
            if there.is_some_and(|there| there.sha256 == generation.sha256) {
                self.change_head(|head| {
                    head.last = Some(*number);
                    head.current.insert(generation.output.clone(), *number);
                })?;
            } else {
                dropped.push(*number);
            }
        }
        self.store.remove_manifests(&dropped)?;
        let recorded = listing.generations.values().map(|generation| &generation.output);
        self.sweep(recorded.chain(self.head.current.keys()));
        Ok(())
    }

    /// Removes what runs left that were killed or failed: temporary files, and bytes that no
    /// manifest names. Best effort: what stays hinders nobody.
    fn sweep<'o>(&self, outputs: impl Iterator<Item = &'o String>) {
        for output in outputs.collect::<BTreeSet<_>>() {
            let path = self.root.join(output);
            if let (Some(folder), Some(name)) = (path.parent(), path.file_name()) {
                let _ = remove_leftovers(folder, &name.to_string_lossy());
            }
        }
        for folder in self.store.folders() {
            let _ = remove_all_leftovers(&folder);
        }
        let _ = self.store.sweep();
    }

    /// Keeps what stands in the output's place when it is not what the head says: whatever is
    /// about to replace it, nothing is lost. Gives its number when it had to be kept.
    ///
    /// # Errors
    /// When it cannot be read or stored; then it must not be replaced.
    pub fn keep_found(&mut self, output: &Output) -> Result<Option<u32>, ReleaseError> {
        let Some(there) = fingerprint(&output.path)? else { return Ok(None) };
        let current = self.head.current_of(&output.key);
        if let Some(current) = current
            && self.store.generation(current)?.sha256 == there.sha256
        {
            return Ok(None);
        }
        let number = self.record_file(output, Origin::Found, Facts::default())?.number;
        self.change_head(|head| {
            head.last = Some(number);
            head.current.insert(output.key.clone(), number);
        })?;
        Ok(Some(number))
    }

    /// Stores what stands in the output's place, and its manifest.
    pub(super) fn record_file(
        &mut self,
        output: &Output,
        origin: Origin,
        facts: Facts,
    ) -> Result<Generation, ReleaseError> {
        let failed = |source| ReleaseError::Output { path: output.path.clone(), source };
        let mut file = File::open(&output.path).map_err(failed)?;
        let stored = self.store.store(&mut file)?;
        let number = if self.head.last.is_none() { 0 } else { self.head.next() };
        let parent = self.head.current_of(&output.key);
        let generation = self.describe(output, number, stored, parent, origin, facts);
        self.store.write_manifest(&generation)?;
        Ok(generation)
    }

    /// Writes the new bytes beside the output and records them; nobody sees either yet.
    ///
    /// # Errors
    /// When `fill` or the disk fails.
    pub fn prepare(
        &mut self,
        output: &Output,
        origin: Origin,
        facts: Facts,
        fill: impl FnOnce(&mut AtomicFile) -> Result<(), ReleaseError>,
    ) -> Result<Prepared, ReleaseError> {
        let mut file = AtomicFile::create(&output.place())?;
        fill(&mut file)?;
        let (stored, parent) = match origin {
            Origin::Generated | Origin::Found => {
                (self.stored(&mut file, output)?, self.head.current_of(&output.key))
            }
            Origin::RolledBack { to } => {
                let target = self.store.generation(to)?;
                (self.stored_again(&target, &mut file, output)?, target.parent)
            }
        };
        let number = self.head.next();
        let generation = self.describe(output, number, stored, parent, origin, facts);
        self.store.write_manifest(&generation)?;
        Ok(Prepared { generation, file, output: output.clone() })
    }

    /// Stores the bytes of a new output. Those of a large one go to the disk while they are packed,
    /// so that the commit finds little left to wait for.
    fn stored(&self, file: &mut AtomicFile, output: &Output) -> Result<Stored, ReleaseError> {
        let failed = |source| ReleaseError::Output { path: output.path.clone(), source };
        let (mut written, early) = (file.reopen()?, file.reopen()?);
        let is_large = early.metadata().map_err(failed)?.len() > LARGE;
        thread::scope(|scope| {
            if is_large {
                // Whatever it says: the commit syncs again by a hand that was open all the time,
                // and is told of every error since.
                let _ = thread::Builder::new().spawn_scoped(scope, || early.sync_data());
            }
            Ok(self.store.store(&mut written)?)
        })
    }

    /// The bytes of a generation that are written once more. Their object is left alone when it is
    /// whole, which it should be: the way back waits for no more syncs than it needs.
    fn stored_again(
        &self,
        target: &Generation,
        file: &mut AtomicFile,
        output: &Output,
    ) -> Result<Stored, ReleaseError> {
        let failed = |source| ReleaseError::Output { path: output.path.clone(), source };
        let (sha256, bytes) = hash::of_reader(&mut file.reopen()?).map_err(failed)?;
        let is_whole = || self.store.copy(target, &mut io::sink()).is_ok();
        if sha256 == target.sha256 && is_whole() {
            return Ok(Stored { sha256, bytes });
        }
        Ok(self.store.store(&mut file.reopen()?)?)
    }

    /// Puts a prepared generation in place.
    ///
    /// # Errors
    /// When the disk refuses: the old output stands then, unless only the last sync failed.
    pub fn install(&mut self, prepared: Prepared) -> Result<Generation, ReleaseError> {
        let (generation, file, output) = prepared.into_parts();
        file.commit()?;
        self.change_head(|head| {
            head.last = Some(generation.number);
            head.current.insert(output.key, generation.number);
        })?;
        Ok(generation)
    }

    /// Forgets a prepared generation: it was never in place.
    ///
    /// # Errors
    /// When the disk refuses; the next run forgets it then.
    pub fn abandon(&mut self, prepared: Prepared) -> Result<(), ReleaseError> {
        let number = prepared.generation.number;
        drop(prepared);
        Ok(self.store.forget(&[number])?)
    }

    /// Removes the generations that nobody wants any more, and gives their numbers.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn prune(&mut self, wanted: &Keep) -> Result<Vec<u32>, ReleaseError> {
        let (_, mut listing) = self.store.list()?;
        // Nobody knows what the ones that cannot be read go back to.
        if let Some((_, error)) = listing.broken.pop_first() {
            return Err(error.into());
        }
        let kept = store::keep(&listing.generations, &self.head, wanted);
        let gone: Vec<u32> = listing
            .generations
            .keys()
            .copied()
            .filter(|number| !kept.contains_key(number))
            .collect();
        if gone.is_empty() {
            return Ok(gone);
        }
        self.store.forget(&gone)?;
        if self.head.failed.iter().any(|number| gone.contains(number)) {
            self.change_head(|head| head.failed.retain(|number| !gone.contains(number)))?;
        }
        Ok(gone)
    }

    fn describe(
        &self,
        output: &Output,
        number: u32,
        stored: Stored,
        parent: Option<u32>,
        origin: Origin,
        facts: Facts,
    ) -> Generation {
        let sources_sha256 = (!facts.sources.is_empty()).then(|| {
            let lines: String =
                facts.sources.iter().map(|s| format!("{}  {}\n", s.sha256, s.path)).collect();
            hash::of_bytes(lines.as_bytes())
        });
        Generation {
            version: VERSION,
            number,
            created: Timestamp::now(),
            output: output.key.clone(),
            root: self.root.canonicalize().unwrap_or_default().to_string_lossy().into_owned(),
            sha256: stored.sha256,
            bytes: stored.bytes,
            parent,
            origin,
            sources: facts.sources,
            sources_sha256,
            git: facts.git,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            target: facts.target,
            user: who::user(),
            host: who::host(),
            message: facts.message,
        }
    }
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
