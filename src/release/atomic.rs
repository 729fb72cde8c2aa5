//! Replaces a file whole or not at all: the new text goes to a temporary file beside it, reaches
//! the disk, and takes the place of the old one in one step.

use std::fs::{File, Metadata, Permissions, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::place::{Place, resolve};

/// Mode of a new output; the gateway runs as another user often enough.
pub const OUTPUT_MODE: u32 = 0o644;
/// Mode of a new file of the state folder.
pub const STATE_MODE: u32 = 0o600;

/// How often a temporary file is made anew when another run swept it away before it was locked.
const ATTEMPTS: usize = 8;

/// Why a file was not written. The old file is as it was, but for [`WriteError::NotSynced`].
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder of the file is not there.
    #[error("cannot write `{path}`: the folder `{folder}` does not exist; create it first")]
    FolderMissing {
        /// The file.
        path: PathBuf,
        /// Its folder.
        folder: PathBuf,
    },
    /// Something on the way to the file is a file.
    #[error(
        "cannot write `{path}`: `{folder}` is not a folder; move it away or choose another \
             place"
    )]
    NotAFolder {
        /// The file.
        path: PathBuf,
        /// Its folder.
        folder: PathBuf,
    },
    /// A folder, a device, a pipe or a socket stands where the file should be.
    #[error("cannot write `{path}`: {what} is in its place; move it away or choose another place")]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What it is, with its article.
        what: &'static str,
    },
    /// The path goes through a symbolic link to a place outside the project.
    #[error(
        "refused to write `{path}`: it is a link to `{target}`, outside the project \
             `{root}`; write there directly, or replace the link by a file"
    )]
    LeavesProject {
        /// The path as given.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
        /// The project.
        root: PathBuf,
    },
    /// A link in the state folder.
    #[error(
        "refused to use `{path}`: it is a link, and what gwcfg keeps must lie in the state folder \
             itself; remove the link, or name another folder with `--state-dir`"
    )]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// Links that lead to each other.
    #[error("cannot write `{path}`: it is a link that leads back to itself; replace it by a file")]
    LinkLoop {
        /// The path.
        path: PathBuf,
    },
    /// The folder may not be written to.
    #[error(
        "cannot write `{path}`: no permission to create a file in `{folder}` ({source}); \
             check its owner and mode"
    )]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// Its folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The disk, or the share of it that this user has, is full.
    #[error(
        "cannot write `{path}`: the disk is full ({source}); free some space, the old file is \
             untouched"
    )]
    DiskFull {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The new file is in place, and the system could not promise that it survives a power cut.
    #[error("wrote `{path}`, but the folder could not be synced to disk: {source}")]
    NotSynced {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Anything else.
    #[error("cannot write `{path}`: {source}; the old file is untouched")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl WriteError {
    /// Sorts an error of the system into what a person can do about it.
    #[must_use]
    pub fn new(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        let folder = folder_of(&path);
        #[expect(clippy::wildcard_enum_match_arm, reason = "not our enum, and open-ended")]
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                WriteError::DiskFull { path, source }
            }
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                WriteError::ReadOnly { path, folder, source }
            }
            ErrorKind::NotFound => WriteError::FolderMissing { path, folder },
            ErrorKind::NotADirectory => WriteError::NotAFolder { path, folder },
            _ => WriteError::Io { path, source },
        }
    }
}

/// A file that is being written beside the one it will replace. Dropped without
/// [`AtomicFile::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct AtomicFile {
    temporary: BufWriter<NamedTempFile>,
    /// The path as given, for messages.
    path: PathBuf,
    /// Where the file is, links resolved.
    target: PathBuf,
    permissions: Permissions,
    /// User and group of the file that is replaced.
    owner: Option<(u32, u32)>,
}

impl AtomicFile {
    /// Begins to write the file at `place`.
    ///
    /// # Errors
    /// When the place is refused or its folder cannot be written to.
    pub fn create(place: &Place<'_>) -> Result<Self, WriteError> {
        let target = resolve(place)?;
        let old = regular(place.path, &target)?;
        let mode = old.as_ref().map_or(place.new_mode, |old| old.mode() & 0o7777);
        // Best effort: what cannot be swept stays, and hinders nobody.
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let _ = remove_leftovers(&folder_of(&target), &name);
        let temporary =
            locked_temporary(&target).map_err(|source| WriteError::new(place.path, source))?;
        Ok(AtomicFile {
            temporary: BufWriter::new(temporary),
            path: place.path.to_path_buf(),
            target,
            permissions: Permissions::from_mode(mode),
            owner: old.map(|old| (old.uid(), old.gid())),
        })
    }

    /// Where the new bytes are until they take the old ones' place.
    #[must_use]
    pub fn temporary(&self) -> &Path {
        self.temporary.get_ref().path()
    }

    /// Puts the new file in place under another name of the same folder.
    ///
    /// # Errors
    /// As [`AtomicFile::commit`].
    pub(super) fn commit_as(mut self, name: &str) -> Result<(), WriteError> {
        self.target.set_file_name(name);
        self.commit()
    }

    /// Another hand on what has been written so far, at its beginning, for reading.
    ///
    /// # Errors
    /// When the buffered rest cannot be written, or the file cannot be opened again.
    pub fn reopen(&mut self) -> Result<File, WriteError> {
        let reopened = self.temporary.flush().and_then(|()| self.temporary.get_ref().reopen());
        reopened.map_err(|source| WriteError::new(&self.path, source))
    }

    /// Writes all that `source` holds from where it stands, and brings it to the disk.
    ///
    /// # Errors
    /// When the one cannot be read or the other not be written.
    pub fn fill_from(&mut self, mut source: &File) -> Result<(), WriteError> {
        let mut fill = |temporary: &mut BufWriter<NamedTempFile>| {
            temporary.flush()?;
            // From file to file: the system copies by itself.
            io::copy(&mut source, temporary.get_mut().as_file_mut())?;
            temporary.get_ref().as_file().sync_all()
        };
        fill(&mut self.temporary).map_err(|source| WriteError::new(&self.path, source))
    }

    /// Puts the new file in the place of the old one, with the old one's mode and, where this
    /// user may give files away, its owner.
    ///
    /// # Errors
    /// When the disk or the folder refuses; the old file is untouched then.
    pub fn commit(self) -> Result<(), WriteError> {
        let AtomicFile { temporary, path, target, permissions, owner } = self;
        let failed = |source| WriteError::new(&path, source);
        let temporary = temporary.into_inner().map_err(|error| failed(error.into_error()))?;
        keep_owner(temporary.as_file(), owner);
        temporary.as_file().set_permissions(permissions).map_err(failed)?;
        temporary.as_file().sync_all().map_err(failed)?;
        // The file, and so its lock, is held until it has its name: nobody sweeps it away.
        let file = temporary.persist(&target).map_err(|error| failed(error.error))?;
        drop(file);
        let synced = File::open(folder_of(&target)).and_then(|folder| folder.sync_all());
        match synced {
            Ok(()) => Ok(()),
            // Some network file systems know no such thing for folders.
            Err(error)
                if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) =>
            {
                Ok(())
            }
            Err(source) => Err(WriteError::NotSynced { path, source }),
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.temporary.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.temporary.flush()
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.temporary.seek(to)
    }
}

/// Writes a file through a closure and puts it in place when the closure succeeds.
///
/// # Errors
/// When the place is refused, the closure fails, or the disk does; the old file is untouched.
pub fn replace<T>(
    place: &Place<'_>,
    fill: impl FnOnce(&mut AtomicFile) -> io::Result<T>,
) -> Result<T, WriteError> {
    let mut file = AtomicFile::create(place)?;
    let result = fill(&mut file).map_err(|source| WriteError::new(place.path, source))?;
    file.commit()?;
    Ok(result)
}

/// Removes temporary files that killed runs left in `folder` for the file `name`. A run that is
/// still writing holds a lock on its own, which the system lets go when the run ends, however it
/// ends. Gives the number of files removed.
///
/// # Errors
/// When the folder cannot be listed. A file that cannot be judged or removed stays.
pub fn remove_leftovers(folder: &Path, name: &str) -> io::Result<usize> {
    let prefix = prefix_of(name);
    sweep(folder, |file_name| file_name.strip_prefix(&prefix))
}

/// The same for every file of a folder that only gwcfg writes to.
///
/// # Errors
/// When the folder cannot be listed.
pub(super) fn remove_all_leftovers(folder: &Path) -> io::Result<usize> {
    sweep(folder, |file_name| file_name.split_once(MARK).map(|(_, random)| random))
}

fn sweep(folder: &Path, random_of: impl Fn(&str) -> Option<&str>) -> io::Result<usize> {
    let mut removed = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let file_name = entry.file_name();
        let ours = file_name
            .to_str()
            .and_then(|file_name| random_of(file_name)?.strip_suffix(SUFFIX))
            .is_some_and(|random| random.len() == RANDOM && random.bytes().all(is_random));
        // Links and folders are none of ours, whatever their name is.
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if ours && is_file && is_abandoned(&entry.path()) {
            removed += usize::from(std::fs::remove_file(entry.path()).is_ok());
        }
    }
    Ok(removed)
}

const SUFFIX: &str = ".tmp";
/// Random letters in the name of a temporary file.
const RANDOM: usize = 8;

/// Between the name of the file and the random letters.
const MARK: &str = ".gwcfg-";

fn prefix_of(name: &str) -> String {
    format!(".{name}{MARK}")
}

fn is_random(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn is_abandoned(path: &Path) -> bool {
    // Written to only for systems that lock nothing that is open for reading alone.
    let opened = File::options().read(true).write(true).open(path);
    opened.is_ok_and(|file| file.try_lock().is_ok() && is_at(&file, path))
}

/// A temporary file that is locked as long as it is open. Between its creation and its lock
/// another run may take it for abandoned: then it is made anew.
fn locked_temporary(target: &Path) -> io::Result<NamedTempFile> {
    let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for _ in 0..ATTEMPTS {
        // Readable by its owner alone until it has its final mode.
        let temporary = Builder::new()
            .prefix(&prefix_of(&name))
            .suffix(SUFFIX)
            .rand_bytes(RANDOM)
            .permissions(Permissions::from_mode(STATE_MODE))
            .tempfile_in(folder_of(target))?;
        match temporary.as_file().try_lock() {
            // A file system without locks: the leftovers of a crash stay there, nothing else.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => continue,
        }
        if is_at(temporary.as_file(), temporary.path()) {
            return Ok(temporary);
        }
    }
    Err(io::Error::other("another run keeps removing the temporary file"))
}

/// True when `path` still names this file.
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    let identity = |metadata: Metadata| (metadata.dev(), metadata.ino());
    let (Ok(file), Ok(path)) = (file.metadata(), std::fs::symlink_metadata(path)) else {
        return false;
    };
    identity(file) == identity(path)
}

/// What stands at the target now, when it is a file.
fn regular(path: &Path, target: &Path) -> Result<Option<Metadata>, WriteError> {
    let metadata = match std::fs::symlink_metadata(target) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(WriteError::new(path, error)),
    };
    if metadata.is_file() {
        return Ok(Some(metadata));
    }
    let what = if metadata.is_dir() { "a folder" } else { "a device, a pipe or a socket" };
    Err(WriteError::NotAFile { path: path.to_path_buf(), what })
}

/// Gives the new file the owner of the old one, as far as this user may: a run by the
/// administrator must not take the file away from the gateway's user.
fn keep_owner(file: &File, owner: Option<(u32, u32)>) {
    let (Some((user, group)), Ok(now)) = (owner, file.metadata()) else {
        return;
    };
    if (now.uid(), now.gid()) == (user, group) {
        return;
    }
    if fchown(file, Some(user), Some(group)).is_err() {
        // Only the administrator may give files away; one's own groups are allowed to everyone.
        // The file is complete and readable without it, so a refusal is no failure.
        drop(fchown(file, None, Some(group)));
    }
}

pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        Some(_) | None => PathBuf::from("."),
    }
}

#[cfg(test)]
#[path = "atomic_tests.rs"]
mod tests;
