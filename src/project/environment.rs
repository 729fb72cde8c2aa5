//! Environments: what `gwcfg.yaml` lays over the sources where the gateway runs, and what is each
//! environment's own. Why so: `docs/design/environments.md`.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Levels, Report, Severity, suggest};
use crate::document::Project;
use crate::pipeline::{Files, Overlays};
use crate::source::{FileId, MAX_LAYERS, NameOr, SourceFile, Sources, Span};

use super::mistakes::mistake;
use super::origin::{Disk, Origin, OriginError};
use super::{Loaded, ProjectError, Settings, Wishes, below, levels, settings_in, shown};

/// Folder of the environments' own state, in the state folder.
const STATES: &str = "env";

/// Letters that a name may have: it becomes the name of a folder.
const MAX_NAME: usize = 64;

/// Files that the overlays of all environments may be: a run has room for 64 files.
const MAX_OVERLAYS: usize = 56;

/// An environment, as `gwcfg.yaml` declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its name.
    pub(super) name: String,
    /// The overlays as written, and where.
    pub(super) overlays: Vec<(String, Span)>,
    /// Its output, as written, and where.
    pub(super) output: Option<(String, Span)>,
}

impl Declared {
    /// The files of the overlays.
    pub(super) fn paths(&self, root: &Path) -> Vec<PathBuf> {
        self.overlays.iter().map(|(path, _)| below(root, path)).collect()
    }

    /// Where `generate` writes for it: never where it writes for another one.
    pub(super) fn output(&self, root: &Path, base: &Path) -> PathBuf {
        match &self.output {
            Some((output, _)) => below(root, output),
            None => beside(base, &self.name),
        }
    }
}

/// Where the state of an environment is: apart from that of all others, so that each has a history,
/// a lock and a pending deploy of its own.
pub(super) fn state_dir(base: &Path, name: &str) -> PathBuf {
    base.join(STATES).join(name)
}

/// The environments that have a state below that of the project, by name, and where it is.
#[must_use]
pub fn environment_states(state_dir: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(state_dir.join(STATES)).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry)));
    let states = named.filter(|(name, _)| wrong_name(name).is_none());
    let mut states: Vec<_> = states.map(|(name, entry)| (name, entry.path())).collect();
    states.sort();
    states
}

/// `litellm.yaml` with the environment's name: `litellm.prod.yaml`.
fn beside(output: &Path, name: &str) -> PathBuf {
    let Some(stem) = output.file_stem() else { return output.join(name) };
    let mut file = stem.to_os_string();
    file.push(".");
    file.push(name);
    if let Some(ending) = output.extension() {
        file.push(".");
        file.push(ending);
    }
    output.with_file_name(file)
}

/// An environment's name, as the command line may say it.
///
/// # Errors
/// What is wrong with it, in words.
pub fn environment_name(name: &str) -> Result<String, String> {
    match wrong_name(name) {
        Some(wrong) => Err(wrong),
        None => Ok(name.to_owned()),
    }
}

fn wrong_name(name: &str) -> Option<String> {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let begins = name.chars().next().is_some_and(|letter| letter.is_ascii_alphanumeric());
    let right = begins && name.chars().all(letter) && name.len() <= MAX_NAME;
    (!right).then(|| {
        format!(
            "an environment's name becomes a folder's: letters, digits, `-`, `_` and `.`, the \
             first a letter or a digit, at most {MAX_NAME}"
        )
    })
}

/// The environments of a project file.
pub(super) fn declared(project: &Project<'_>) -> Vec<Declared> {
    let entries = project.environments.value().into_iter().flatten();
    let declared = entries.map(|entry| {
        let environment = entry.value.value();
        Declared {
            name: entry.name.value.to_owned(),
            overlays: environment.map(|given| overlays(given)).unwrap_or_default(),
            output: environment
                .and_then(|given| given.output.copied())
                .map(|output| (output.value.to_owned(), output.span)),
        }
    });
    declared.collect()
}

fn overlays(environment: &crate::document::Environment<'_>) -> Vec<(String, Span)> {
    match environment.overlay.given() {
        None => Vec::new(),
        Some(given) => match given.value {
            NameOr::Name(path) => vec![((*path).to_owned(), given.span)],
            NameOr::Full(paths) => {
                let paths = paths.iter().filter_map(|path| path.copied());
                paths.map(|path| (path.value.to_owned(), path.span)).collect()
            }
        },
    }
}

/// Names and lists that mean nothing: each with its place and what to do.
pub(super) fn mistakes(project: &Project<'_>) -> Vec<(Span, String)> {
    let mut mistakes = Vec::new();
    let mut seen: Vec<(String, &str)> = Vec::new();
    let mut files = 0;
    for entry in project.environments.value().into_iter().flatten() {
        let name = entry.name;
        mistakes.extend(wrong_name(name.value).map(|wrong| (name.span, wrong)));
        let folded = name.value.to_ascii_lowercase();
        if let Some((_, other)) = seen.iter().find(|(known, _)| *known == folded) {
            let wrong = format!(
                "`{}` and `{other}` differ in case only, and would share a folder on some systems",
                name.value
            );
            mistakes.push((name.span, wrong));
        }
        seen.push((folded, name.value));
        let overlays = entry.value.value().map(overlays).unwrap_or_default();
        files += overlays.len();
        if overlays.len() > MAX_LAYERS {
            let wrong = format!("an environment has at most {MAX_LAYERS} overlays");
            mistakes.push((name.span, wrong));
        } else if files > MAX_OVERLAYS {
            let wrong = format!("all environments together have at most {MAX_OVERLAYS} overlays");
            mistakes.push((name.span, wrong));
            break;
        }
        let empty = overlays.iter().filter(|(path, _)| path.trim().is_empty());
        mistakes.extend(empty.map(|(_, span)| (*span, "this names no file".to_owned())));
    }
    mistakes
}

/// What to say about an environment that does not exist.
pub(super) fn unknown(name: &str, known: &[String]) -> String {
    if known.is_empty() {
        return format!(
            "there is no environment `{name}`: `gwcfg.yaml` has no `environments`, such as \
             `environments: {{{name}: {{overlay: config/env/{name}.yaml}}}}`"
        );
    }
    let near = suggest::question(suggest::nearest(name, known.iter().map(String::as_str)));
    let names: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    format!("there is no environment `{name}` (`gwcfg.yaml` has {}){near}", names.join(", "))
}

/// The environment of a name.
pub(super) fn find<'d>(declared: &'d [Declared], name: &str) -> Result<&'d Declared, ProjectError> {
    declared.iter().find(|declared| declared.name == name).ok_or_else(|| {
        let known = declared.iter().map(|declared| declared.name.clone()).collect();
        ProjectError::UnknownEnvironment { name: name.to_owned(), known }
    })
}

/// The project in an environment: its overlays, and what they and `environments` say of places,
/// levels and the deploy.
pub(super) fn enter(
    origin: &impl Origin,
    mut loaded: Loaded,
    name: &str,
    wishes: &Wishes,
) -> Result<Loaded, ProjectError> {
    let declared = find(&loaded.declared, name)?.clone();
    let overlays = add(origin, &loaded.root, &mut loaded.sources, &declared)?;
    loaded.files.overlays = overlays;
    let settings = match settings(&loaded.sources, loaded.files, wishes)? {
        Ok(settings) => settings,
        Err(report) => return Err(broken(loaded.sources, report)),
    };
    loaded.levels = levels(&settings.weights, wishes)?;
    (loaded.keep, loaded.deploy) = (settings.keep, settings.deploy);
    loaded.target = settings.target;
    loaded.output = declared.output(&loaded.root, &loaded.output);
    loaded.state_dir = state_dir(&loaded.state_dir, name);
    loaded.environment = Some(declared.name);
    Ok(loaded)
}

/// Reads the overlays of an environment; a file that several environments share is read once.
fn add(
    origin: &impl Origin,
    root: &Path,
    sources: &mut Sources,
    declared: &Declared,
) -> Result<Overlays, ProjectError> {
    let mut files: Vec<FileId> = Vec::new();
    for (written, span) in &declared.overlays {
        let path = below(root, written);
        let name = origin.shown(shown(root, &path));
        if let Some((known, _)) = sources.files().find(|(_, file)| file.path == name) {
            files.push(known);
            continue;
        }
        let Some((bytes, too_large)) = origin.read(&path)? else {
            let wrong = format!("`{name}` does not exist");
            return Err(ProjectError::Settings(vec![mistake(sources, *span, wrong)]));
        };
        files.push(sources.add(SourceFile::new(name, bytes, too_large)));
    }
    Ok(Overlays::new(files))
}

fn settings(
    sources: &Sources,
    files: Files,
    wishes: &Wishes,
) -> Result<Result<Settings, Report>, ProjectError> {
    match files.project {
        Some(file) => settings_in(sources, file, files.overlays, wishes),
        None => Ok(Ok(Settings::default())),
    }
}

/// What an overlay says of `gwcfg.yaml` is as wrong as if it stood there.
fn broken(sources: Sources, report: Report) -> ProjectError {
    let first = report.findings().iter().find(|finding| finding.severity == Severity::Error);
    let path = first.map_or("", |finding| sources.path(finding.primary.span.file())).to_owned();
    ProjectError::Broken { path, sources: Box::new(sources), report: Box::new(report) }
}

/// One of the runs of `--all-envs`.
#[derive(Debug)]
pub struct Selected {
    /// The environment; `None` for the sources without one.
    pub name: Option<String>,
    /// Its files among the loaded ones.
    pub files: Files,
    /// Its levels.
    pub levels: Levels,
}

/// The project without an environment and in each of them, in the order of `gwcfg.yaml`. Their
/// overlays are loaded too.
///
/// # Errors
/// See [`ProjectError`].
pub fn load_environments(
    mut loaded: Loaded,
    wishes: &Wishes,
) -> Result<(Loaded, Vec<Selected>), ProjectError> {
    let (name, files, levels) = (None, loaded.files, loaded.levels.clone());
    let mut all = vec![Selected { name, files, levels }];
    for declared in loaded.declared.clone() {
        let overlays = add(&Disk, &loaded.root, &mut loaded.sources, &declared)?;
        let files = Files { overlays, ..loaded.files };
        let settings = match settings(&loaded.sources, files, wishes)? {
            Ok(settings) => settings,
            Err(report) => return Err(broken(loaded.sources, report)),
        };
        let levels = super::levels(&settings.weights, wishes)?;
        all.push(Selected { name: Some(declared.name), files, levels });
    }
    Ok((loaded, all))
}

/// The overlays of an environment that can be read, in sources of which the project file is one;
/// what cannot be read is told.
pub(super) fn add_as_far_as(
    root: &Path,
    sources: &mut Sources,
    declared: &Declared,
    notes: &mut Vec<String>,
) -> Overlays {
    let mut files = Vec::new();
    for path in declared.paths(root) {
        let read = Disk.read(&path);
        match read {
            Ok(Some((bytes, large))) => {
                files.push(sources.add(SourceFile::new(shown(root, &path), bytes, large)));
            }
            Ok(None) => notes.push(not_read(&shown(root, &path), "does not exist")),
            Err(error) => notes.push(unread(&error)),
        }
    }
    Overlays::new(files)
}

fn not_read(path: &str, why: &str) -> String {
    format!("`{path}` {why}; what it says is not used")
}

fn unread(error: &OriginError) -> String {
    format!("{error}; what it says is not used")
}

impl Loaded {
    /// The names of the environments that there are, in the order of `gwcfg.yaml`.
    pub fn environments(&self) -> impl Iterator<Item = &str> {
        self.declared.iter().map(|declared| declared.name.as_str())
    }

    /// Where the output of the selected environment is named, when it is.
    #[must_use]
    pub fn output_place(&self) -> Option<Span> {
        let name = self.environment.as_deref()?;
        let declared = find(&self.declared, name).ok()?;
        declared.output.as_ref().map(|(_, span)| *span)
    }

    /// A path as the project file would say it: relative to the root, with forward slashes.
    #[must_use]
    pub fn in_project(&self, path: &Path) -> String {
        let shown = shown(&self.root, path);
        if shown.is_empty() { ".".to_owned() } else { shown }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_of_its_own_keeps_folder_and_ending() {
        let of = |path: &str| beside(Path::new(path), "prod");
        assert_eq!(
            of("config/litellm-unified.yaml"),
            Path::new("config/litellm-unified.prod.yaml")
        );
        assert_eq!(of("/etc/x/config"), Path::new("/etc/x/config.prod"));
        assert_eq!(of("a.b.yml"), Path::new("a.b.prod.yml"));
    }

    #[test]
    fn a_name_is_the_name_of_a_folder() {
        for right in ["prod", "eu-west-1", "a.b_c", "7"] {
            assert_eq!(environment_name(right).as_deref(), Ok(right));
        }
        let long = "a".repeat(MAX_NAME + 1);
        for wrong in ["", ".", "..", "../x", "a/b", "-x", "a b", "é", long.as_str()] {
            assert!(environment_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_unknown_environment_is_told_with_those_that_there_are() {
        let known = ["prod".to_owned(), "staging".to_owned()];
        let words = "there is no environment `prd` (`gwcfg.yaml` has `prod`, `staging`): did you \
                     mean `prod`?";
        assert_eq!(unknown("prd", &known), words);
        assert!(unknown("prod", &[]).contains("`gwcfg.yaml` has no `environments`"));
    }
}
