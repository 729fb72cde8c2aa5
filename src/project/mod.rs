//! Where a project's files are: the root, `gwcfg.yaml`, the source files, the output.

pub mod baseline;
mod deploy;
mod edited;
mod environment;
mod error;
mod levels;
mod located;
mod mistakes;
mod names;
mod open;
mod origin;
mod target;

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::diagnostic::{Baseline, Level, Levels, Report, Severity};
use crate::document::{Document, Keep, Project};
use crate::gateway::litellm::releases::Release;
use crate::pipeline::{self, Files, Overlays};
use crate::release::git::Revision;
use crate::source::{FileId, SourceFile, Sources};

use environment::Declared;
use mistakes::{mistakes, version_fits};
use origin::{Disk, Origin};

pub use deploy::{Command, DEFAULT_KEY_ENV, Deploy, Probe, duration};
pub use edited::Edited;
pub use environment::{Selected, environment_name, environment_states, load_environments};
pub use error::ProjectError;
pub use levels::{Weights, levels};
pub use located::{Located, locate};
pub use mistakes::Mistake;
pub use open::{OpenFiles, load_open, load_open_as_far, root_of};
pub use origin::OriginError;
pub use target::{target, unmeasured};

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
    /// The day of the run: what is allowed until an earlier one is allowed no more.
    pub today: Option<Date>,
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
    /// The release that serves what is compiled, when the project says so.
    pub target: Option<Release>,
    /// The files that were read, and those that would be if they were there: none of them is ever
    /// an output. None of a revision: no output can be written there.
    pub inputs: Vec<PathBuf>,
    /// What a person should know beside the findings, a line each.
    pub notes: Vec<String>,
    /// Findings that are known, when somebody named a baseline.
    pub baseline: Option<Baseline>,
}

impl Loaded {
    /// A report on this project: by its levels, and without what its baseline knows.
    #[must_use]
    pub fn report(&self) -> Report {
        Report::new(self.levels.clone()).knowing(self.baseline.clone())
    }

    /// True when `path` leads to a file that was read, by whatever way, or to the place of one
    /// that is not there: it would be read the next time.
    #[must_use]
    pub fn is_input(&self, path: &Path) -> bool {
        let names = |path: &Path| {
            let there = path.canonicalize().ok();
            [there, in_real_folder(path)].into_iter().flatten().collect::<Vec<_>>()
        };
        let asked = names(path);
        self.inputs.iter().flat_map(|input| names(input)).any(|input| asked.contains(&input))
    }
}

/// What `gwcfg.yaml` says, as far as it decides where things are.
#[derive(Debug, Default)]
struct Settings {
    config_dir: Option<String>,
    output: Option<String>,
    state_dir: Option<String>,
    keep: Keep,
    deploy: Deploy,
    target: Option<Release>,
    weights: Weights,
    environments: Vec<Declared>,
}

/// Finds and loads everything.
///
/// # Errors
/// See [`ProjectError`].
pub fn load(wishes: &Wishes) -> Result<Loaded, ProjectError> {
    named_folder(&Disk, wishes.root.as_deref(), "-C")?;
    load_from(&Disk, wishes, read_settings)
}

/// Finds and loads everything as if `edited` were on disk: to judge a change before it is made.
///
/// # Errors
/// See [`ProjectError`].
pub fn load_edited(edited: &Edited, wishes: &Wishes) -> Result<Loaded, ProjectError> {
    named_folder(&Disk, wishes.root.as_deref(), "-C")?;
    load_from(edited, wishes, read_settings)
}

/// Finds and loads everything as it was in a revision. The paths of the wishes, of the output and
/// of the state folder are those on disk.
///
/// # Errors
/// See [`ProjectError`].
pub fn load_revision(revision: &Revision, wishes: &Wishes) -> Result<Loaded, ProjectError> {
    load_from(revision, wishes, read_settings)
}

/// The root that the wishes name.
#[must_use]
pub fn root(wishes: &Wishes) -> PathBuf {
    wishes.root.clone().unwrap_or_else(|| PathBuf::from("."))
}

/// Reads the settings in a project file's bytes, which are its beginning when it is too large.
type ReadSettings = fn(&str, Vec<u8>, bool, &Wishes) -> Result<Settings, ProjectError>;

fn load_from(
    origin: &impl Origin,
    wishes: &Wishes,
    read_settings: ReadSettings,
) -> Result<Loaded, ProjectError> {
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
    notes.extend(target::unmeasured(settings.target));
    let config_dir = match (&wishes.config_dir, &settings.config_dir) {
        (Some(dir), _) => dir.clone(),
        (None, Some(dir)) => below(&root, dir),
        (None, None) if origin.is_folder(&root.join("config"))? => below(&root, "config"),
        (None, None) => root.clone(),
    };
    let (sources, files) = read_sources(origin, &root, &config_dir, project_file, &mut notes)?;
    let declared = &settings.environments;
    let inputs = inputs(origin, &root, &config_dir, project_path.as_deref(), declared);
    let loaded =
        placed(Found { root, config_dir, sources, files, inputs, notes }, settings, wishes)?;
    match &wishes.environment {
        Some(name) => environment::enter(origin, loaded, name, wishes),
        None => Ok(loaded),
    }
}

/// Reads the files of a project, of which the project file is read already.
fn read_sources(
    origin: &impl Origin,
    root: &Path,
    config_dir: &Path,
    project_file: Option<SourceFile>,
    notes: &mut Vec<String>,
) -> Result<(Sources, Files), ProjectError> {
    let shown = |path: &Path| origin.shown(shown(root, path));
    let mut sources = Sources::default();
    let project = project_file.map(|file| sources.add(file));
    let near = |document| {
        let near = names::near(origin.names(config_dir), document).into_iter();
        near.map(|name| shown(&config_dir.join(name))).collect::<Vec<_>>()
    };
    let read = |document: Document| -> Result<Option<SourceFile>, ProjectError> {
        let Some(path) = spelling(origin, config_dir, document.stem())? else { return Ok(None) };
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
    Ok((sources, Files { project, providers, mappings, ports, overlays }))
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
        levels: levels(&settings.weights, wishes)?,
        config_dir,
        environment: None,
        declared: settings.environments,
        output,
        state_dir,
        keep: settings.keep,
        deploy: settings.deploy,
        target: settings.target,
        inputs,
        notes,
        baseline: None,
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
    if !origin.is_disk() {
        return Vec::new();
    }
    let mut paths: Vec<PathBuf> = project.map(Path::to_path_buf).into_iter().collect();
    paths.extend(environments.iter().flat_map(|declared| declared.paths(root)));
    for document in Document::ALL {
        let folder = if document == Document::Project { root } else { config_dir };
        let spelt = |ending| folder.join(format!("{}.{ending}", document.stem()));
        paths.extend(["yaml", "yml"].map(spelt));
    }
    paths
}

/// A path in its folder as the system names that one; `None` when the folder is not there.
fn in_real_folder(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
    Some(folder.join(path.file_name()?))
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
    let mut report = Report::new(levels::first(&settings.weights, wishes));
    let _ = pipeline::read_project(sources, file, overlays, &mut report);
    report.heed_comments();
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

fn settings_of(project: &Project<'_>) -> Settings {
    let owned = |text: Option<&&str>| text.map(|text| (*text).to_owned());
    Settings {
        config_dir: owned(project.config_dir.value()),
        output: owned(project.output.value()),
        state_dir: owned(project.state_dir.value()),
        keep: project.keep.copied().map(|keep| keep.value).unwrap_or_default(),
        deploy: deploy::read(project),
        target: project.target.value().and_then(|text| target::target(text).ok()).flatten(),
        weights: levels::weights(project),
        environments: environment::declared(project),
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
