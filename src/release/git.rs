//! What git knows of a project: the commit it stands at, and its files as they were in a revision.
//! Everything is read from the object database: nothing is checked out, nothing is fetched. The
//! only home of `git2`.

use std::collections::VecDeque;
use std::path::{Component, Path, PathBuf};

use git2::{ErrorCode, ObjectType, Oid, Repository, StatusOptions, Tree, TreeEntry};

/// As many links as Linux follows in one path.
const MAX_LINKS: usize = 40;

/// The mode of a symbolic link in a tree.
const LINK: i32 = 0o120_000;

/// The commit that a project stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// In 40 lower-case hexadecimal digits.
    pub id: String,
    /// A file that was asked about is not as it is in the commit, or not in it at all.
    pub dirty: bool,
}

/// Why git cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// No folder above is a repository.
    #[error("`{0}` is in no git repository")]
    NoRepository(PathBuf),
    /// A repository without files: the folder is inside of what git keeps for itself.
    #[error("the git repository `{0}` is bare: it has no work tree that holds the project")]
    Bare(PathBuf),
    /// git reads no repository of somebody else, whose settings could run programs.
    #[error(
        "the git repository of `{0}` belongs to another user: if you trust it, run \
         `git config --global --add safe.directory` with its folder"
    )]
    Owner(PathBuf),
    /// `HEAD` leads to no commit.
    #[error("the git repository of `{0}` has no commits yet")]
    NoCommits(PathBuf),
    /// The text names nothing.
    #[error("there is no git revision `{revision}`{}", shallow_note(*shallow))]
    NoRevision {
        /// As written.
        revision: String,
        /// The repository holds a part of the history alone.
        shallow: bool,
    },
    /// The beginning of more than one object's name.
    #[error("`{0}` is the beginning of several git objects: write more of it")]
    Ambiguous(String),
    /// The text is none that git understands.
    #[error("`{0}` is no git revision: write a branch, a tag, a commit, or such as `HEAD~1`")]
    Malformed(String),
    /// The text names something else than a commit.
    #[error("git revision `{revision}` is {what}: name a commit")]
    NotACommit {
        /// As written.
        revision: String,
        /// With its article.
        what: &'static str,
    },
    /// The project's file is above the repository.
    #[error("`{0}` is outside of the git repository, so no revision holds it")]
    Outside(PathBuf),
    /// Something stands at a path of a revision, and is no file that can be read.
    #[error("cannot read `{path}` at `{revision}`: {why}")]
    Unreadable {
        /// As it would be on disk.
        path: PathBuf,
        /// As written.
        revision: String,
        /// What it is instead.
        why: Unreadable,
    },
    /// Anything else that git says.
    #[error("git cannot read the repository of `{path}`: {message}")]
    Other {
        /// The project.
        path: PathBuf,
        /// git's own words.
        message: String,
    },
}

/// Why what stands at a path of a revision cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// This link leads where the revision says nothing.
    #[error("the link `{0}` leads out of the repository")]
    LeavesTree(String),
    /// This link leads to nothing, or in a circle.
    #[error("the link `{0}` leads to no file")]
    LostLink(String),
    /// A folder stands where a file is expected.
    #[error("it is a folder, not a file")]
    Folder,
    /// A submodule stands where a file is expected.
    #[error("it is a submodule, not a file")]
    Submodule,
    /// A file above the limit.
    #[error("it has {bytes} bytes, more than the {limit} that are read")]
    TooLarge {
        /// Of the file.
        bytes: u64,
        /// As the caller says.
        limit: u64,
    },
    /// The object is not in this copy of the repository.
    #[error("its content is not in this copy of the repository (a partial clone?)")]
    Missing,
}

fn shallow_note(shallow: bool) -> &'static str {
    if shallow {
        " (this copy of the repository is shallow: older commits are not here)"
    } else {
        ""
    }
}

/// The commit that the repository of `root` stands at; `None` where there is no repository, or no
/// commit. `dirty` tells of `paths` alone, which may be missing: files in the terms of `root`.
///
/// # Errors
/// When there is a repository and git cannot read it.
pub fn head(root: &Path, paths: &[PathBuf]) -> Result<Option<Commit>, GitError> {
    let home = match Home::open(root) {
        Ok(home) => home,
        Err(GitError::NoRepository(_) | GitError::Bare(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let commit = match home.repository.head().and_then(|head| head.peel_to_commit()) {
        Ok(commit) => commit,
        Err(error) if is_without_commits(&error) => return Ok(None),
        Err(error) => return Err(home.other(&error)),
    };
    let id = commit.id().to_string();
    // Asked by their names: the statuses of a large work tree take seconds.
    let mut options = StatusOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(true).include_ignored(true);
    options.disable_pathspec_match(true).exclude_submodules(true).no_refresh(true);
    let mut asked = false;
    let mut dirty = false;
    for path in paths {
        match home.inside(path) {
            // What is not in the repository is not in the commit.
            Err(_) => dirty |= path.exists(),
            Ok(inside) => {
                options.pathspec(inside.join("/"));
                asked = true;
            }
        }
    }
    if asked {
        let statuses = home.repository.statuses(Some(&mut options));
        dirty |= !statuses.map_err(|error| home.other(&error))?.is_empty();
    }
    Ok(Some(Commit { id, dirty }))
}

fn is_without_commits(error: &git2::Error) -> bool {
    matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound)
}

/// The repository that holds a project.
struct Home {
    repository: Repository,
    /// The project, as the caller names it, without `..`.
    root: PathBuf,
    /// The project as the repository sees it.
    prefix: PathBuf,
    /// As written, for messages.
    named: PathBuf,
}

impl Home {
    fn open(root: &Path) -> Result<Self, GitError> {
        let other = |message: String| GitError::Other { path: root.to_path_buf(), message };
        let repository = Repository::discover(root).map_err(|error| {
            if error.code() == ErrorCode::NotFound {
                GitError::NoRepository(root.to_path_buf())
            } else if error.code() == ErrorCode::Owner {
                GitError::Owner(root.to_path_buf())
            } else {
                other(error.message().to_owned())
            }
        })?;
        let tree = repository.workdir().ok_or_else(|| GitError::Bare(root.to_path_buf()))?;
        let real = |path: &Path| path.canonicalize().map_err(|error| other(error.to_string()));
        // A project inside of `.git` is in no work tree.
        let prefix = real(root)?.strip_prefix(real(tree)?).map(Path::to_path_buf);
        let prefix = prefix.map_err(|_| GitError::Outside(root.to_path_buf()))?;
        let absolute = std::path::absolute(root).map_err(|error| other(error.to_string()))?;
        Ok(Home { root: plain(&absolute), prefix, named: root.to_path_buf(), repository })
    }

    fn other(&self, error: &git2::Error) -> GitError {
        GitError::Other { path: self.named.clone(), message: error.message().to_owned() }
    }

    /// Why `revision` names nothing.
    fn unknown(&self, revision: &str, error: &git2::Error) -> GitError {
        let head = self.repository.head();
        let revision = revision.to_owned();
        if head.is_err_and(|error| is_without_commits(&error)) {
            GitError::NoCommits(self.named.clone())
        } else if error.code() == ErrorCode::NotFound {
            GitError::NoRevision { revision, shallow: self.repository.is_shallow() }
        } else if error.code() == ErrorCode::Ambiguous {
            GitError::Ambiguous(revision)
        } else if error.code() == ErrorCode::InvalidSpec {
            GitError::Malformed(revision)
        } else {
            self.other(error)
        }
    }

    /// The names that lead from the top of the work tree to `path`, which need not be there now.
    /// Reads no link: it may have been none in another revision.
    fn inside(&self, path: &Path) -> Result<Vec<String>, GitError> {
        let outside = || GitError::Outside(path.to_path_buf());
        let absolute = plain(&std::path::absolute(path).map_err(|_| outside())?);
        let mut root = self.root.as_path();
        let mut names: Vec<_> = self.prefix.components().collect();
        let rest = loop {
            if let Ok(rest) = absolute.strip_prefix(root) {
                break rest;
            }
            root = root.parent().ok_or_else(outside)?;
            names.pop().ok_or_else(outside)?;
        };
        names.extend(rest.components());
        let texts = names.iter().map(|name| name.as_os_str().to_str().map(str::to_owned));
        texts.collect::<Option<Vec<String>>>().ok_or_else(outside)
    }
}

/// A path without `.` and `..`, as it reads.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                plain.push(component);
            }
        }
    }
    plain
}

/// A project's files as they were in a commit.
pub struct Revision {
    home: Home,
    written: String,
    tree: Oid,
    commit: Oid,
}

impl std::fmt::Debug for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revision").field("commit", &self.commit).finish_non_exhaustive()
    }
}

/// What stands at a path of a revision.
enum Found {
    File(Oid),
    Folder,
    Submodule,
}

impl Revision {
    /// Opens what `revision` (a branch, a tag, a commit, `HEAD~1` …) names in the repository that
    /// holds `root`.
    ///
    /// # Errors
    /// See [`GitError`].
    pub fn open(root: &Path, revision: &str) -> Result<Self, GitError> {
        let home = Home::open(root)?;
        let object = home.repository.revparse_single(revision);
        let object = object.map_err(|error| home.unknown(revision, &error))?;
        let what = match object.kind() {
            Some(ObjectType::Tree) => "a folder",
            Some(ObjectType::Blob) => "a file",
            Some(ObjectType::Any | ObjectType::Commit | ObjectType::Tag) | None => "no commit",
        };
        let commit = object.peel_to_commit();
        let commit =
            commit.map_err(|_| GitError::NotACommit { revision: revision.to_owned(), what })?;
        let (id, tree) = (commit.id(), commit.tree_id());
        drop(commit);
        drop(object);
        Ok(Revision { home, written: revision.to_owned(), tree, commit: id })
    }

    /// The revision as it was written.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The commit, in 40 lower-case hexadecimal digits.
    #[must_use]
    pub fn commit(&self) -> String {
        self.commit.to_string()
    }

    /// The bytes of a file, at most `limit`; `None` when nothing was there. `path` is what it
    /// would be on disk. Links are followed within the repository.
    ///
    /// # Errors
    /// When something is there that cannot be read as a file.
    pub fn read(&self, path: &Path, limit: u64) -> Result<Option<Vec<u8>>, GitError> {
        let unreadable = |why| self.unreadable(path, why);
        let id = match self.find(path)? {
            None => return Ok(None),
            Some(Found::Folder) => return Err(unreadable(Unreadable::Folder)),
            Some(Found::Submodule) => return Err(unreadable(Unreadable::Submodule)),
            Some(Found::File(id)) => id,
        };
        let failed = |error: git2::Error| {
            let missing = error.code() == ErrorCode::NotFound;
            if missing { unreadable(Unreadable::Missing) } else { self.home.other(&error) }
        };
        let odb = self.home.repository.odb().map_err(failed)?;
        let (bytes, _) = odb.read_header(id).map_err(failed)?;
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if bytes > limit {
            return Err(unreadable(Unreadable::TooLarge { bytes, limit }));
        }
        let blob = self.home.repository.find_blob(id).map_err(failed)?;
        Ok(Some(blob.content().to_vec()))
    }

    fn unreadable(&self, path: &Path, why: Unreadable) -> GitError {
        let (path, revision) = (path.to_path_buf(), self.written.clone());
        GitError::Unreadable { path, revision, why }
    }

    /// True when a folder was there.
    ///
    /// # Errors
    /// When a link leads nowhere, or the repository cannot be read.
    pub fn is_folder(&self, path: &Path) -> Result<bool, GitError> {
        Ok(matches!(self.find(path)?, Some(Found::Folder)))
    }

    /// True when anything was there, a link to nothing too.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn is_there(&self, path: &Path) -> Result<bool, GitError> {
        match self.find(path) {
            Ok(found) => Ok(found.is_some()),
            Err(GitError::Unreadable { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Walks from the top of the tree, one name after the other, and through links.
    fn find(&self, path: &Path) -> Result<Option<Found>, GitError> {
        let tree = self.home.repository.find_tree(self.tree);
        let tree = tree.map_err(|error| self.home.other(&error))?;
        let mut ahead: VecDeque<String> = self.home.inside(path)?.into();
        let mut walked: Vec<String> = Vec::new();
        let mut links: Vec<String> = Vec::new();
        let unreadable = |why| self.unreadable(path, why);
        // Behind a link, something is expected to be there.
        let nothing = |links: &[String]| match links.last() {
            Some(link) => Err(unreadable(Unreadable::LostLink(link.clone()))),
            None => Ok(None),
        };
        while let Some(name) = ahead.pop_front() {
            if name == ".." && walked.pop().is_none() {
                let link = links.last().cloned().unwrap_or_default();
                return Err(unreadable(Unreadable::LeavesTree(link)));
            }
            if ["", ".", ".."].contains(&name.as_str()) {
                continue;
            }
            walked.push(name);
            let Some(entry) = self.entry(&tree, &walked)? else { return nothing(&links) };
            if entry.filemode() == LINK {
                let link = walked.join("/");
                let target = self.link_target(&entry);
                links.push(link.clone());
                let Some(target) = target.filter(|_| links.len() <= MAX_LINKS) else {
                    return nothing(&links);
                };
                if target.starts_with('/') {
                    return Err(unreadable(Unreadable::LeavesTree(link)));
                }
                walked.pop();
                for part in target.split('/').rev() {
                    ahead.push_front(part.to_owned());
                }
            } else if !ahead.is_empty() && entry.kind() != Some(ObjectType::Tree) {
                return nothing(&links);
            }
        }
        let entry = self.entry(&tree, &walked)?;
        Ok(Some(match entry.and_then(|entry| entry.kind().map(|kind| (kind, entry.id()))) {
            Some((ObjectType::Blob, id)) => Found::File(id),
            Some((ObjectType::Commit, _)) => Found::Submodule,
            Some((ObjectType::Any | ObjectType::Tree | ObjectType::Tag, _)) | None => Found::Folder,
        }))
    }

    /// What stands at these names; `None` for the top, and for nothing.
    fn entry(
        &self,
        tree: &Tree<'_>,
        names: &[String],
    ) -> Result<Option<TreeEntry<'static>>, GitError> {
        if names.is_empty() {
            return Ok(None);
        }
        match tree.get_path(&names.iter().collect::<PathBuf>()) {
            Ok(entry) => Ok(Some(entry)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(self.home.other(&error)),
        }
    }

    fn link_target(&self, link: &TreeEntry<'_>) -> Option<String> {
        let blob = self.home.repository.find_blob(link.id()).ok()?;
        // A path has 4096 bytes at most.
        let content = blob.content().get(..blob.size().min(4096))?;
        String::from_utf8(content.to_vec()).ok()
    }
}

#[cfg(test)]
#[path = "git_tests.rs"]
mod tests;
