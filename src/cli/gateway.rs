//! The gateway of a command: what the sources compile to, or a config that a person wrote.

use std::path::Path;

use crate::diagnostic::{Report, Severity, suggest};
use crate::gateway::litellm::compiled;
use crate::gateway::litellm::config::Config;
use crate::gateway::litellm::releases::{PINNED, Release};
use crate::gateway::litellm::walk::Gateway;
use crate::pipeline;
use crate::project;
use crate::source::{self, Encoding, Expansion, SourceFile, Sources, Span, Tree, read_file};

use super::args::{Arguments, Named, Reporting};
use super::exit::Exit;
use super::{Terminal, load, show_on_stderr};

pub(super) use crate::gateway::litellm::walk::{bare_model as model, provider_of as provider};

/// Where a piece of a config comes from, such as `config/providers.yaml:12`.
pub(super) type Places<'p> = dyn Fn(Span) -> Option<String> + 'p;

/// Which gateway is asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// A config that a person wrote, else what the sources compile to.
    pub(super) file: Option<&'a Path>,
    /// The release that the command line names, else that of the project.
    pub(super) target: Option<Named>,
}

/// Hands the gateway to `then`, or says why there is none.
pub(super) fn with<T>(
    arguments: &Arguments,
    reporting: &Reporting,
    asked: Asked<'_>,
    terminal: &mut Terminal,
    then: impl FnOnce(&Gateway<'_>, &Places<'_>, &mut Terminal) -> T,
) -> Result<T, Exit> {
    let foreign = asked.file.is_some();
    let target = match asked.target {
        // A config of somebody else needs no project; one that stands in a project has its target.
        None if foreign => Some(super::located(arguments, terminal)?.target),
        named => named.map(|named| named.0),
    };
    if let Some(note) = target.and_then(project::unmeasured) {
        terminal.say(&format!("note: {note}"));
    }
    tree_of(arguments, reporting, asked.file, terminal, |tree, places, own, terminal| {
        let release = target.unwrap_or(own).unwrap_or(PINNED);
        let config = if foreign { Config::read_foreign(tree) } else { Config::read(tree) };
        then(&Gateway::for_release(&config, release), places, terminal)
    })
}

/// The same for a command that looks at all of the config.
pub(super) fn with_tree<T>(
    arguments: &Arguments,
    reporting: &Reporting,
    file: Option<&Path>,
    terminal: &mut Terminal,
    then: impl FnOnce(&Tree<'_>, &Places<'_>, &mut Terminal) -> T,
) -> Result<T, Exit> {
    tree_of(arguments, reporting, file, terminal, |tree, places, _, terminal| {
        then(tree, places, terminal)
    })
}

/// Hands on the config, and the release that the project of the sources names.
fn tree_of<T>(
    arguments: &Arguments,
    reporting: &Reporting,
    file: Option<&Path>,
    terminal: &mut Terminal,
    then: impl FnOnce(&Tree<'_>, &Places<'_>, Option<Release>, &mut Terminal) -> T,
) -> Result<T, Exit> {
    if let Some(file) = file {
        return of_file(file, terminal, |tree, places, terminal| {
            then(tree, places, None, terminal)
        });
    }
    let loaded = load(arguments, reporting, terminal)?;
    let sources = &loaded.sources;
    let mut report = Report::new(loaded.levels.clone());
    let (counts, compiled) =
        pipeline::compile(sources, loaded.files, &mut report, |lowered, report| {
            (!report.has(Severity::Error)).then(|| compiled::compile(lowered))
        });
    let Some(compiled) = compiled else {
        show_on_stderr(sources, &report, counts, reporting, terminal)?;
        terminal.fail("the sources have errors: what they mean is not certain");
        return Err(Exit::Findings);
    };
    Ok(compiled.as_read(|tree, origins| {
        let place = |compiled: Span| {
            let span = origins.of(compiled)?;
            Some(format!("{}:{}", sources.path(span.file()), sources.line(span)))
        };
        then(tree, &place, loaded.target, terminal)
    }))
}

fn of_file<T>(
    path: &Path,
    terminal: &mut Terminal,
    then: impl FnOnce(&Tree<'_>, &Places<'_>, &mut Terminal) -> T,
) -> Result<T, Exit> {
    let (bytes, too_large) = match read_file(path) {
        Ok(Some(read)) => read,
        Ok(None) => {
            terminal.fail(&format!("`{}` does not exist", path.display()));
            return Err(Exit::Usage);
        }
        Err(error) => {
            terminal.fail(&error.to_string());
            return Err(Exit::Usage);
        }
    };
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new(path.display().to_string(), bytes, too_large));
    let mut parsed = source::parse(&sources, file);
    if let Some(error) = parsed.errors.first() {
        let (start, _) = sources.positions(error.at);
        let (path, line, column) = (sources.path(file), start.line, start.column);
        terminal.fail(&format!("`{path}:{line}:{column}` is no YAML: the gateway cannot read it"));
        return Err(Exit::Usage);
    }
    if sources.get(file).is_some_and(|text| text.encoding != Encoding::Utf8) {
        terminal.fail(&format!("`{}` is no text in UTF-8", path.display()));
        return Err(Exit::Usage);
    }
    if too_large || parsed.tree.expansion() != Expansion::Fits {
        terminal.fail(&format!("`{}` is too large", path.display()));
        return Err(Exit::Usage);
    }
    parsed.tree.mark_repeated_keys();
    let place = |span: Span| Some(format!("{}:{}", sources.path(file), sources.line(span)));
    Ok(then(&parsed.tree, &place, terminal))
}

/// Such as ` (did you mean `coder`?)`.
pub(super) fn near(gateway: &Gateway<'_>, name: &str) -> String {
    let names = gateway.public_names();
    suggest::question(suggest::nearest(name, names.iter().copied()))
}
