//! A project as it would be after a change that is not made yet.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::origin::{Disk, Origin};
use super::{OriginError, shown};

/// The files as they are on disk, some of them with another text.
#[derive(Debug, Default)]
pub struct Edited {
    texts: BTreeMap<PathBuf, String>,
    /// The files that were asked for.
    read: RefCell<BTreeSet<PathBuf>>,
}

impl Edited {
    /// From here on, this is the text of a file.
    pub fn set(&mut self, path: PathBuf, text: String) {
        self.texts.insert(path, text);
    }

    /// The texts that are not those on disk, by the path of the file.
    #[must_use]
    pub fn texts(&self) -> &BTreeMap<PathBuf, String> {
        &self.texts
    }

    /// Where a file is that was read from here, by its path in reports.
    #[must_use]
    pub fn place(&self, root: &Path, in_reports: &str) -> Option<PathBuf> {
        let read = self.read.borrow();
        read.iter().find(|path| shown(root, path) == in_reports).cloned()
    }
}

impl Origin for Edited {
    fn read(&self, path: &Path) -> Result<Option<(Vec<u8>, bool)>, OriginError> {
        self.read.borrow_mut().insert(path.to_path_buf());
        match self.texts.get(path) {
            Some(text) => Ok(Some((text.clone().into_bytes(), false))),
            None => Disk.read(path),
        }
    }

    fn is_there(&self, path: &Path) -> Result<bool, OriginError> {
        Disk.is_there(path)
    }

    fn is_folder(&self, path: &Path) -> Result<bool, OriginError> {
        Disk.is_folder(path)
    }

    fn names(&self, folder: &Path) -> Vec<String> {
        Disk.names(folder)
    }

    fn is_disk(&self) -> bool {
        Disk.is_disk()
    }

    fn shown(&self, path: String) -> String {
        path
    }
}
