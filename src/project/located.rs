//! The places of a project whose sources may be missing or broken.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Report, Severity};
use crate::document::Keep;
use crate::gateway::litellm::releases::Release;
use crate::pipeline::{self, Overlays};
use crate::source::{FileId, SourceFile, Sources};

use super::environment::{self, Declared};
use super::origin::{Disk, Origin};
use super::{
    Deploy, ProjectError, Settings, Weights, Wishes, below, named_folder, root, settings_of, shown,
    spelling, target,
};

/// Where a project's places are, told without its sources.
#[derive(Debug)]
pub struct Located {
    /// The project root.
    pub root: PathBuf,
    /// The root is what the state folder says: nothing has confirmed it yet.
    pub told_by_state: bool,
    /// Where `generate` writes, when a project file or a folder of sources says so.
    pub output: Option<PathBuf>,
    /// Where gwcfg keeps what it wrote.
    pub state_dir: PathBuf,
    /// How many generations are kept, as far as the project says so.
    pub keep: Keep,
    /// How the output is put in place.
    pub deploy: Deploy,
    /// The release of the gateway that the project is for, when it says so.
    pub target: Option<Release>,
    /// How the project weighs the rules.
    pub weights: Weights,
    /// What a person should know, a line each.
    pub notes: Vec<String>,
}

/// Finds the places of a project whose sources may be missing or broken, and whose project file
/// may be too: what can be read of it counts.
///
/// # Errors
/// When a folder that the command line names is not there.
pub fn locate(wishes: &Wishes) -> Result<Located, ProjectError> {
    named_folder(&Disk, wishes.root.as_deref(), "-C")?;
    let root = root(wishes);
    let mut notes = Vec::new();
    let path = wishes.config.clone().or_else(|| spelling(&Disk, &root, "gwcfg").ok().flatten());
    let wanted = wishes.environment.as_deref();
    let settings = path.as_deref().map(|path| match wanted {
        Some(name) => settings_in(&root, path, name, &mut notes),
        None => Ok((settings_as_far_as(&Disk, &root, path, &mut notes), None)),
    });
    let known = settings.is_some();
    let (settings, declared) = settings.transpose()?.unwrap_or_default();
    let config_dir = wishes.config_dir.clone().or_else(|| match &settings.config_dir {
        Some(dir) => Some(below(&root, dir)),
        None if root.join("config").is_dir() => Some(below(&root, "config")),
        None => known.then(|| root.clone()),
    });
    let output = match settings.output {
        Some(output) => Some(below(&root, output)),
        None => config_dir.map(|folder| folder.join("litellm-unified.yaml")),
    };
    let output = match (wanted, &declared) {
        (None, _) => output,
        // Where an environment writes that nothing is known of stands in its state.
        (Some(_), None) => None,
        (Some(_), Some(declared)) => output.map(|base| declared.output(&root, &base)),
    };
    let state = settings.state_dir.unwrap_or_else(|| ".gwcfg".to_owned());
    let state_dir = wishes.state_dir.clone().unwrap_or_else(|| below(&root, state));
    let state_dir = match wanted {
        Some(name) => environment::state_dir(&state_dir, name),
        None => state_dir,
    };
    let Settings { keep, deploy, target, weights, .. } = settings;
    let told_by_state = false;
    Ok(Located { root, told_by_state, output, state_dir, keep, deploy, target, weights, notes })
}

/// A project file, as far as it can be read.
struct ProjectFile {
    sources: Sources,
    file: FileId,
    settings: Settings,
    /// Something is wrong with it.
    broken: bool,
}

/// The settings that can be read of a project file, whatever is wrong with the rest.
pub(super) fn settings_as_far_as(
    origin: &impl Origin,
    root: &Path,
    path: &Path,
    notes: &mut Vec<String>,
) -> Settings {
    read_as_far_as(origin, root, path, notes).map(|read| read.settings).unwrap_or_default()
}

/// The same in an environment, and the environment when the file declares it.
fn settings_in(
    root: &Path,
    path: &Path,
    name: &str,
    notes: &mut Vec<String>,
) -> Result<(Settings, Option<Declared>), ProjectError> {
    let Some(read) = read_as_far_as(&Disk, root, path, notes) else { return Ok(<_>::default()) };
    let ProjectFile { mut sources, file, settings, broken } = read;
    let declared = match environment::find(&settings.environments, name) {
        Ok(declared) => declared.clone(),
        // It may stand where the file is broken.
        Err(_) if broken => return Ok((settings, None)),
        Err(unknown) => return Err(unknown),
    };
    let overlays = environment::add_as_far_as(root, &mut sources, &declared, notes);
    let mut report = Report::default();
    let project = pipeline::read_project(&sources, file, overlays, &mut report);
    report.heed_comments();
    if report.has(Severity::Error) && !broken {
        notes.push(format!("the overlay of `{name}` has errors; what can be read of it is used"));
    }
    Ok((settings_of(&project), Some(declared)))
}

/// `None` when nothing of it can be read.
fn read_as_far_as(
    origin: &impl Origin,
    root: &Path,
    path: &Path,
    notes: &mut Vec<String>,
) -> Option<ProjectFile> {
    let shown_path = shown(root, path);
    let (bytes, too_large) = match origin.read(path) {
        Ok(read) => read?,
        Err(error) => {
            notes.push(format!("{error}; the defaults are used"));
            return None;
        }
    };
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new(shown_path.clone(), bytes, too_large));
    let mut report = Report::default();
    let project = pipeline::read_project(&sources, file, Overlays::default(), &mut report);
    report.heed_comments();
    let broken = report.has(Severity::Error);
    if broken {
        notes.push(format!("`{shown_path}` has errors; what can be read of it is used"));
    }
    if let Some(Err(wrong)) = project.target.value().map(|text| target::target(text)) {
        notes.push(format!("`{shown_path}`: {wrong}; it is not used"));
    }
    let settings = settings_of(&project);
    Some(ProjectFile { sources, file, settings, broken })
}
