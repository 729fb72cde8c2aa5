//! Two configs compared for a reader: the lines that differ, and what that means for those who
//! ask, with the secrets of both sides masked.

use std::ops::Range;

use crate::diagnostic::{Redactions, Report, cover};
use crate::gateway::litellm::served::{self, Change, ChangeKind, Served};
use crate::release::diff::{self, Line, LineKind, Side};
use crate::release::header;
use crate::report::{Ink, Style, line};
use crate::source::{self, Encoding, Expansion, FileId, SourceFile, Sources, secrets};

/// A config to be compared.
pub(super) struct Config {
    /// What it is called in the diff.
    pub(super) name: String,
    /// All of it, the header too.
    pub(super) text: String,
}

impl Config {
    /// Bytes that are no text are shown as such.
    pub(super) fn new(name: String, bytes: Vec<u8>) -> Self {
        let lossy = |error: std::string::FromUtf8Error| {
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        };
        Config { name, text: String::from_utf8(bytes).unwrap_or_else(lossy) }
    }
}

/// What differs between two configs. Nothing in it is a secret.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// The lines of the unified diff; none when the configs are equal. Headers are not compared:
    /// they tell of the sources.
    pub(super) lines: Vec<Line>,
    /// What became of the names that a request may ask for.
    pub(super) routing: Vec<Change>,
    /// The sides that are no YAML, so that their routing is known in part at best.
    pub(super) broken: Vec<String>,
}

/// Compares two configs. What `known` hides is hidden too, beside the secrets of both.
pub(super) fn between(old: Config, new: Config, known: &[Redactions]) -> Difference {
    let mut sources = Sources::default();
    let [old, new] = [old, new].map(|Config { name, text }| {
        sources.add(SourceFile {
            path: name,
            text,
            encoding: Encoding::Utf8,
            near: None,
            beside: false,
        })
    });
    let side = |file: FileId| {
        let (before, text) = header::split(sources.text(file));
        Side { name: sources.path(file), text, before }
    };
    let lines = diff::lines(&side(old), &side(new));
    if lines.is_empty() {
        return Difference::default();
    }
    let mut report = Report::default();
    let mut broken = Vec::new();
    let [old, new] = [old, new].map(|file| read(&sources, file, &mut report, &mut broken));
    let own = report.redactions(&sources);
    let known: Vec<&Redactions> = known.iter().chain([&own]).collect();
    let mut routing = served::changes(&old, &new);
    for change in &mut routing {
        change.request = masked(&change.request, &known);
        change.words = masked(&change.words, &known);
    }
    Difference { lines: masked_lines(&lines, &known), routing, broken }
}

/// What a config serves; its secrets go into the report.
fn read<'a>(
    sources: &'a Sources,
    file: FileId,
    report: &mut Report,
    broken: &mut Vec<String>,
) -> Served<'a> {
    let mut parsed = source::parse(sources, file);
    let whole = parsed.errors.is_empty();
    report.hide(&secrets::find(sources, file, &parsed.tree, whole));
    let fits = parsed.tree.expansion() == Expansion::Fits;
    if !whole || !fits {
        broken.push(sources.path(file).to_owned());
    }
    if !fits {
        return Served::default();
    }
    parsed.tree.mark_repeated_keys();
    served::read(&parsed.tree)
}

/// The secrets of a config that stands alone.
pub(super) fn secrets_of(config: Config) -> Redactions {
    let mut sources = Sources::default();
    let Config { name, text } = config;
    let file = sources.add(SourceFile {
        path: name,
        text,
        encoding: Encoding::Utf8,
        near: None,
        beside: false,
    });
    let mut report = Report::default();
    let parsed = source::parse(&sources, file);
    report.hide(&secrets::find(&sources, file, &parsed.tree, parsed.errors.is_empty()));
    report.redactions(&sources)
}

/// A text without what is known as a secret, and without what looks like one.
fn masked(text: &str, known: &[&Redactions]) -> String {
    let mut ranges: Vec<Range<usize>> = secrets::in_text(text);
    ranges.extend(known.iter().flat_map(|redactions| redactions.found(text)));
    cover(text, ranges).into_owned()
}

/// Lines that were compared as they are, for a reader: a secret that changed is a line that
/// changed, and shows as stars on both sides.
pub(super) fn masked_lines(lines: &[Line], known: &[&Redactions]) -> Vec<Line> {
    // As one text: some secrets have several lines.
    let text = masked(&diff::text(lines), known);
    let kinds = lines.iter().map(|line| line.kind);
    kinds.zip(text.split('\n')).map(|(kind, text)| Line { kind, text: text.to_owned() }).collect()
}

/// The lines for people, coloured when the style says so.
pub(super) fn human(lines: &[Line], style: Style) -> String {
    let mut text = String::new();
    for Line { kind, text: words } in lines {
        let ink = match kind {
            LineKind::Name => Some(Ink::Bold),
            LineKind::Hunk => Some(Ink::Cyan),
            LineKind::Removed => Some(Ink::Red),
            LineKind::Added => Some(Ink::Green),
            LineKind::Same | LineKind::Remark => None,
        };
        text.push_str(&line(style, ink, words));
        text.push('\n');
    }
    text
}

impl Difference {
    /// All of it for people; empty when the configs are equal.
    pub(super) fn human(&self, style: Style) -> String {
        let mut text = human(&self.lines, style);
        if !self.routing.is_empty() {
            text.push_str("\nwhat changes for requests:\n");
        }
        for Change { request, kind, words } in &self.routing {
            let ink = match kind {
                ChangeKind::Added => Ink::Green,
                ChangeKind::Removed => Ink::Red,
                ChangeKind::Changed => Ink::Yellow,
            };
            let request = line(style, Some(ink), request);
            text.push_str(&format!("  {request}: {}\n", line(style, None, words)));
        }
        text
    }
}
