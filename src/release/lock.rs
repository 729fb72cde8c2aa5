//! One writer for each state folder. The system lets the lock go when its owner ends, however it
//! ends, so a dead owner never has to be guessed from a process number.

use std::fmt;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::atomic::{STATE_MODE, WriteError, is_at};
use super::who;

/// The file that is locked, in the state folder.
const LOCK: &str = "lock";

/// Between two tries of one who waits.
const PAUSE: Duration = Duration::from_millis(20);

/// How often one who does not wait looks again for the name of the holder.
const LOOKS: u32 = 2;

/// For a file of the state folder that is written where it lies: a link is not opened.
pub(super) const NO_LINK: i32 = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();

/// Bytes of a holder's note that are read.
const MAX_NOTE: u64 = 4096;

/// Who holds the lock, as it wrote into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Process number.
    pub pid: u32,
    /// Machine.
    pub host: String,
    /// User.
    pub user: String,
    /// Such as `deploy`.
    pub command: String,
    /// Since when.
    pub since: Timestamp,
}

impl fmt::Display for Holder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Holder { pid, host, user, command, since } = self;
        let since = since.round(jiff::Unit::Second).unwrap_or(*since);
        write!(out, "`gwcfg {command}` of {user} on {host} (process {pid}, since {since})")
    }
}

/// The lock was not had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another run holds it.
    #[error(
        "{} is at work on `{path}`: wait for its end, or let this command wait with `--wait 30s`",
        holder.as_ref().map_or_else(|| "another run".to_owned(), Holder::to_string)
    )]
    Held {
        /// The state folder.
        path: PathBuf,
        /// Who, when it can be told.
        holder: Option<Holder>,
    },
    /// The state folder cannot be made or written to.
    #[error(transparent)]
    Folder(#[from] WriteError),
    /// The file system cannot lock.
    #[error(
        "cannot lock `{path}`: {source}; put the state folder on a disk of this machine \
             (`--state-dir`)"
    )]
    Unsupported {
        /// The lock's file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The right to write, until it is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
    /// Whose run ended without letting the lock go by itself.
    pub dead: Option<Holder>,
}

impl Lock {
    /// Makes the state folder when it is missing, and waits for the lock at most `wait`.
    ///
    /// # Errors
    /// When another run holds it, or the folder or the file system refuses.
    pub fn acquire(state_dir: &Path, wait: Duration, command: &str) -> Result<Lock, LockError> {
        make_state_folder(state_dir)?;
        let path = state_dir.join(LOCK);
        let begun = Instant::now();
        let mut looks = 0;
        loop {
            let failed = |source| LockError::Folder(WriteError::new(&path, source));
            refuse_link(&path)?;
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).mode(STATE_MODE).custom_flags(NO_LINK);
            let file = match options.open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(failed(error)),
            };
            match file.try_lock() {
                // The note is written into this file, which may have another name elsewhere.
                Ok(()) if file.metadata().map_err(failed)?.nlink() > 1 => {
                    std::fs::remove_file(&path).map_err(failed)?;
                    continue;
                }
                // Somebody may have removed the file since it was opened: then this lock keeps
                // nobody out.
                Ok(()) if is_at(&file, &path) => {
                    let lock = Lock::taken(file, command);
                    keep_out_of_git(state_dir)?;
                    return Ok(lock);
                }
                Ok(()) => continue,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Interrupted => {
                    continue;
                }
                Err(TryLockError::Error(source)) => {
                    return Err(LockError::Unsupported { path, source });
                }
            }
            if begun.elapsed() >= wait {
                let holder = read_holder(file);
                // It may have begun just now, or be about to end: then it has no note.
                if holder.is_some() || looks == LOOKS {
                    return Err(LockError::Held { path: state_dir.to_path_buf(), holder });
                }
                looks += 1;
            }
            sleep(PAUSE);
        }
    }

    fn taken(file: File, command: &str) -> Lock {
        let dead = file.try_clone().ok().and_then(read_holder);
        let mut lock = Lock { file, dead };
        let holder = Holder {
            pid: std::process::id(),
            host: who::host(),
            user: who::user(),
            command: command.to_owned(),
            since: Timestamp::now(),
        };
        // Best effort: the note is for people, the lock holds without it.
        let _ = serde_json::to_vec(&holder).map(|note| lock.note(&note));
        lock
    }

    fn note(&mut self, note: &[u8]) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(note)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // What is left there would tell of a run that was killed.
        let _ = self.file.set_len(0);
    }
}

fn read_holder(mut file: File) -> Option<Holder> {
    let mut note = Vec::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(MAX_NOTE).read_to_end(&mut note).ok()?;
    serde_json::from_slice(&note).ok()
}

/// Makes the state folder, for its owner alone: what gwcfg wrote may hold secrets.
fn make_state_folder(state_dir: &Path) -> Result<(), WriteError> {
    for folder in ["objects", "generations"] {
        let folder = state_dir.join(folder);
        refuse_link(&folder)?;
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.map_err(|source| {
            if matches!(source.kind(), ErrorKind::AlreadyExists | ErrorKind::NotADirectory) {
                WriteError::NotAFolder { path: folder.clone(), folder: state_dir.to_path_buf() }
            } else {
                WriteError::new(&folder, source)
            }
        })?;
    }
    Ok(())
}

/// Keeps git away from the state folder. Whoever calls it holds the lock.
fn keep_out_of_git(state_dir: &Path) -> Result<(), WriteError> {
    let path = state_dir.join(".gitignore");
    refuse_link(&path)?;
    let failed = |source| WriteError::new(&path, source);
    match std::fs::symlink_metadata(&path) {
        // A run was killed before it wrote into it. What a person wrote there stays.
        Ok(metadata) if metadata.len() == 0 => std::fs::remove_file(&path).map_err(failed)?,
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let mut options = OpenOptions::new();
    let mut file =
        options.write(true).create_new(true).mode(STATE_MODE).open(&path).map_err(failed)?;
    file.write_all(b"*\n").map_err(failed)
}

/// Behind a link in the state folder may lie anybody's file: nothing is made, written or removed
/// there.
fn refuse_link(path: &Path) -> Result<(), WriteError> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => Err(WriteError::Link { path: path.to_path_buf() }),
        Ok(_) | Err(_) => Ok(()),
    }
}
