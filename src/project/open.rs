//! A project as an editor has it: what is open there counts more than what is on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::diagnostic::Report;
use crate::document::Document;
use crate::pipeline::{self, Overlays};
use crate::source::{SourceFile, Sources};

use super::located::settings_as_far_as;
use super::origin::{Disk, Origin, OriginError};
use super::{
    Loaded, ProjectError, Settings, Wishes, below, load_from, read_settings, settings_of, spelling,
};

/// The texts that are open in an editor, by their paths, over the files on disk.
#[derive(Debug, Default)]
pub struct OpenFiles {
    texts: BTreeMap<PathBuf, String>,
    /// The path under which a file is open, by the name that the system has for it.
    real: BTreeMap<PathBuf, PathBuf>,
}

impl OpenFiles {
    /// Opens a text, or replaces it. `path` is absolute.
    pub fn set(&mut self, path: &Path, text: String) {
        if let Ok(real) = path.canonicalize() {
            self.real.insert(real, path.to_path_buf());
        }
        self.texts.insert(path.to_path_buf(), text);
    }

    /// Closes a text: the file on disk counts again.
    pub fn remove(&mut self, path: &Path) {
        self.texts.remove(path);
        self.real.retain(|_, open| open != path);
    }

    /// The text that is open under this path.
    #[must_use]
    pub fn get(&self, path: &Path) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// The path under which a file is open, whatever way leads to it.
    #[must_use]
    pub fn opened_as<'o>(&'o self, path: &'o Path) -> Option<&'o Path> {
        if self.texts.contains_key(path) {
            return Some(path);
        }
        let real = path.canonicalize().ok()?;
        self.real.get(&real).map(PathBuf::as_path)
    }

    fn text(&self, path: &Path) -> Option<&str> {
        self.opened_as(path).and_then(|path| self.get(path))
    }
}

impl Origin for OpenFiles {
    fn read(&self, path: &Path) -> Result<Option<(Vec<u8>, bool)>, OriginError> {
        match self.text(path) {
            Some(text) => Ok(Some((text.as_bytes().to_vec(), false))),
            None => Disk.read(path),
        }
    }

    fn is_there(&self, path: &Path) -> Result<bool, OriginError> {
        Ok(self.text(path).is_some() || Disk.is_there(path)?)
    }

    /// A folder that holds an open file is one, saved or not.
    fn is_folder(&self, path: &Path) -> Result<bool, OriginError> {
        let holds_open = self.texts.keys().any(|open| open.parent() == Some(path));
        Ok(holds_open || Disk.is_folder(path)?)
    }

    fn names(&self, folder: &Path) -> Vec<String> {
        let mut names = Disk.names(folder);
        let inside = self.texts.keys().filter(|open| open.parent() == Some(folder));
        let inside = inside.filter_map(|open| open.file_name()?.to_str());
        names.extend(inside.map(str::to_owned));
        names.sort();
        names.dedup();
        names
    }

    fn is_disk(&self) -> bool {
        Disk.is_disk()
    }

    fn shown(&self, path: String) -> String {
        path
    }
}

/// Finds and loads everything, with what is open in the place of what is on disk.
///
/// # Errors
/// See [`ProjectError`].
pub fn load_open(open: &OpenFiles, wishes: &Wishes) -> Result<Loaded, ProjectError> {
    load_from(open, wishes, read_settings)
}

/// The same for one who types in the project file: what can be read of it counts.
///
/// # Errors
/// See [`ProjectError`]; none is about what the project file says.
pub fn load_open_as_far(open: &OpenFiles, wishes: &Wishes) -> Result<Loaded, ProjectError> {
    load_from(open, wishes, read_what_is_known)
}

fn read_what_is_known(
    path: &str,
    bytes: Vec<u8>,
    too_large: bool,
    _: &Wishes,
) -> Result<Settings, ProjectError> {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new(path.to_owned(), bytes, too_large));
    let (overlays, mut report) = (Overlays::default(), Report::default());
    let mut settings = settings_of(&pipeline::read_project(&sources, file, overlays, &mut report));
    settings.weights.retain_known();
    Ok(settings)
}

/// The root of the project that a file belongs to: the nearest folder above it whose `gwcfg.yaml`
/// reads the file; without one, the folder in which `gwcfg validate` would find it. `None` for a
/// file that no project reads.
#[must_use]
pub fn root_of(file: &Path, open: &OpenFiles) -> Option<PathBuf> {
    let document = document_of(file)?;
    let folder = file.parent()?;
    if document == Document::Project {
        return Some(folder.to_path_buf());
    }
    if let Some(root) = folder.ancestors().find(|root| is_read_from(root, folder, open)) {
        return Some(root.to_path_buf());
    }
    let in_config = folder.file_name().is_some_and(|name| name == "config");
    let root = if in_config { folder.parent()? } else { folder };
    Some(root.to_path_buf())
}

/// Which document a file is, by its name.
fn document_of(file: &Path) -> Option<Document> {
    let ending = file.extension()?;
    let stem = file.file_stem()?;
    let named = Document::ALL.into_iter().find(|document| stem == document.stem());
    named.filter(|_| ending == "yaml" || ending == "yml")
}

/// True when a project file stands in `root` and takes its sources from `folder`.
fn is_read_from(root: &Path, folder: &Path, open: &OpenFiles) -> bool {
    let project = match spelling(open, root, "gwcfg") {
        Ok(Some(path)) => path,
        // Two spellings are a mistake of this project.
        Err(ProjectError::TwoSpellings(path, _)) => path,
        Ok(None) | Err(_) => return false,
    };
    let settings = settings_as_far_as(open, root, &project, &mut Vec::new());
    let config_dir = match settings.config_dir {
        Some(dir) => below(root, dir),
        None if open.is_folder(&root.join("config")).unwrap_or(false) => root.join("config"),
        None => root.to_path_buf(),
    };
    let same = |one: PathBuf| folder.canonicalize().is_ok_and(|other| one == other);
    config_dir == folder || config_dir.canonicalize().is_ok_and(same)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn file(root: &Path, inside: &str, text: &str) {
        let path = root.join(inside);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn a_file_belongs_to_the_nearest_project_that_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        file(root, "gwcfg.yaml", "");
        file(root, "inner/gwcfg.yaml", "config-dir: sources\n");
        file(root, "inner/sources/providers.yaml", "");
        file(root, "config/providers.yaml", "");
        file(root, "other/config/ports.yaml", "");
        file(root, "bare/ports.yml", "");
        let open = OpenFiles::default();
        let of = |inside: &str| root_of(&root.join(inside), &open);
        assert_eq!(of("inner/sources/providers.yaml"), Some(root.join("inner")));
        assert_eq!(of("config/providers.yaml"), Some(root.to_path_buf()));
        assert_eq!(of("other/config/ports.yaml"), Some(root.join("other")));
        assert_eq!(of("bare/ports.yml"), Some(root.join("bare")));
        assert_eq!(of("inner/gwcfg.yaml"), Some(root.join("inner")));
        assert_eq!(of("config/litellm-unified.yaml"), None);
    }

    #[test]
    fn an_open_text_counts_more_than_the_file_by_whatever_way_it_is_reached() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        file(root, "real/ports.yaml", "on disk");
        std::os::unix::fs::symlink(root.join("real"), root.join("link")).unwrap();
        let mut open = OpenFiles::default();
        let (link, real) = (root.join("link/ports.yaml"), root.join("real/ports.yaml"));
        let read = |open: &OpenFiles| String::from_utf8(open.read(&real).unwrap().unwrap().0);
        assert_eq!(read(&open).unwrap(), "on disk");
        open.set(&link, "typed".to_owned());
        assert_eq!(read(&open).unwrap(), "typed");
        assert_eq!(open.opened_as(&real), Some(link.as_path()));
        // A file that is gone is still open.
        fs::remove_file(&real).unwrap();
        assert!(open.is_there(&link).unwrap());
        open.remove(&link);
        assert!(!open.is_there(&link).unwrap());
    }
}
