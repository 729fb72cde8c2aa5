//! Where a project's files are: the root, `gwcfg.yaml`, the source files, the output.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Level, Levels, Report, Severity, suggest};
use crate::document::{Document, LevelWord, Project};
use crate::pipeline::{self, Files};
use crate::rules;
use crate::source::{LoadError, SourceFile, Sources, Span, read_file};

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
    /// Where `generate` writes.
    pub output: PathBuf,
    /// Where gwcfg keeps what it wrote.
    pub state_dir: PathBuf,
    /// The files that were read, and those that would be if they were there, as the system names
    /// them: none of them is ever an output.
    pub inputs: Vec<PathBuf>,
    /// What a person should know beside the findings, a line each.
    pub notes: Vec<String>,
}

impl Loaded {
    /// True when `path` leads to a file that was read, by whatever way, or to the place of one
    /// that is not there: it would be read the next time.
    #[must_use]
    pub fn is_input(&self, path: &Path) -> bool {
        let is_input = |path: PathBuf| self.inputs.contains(&path);
        path.canonicalize().is_ok_and(is_input) || in_real_folder(path).is_some_and(is_input)
    }
}

/// Why a project cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// A file is there and cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Neither of the required files is there.
    #[error("no `providers.yaml` and no `model-mappings.yaml` in `{0}`")]
    NoInputs(PathBuf),
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
    levels: Vec<(String, Level)>,
}

/// Finds and loads everything.
///
/// # Errors
/// See [`ProjectError`].
pub fn load(wishes: &Wishes) -> Result<Loaded, ProjectError> {
    let root = wishes.root.clone().unwrap_or_else(|| PathBuf::from("."));
    named_folder(wishes.root.as_deref(), "-C")?;
    named_folder(wishes.config_dir.as_deref(), "--config-dir")?;
    let project_path = match &wishes.config {
        Some(path) => Some(path.clone()),
        None => spelling(&root, "gwcfg")?,
    };
    let mut notes = Vec::new();
    if project_path.is_none() {
        let near = near_names(&root, |letters| is_nearly(letters, Document::Project));
        notes.extend(near.iter().map(|name| not_read(name, "project", "gwcfg.yaml")));
    }
    let mut project_file = None;
    let mut settings = Settings::default();
    if let Some(path) = &project_path {
        let Some((bytes, too_large)) = read_file(path)? else {
            let (option, wrong) = ("--config", "does not exist");
            return Err(ProjectError::Named { path: path.clone(), option, wrong });
        };
        settings = read_settings(&shown(&root, path), bytes.clone(), too_large, wishes)?;
        project_file = Some(SourceFile::new(shown(&root, path), bytes, too_large));
    }
    let config_dir = wishes.config_dir.clone().unwrap_or_else(|| match &settings.config_dir {
        Some(dir) => below(&root, dir),
        None if root.join("config").is_dir() => below(&root, "config"),
        None => root.clone(),
    });
    let mut sources = Sources::default();
    let project = project_file.map(|file| sources.add(file));
    let mut found = 0;
    let mut required = |sources: &mut Sources, document| -> Result<_, ProjectError> {
        let file = source_file(&root, &config_dir, document)?;
        found += usize::from(file.is_some());
        let missing = || {
            let path = shown(&root, &config_dir.join(format!("{}.yaml", document.stem())));
            let near = near_names(&config_dir, |letters| is_nearly(letters, document));
            let near = near.into_iter().next().map(|name| shown(&root, &config_dir.join(name)));
            SourceFile { near, ..SourceFile::missing(path) }
        };
        Ok(sources.add(file.unwrap_or_else(missing)))
    };
    let providers = required(&mut sources, Document::Providers)?;
    let mappings = required(&mut sources, Document::Mappings)?;
    if found == 0 {
        return Err(ProjectError::NoInputs(config_dir));
    }
    let ports = source_file(&root, &config_dir, Document::Ports)?.map(|file| sources.add(file));
    if ports.is_none() {
        let near = near_names(&config_dir, |letters| is_nearly(letters, Document::Ports));
        let paths = near.iter().map(|name| shown(&root, &config_dir.join(name)));
        notes.extend(paths.map(|path| not_read(&path, "ports", "ports.yaml")));
    }
    let files = Files { project, providers, mappings, ports };
    let inputs = inputs(&root, &config_dir, project_path.as_deref());
    let output = match settings.output {
        Some(output) => below(&root, output),
        None => config_dir.join("litellm-unified.yaml"),
    };
    let state = settings.state_dir.unwrap_or_else(|| ".gwcfg".to_owned());
    let state_dir = wishes.state_dir.clone().unwrap_or_else(|| below(&root, state));
    let levels = levels(settings.levels.iter().chain(&wishes.levels))?;
    Ok(Loaded { root, sources, files, levels, output, state_dir, inputs, notes })
}

/// The project file that was read, and every spelling of every source, there or not.
fn inputs(root: &Path, config_dir: &Path, project: Option<&Path>) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = project.map(Path::to_path_buf).into_iter().collect();
    for document in Document::ALL {
        let folder = if document == Document::Project { root } else { config_dir };
        let spelt = |ending| folder.join(format!("{}.{ending}", document.stem()));
        paths.extend(["yaml", "yml"].map(spelt));
    }
    let there = paths.iter().filter_map(|path| path.canonicalize().ok());
    there.chain(paths.iter().filter_map(|path| in_real_folder(path))).collect()
}

/// A path in its folder as the system names that one; `None` when the folder is not there.
fn in_real_folder(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Some(folder.unwrap_or(Path::new(".")).canonicalize().ok()?.join(path.file_name()?))
}

/// Refuses a folder that is named and not there: to look elsewhere would judge another project.
fn named_folder(path: Option<&Path>, option: &'static str) -> Result<(), ProjectError> {
    let Some(path) = path.filter(|path| !path.is_dir()) else { return Ok(()) };
    let wrong = if path.exists() { "is not a folder" } else { "does not exist" };
    Err(ProjectError::Named { path: path.to_path_buf(), option, wrong })
}

fn levels<'l>(set: impl Iterator<Item = &'l (String, Level)>) -> Result<Levels, ProjectError> {
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
    // Read once for the levels, and once more under them.
    let project = pipeline::read_project(&sources, file, &mut Report::default());
    let settings = settings_of(&project);
    let mut report = Report::new(first_levels(&settings, wishes));
    let _ = pipeline::read_project(&sources, file, &mut report);
    if let Some(wanted) = project.required_version.value()
        && !version_fits(wanted.0).unwrap_or(true)
    {
        return Err(ProjectError::Version { wanted: wanted.0.to_owned() });
    }
    if report.has(Severity::Error) {
        report.sort(&sources);
        return Err(ProjectError::Broken {
            path: path.to_owned(),
            sources: Box::new(sources),
            report: Box::new(report),
        });
    }
    let mistakes = mistakes(&sources, &project);
    if mistakes.is_empty() { Ok(settings) } else { Err(ProjectError::Settings(mistakes)) }
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
    mistakes.sort_by_key(|(span, _)| *span);
    let told = mistakes.into_iter().map(|(span, wrong)| {
        let (start, _) = sources.positions(span);
        format!("`{}:{}:{}`: {wrong}", sources.path(span.file()), start.line, start.column)
    });
    told.collect()
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
        levels: project
            .rules
            .value()
            .into_iter()
            .flat_map(|rules| rules.given())
            .map(|(name, word)| (name.value.to_owned(), level_of(*word)))
            .collect(),
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
fn spelling(folder: &Path, stem: &str) -> Result<Option<PathBuf>, ProjectError> {
    let long = folder.join(format!("{stem}.yaml"));
    let short = folder.join(format!("{stem}.yml"));
    // A link that leads nowhere is there too: reading it tells.
    let there = |path: &Path| path.symlink_metadata().is_ok();
    match (there(&long), there(&short)) {
        (true, true) => Err(ProjectError::TwoSpellings(long, short)),
        (true, false) => Ok(Some(long)),
        (false, true) => Ok(Some(short)),
        (false, false) => Ok(None),
    }
}

/// A note about a file that is nearly named like one that is not there: nobody reads it.
fn not_read(path: &str, whose: &str, name: &str) -> String {
    format!("`{path}` is not read: the {whose} file's name is `{name}`")
}

/// YAML files of a folder whose name, without its ending and in small letters and digits alone, is
/// `near`.
fn near_names(folder: &Path, near: impl Fn(&str) -> bool) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut near: Vec<String> =
        names.filter(|name| letters(name).is_some_and(|l| near(&l))).collect();
    near.sort();
    near
}

/// The small letters and digits of a YAML file's name, without its ending.
fn letters(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let end = lower.find(".yaml").or_else(|| lower.find(".yml"))?;
    Some(lower.chars().take(end).filter(char::is_ascii_alphanumeric).collect())
}

/// True for the letters of `gwcfg.yml.bak`, `gw-cfg.yaml`, `.gwcfg.yaml`, `GWCFG.yaml` and
/// `gwcgf.yaml`; of `provider.yml`; of `mappings.yaml`.
fn is_nearly(letters: &str, document: Document) -> bool {
    let is_near = |stem: &str| letters == stem || suggest::nearest(letters, [stem]).is_some();
    match document {
        Document::Project => is_near("gwcfg") || letters == "gwconfig",
        Document::Providers => is_near("providers"),
        Document::Mappings => is_near("modelmappings") || is_near("mappings"),
        // Short words are near to many others.
        Document::Ports => letters == "port" || letters == "ports",
    }
}

fn source_file(
    root: &Path,
    folder: &Path,
    document: Document,
) -> Result<Option<SourceFile>, ProjectError> {
    let Some(path) = spelling(folder, document.stem())? else { return Ok(None) };
    let read = read_file(&path)?;
    Ok(read.map(|(bytes, too_large)| SourceFile::new(shown(root, &path), bytes, too_large)))
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
