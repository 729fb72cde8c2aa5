//! SARIF 2.1.0 (an OASIS standard), for code scanning. These structs are the part of it that has
//! something to say here; `tests/formats` checks what they write against the official schema.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};

use crate::diagnostic::{Diagnostic, Fix, Label, Rule, Severity, Suppression};
use crate::source::{Encoding, FileId, Span};

use super::entries::{self, Entry};
use super::places::Places;
use super::{Run, text};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Scan<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Scan<'a> {
    tool: Tool<'a>,
    invocations: [Invocation; 1],
    artifacts: Vec<ArtifactEntry>,
    column_kind: &'static str,
    results: Results<'a>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    semantic_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    information_uri: Option<&'a str>,
    rules: Vec<Descriptor<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'a> {
    id: &'a str,
    short_description: Text<'a>,
    help: Help<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    default_configuration: Configuration,
    properties: Properties<'a>,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Help<'a> {
    text: &'a str,
    markdown: &'a str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties<'a> {
    tags: [&'a str; 1],
    /// What GitHub sorts by; it does not read the level of a rule.
    #[serde(rename = "problem.severity")]
    problem_severity: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactEntry {
    location: ArtifactLocation,
    roles: [&'static str; 1],
    mime_type: &'static str,
    source_language: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Repair>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Pardon>,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    /// One past the last column.
    end_column: u32,
}

#[derive(Serialize)]
struct Fingerprints {
    /// A change of what an identity is made of needs a new number beside this one.
    #[serde(rename = "gwcfg/v1")]
    ours: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Repair {
    description: Message,
    artifact_changes: Vec<Change>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Message,
}

#[derive(Serialize)]
struct Pardon {
    kind: &'static str,
    status: &'static str,
    justification: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

/// The results, made one by one while they are written.
struct Results<'a> {
    view: View<'a>,
    entries: Vec<Entry<'a>>,
    rules: BTreeMap<&'a str, usize>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(Some(self.entries.len()))?;
        for entry in &self.entries {
            let rule = self.rules.get(entry.finding.rule.name).copied();
            sequence.serialize_element(&self.view.outcome(entry, rule.unwrap_or_default()))?;
        }
        sequence.end()
    }
}

/// Writes the log, indented by two spaces, with a newline at the end.
pub(super) fn write(out: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    let entries = entries::of(run);
    let rules: BTreeMap<&str, &Rule> =
        entries.iter().map(|entry| (entry.finding.rule.name, entry.finding.rule)).collect();
    let view = View { run: *run, places: Places::new(run.sources), indices: indices(run) };
    let artifacts = run.sources.files().filter(|(id, _)| view.index(*id).is_some());
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Scan {
            tool: Tool {
                driver: Driver {
                    name: env!("CARGO_PKG_NAME"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: run.around.pages,
                    rules: rules.values().map(|rule| descriptor(run, rule)).collect(),
                },
            },
            invocations: [Invocation { execution_successful: true }],
            artifacts: artifacts.map(|(id, _)| view.artifact(id)).collect(),
            column_kind: "unicodeCodePoints",
            results: Results {
                rules: rules.keys().enumerate().map(|(index, name)| (*name, index)).collect(),
                entries,
                view,
            },
        }],
    };
    let mut out = BufWriter::new(out);
    serde_json::to_writer_pretty(&mut out, &log)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// By the number of a file, its number among those that are there.
fn indices(run: &Run<'_>) -> Vec<Option<usize>> {
    let mut next = 0;
    let files = run.sources.files().map(|(_, file)| {
        let there = file.encoding != Encoding::Missing;
        let index = there.then_some(next);
        next += usize::from(there);
        index
    });
    files.collect()
}

fn descriptor<'a>(run: &Run<'_>, rule: &'a Rule) -> Descriptor<'a> {
    Descriptor {
        id: rule.name,
        short_description: Text { text: rule.summary },
        help: Help { text: rule.page, markdown: rule.page },
        help_uri: run.around.page(rule.name),
        default_configuration: Configuration { level: level(rule.severity) },
        properties: Properties {
            tags: [rule.stage.as_str()],
            problem_severity: match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
        },
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

struct View<'a> {
    run: Run<'a>,
    places: Places<'a>,
    /// See [`indices`].
    indices: Vec<Option<usize>>,
}

impl View<'_> {
    fn outcome<'e>(&self, entry: &'e Entry<'_>, rule_index: usize) -> Outcome<'e> {
        let finding = entry.finding;
        let labels = finding.labels.iter().enumerate();
        Outcome {
            rule_id: finding.rule.name,
            rule_index,
            level: level(finding.severity),
            message: self.message(finding),
            locations: [self.location(None, &finding.primary)],
            related_locations: labels
                .map(|(index, label)| self.location(Some(index + 1), label))
                .collect(),
            partial_fingerprints: Fingerprints { ours: entry.identity.fingerprint() },
            fixes: finding.fixes.iter().filter_map(|fix| self.repair(fix)).collect(),
            suppressions: entry.why.map(|why| self.pardon(why)).into_iter().collect(),
        }
    }

    /// What is wrong, and what to do: viewers show no help of a single result.
    fn message(&self, finding: &Diagnostic) -> Message {
        let mut message = self.phrase(&finding.message);
        if let Some(help) = &finding.help {
            message.text.extend(["\nhelp: ", &self.phrase(help).text]);
        }
        message
    }

    /// A text for people, on one line.
    fn phrase(&self, text: &str) -> Message {
        let hidden = self.run.redactions.hide(text);
        Message { text: text::one_line(&hidden).into_owned() }
    }

    fn location(&self, id: Option<usize>, label: &Label) -> Location {
        let message = (!label.text.is_empty()).then(|| self.phrase(&label.text));
        Location { id, physical_location: self.physical(label.span), message }
    }

    fn physical(&self, span: Span) -> PhysicalLocation {
        let artifact_location = self.file(span.file());
        PhysicalLocation { artifact_location, region: self.region(span) }
    }

    fn region(&self, span: Span) -> Region {
        let (start, end) = self.places.of(span);
        Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }

    /// A fix for a program to apply; `None` when its text holds a secret, since stars in its place
    /// would be written into the file.
    fn repair(&self, fix: &Fix) -> Option<Repair> {
        let mut changes: Vec<(FileId, Vec<Replacement>)> = Vec::new();
        for edit in &fix.edits {
            let file = edit.span.file();
            let Cow::Borrowed(text) = self.run.redactions.hide(&edit.text) else { return None };
            let inserted_content = Message { text: text.to_owned() };
            let deleted_region = self.region(edit.span);
            let replacement = Replacement { deleted_region, inserted_content };
            match changes.iter_mut().find(|(known, _)| *known == file) {
                Some((_, replacements)) => replacements.push(replacement),
                None => changes.push((file, vec![replacement])),
            }
        }
        let changes = changes.into_iter().map(|(file, replacements)| Change {
            artifact_location: self.file(file),
            replacements,
        });
        let artifact_changes = changes.collect();
        Some(Repair { description: self.phrase(&fix.title), artifact_changes })
    }

    fn pardon(&self, why: &Suppression) -> Pardon {
        let (kind, location) = match why {
            Suppression::Allowed { place, .. } => ("inSource", Some(self.comment(*place))),
            Suppression::Baseline => ("external", None),
        };
        let justification = self.phrase(&entries::reason(why)).text;
        Pardon { kind, status: "accepted", justification, location }
    }

    fn comment(&self, place: Span) -> Location {
        Location { id: None, physical_location: self.physical(place), message: None }
    }

    fn index(&self, file: FileId) -> Option<usize> {
        self.indices.get(usize::from(file.0)).copied().flatten()
    }

    /// A file by its address and, when it is there, by its number among the artifacts.
    fn file(&self, file: FileId) -> ArtifactLocation {
        let path = self.run.around.path(self.run.sources.path(file));
        let uri = percent_encoded(path.strip_prefix("./").unwrap_or(&path));
        let (uri, uri_base_id) = if uri.starts_with('/') {
            (["file://", &uri].concat(), None)
        } else {
            (uri, Some("%SRCROOT%"))
        };
        ArtifactLocation { uri, uri_base_id, index: self.index(file) }
    }

    fn artifact(&self, file: FileId) -> ArtifactEntry {
        let location = ArtifactLocation { index: None, ..self.file(file) };
        let roles = ["analysisTarget"];
        ArtifactEntry { location, roles, mime_type: "application/yaml", source_language: "yaml" }
    }
}

/// A path as a relative reference of RFC 3986: all but the unreserved characters and `/` is
/// encoded, a colon too, since it would make a scheme of the first part.
fn percent_encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
