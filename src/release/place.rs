//! Where a file really is: symbolic links are followed, and none may lead out of the project.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use super::atomic::{WriteError, folder_of};

/// As many links as Linux follows in one path.
const MAX_LINKS: usize = 40;

/// A file to be written.
#[derive(Debug, Clone, Copy)]
pub struct Place<'p> {
    /// The file. A path outside `root` is taken at its word; a link is not.
    pub path: &'p Path,
    /// The project, which links must not leave.
    pub root: &'p Path,
    /// The mode when no file is there yet; one that is there keeps its own.
    pub new_mode: u32,
}

/// The path of the file that `place` means, without a link in it. The file itself may be missing.
///
/// # Errors
/// When its folder is missing, or a link leads out of the project or back to itself.
pub fn resolve(place: &Place<'_>) -> Result<PathBuf, WriteError> {
    let failed = |source| WriteError::new(place.path, source);
    let mut current = std::path::absolute(place.path).map_err(failed)?;
    let mut links = 0;
    // The last part of the path is followed by hand: its target may be missing.
    while let Ok(target) = std::fs::read_link(&current) {
        links += 1;
        if links > MAX_LINKS {
            return Err(WriteError::LinkLoop { path: place.path.to_path_buf() });
        }
        current = folder_of(&current).join(target);
    }
    let Some(name) = current.file_name().map(OsStr::to_owned) else {
        let path = place.path.to_path_buf();
        return Err(WriteError::NotAFile { path, what: "a folder" });
    };
    let folder = folder_of(&current);
    let real = folder.canonicalize().map_err(|source| {
        if source.kind() == ErrorKind::NotFound {
            WriteError::FolderMissing { path: place.path.to_path_buf(), folder: folder.clone() }
        } else {
            failed(source)
        }
    })?;
    if !real.is_dir() {
        return Err(WriteError::NotAFolder { path: place.path.to_path_buf(), folder });
    }
    let real = real.join(name);
    let root = place.root.canonicalize().map_err(failed)?;
    let meant_inside = is_inside(place).map_err(failed)?;
    if (links > 0 || meant_inside) && !real.starts_with(&root) {
        return Err(WriteError::LeavesProject {
            path: place.path.to_path_buf(),
            target: real,
            root,
        });
    }
    Ok(real)
}

/// True when the path, read without looking at the disk, is inside the root.
fn is_inside(place: &Place<'_>) -> std::io::Result<bool> {
    let path = plain(&std::path::absolute(place.path)?);
    Ok(path.starts_with(plain(&std::path::absolute(place.root)?)))
}

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                plain.push(component);
            }
        }
    }
    plain
}
