//! Where the files of a project are read from.

use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::release::git::{GitError, Revision};
use crate::source::{LoadError, MAX_FILE_BYTES, read_file};

/// A file that is there and cannot be read, on disk or in a revision.
#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    /// On disk.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// In a revision.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// Where the files of a project are read from: the disk, or a revision of git. A path is always
/// what it is on disk.
pub(super) trait Origin {
    /// The bytes of a file, and whether it is too large, so that these are its beginning; `None`
    /// when nothing is there.
    fn read(&self, path: &Path) -> Result<Option<(Vec<u8>, bool)>, OriginError>;

    /// True when anything is there. A link that leads nowhere is: reading it tells.
    fn is_there(&self, path: &Path) -> Result<bool, OriginError>;

    /// True when a folder is there.
    fn is_folder(&self, path: &Path) -> Result<bool, OriginError>;

    /// Names in a folder, for notes about misnamed files.
    fn names(&self, folder: &Path) -> Vec<String>;

    /// True where a file that is read could be overwritten.
    fn is_disk(&self) -> bool;

    /// The path of a source in reports.
    fn shown(&self, path: String) -> String;
}

/// The files as they are now.
pub(super) struct Disk;

impl Origin for Disk {
    fn read(&self, path: &Path) -> Result<Option<(Vec<u8>, bool)>, OriginError> {
        Ok(read_file(path)?)
    }

    fn is_there(&self, path: &Path) -> Result<bool, OriginError> {
        Ok(if_there(path, path.symlink_metadata())?.is_some())
    }

    fn is_folder(&self, path: &Path) -> Result<bool, OriginError> {
        Ok(if_there(path, path.metadata())?.is_some_and(|metadata| metadata.is_dir()))
    }

    fn names(&self, folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }

    fn is_disk(&self) -> bool {
        true
    }

    fn shown(&self, path: String) -> String {
        path
    }
}

/// What is there, when anything is. A disk that does not answer says nothing about that.
fn if_there(path: &Path, asked: io::Result<Metadata>) -> Result<Option<Metadata>, LoadError> {
    match asked {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(source) => Err(LoadError::Io { path: path.to_path_buf(), source }),
    }
}

impl Origin for Revision {
    fn read(&self, path: &Path) -> Result<Option<(Vec<u8>, bool)>, OriginError> {
        Ok(Revision::read(self, path, MAX_FILE_BYTES)?.map(|bytes| (bytes, false)))
    }

    fn is_there(&self, path: &Path) -> Result<bool, OriginError> {
        Ok(Revision::is_there(self, path)?)
    }

    fn is_folder(&self, path: &Path) -> Result<bool, OriginError> {
        Ok(Revision::is_folder(self, path)?)
    }

    /// None: what was misnamed in the past can be mended by nobody.
    fn names(&self, _: &Path) -> Vec<String> {
        Vec::new()
    }

    fn is_disk(&self) -> bool {
        false
    }

    /// As git writes it: `HEAD~1:config/providers.yaml`.
    fn shown(&self, path: String) -> String {
        format!("{}:{path}", self.written())
    }
}
