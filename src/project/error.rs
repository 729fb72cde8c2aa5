//! Why a project cannot be judged.

use std::path::PathBuf;

use crate::diagnostic::{Report, suggest};
use crate::source::Sources;

use super::mistakes::{self, Mistake};
use super::{OriginError, environment};

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
    #[error("{}", mistakes::joined(.0))]
    Settings(Vec<Mistake>),
    /// The command line names a rule that does not exist.
    #[error("there is no rule `{name}`{}", suggest::question(*near))]
    UnknownRule {
        /// As written.
        name: String,
        /// The nearest one.
        near: Option<&'static str>,
    },
    /// Something makes less of a rule that the project makes mandatory.
    #[error(
        "`{rule}` is mandatory in this project, so nothing can allow or lower it: mend what it \
         finds, or take it out of `mandatory` in gwcfg.yaml"
    )]
    Mandatory {
        /// Its name.
        rule: &'static str,
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
