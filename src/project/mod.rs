//! Where a project's files are: the root, `gwcfg.yaml`, the source files, the output.

mod deploy;
mod environment;
mod located;
mod names;
mod origin;

use std::path::{Path, PathBuf};

use crate::diagnostic::{Level, Levels, Report, Severity, suggest};
use crate::document::{Document, Keep, LevelWord, Project};
use crate::pipeline::{self, Files, Overlays};
use crate::release::git::Revision;
use crate::rules;
use crate::source::{FileId, SourceFile, Sources, Span};

use environment::Declared;
use origin::{Disk, Origin};

pub use deploy::{Command, DEFAULT_KEY_ENV, Deploy, Probe, duration};
pub use environment::{Selected, environment_name, environment_states, load_environments};
pub use located::{Located, locate};
pub use origin::OriginError;

/// What a user may say about where things are.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// `-C`: the project root.
    pub root: Option<PathBuf>,
    /// `--config`: the project file.
    pub config: Option<PathBuf>,
    /// `--config-dir`: where the sources are.
    pub config_dir: Option<PathBuf>,
    /// `--state-dir`.
    pub state_dir: Option<PathBuf>,
    /// `--env`: the environment.
    pub environment: Option<String>,
    /// Levels from the command line, in order.
    pub levels: Vec<(String, Level)>,
}

/// A project whose files were found and loaded.
#[derive(Debug)]
pub struct Loaded {
    /// The project root.
    pub root: PathBuf,
    /// Every text.
    pub sources: Sources,
    /// Which text is which.
    pub files: Files,
    /// Levels of the rules, the command line's last.
    pub levels: Levels,
    /// Folder of the source files.
    pub config_dir: PathBuf,
    /// The environment that was selected.
    pub environment: Option<String>,
    /// The environments that there are.
    declared: Vec<Declared>,
    /// Where `generate` writes.
    pub output: PathBuf,
    /// Where gwcfg keeps what it wrote.
    pub state_dir: PathBuf,
    /// How many generations are kept, as far as the project says so.
    pub keep: Keep,
    /// How the output is put in place.
    pub deploy: Deploy,
    /// The files that were read, and those that would be if they were there, as the system names
    /// them: none of them is ever an output.
    pub inputs: Vec<PathBuf>,
    /// What a person should know beside the findings, a line each.
    pub notes: Vec<String>,
}

/// Why a project cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// A file is there and cannot be read.
    #[error(transparent)]
    Read(#[from] OriginError),
    /// Neither of the required files is there.
    #[error("no `providers.yaml` and no `model-mappings.yaml` in `{0}`")]
    NoInputs(String),
    /// A file or a folder that the command line names is not there, or is of another kind.
    #[error("`{path}`, which `{option}` names, {wrong}")]
    Named {
        /// As written.
        path: PathBuf,
        /// `-C`, `--config` or `--config-dir`.
        option: &'static str,
        /// `does not exist` or `is not a folder`.
        wrong: &'static str,
    },
    /// Two spellings of one file.
    #[error("`{0}` and `{1}` are both there: keep one")]
    TwoSpellings(PathBuf, PathBuf),
    /// `gwcfg.yaml` has errors; the report tells them.
    #[error("`{path}` has errors, so nothing else was judged")]
    Broken {
        /// The project file.
        path: String,
        /// Its text.
        sources: Box<Sources>,
        /// What is wrong with it.
        report: Box<Report>,
    },
    /// Settings of `gwcfg.yaml` have values that no rule of the schema looks at; each is told with
    /// its place.
    #[error("{}", .0.join("; "))]
    Settings(Vec<String>),
    /// The command line names a rule that does not exist.
    #[error("there is no rule `{name}`{}", suggest::question(*near))]
    UnknownRule {
        /// As written.
        name: String,
        /// The nearest one.
        near: Option<&'static str>,
    },
    /// The command line names an environment that does not exist.
    #[error("{}", environment::unknown(.name, .known))]
    UnknownEnvironment {
        /// As written.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The project wants another version of gwcfg.
    #[error("the project wants gwcfg {wanted}, this is {}", env!("CARGO_PKG_VERSION"))]
    Version {
        /// As written.
        wanted: String,
    },
}

/// What `gwcfg.yaml` says, as far as it decides where things are.
#[derive(Debug, Default)]
struct Settings {
    config_dir: Option<String>,
    output: Option<String>,
    state_dir: Option<String>,
    keep: Keep,
    deploy: Deploy,
    levels: Vec<(String, Level)>,
    environments: Vec<Declared>,
}

/// Finds and loads everything.
///
/// # Errors
/// See [`ProjectError`].
pub fn load(wishes: &Wishes) -> Result<Loaded, ProjectError> {
    named_folder(&Disk, wishes.root.as_deref(), "-C")?;
    load_from(&Disk, wishes)
}

/// Finds and loads everything as it was in a revision. The paths of the wishes, of the output and
/// of the state folder are those on disk.
///
/// # Errors
/// See [`ProjectError`].
pub fn load_revision(revision: &Revision, wishes: &Wishes) -> Result<Loaded, ProjectError> {
    load_from(revision, wishes)
}

/// The root that the wishes name.
#[must_use]
pub fn root(wishes: &Wishes) -> PathBuf {
    wishes.root.clone().unwrap_or_else(|| PathBuf::from("."))
}

fn load_from(origin: &impl Origin, wishes: &Wishes) -> Result<Loaded, ProjectError> {
    let root = root(wishes);
    let shown = |path: &Path| origin.shown(shown(&root, path));
    named_folder(origin, wishes.config_dir.as_deref(), "--config-dir")?;
    let project_path = match &wishes.config {
        Some(path) => Some(path.clone()),
        None => spelling(origin, &root, "gwcfg")?,
    };
    let mut notes = Vec::new();
    if project_path.is_none() {
        let near = names::near(origin.names(&root), Document::Project);
        notes.extend(near.iter().map(|name| names::not_read(name, Document::Project)));
    }
    let mut project_file = None;
    let mut settings = Settings::default();
    if let Some(path) = &project_path {
        let Some((bytes, too_large)) = origin.read(path)? else {
            let (option, wrong) = ("--config", "does not exist");
            return Err(ProjectError::Named { path: path.clone(), option, wrong });
        };
        settings = read_settings(&shown(path), bytes.clone(), too_large, wishes)?;
        project_file = Some(SourceFile::new(shown(path), bytes, too_large));
    }
    let config_dir = match (&wishes.config_dir, &settings.config_dir) {
        (Some(dir), _) => dir.clone(),
        (None, Some(dir)) => below(&root, dir),
        (None, None) if origin.is_folder(&root.join("config"))? => below(&root, "config"),
        (None, None) => root.clone(),
    };
    let mut sources = Sources::default();
    let project = project_file.map(|file| sources.add(file));
    let near = |document| {
        let near = names::near(origin.names(&config_dir), document).into_iter();
        near.map(|name| shown(&config_dir.join(name))).collect::<Vec<_>>()
    };
    let read = |document: Document| -> Result<Option<SourceFile>, ProjectError> {
        let Some(path) = spelling(origin, &config_dir, document.stem())? else { return Ok(None) };
        let read = origin.read(&path)?;
        Ok(read.map(|(bytes, large)| SourceFile::new(shown(&path), bytes, large)))
    };
    let (providers, mappings) = (read(Document::Providers)?, read(Document::Mappings)?);
    if providers.is_none() && mappings.is_none() {
        return Err(ProjectError::NoInputs(origin.shown(config_dir.display().to_string())));
    }
    let ports = read(Document::Ports)?;
    if ports.is_none() {
        let near = near(Document::Ports);
        notes.extend(near.iter().map(|path| names::not_read(path, Document::Ports)));
    }
    let mut required = |file: Option<SourceFile>, document: Document| {
        let missing = || {
            let path = shown(&config_dir.join(format!("{}.yaml", document.stem())));
            SourceFile { near: near(document).into_iter().next(), ..SourceFile::missing(path) }
        };
        sources.add(file.unwrap_or_else(missing))
    };
    let providers = required(providers, Document::Providers);
    let mappings = required(mappings, Document::Mappings);
    let ports = ports.map(|file| sources.add(file));
    let overlays = Overlays::default();
    let files = Files { project, providers, mappings, ports, overlays };
    let declared = &settings.environments;
    let inputs = inputs(origin, &root, &config_dir, project_path.as_deref(), declared);
    let loaded =
        placed(Found { root, config_dir, sources, files, inputs, notes }, settings, wishes)?;
    match &wishes.environment {
        Some(name) => environment::enter(origin, loaded, name, wishes),
        None => Ok(loaded),
    }
}

/// The files of a project.
struct Found {
    root: PathBuf,
    config_dir: PathBuf,
    sources: Sources,
    files: Files,
    inputs: Vec<PathBuf>,
    notes: Vec<String>,
}

/// The files, and what the settings say of places, levels and the deploy.
fn placed(found: Found, settings: Settings, wishes: &Wishes) -> Result<Loaded, ProjectError> {
    let Found { root, config_dir, sources, files, inputs, notes } = found;
    let output = match &settings.output {
        Some(output) => below(&root, output),
        None => config_dir.join("litellm-unified.yaml"),
    };
    let state = settings.state_dir.as_deref().unwrap_or(".gwcfg");
    let state_dir = wishes.state_dir.clone().unwrap_or_else(|| below(&root, state));
    Ok(Loaded {
        root,
        sources,
        files,
        levels: levels(settings.levels.iter().chain(&wishes.levels))?,
        config_dir,
        environment: None,
        declared: settings.environments,
        output,
        state_dir,
        keep: settings.keep,
        deploy: settings.deploy,
        inputs,
        notes,
    })
}

/// The project file that was read, every spelling of every source, and every overlay, there or
/// not.
fn inputs(
    origin: &impl Origin,
    root: &Path,
    config_dir: &Path,
    project: Option<&Path>,
    environments: &[Declared],
) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = project.map(Path::to_path_buf).into_iter().collect();
    paths.extend(environments.iter().flat_map(|declared| declared.paths(root)));
    for document in Document::ALL {
        let folder = if document == Document::Project { root } else { config_dir };
        let spelt = |ending| folder.join(format!("{}.{ending}", document.stem()));
        paths.extend(["yaml", "yml"].map(spelt));
    }
    let there = paths.iter().filter_map(|path| origin.real(path));
    there.chain(paths.iter().filter_map(|path| in_real_folder(origin, path))).collect()
}

/// A path in its folder as the system names that one; `None` when the folder is not there.
fn in_real_folder(origin: &impl Origin, path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Some(origin.real(folder.unwrap_or(Path::new(".")))?.join(path.file_name()?))
}

/// Refuses a folder that is named and not there: to look elsewhere would judge another project.
fn named_folder(
    origin: &impl Origin,
    path: Option<&Path>,
    option: &'static str,
) -> Result<(), ProjectError> {
    let Some(path) = path else { return Ok(()) };
    if origin.is_folder(path)? {
        return Ok(());
    }
    let wrong = if origin.is_there(path)? { "is not a folder" } else { "does not exist" };
    Err(ProjectError::Named { path: path.to_path_buf(), option, wrong })
}

/// How rules weigh by the words of a person.
///
/// # Errors
///
/// A rule that there is not.
pub fn levels<'l>(set: impl Iterator<Item = &'l (String, Level)>) -> Result<Levels, ProjectError> {
    let mut levels = Levels::default();
    let all = rules::all();
    for (name, level) in set {
        levels.set(all.iter().copied(), name, *level).map_err(|unknown| {
            ProjectError::UnknownRule { name: unknown.name, near: unknown.near }
        })?;
    }
    Ok(levels)
}

fn read_settings(
    path: &str,
    bytes: Vec<u8>,
    too_large: bool,
    wishes: &Wishes,
) -> Result<Settings, ProjectError> {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new(path.to_owned(), bytes, too_large));
    let broken = match settings_in(&sources, file, Overlays::default(), wishes)? {
        Ok(settings) => return Ok(settings),
        Err(report) => Box::new(report),
    };
    Err(ProjectError::Broken { path: path.to_owned(), sources: Box::new(sources), report: broken })
}

/// The settings of a project file and of what is laid over it; `Err` inside is what is wrong with
/// its shape.
fn settings_in(
    sources: &Sources,
    file: FileId,
    overlays: Overlays,
    wishes: &Wishes,
) -> Result<Result<Settings, Report>, ProjectError> {
    // Read once for the levels, and once more under them.
    let project = pipeline::read_project(sources, file, overlays, &mut Report::default());
    let settings = settings_of(&project);
    let mut report = Report::new(first_levels(&settings, wishes));
    let _ = pipeline::read_project(sources, file, overlays, &mut report);
    if let Some(wanted) = project.required_version.value()
        && !version_fits(wanted.0).unwrap_or(true)
    {
        return Err(ProjectError::Version { wanted: wanted.0.to_owned() });
    }
    if report.has(Severity::Error) {
        report.sort(sources);
        return Ok(Err(report));
    }
    let mistakes = mistakes(sources, &project);
    if mistakes.is_empty() { Ok(Ok(settings)) } else { Err(ProjectError::Settings(mistakes)) }
}

/// Values that are of the right type and mean nothing, each with its place and what to do.
fn mistakes(sources: &Sources, project: &Project<'_>) -> Vec<String> {
    let mut mistakes: Vec<(Span, String)> = Vec::new();
    if let Some(wanted) = project.required_version.copied()
        && version_fits(wanted.value.0).is_none()
    {
        let wrong = format!("`{}` asks for no version: write one like `>=0.1`", wanted.value.0);
        mistakes.push((wanted.span, wrong));
    }
    let all = rules::all();
    let rules = project.rules.value().into_iter().flat_map(|rules| rules.given());
    for (name, _) in rules {
        if !all.iter().any(|rule| rule.name == name.value) {
            let near = suggest::nearest(name.value, all.iter().map(|rule| rule.name));
            let unknown =
                ProjectError::UnknownRule { name: name.value.to_owned(), near }.to_string();
            mistakes.push((name.span, unknown));
        }
    }
    mistakes.extend(deploy::mistakes(project));
    mistakes.extend(environment::mistakes(project));
    mistakes.sort_by_key(|(span, _)| *span);
    mistakes.into_iter().map(|(span, wrong)| told_at(sources, span, &wrong)).collect()
}

fn told_at(sources: &Sources, span: Span, wrong: &str) -> String {
    let (start, _) = sources.positions(span);
    format!("`{}:{}:{}`: {wrong}", sources.path(span.file()), start.line, start.column)
}

/// The levels under which `gwcfg.yaml` itself decides whether anything else is judged. A secret in
/// it is a finding like those of the other files: the file can be read all the same. (A name that
/// is no rule is told later.)
fn first_levels(settings: &Settings, wishes: &Wishes) -> Levels {
    let secret = ("secret-literal".to_owned(), Level::Allow);
    let set = settings.levels.iter().chain(&wishes.levels).chain(std::iter::once(&secret));
    let all = rules::all();
    let mut levels = Levels::default();
    for (name, level) in set {
        let _ = levels.set(all.iter().copied(), name, *level);
    }
    levels
}

fn settings_of(project: &Project<'_>) -> Settings {
    let owned = |text: Option<&&str>| text.map(|text| (*text).to_owned());
    Settings {
        config_dir: owned(project.config_dir.value()),
        output: owned(project.output.value()),
        state_dir: owned(project.state_dir.value()),
        keep: project.keep.copied().map(|keep| keep.value).unwrap_or_default(),
        deploy: deploy::read(project),
        levels: project
            .rules
            .value()
            .into_iter()
            .flat_map(|rules| rules.given())
            .map(|(name, word)| (name.value.to_owned(), level_of(*word)))
            .collect(),
        environments: environment::declared(project),
    }
}

/// Whether this gwcfg is one of the versions that are wanted; `None` when none are named.
fn version_fits(wanted: &str) -> Option<bool> {
    let version = semver::Version::parse(env!("CARGO_PKG_VERSION")).ok()?;
    Some(semver::VersionReq::parse(wanted).ok()?.matches(&version))
}

fn level_of(word: LevelWord) -> Level {
    match word {
        LevelWord::Error => Level::Report(Severity::Error),
        LevelWord::Warning => Level::Report(Severity::Warning),
        LevelWord::Info => Level::Report(Severity::Info),
        LevelWord::Allow => Level::Allow,
    }
}

/// The one spelling of a file that is there.
fn spelling(
    origin: &impl Origin,
    folder: &Path,
    stem: &str,
) -> Result<Option<PathBuf>, ProjectError> {
    let long = folder.join(format!("{stem}.yaml"));
    let short = folder.join(format!("{stem}.yml"));
    match (origin.is_there(&long)?, origin.is_there(&short)?) {
        (true, true) => Err(ProjectError::TwoSpellings(long, short)),
        (true, false) => Ok(Some(long)),
        (false, true) => Ok(Some(short)),
        (false, false) => Ok(None),
    }
}

/// A path in the project, as messages show it: `config` and not `./config`.
fn below(root: &Path, inside: impl AsRef<Path>) -> PathBuf {
    if root == Path::new(".") { inside.as_ref().to_path_buf() } else { root.join(inside) }
}

/// A path as reports show it: relative to the root, with forward slashes.
fn shown(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> =
        relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/").replace("//", "/")
}
