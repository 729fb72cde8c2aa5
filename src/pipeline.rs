//! The spine: the stages in order, nothing else.
//!
//! text → tree → documents → routing → gateway config

use serde::Deserialize;

use crate::checks::schema::violations::{self, Violation, ViolationKind};
use crate::checks::schema::{Shape, Values, required};
use crate::checks::{Context, fallbacks, lexical, lowering, ports, references, schema};
use crate::diagnostic::Report;
use crate::document::{Document, Mappings, Ports, Project, Providers};
use crate::gateway::litellm::{self, Lowered};
use crate::routing::{self, Documents, Routing};
use crate::source::{self, Encoding, Expansion, FileId, Read, Sources, Span, secrets};

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
}

/// Text to documents: the lexical stage and the schema stage, file by file.
#[must_use]
pub fn read<'a>(sources: &'a Sources, files: Files, report: &mut Report) -> Documents<'a> {
    let mut documents = Documents::default();
    let incomplete = &mut documents.incomplete;
    if let Some(file) = files.project {
        let lacks = required::project_lacks_keys;
        documents.project = read_one(sources, file, Document::Project, lacks, (report, incomplete));
    }
    documents.providers = read_one(
        sources,
        files.providers,
        Document::Providers,
        required::providers_lack_keys,
        (report, incomplete),
    );
    documents.mappings = read_one(
        sources,
        files.mappings,
        Document::Mappings,
        required::mappings_lack_keys,
        (report, incomplete),
    );
    documents.ports = files
        .ports
        .map(|file| read_one(sources, file, Document::Ports, |_| false, (report, incomplete)));
    report_values(sources, &documents, report);
    forget_incomplete(files, &mut documents);
    documents
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
    }
    if ports {
        documents.ports = Some(Ports::default());
    }
}

fn report_values<'a>(sources: &'a Sources, documents: &'a Documents<'a>, report: &mut Report) {
    report.run(&schema::value_checks(), &Values { sources, documents });
}

/// Reads `gwcfg.yaml` alone: its settings are wanted before anything else.
#[must_use]
pub fn read_project<'a>(sources: &'a Sources, file: FileId, report: &mut Report) -> Project<'a> {
    let mut incomplete = Vec::new();
    let lacks = required::project_lacks_keys;
    read_one(sources, file, Document::Project, lacks, (report, &mut incomplete))
}

/// One file: parse, read, and what the lexical and schema rules say. The tree lives no longer
/// than this: the documents hold all that later stages need, in a third of its memory.
fn read_one<'a, T>(
    sources: &'a Sources,
    file: FileId,
    document: Document,
    lacks_keys: fn(&T) -> bool,
    (report, incomplete): (&mut Report, &mut Vec<FileId>),
) -> T
where
    T: Deserialize<'a> + Default,
{
    let readable = sources.get(file).is_some_and(|text| text.encoding == Encoding::Utf8);
    let mut parsed = source::parse(sources, file);
    let expansion = parsed.tree.expansion();
    // What stands behind the readable beginning is not the parser's fault.
    let errors = if readable { std::mem::take(&mut parsed.errors) } else { Vec::new() };
    let whole = readable && errors.is_empty() && expansion == Expansion::Fits;
    // What is left of a broken file is read too: its other mistakes are told in the same run.
    let usable = readable && expansion == Expansion::Fits;
    let repeated = if usable { parsed.tree.mark_repeated_keys() } else { Vec::new() };
    let tree = &parsed.tree;
    let secrets = secrets::find(sources, file, tree, whole);
    report.hide(&secrets);
    let Read { document: read, problems } =
        if usable { source::read(tree) } else { Read::default() };
    let refused = usable && (!problems.mismatches.is_empty() || whole && lacks_keys(&read));
    let mut violations =
        if refused { violations::find(tree, document, &problems) } else { Vec::new() };
    if !whole {
        incomplete.push(file);
        violations.retain(|found| stands_by_itself(found, &parsed.blanked));
    }
    report.run(
        &lexical::checks(),
        &lexical::File {
            sources,
            id: file,
            document,
            tree,
            errors: &errors,
            repeated: &repeated,
            expansion,
            problems: &problems,
            secrets: &secrets,
        },
    );
    report.run(
        &schema::shape_checks(),
        &Shape { sources, document, tree, problems: &problems, violations: &violations, whole },
    );
    read
}

/// False for a breach that may come from an entry that could not be parsed: what is missing may
/// stand there, and what is beside it may be of another kind with it.
fn stands_by_itself(found: &Violation<'_>, blanked: &[Span]) -> bool {
    let touches = |gone: &Span| found.span.start <= gone.end && gone.start <= found.span.end;
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
    report: &mut Report,
) -> Routing<'a> {
    let routing = routing::build(documents);
    check(&Context { sources, documents, routing: &routing }, report);
    routing
}

fn check<'a>(context: &Context<'a>, report: &mut Report) {
    report.run(&references::checks(), context);
    report.run(&ports::checks(), context);
    report.run(&fallbacks::checks(), context);
}

/// What a run read, for the last line of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Models of all providers.
    pub models: usize,
    /// Providers.
    pub providers: usize,
    /// Names that a request may ask for.
    pub public_names: usize,
}

/// Every stage on the sources, the compiler in memory among them; `then` gets what they compile to.
pub fn compile<T>(
    sources: &Sources,
    files: Files,
    report: &mut Report,
    then: impl FnOnce(&Lowered<'_>, &Report) -> T,
) -> (Counts, T) {
    let documents = read(sources, files, report);
    let routing = resolve(sources, &documents, report);
    let lowered = litellm::lower(&documents, &routing);
    report.run(&lowering::checks(), &lowered);
    report.sort(sources);
    let counts = Counts {
        models: routing.models.len(),
        providers: routing.providers.len(),
        public_names: routing.public_groups().count(),
    };
    (counts, then(&lowered, report))
}

/// Every stage on the sources.
pub fn validate(sources: &Sources, files: Files, report: &mut Report) -> Counts {
    compile(sources, files, report, |_, _| ()).0
}

#[cfg(test)]
#[path = "pipeline_tests.rs"]
mod tests;
