//! The spine: the stages in order, nothing else.
//!
//! text → tree → documents → routing → gateway config

mod layers;
mod lint;
mod suppression;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{panic, thread};

use serde::Deserialize;

use crate::checks::schema::violations::{self, Violation, ViolationKind};
use crate::checks::schema::{Shape, Values, required};
use crate::checks::{Context, behaviour, fallbacks, lexical, lowering, ports, references, schema};
use crate::diagnostic::{Levels, MARKER, Report, Severity};
use crate::document::{Document, MappingEntries, Mappings, Ports, Project, Providers};
use crate::gateway::litellm::{self, Lowered};
use crate::routing::{self, Documents, Routing};
use crate::rules;
use crate::source::secrets::Secret;
use crate::source::{
    self, Difference, Encoding, Expansion, FileId, NodeId, Parsed, Problems, Read, Sources, Span,
    SyntaxError, Tree, secrets,
};

pub use layers::Overlays;
pub use lint::lint;

use layers::Layers;
use suppression::{judge_baseline, judge_comments, mandatory, suppress};

/// The files of a project, by what they hold.
#[derive(Debug, Clone, Copy)]
pub struct Files {
    /// `gwcfg.yaml`, when there is one.
    pub project: Option<FileId>,
    /// `providers.yaml`.
    pub providers: FileId,
    /// `model-mappings.yaml`.
    pub mappings: FileId,
    /// `ports.yaml`, when there is one.
    pub ports: Option<FileId>,
    /// What the environment lays over them.
    pub overlays: Overlays,
}

/// Text to documents: the lexical stage and the schema stage, file by file.
#[must_use]
pub fn read<'a>(sources: &'a Sources, files: Files, report: &mut Report) -> Documents<'a> {
    let mut documents = Documents::default();
    let layers = Layers::read(sources, files.overlays);
    documents.overlaid = layers.are_there();
    let turn = Mutex::new(());
    if let Some(file) = files.project {
        let run = Reading { sources, layers: &layers, levels: report.levels(), turn: &turn };
        let project = read_one(run, file, Document::Project, required::project_lacks_keys);
        documents.project = project.into(report, &mut documents.incomplete);
        for name in mandatory(&documents.project) {
            report.require(name.value, rules::all);
        }
    }
    layers.check(sources, report);
    let levels = report.levels().clone();
    let run = Reading { sources, layers: &layers, levels: &levels, turn: &turn };
    let (providers, mappings) = both(
        [files.providers, files.mappings].iter().all(|file| sources.text(*file).len() > LARGE),
        || {
            let lacks = required::providers_lack_keys;
            read_one(run, files.providers, Document::Providers, lacks)
        },
        || {
            let lacks = required::mappings_lack_keys;
            read_one(run, files.mappings, Document::Mappings, lacks)
        },
    );
    documents.providers = providers.into(report, &mut documents.incomplete);
    documents.mappings = mappings.into(report, &mut documents.incomplete);
    let lacks = |_, _: &Ports<'_>| Vec::new();
    let ports = match files.ports {
        Some(file) => Some(read_one(run, file, Document::Ports, lacks)),
        None => layers.instead(Document::Ports).map(|nothing| {
            read_lexed(run, nothing, Report::new(levels.clone()), Document::Ports, lacks)
        }),
    };
    documents.ports = ports.map(|ports| ports.into(report, &mut documents.incomplete));
    documents.patterns = routing::read_patterns(&documents.mappings);
    report_values(sources, &documents, report);
    // Without the section there is one mistake, and not one for every name that leads to it.
    if documents.providers.providers.value().is_none()
        && !documents.incomplete.contains(&files.providers)
    {
        documents.incomplete.push(files.providers);
    }
    forget_incomplete(files, &mut documents);
    documents
}

/// Bytes of a file from which on a thread of its own is worth its start.
pub(crate) const LARGE: usize = 1 << 20;

/// The results of both, made at the same time when they are `apart` and a thread can be had.
pub(crate) fn both<A: Send, B>(
    apart: bool,
    one: impl Fn() -> A + Sync,
    other: impl FnOnce() -> B,
) -> (A, B) {
    if !apart {
        return (one(), other());
    }
    thread::scope(|scope| {
        let aside = thread::Builder::new().spawn_scoped(scope, &one);
        let other = other();
        let one = match aside {
            Ok(aside) => aside.join().unwrap_or_else(|panic| panic::resume_unwind(panic)),
            Err(_) => one(),
        };
        (one, other)
    })
}

/// What is left of a broken file was good for its own mistakes; what its names mean is not known.
fn forget_incomplete(files: Files, documents: &mut Documents<'_>) {
    let broken = |file: FileId| documents.incomplete.contains(&file);
    let (providers, mappings) = (broken(files.providers), broken(files.mappings));
    let (project, ports) = (files.project.is_some_and(broken), files.ports.is_some_and(broken));
    if project {
        documents.project = Project::default();
    }
    if providers {
        documents.providers = Providers::default();
    }
    if mappings {
        documents.mappings = Mappings::default();
        documents.patterns = Vec::new();
    }
    if ports {
        documents.ports = Some(Ports::default());
    }
}

fn report_values<'a>(sources: &'a Sources, documents: &'a Documents<'a>, report: &mut Report) {
    report.run(&schema::value_checks(), &Values::new(sources, documents));
}

/// Reads `gwcfg.yaml` alone: its settings are wanted before anything else.
#[must_use]
pub fn read_project<'a>(
    sources: &'a Sources,
    file: FileId,
    overlays: Overlays,
    report: &mut Report,
) -> Project<'a> {
    let layers = Layers::read(sources, overlays);
    let (levels, turn) = (report.levels().clone(), Mutex::new(()));
    let run = Reading { sources, layers: &layers, levels: &levels, turn: &turn };
    let read = read_one(run, file, Document::Project, required::project_lacks_keys);
    layers.hide(report);
    layers.read_comments(sources, report);
    read.into(report, &mut Vec::new())
}

/// Hands `gwcfg.yaml`, with what is laid over it, to `then`; the report learns its secrets.
pub fn with_project<T>(
    sources: &Sources,
    file: FileId,
    overlays: Overlays,
    report: &mut Report,
    then: impl FnOnce(&Tree<'_>) -> T,
) -> T {
    let (layers, lexed) = (Layers::read(sources, overlays), lex(sources, file));
    layers.hide(report);
    report.hide(&lexed.secrets);
    let base = &lexed.parsed.tree;
    match layers.over(base, Document::Project, sources) {
        Some((tree, _)) => then(&tree),
        None => then(base),
    }
}

/// Text to documents whatever is wrong with them, for an editor in which somebody types: what is
/// left of a broken file is kept, and nothing is reported.
#[must_use]
pub fn read_as_far(sources: &Sources, files: Files) -> Documents<'_> {
    let mut documents = Documents::default();
    let incomplete = &mut documents.incomplete;
    if let Some(file) = files.project {
        documents.project = read_rest(sources, file, incomplete);
    }
    documents.providers = read_rest(sources, files.providers, incomplete);
    documents.mappings = read_rest(sources, files.mappings, incomplete);
    documents.ports = files.ports.map(|file| read_rest(sources, file, incomplete));
    documents.patterns = routing::read_patterns(&documents.mappings);
    documents
}

/// What is left of one file.
fn read_rest<'a, T>(sources: &'a Sources, file: FileId, incomplete: &mut Vec<FileId>) -> T
where
    T: Deserialize<'a> + Default,
{
    let mut parsed = source::parse(sources, file);
    let fits = parsed.tree.expansion() == Expansion::Fits;
    if !(fits && parsed.errors.is_empty()) {
        incomplete.push(file);
    }
    if !fits {
        return T::default();
    }
    parsed.tree.mark_repeated_keys();
    source::read(&parsed.tree).document
}

/// One file as it was read.
struct ReadOne<T> {
    document: T,
    report: Report,
    /// The file, when it could not be read to its end.
    incomplete: Option<FileId>,
}

impl<T> ReadOne<T> {
    /// The document; what was found goes where the run keeps it.
    fn into(self, report: &mut Report, incomplete: &mut Vec<FileId>) -> T {
        report.absorb(self.report);
        incomplete.extend(self.incomplete);
        self.document
    }
}

/// What all files of a run are read with.
#[derive(Clone, Copy)]
struct Reading<'r, 'a> {
    sources: &'a Sources,
    layers: &'r Layers<'a>,
    levels: &'r Levels,
    /// Files that are parsed at the same time are read in turn, so that one tree is gone before the
    /// next document is made.
    turn: &'r Mutex<()>,
}

/// One file: parse, read, and what the lexical and schema rules say. The tree lives no longer
/// than this: the documents hold all that later stages need, in less of its memory.
fn read_one<'a, T>(
    run: Reading<'_, 'a>,
    file: FileId,
    document: Document,
    lacking: fn(FileId, &T) -> Vec<Span>,
) -> ReadOne<T>
where
    T: Deserialize<'a> + Default,
{
    let lexed = lex(run.sources, file);
    let mut report = Report::new(run.levels.clone());
    read_comments(run.sources, &lexed, &mut report);
    read_lexed(run, lexed, report, document, lacking)
}

fn read_lexed<'a, T>(
    run: Reading<'_, 'a>,
    lexed: Lexed<'a>,
    mut report: Report,
    document: Document,
    lacking: fn(FileId, &T) -> Vec<Span>,
) -> ReadOne<T>
where
    T: Deserialize<'a> + Default,
{
    let Reading { sources, layers, turn, .. } = run;
    let (file, usable) = (lexed.file, lexed.usable);
    let whole = lexed.whole && layers.whole;
    report.hide(&lexed.secrets);
    let turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
    let laid = if usable { layers.over(&lexed.parsed.tree, document, sources) } else { None };
    let tree = laid.as_ref().map_or(&lexed.parsed.tree, |(tree, _)| tree);
    let Read { document: read, problems } =
        if usable { source::read(tree) } else { Read::default() };
    // What is missing may stand in the part that could not be parsed.
    let lacking = if whole { lacking(file, &read) } else { Vec::new() };
    let refused = usable && !(problems.mismatches.is_empty() && lacking.is_empty());
    let mut violations =
        if refused { violations::find(tree, document, &problems, &lacking) } else { Vec::new() };
    if !whole {
        let blanked = lexed.parsed.blanked.iter().chain(layers.blanked());
        let blanked: Vec<Span> = blanked.copied().collect();
        violations.retain(|found| stands_by_itself(found, &blanked));
    }
    report.run(&lexical::checks(), &lexed.as_seen(sources, Some(document), &problems));
    report.run(
        &schema::shape_checks(),
        &Shape { sources, document, tree, problems: &problems, violations: &violations, whole },
    );
    // What is removed, or removes, may stand in the part that could not be parsed.
    if let Some((_, laid)) = laid.as_ref().filter(|_| whole) {
        report.run(&schema::overlays::overlay_checks(), laid);
    }
    drop(laid);
    drop(lexed);
    drop(turn);
    ReadOne { document: read, report, incomplete: (!whole).then_some(file) }
}

/// One file as YAML.
struct Lexed<'a> {
    file: FileId,
    parsed: Parsed<'a>,
    errors: Vec<SyntaxError>,
    repeated: Vec<(NodeId, NodeId)>,
    expansion: Expansion,
    secrets: Vec<Secret<'a>>,
    differences: Vec<Difference>,
    /// All of the file could be parsed.
    whole: bool,
    /// What could be parsed can be read.
    usable: bool,
}

impl<'a> Lexed<'a> {
    fn as_seen<'s>(
        &'s self,
        sources: &'s Sources,
        document: Option<Document>,
        problems: &'s Problems<'s>,
    ) -> lexical::File<'s>
    where
        'a: 's,
    {
        lexical::File {
            sources,
            id: self.file,
            document,
            tree: &self.parsed.tree,
            errors: &self.errors,
            repeated: &self.repeated,
            expansion: self.expansion,
            differences: &self.differences,
            problems,
            secrets: &self.secrets,
        }
    }
}

fn lex(sources: &Sources, file: FileId) -> Lexed<'_> {
    let readable = sources.get(file).is_some_and(|text| text.encoding == Encoding::Utf8);
    let mut parsed = source::parse(sources, file);
    let expansion = parsed.tree.expansion();
    // What stands behind the readable beginning is not the parser's fault.
    let errors = if readable { std::mem::take(&mut parsed.errors) } else { Vec::new() };
    let whole = readable && errors.is_empty() && expansion == Expansion::Fits;
    // What is left of a broken file is read too: its other mistakes are told in the same run.
    let usable = readable && expansion == Expansion::Fits;
    let repeated = if usable { parsed.tree.mark_repeated_keys() } else { Vec::new() };
    let secrets = secrets::find(sources, file, &parsed.tree, whole);
    let differences = parsed.tree.differences(whole);
    Lexed { file, parsed, errors, repeated, expansion, secrets, differences, whole, usable }
}

fn read_comments(sources: &Sources, lexed: &Lexed<'_>, report: &mut Report) {
    let (text, Parsed { tree, blanked, .. }) = (sources.text(lexed.file), &lexed.parsed);
    for comment in source::comments(tree, text, blanked, MARKER) {
        let said = sources.slice(comment.span);
        report.read_comment(comment, said);
    }
}

/// False for a breach that may come from an entry that could not be parsed: what is missing may
/// stand there, and what is beside it may be of another kind with it.
fn stands_by_itself(found: &Violation<'_>, blanked: &[Span]) -> bool {
    let touches = |gone: &Span| {
        let here = found.span.file() == gone.file();
        here && found.span.start() <= gone.end() && gone.start() <= found.span.end()
    };
    match found.kind {
        ViolationKind::Required { .. } => false,
        ViolationKind::Type { .. } => !blanked.iter().any(touches),
        ViolationKind::Enum { .. } | ViolationKind::Range { .. } => true,
    }
}

/// Documents to routing, and what the references, ports and fallbacks rules say of it.
#[must_use]
pub fn resolve<'a>(
    sources: &'a Sources,
    documents: &'a Documents<'a>,
    entries: MappingEntries<'a>,
    report: &mut Report,
) -> Routing<'a> {
    let routing = routing::build(documents, entries);
    check(&Context { sources, documents, routing: &routing }, report);
    routing
}

fn check<'a>(context: &Context<'a>, report: &mut Report) {
    report.run(&references::checks(), context);
    report.run(&ports::checks(), context);
    report.run(&fallbacks::checks(), context);
}

/// What a run read, for the last line of a report, and what it took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Models of all providers.
    pub models: usize,
    /// Providers.
    pub providers: usize,
    /// Names that a request may ask for.
    pub public_names: usize,
    /// How long the stages took.
    pub times: Times,
}

/// How long the stages of a run took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// Text to documents: the lexical and the schema stage.
    pub read: Duration,
    /// Documents to routing: references, ports and fallbacks.
    pub resolve: Duration,
    /// Routing to the gateway's config, and what the target says of it.
    pub lower: Duration,
}

/// Every stage on the sources, the compiler in memory among them; `then` gets what they compile to.
pub fn compile<T>(
    sources: &Sources,
    files: Files,
    report: &mut Report,
    then: impl FnOnce(&Lowered<'_>, &Report) -> T,
) -> (Counts, T) {
    let begun = Instant::now();
    let mut documents = read(sources, files, report);
    let entries = documents.mappings.take_entries();
    let was_read = begun.elapsed();
    let routing = resolve(sources, &documents, entries, report);
    let resolved = begun.elapsed();
    let lowered = litellm::lower(&documents, &routing);
    report.run(&lowering::checks(), &lowered);
    report.run(&behaviour::checks(), &lowered);
    suppress(sources, report);
    let omission_checks = lowering::omission_checks();
    let mut not_run = Vec::new();
    if report.has(Severity::Error) {
        not_run.extend(omission_checks.iter().map(|check| check.rule));
    } else {
        let omissions = lowering::Omissions { documents: &documents, lowered: &lowered };
        report.run(&omission_checks, &omissions);
        suppress(sources, report);
    }
    let whole = documents.incomplete.is_empty();
    judge_comments(sources, &mandatory(&documents.project), &not_run, whole, report);
    report.heed_baseline(sources);
    judge_baseline(&not_run, whole, None, report);
    report.sort(sources);
    let counts = Counts {
        models: routing.models.len(),
        providers: routing.providers.len(),
        public_names: routing.public_groups().count(),
        times: Times {
            read: was_read,
            resolve: resolved - was_read,
            lower: begun.elapsed() - resolved,
        },
    };
    (counts, then(&lowered, report))
}

/// Every stage on the sources.
pub fn validate(sources: &Sources, files: Files, report: &mut Report) -> Counts {
    compile(sources, files, report, |_, _| ()).0
}

#[cfg(test)]
mod tests;
