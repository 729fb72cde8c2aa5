//! The fixes of the findings, made in memory until nothing is left to be made, then on disk.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Chosen, Diagnostic, Edit, Redactions, Report, apply, choose};
use crate::release::atomic::{self, OUTPUT_MODE};
use crate::release::diff::{self, Line, Side};
use crate::release::place::Place;
use crate::report::counted;
use crate::source::{Encoding, FileId, SourceFile, Sources, parse, read_file};

use super::Terminal;
use super::args::{Fixes, Reporting};
use super::difference::{human, masked_lines};
use super::exit::Exit;

/// Fixes that make way for each other are made in turn; some that never end are a bug of theirs,
/// and stop here.
const MAX_ROUNDS: usize = 20;

/// What is known of a run's files after they were judged.
pub(super) struct Judged {
    /// Every text.
    pub(super) sources: Sources,
    /// What was found in them.
    pub(super) report: Report,
}

/// What the fixes come to.
#[derive(Debug, Default)]
pub(super) struct Mended {
    /// The texts that the fixes change, by path in reports.
    pub(super) files: BTreeMap<String, Changed>,
    /// Findings that were fixed.
    pub(super) findings: usize,
    /// Findings that are left and have a fix that is not safe.
    pub(super) unsafe_left: usize,
    /// Fixes that were left out because a file could be parsed less far with them, or would hold a
    /// key twice.
    pub(super) harmful: Vec<String>,
    /// The secrets of all texts on the way.
    redactions: Vec<Redactions>,
}

/// A text before and after.
#[derive(Debug)]
pub(super) struct Changed {
    before: String,
    after: String,
}

impl Mended {
    /// The texts that are other ones now, by path in reports.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, changed)| (path.as_str(), changed.after.as_str()))
    }

    /// Makes the fixes, and those that come to light behind them, until none is left. `judge` reads
    /// the texts that are there by now and tells what is found in them.
    pub(super) fn make<E>(
        unsafe_too: bool,
        mut judge: impl FnMut(&Mended) -> Result<Judged, E>,
    ) -> Result<Mended, E> {
        let mut mended = Mended::default();
        for _ in 0..MAX_ROUNDS {
            let Judged { sources, report } = judge(&mended)?;
            let may_change = |file| may_change(&sources, file);
            let chosen = choose(report.findings(), unsafe_too, may_change);
            let unsafe_left = report.findings().iter().filter(|finding| has_unsafe_fix(finding));
            mended.unsafe_left = unsafe_left.count();
            mended.redactions.push(report.redactions(&sources));
            let (chosen, harmful) = without_harm(&sources, chosen);
            mended.harmful = harmful.iter().map(|harm| told(&sources, harm)).collect();
            if chosen.is_empty() {
                break;
            }
            mended.findings += chosen.iter().map(|chosen| chosen.findings).sum::<usize>();
            for (file, text) in texts(&sources, &chosen) {
                mended.change(sources.path(file), sources.text(file), text);
            }
        }
        Ok(mended)
    }

    fn change(&mut self, path: &str, before: &str, after: String) {
        let changed = self.files.entry(path.to_owned());
        let changed =
            changed.or_insert_with(|| Changed { before: before.to_owned(), after: String::new() });
        changed.after = after;
    }

    /// What is different, as a diff without a secret in it.
    fn diff(&self) -> Vec<Line> {
        let known: Vec<&Redactions> = self.redactions.iter().collect();
        let lines = self.files.iter().flat_map(|(path, changed)| {
            let side = |text| Side { name: path, text, before: 0 };
            diff::lines(&side(&changed.before), &side(&changed.after))
        });
        masked_lines(&lines.collect::<Vec<_>>(), &known)
    }

    /// Shows the diff, or puts the texts in place: which of both, `fixes` says. `place` knows where
    /// a file is by its path in reports.
    ///
    /// # Errors
    /// The exit code, when there is no more to do, or after the reason why a file was kept.
    pub(super) fn finish(
        &self,
        fixes: &Fixes,
        root: &Path,
        place: impl Fn(&str) -> Option<PathBuf>,
        reporting: &Reporting,
        terminal: &mut Terminal,
    ) -> Result<(), Exit> {
        for fix in &self.harmful {
            terminal.say(&format!("left out {fix}: the file would be worse with it"));
        }
        if fixes.diff {
            let lines = self.diff();
            let text = human(&lines, terminal.style);
            let printed = terminal.print(&text);
            let same = lines.is_empty() || reporting.exit_zero;
            return Err(if printed == Exit::Done && !same { Exit::Findings } else { printed });
        }
        self.write(root, place, terminal)?;
        self.tell(fixes, terminal);
        Ok(())
    }

    fn tell(&self, fixes: &Fixes, terminal: &mut Terminal) {
        match (self.findings, self.files.len()) {
            (0, _) => terminal.say("nothing was fixed"),
            (findings, files) => terminal.say(&format!(
                "fixed {} in {}",
                counted(findings, "finding"),
                counted(files, "file")
            )),
        }
        if self.unsafe_left > 0 && !fixes.unsafe_fixes {
            terminal.say(&format!(
                "{} left with a likely fix: `--unsafe-fixes` makes it too",
                counted(self.unsafe_left, "finding")
            ));
        }
    }

    /// Puts the texts in place, when each file is still what was read.
    fn write(
        &self,
        root: &Path,
        place: impl Fn(&str) -> Option<PathBuf>,
        terminal: &mut Terminal,
    ) -> Result<(), Exit> {
        let mut files = Vec::new();
        for (shown, changed) in &self.files {
            let path = place(shown).unwrap_or_else(|| PathBuf::from(shown));
            match read_file(&path) {
                Ok(Some((bytes, _))) if bytes == changed.before.as_bytes() => {}
                Ok(_) => {
                    terminal.fail(&format!(
                        "`{shown}` was changed while it was judged, and is kept: run it again"
                    ));
                    return Err(Exit::Refused);
                }
                Err(error) => {
                    terminal.fail(&error.to_string());
                    return Err(Exit::Usage);
                }
            }
            files.push((path, changed));
        }
        for (path, changed) in files {
            let place = Place { path: &path, root, new_mode: OUTPUT_MODE };
            let written = atomic::replace(&place, |file| file.write_all(changed.after.as_bytes()));
            if let Err(error) = written {
                terminal.fail(&error.to_string());
                return Err(Exit::Usage);
            }
        }
        Ok(())
    }
}

fn has_unsafe_fix(finding: &Diagnostic) -> bool {
    !finding.fixes.is_empty() && finding.fixes.iter().all(|fix| !fix.safe)
}

/// A part of a file is not the file; and of a file that is there twice, one is enough.
fn may_change(sources: &Sources, file: FileId) -> bool {
    let Some(source) = sources.get(file) else { return false };
    let twice = sources.files().any(|(id, other)| id < file && other.path == source.path);
    source.encoding == Encoding::Utf8 && !twice
}

/// The texts after some fixes, of the files that they change.
fn texts(sources: &Sources, chosen: &[Chosen<'_>]) -> Vec<(FileId, String)> {
    let mut edits: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for edit in chosen.iter().flat_map(|chosen| &chosen.fix.edits) {
        edits.entry(edit.span.file()).or_default().push(edit);
    }
    edits.into_iter().map(|(file, edits)| (file, apply(sources.text(file), edits))).collect()
}

/// The fixes that can be made and leave every file as good as it is, and those that cannot.
fn without_harm<'f>(
    sources: &Sources,
    chosen: Vec<Chosen<'f>>,
) -> (Vec<Chosen<'f>>, Vec<Chosen<'f>>) {
    let does_harm = |chosen: &[Chosen<'_>]| {
        let texts = texts(sources, chosen);
        texts.iter().any(|(file, text)| mistakes(text) > mistakes(sources.text(*file)))
    };
    if !does_harm(&chosen) {
        return (chosen, Vec::new());
    }
    let (harmful, mut harmless): (Vec<_>, Vec<_>) =
        chosen.into_iter().partition(|chosen| does_harm(std::slice::from_ref(chosen)));
    // Each for itself is good, and together they are not: one after the other, then.
    if does_harm(&harmless) {
        harmless.truncate(1);
    }
    (harmless, harmful)
}

/// How often the parser stops in a text, and how many keys stand in it twice.
fn mistakes(text: &str) -> usize {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new(String::new(), text.as_bytes().to_vec(), false));
    let mut parsed = parse(&sources, file);
    parsed.errors.len() + parsed.tree.mark_repeated_keys().len()
}

/// A fix, for a message.
fn told(sources: &Sources, chosen: &Chosen<'_>) -> String {
    let finding = chosen.finding;
    let (start, _) = sources.positions(finding.primary.span);
    let path = sources.path(finding.primary.span.file());
    format!("a fix of `{}` at `{path}:{}:{}`", finding.rule.name, start.line, start.column)
}

#[cfg(test)]
#[path = "mend_tests.rs"]
mod tests;
