//! The spine: the stages in order, nothing else.
//!
//! text → tree → documents → routing → gateway config

use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::checks::schema::{Shape, Values, required, violations};
use crate::checks::{Context, fallbacks, lexical, lowering, ports, references, schema};
use crate::diagnostic::Report;
use crate::document::{Document, Project};
use crate::gateway::litellm::{self, Lowered};
use crate::routing::{self, Documents, Routing};
use crate::source::{self, Encoding, Expansion, FileId, Read, Sources};

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
        documents.project = read_project(sources, file, report);
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
    documents
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
    let errors: Vec<_> = parsed.error.take().filter(|_| readable).into_iter().collect();
    let whole = readable && errors.is_empty() && expansion == Expansion::Fits;
    let repeated = if whole { parsed.tree.mark_repeated_keys() } else { Vec::new() };
    let tree = &parsed.tree;
    let Read { document: read, problems } =
        if whole { source::read(tree) } else { Read::default() };
    let refused = whole && (!problems.mismatches.is_empty() || lacks_keys(&read));
    let violations = if refused { violations::find(tree, document, &problems) } else { Vec::new() };
    if !whole {
        incomplete.push(file);
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
        },
    );
    report.run(
        &schema::shape_checks(),
        &Shape { sources, document, tree, problems: &problems, violations: &violations },
    );
    read
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
    let documents = read(sources, files, report);
    let was_read = begun.elapsed();
    let routing = resolve(sources, &documents, report);
    let resolved = begun.elapsed();
    let lowered = litellm::lower(&documents, &routing);
    report.run(&lowering::checks(), &lowered);
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
