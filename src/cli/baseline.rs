//! `--baseline` and `--write-baseline`: findings that are known and do not count.

use std::io::{self, Write};
use std::path::Path;

use crate::diagnostic::identity::Identity;
use crate::diagnostic::{Baseline, Report};
use crate::document::BASELINE_VERSION;
use crate::gateway::sink::{Scalar, Sink as _};
use crate::gateway::yaml::YamlWriter;
use crate::project::baseline;
use crate::release::atomic::{OUTPUT_MODE, replace};
use crate::release::place::Place;
use crate::source::{SourceFile, Sources, read_file};

use super::Terminal;
use super::args::Reporting;
use super::exit::Exit;

const HEADER: &str = "Findings that are known and do not count: `gwcfg validate --baseline FILE`.
Written by `--write-baseline FILE`. A finding is known by its rule, its file, its path and the
value there, never by its line: it stays known when it moves, and counts when its value changes.";

/// Reads the baseline that the command line names, among the sources of a run.
pub(super) fn take_in(
    sources: &mut Sources,
    root: &Path,
    reporting: &Reporting,
    terminal: &mut Terminal,
) -> Result<Option<Baseline>, Exit> {
    let Some(path) = &reporting.baseline else { return Ok(None) };
    let read = match read_file(path) {
        Ok(Some((bytes, too_large))) => {
            let file = SourceFile::new(shown(root, path), bytes, too_large);
            baseline::read(sources, file)
        }
        Ok(None) => Err(format!(
            "the baseline `{}` does not exist: write it with `--write-baseline`",
            path.display()
        )),
        Err(error) => Err(error.to_string()),
    };
    read.map(Some).map_err(|wrong| {
        terminal.fail(&wrong);
        Exit::Usage
    })
}

/// The path as the paths of the other files are shown: from the project root, or else whole.
fn shown(root: &Path, path: &Path) -> String {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let (root, whole) = (whole(root), whole(path));
    whole.strip_prefix(root).unwrap_or(&whole).display().to_string()
}

/// Writes what a report has suppressed, for which everything was known, as the baseline.
pub(super) fn write(
    path: &Path,
    sources: &Sources,
    report: &Report,
    terminal: &mut Terminal,
) -> Result<(), Exit> {
    let listed = baseline::listed(sources, report);
    let root = terminal.standing.root();
    let place = Place { path, root, new_mode: OUTPUT_MODE };
    if let Err(error) = replace(&place, |out| emit(&listed, out)) {
        terminal.fail(&error.to_string());
        return Err(Exit::Usage);
    }
    let count: usize = listed.iter().map(|(_, count)| *count as usize).sum();
    let findings = if count == 1 { "finding is" } else { "findings are" };
    let path = path.display();
    terminal.say(&format!("wrote `{path}`: {count} {findings} known with `--baseline {path}`"));
    Ok(())
}

fn emit(listed: &[(Identity, u32)], out: &mut dyn Write) -> io::Result<()> {
    let mut yaml = YamlWriter::new(out);
    yaml.comment(HEADER)?;
    yaml.map_start()?;
    yaml.key("version", None)?;
    yaml.scalar(Scalar::Int(i64::from(BASELINE_VERSION)))?;
    yaml.key("findings", None)?;
    yaml.list_start()?;
    for (identity, count) in listed {
        let Identity { file, path, rule, value, .. } = identity;
        yaml.item(None)?;
        yaml.map_start()?;
        let path = (!path.is_empty()).then_some(path);
        let texts =
            [("rule", Some(&**rule)), ("file", Some(file)), ("path", path.map(String::as_str))];
        for (key, text) in texts.into_iter().chain([("value", value.as_deref())]) {
            if let Some(text) = text {
                yaml.key(key, None)?;
                yaml.scalar(Scalar::Text(text))?;
            }
        }
        if *count > 1 {
            yaml.key("count", None)?;
            yaml.scalar(Scalar::Int(i64::from(*count)))?;
        }
        yaml.map_end()?;
    }
    yaml.list_end()?;
    yaml.map_end()?;
    yaml.finish()?;
    Ok(())
}
