//! Findings as the editor shows them: for every file of the projects of the open texts, open or
//! not, and taken back when they are gone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use gen_lsp_types as lsp;

use crate::diagnostic::{self, Diagnostic, Redactions, Report, Severity, stars};
use crate::pipeline;
use crate::project::{Mistake, ProjectError};
use crate::source::{FileId, Position, SourceFile, Sources, Span, read_file, secrets};

use super::positions::{Positions, Units};
use super::uri::tidy;
use super::workspace::{Workspace, path_of};

/// Findings of one file that an editor is told: it shows no more.
const MAX_TOLD: usize = 1000;

/// A finding at its place, and what mends it.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    /// The address of the file.
    pub(super) uri: String,
    pub(super) diagnostic: lsp::Diagnostic,
    pub(super) fixes: Vec<Fix>,
}

/// Edits that mend a finding.
#[derive(Debug, Clone)]
pub(super) struct Fix {
    pub(super) title: String,
    pub(super) safe: bool,
    /// By the address of the file and the editor's number of its state.
    pub(super) edits: BTreeMap<(String, Option<i32>), Vec<lsp::TextEdit>>,
}

/// What was found last.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) all: Vec<Finding>,
    /// What the editor was told of each file.
    told: BTreeMap<String, (Option<i32>, Vec<lsp::Diagnostic>)>,
}

impl Findings {
    /// Judges the projects of all open texts anew. Gives what the editor has to be told.
    pub(super) fn renew(
        &mut self,
        workspace: &Workspace,
        related: bool,
    ) -> Vec<lsp::PublishDiagnosticsParams> {
        let mut addresses = BTreeMap::new();
        for (uri, open) in workspace.documents.iter() {
            addresses.insert(uri.to_owned(), Some(open.version));
        }
        self.all.clear();
        for root in workspace.projects().values() {
            self.all.extend(judge(workspace, root, &mut addresses));
        }
        let mut by_file: BTreeMap<String, Vec<lsp::Diagnostic>> = BTreeMap::new();
        for finding in &mut self.all {
            if !related {
                finding.diagnostic.related_information = None;
            }
            let told = by_file.entry(finding.uri.clone()).or_default();
            if told.len() < MAX_TOLD {
                told.push(finding.diagnostic.clone());
            }
        }
        let known = addresses.keys().chain(by_file.keys()).chain(self.told.keys());
        let known: BTreeSet<String> = known.cloned().collect();
        let mut news = Vec::new();
        for uri in known {
            let diagnostics = by_file.remove(&uri).unwrap_or_default();
            let version = addresses.get(&uri).copied().flatten();
            let now = (version, diagnostics);
            let gone = now.0.is_none() && now.1.is_empty();
            let told = self.told.get(&uri);
            if told != Some(&now) && (told.is_some() || !gone) {
                let (version, diagnostics) = now.clone();
                news.push(lsp::PublishDiagnosticsParams {
                    uri: uri.clone().into(),
                    version,
                    diagnostics,
                });
            }
            if gone {
                self.told.remove(&uri);
            } else {
                self.told.insert(uri, now);
            }
        }
        news
    }
}

/// All findings of a project, in the order of their files.
fn judge(
    workspace: &Workspace,
    root: &Path,
    addresses: &mut BTreeMap<String, Option<i32>>,
) -> Vec<Finding> {
    match workspace.load(root) {
        Ok(loaded) => {
            let mut report = loaded.report();
            pipeline::validate(&loaded.sources, loaded.files, &mut report);
            let files = Files::new(workspace, root, &loaded.sources, addresses);
            files.findings(&report)
        }
        Err(ProjectError::Broken { sources, report, .. }) => {
            Files::new(workspace, root, &sources, addresses).findings(&report)
        }
        Err(ProjectError::Settings(mistakes)) => {
            mistakes.iter().map(|mistake| of_mistake(workspace, root, mistake)).collect()
        }
        Err(ProjectError::TwoSpellings(one, other)) => {
            let wrong = ProjectError::TwoSpellings(one.clone(), other.clone()).to_string();
            [one, other].iter().map(|path| at_start(workspace, path, &wrong)).collect()
        }
        Err(
            error @ (ProjectError::Read(_)
            | ProjectError::NoInputs(_)
            | ProjectError::Named { .. }
            | ProjectError::UnknownRule { .. }
            | ProjectError::Mandatory { .. }
            | ProjectError::UnknownEnvironment { .. }
            | ProjectError::Version { .. }),
        ) => {
            let open = open_in(workspace, root);
            open.iter().map(|path| at_start(workspace, path, &error.to_string())).collect()
        }
    }
}

/// The open texts of a project.
fn open_in(workspace: &Workspace, root: &Path) -> Vec<PathBuf> {
    let texts = workspace.documents.iter().map(|(_, open)| open.path.clone());
    let inside = |path: &PathBuf| {
        path.starts_with(root) || path.canonicalize().is_ok_and(|path| path.starts_with(root))
    };
    texts.filter(inside).collect()
}

/// What is wrong with a project as a whole, at the beginning of one of its files.
fn at_start(workspace: &Workspace, path: &Path, wrong: &str) -> Finding {
    let (uri, _) = workspace.documents.address(path);
    whole(uri, lsp::Range::default(), wrong)
}

fn of_mistake(workspace: &Workspace, root: &Path, mistake: &Mistake) -> Finding {
    let path = tidy(&root.join(&mistake.path));
    let (uri, _) = workspace.documents.address(&path);
    let on_disk = || {
        let (bytes, _) = read_file(&path).ok().flatten().unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    };
    let open = workspace.documents.files().opened_as(&path);
    let text = open.and_then(|path| workspace.documents.files().get(path));
    let text = text.map_or_else(on_disk, str::to_owned);
    let byte = |position: Position| position.byte as usize;
    let range = byte(mistake.start)..byte(mistake.end);
    whole(uri, Positions::new(&text, workspace.units).range(range), &mistake.wrong)
}

fn whole(uri: String, range: lsp::Range, wrong: &str) -> Finding {
    let message = stars(wrong, &secrets::in_text(wrong)).into_owned();
    let diagnostic = lsp::Diagnostic {
        range,
        severity: Some(lsp::DiagnosticSeverity::Error),
        source: Some("gwcfg".to_owned()),
        message: lsp::Message::String(message),
        ..lsp::Diagnostic::default()
    };
    Finding { uri, diagnostic, fixes: Vec::new() }
}

/// The files of a project, as the editor names them.
struct Files<'s> {
    /// By number: address, version, lines.
    files: Vec<(String, Option<i32>, Positions<'s>)>,
    sources: &'s Sources,
}

impl<'s> Files<'s> {
    fn new(
        workspace: &Workspace,
        root: &Path,
        sources: &'s Sources,
        addresses: &mut BTreeMap<String, Option<i32>>,
    ) -> Self {
        let units: Units = workspace.units;
        let file = |(id, file): (FileId, &'s SourceFile)| {
            let path = path_of(root, sources, id);
            let (uri, version) = workspace.documents.address(&path);
            (uri, version, Positions::new(&file.text, units))
        };
        let files: Vec<_> = sources.files().map(file).collect();
        addresses.extend(files.iter().map(|(uri, version, _)| (uri.clone(), *version)));
        Files { files, sources }
    }

    fn findings(&self, report: &Report) -> Vec<Finding> {
        let hidden = report.redactions(self.sources);
        let findings = report.findings().iter();
        findings.filter_map(|finding| self.finding(finding, &hidden)).collect()
    }

    /// `None` for a place that is in no file.
    fn finding(&self, finding: &Diagnostic, hidden: &Redactions) -> Option<Finding> {
        let location = self.location(finding.primary.span)?;
        let related = finding.labels.iter().filter_map(|label| {
            let message = hidden.hide(&label.text).into_owned();
            Some(lsp::DiagnosticRelatedInformation {
                location: self.location(label.span)?,
                message,
            })
        });
        let related: Vec<_> = related.collect();
        let diagnostic = lsp::Diagnostic {
            range: location.range,
            severity: Some(match finding.severity {
                Severity::Error => lsp::DiagnosticSeverity::Error,
                Severity::Warning => lsp::DiagnosticSeverity::Warning,
                Severity::Info => lsp::DiagnosticSeverity::Information,
            }),
            code: Some(lsp::Code::String(finding.rule.name.to_owned())),
            source: Some("gwcfg".to_owned()),
            message: lsp::Message::String(hidden.hide(&message(finding)).into_owned()),
            related_information: (!related.is_empty()).then_some(related),
            ..lsp::Diagnostic::default()
        };
        let fixes = finding.fixes.iter().filter_map(|fix| self.fix(fix, hidden)).collect();
        Some(Finding { uri: location.uri.0, diagnostic, fixes })
    }

    fn fix(&self, fix: &diagnostic::Fix, hidden: &Redactions) -> Option<Fix> {
        let mut edits: BTreeMap<_, Vec<lsp::TextEdit>> = BTreeMap::new();
        for edit in &fix.edits {
            let (uri, version, positions) = self.files.get(usize::from(edit.span.file().0))?;
            let range = positions.range(edit.span.range());
            let edit = lsp::TextEdit { range, new_text: edit.text.clone() };
            edits.entry((uri.clone(), *version)).or_default().push(edit);
        }
        Some(Fix { title: hidden.hide(&fix.title).into_owned(), safe: fix.safe, edits })
    }

    fn location(&self, span: Span) -> Option<lsp::Location> {
        let (uri, _, positions) = self.files.get(usize::from(span.file().0))?;
        Some(lsp::Location { uri: uri.clone().into(), range: positions.range(span.range()) })
    }
}

/// What is wrong, what is to be seen there, and what to do: a line each.
fn message(finding: &Diagnostic) -> String {
    let mut text = finding.message.clone();
    if !finding.primary.text.is_empty() {
        text.push('\n');
        text.push_str(&finding.primary.text);
    }
    if let Some(help) = &finding.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    text
}
