//! The pictures as they are, and what holds for every format.

mod formats;
mod pictures;
mod properties;

use crate::diagnostic::{Check, Levels, Redactions, Report, Reporter, Rule, Severity, Stage};
use crate::source::{FileId, SourceFile, Sources, Span};

use super::*;

const fn rule(name: &'static str, stage: Stage, severity: Severity) -> Rule {
    Rule { name, stage, severity, summary: "", page: "" }
}

static UNKNOWN: Rule = rule("provider-unknown", Stage::References, Severity::Error);
static SHADOW: Rule = rule("mapping-shadowed", Stage::Fallbacks, Severity::Warning);
static NOTE: Rule = rule("port-unused", Stage::Ports, Severity::Info);

type Scene<'s> = dyn Fn(&mut Reporter<'_>) + 's;

/// A run of one made-up check per rule.
struct Case {
    sources: Sources,
    report: Report,
    redactions: Redactions,
    style: Style,
    around: Around<'static>,
}

impl Case {
    fn new(files: &[(&str, &str)]) -> Self {
        let mut sources = Sources::default();
        for (path, text) in files {
            let bytes = text.as_bytes().to_vec();
            sources.add(SourceFile::new((*path).to_owned(), bytes, false));
        }
        let style = Style { colour: false, unicode: true, width: 80, links: false };
        let (report, redactions) = (Report::new(Levels::default()), Redactions::default());
        Case { sources, report, redactions, style, around: Around::default() }
    }

    fn find(mut self, rule: &'static Rule, scene: impl Fn(&mut Reporter<'_>)) -> Self {
        let run = |scene: &Scene<'_>, reporter: &mut Reporter<'_>| scene(reporter);
        let check: Check<Scene<'_>> = Check { rule, run };
        self.report.run(&[check], &scene);
        self.report.sort(&self.sources);
        self
    }

    fn ascii(mut self) -> Self {
        self.style.unicode = false;
        self
    }

    fn write(&self, format: Format) -> String {
        let read = Read { files: 3, models: 12, providers: 5, public_names: 25 };
        let mut out = Vec::new();
        let run = Run {
            report: &self.report,
            sources: &self.sources,
            redactions: &self.redactions,
            read: &read,
            style: self.style,
            around: self.around,
        };
        write(&mut out, format, &run).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn human(&self) -> String {
        self.write(Format::Human)
    }
}

/// The place of the `nth` (from 0) `needle` in a file.
fn place(case: &Case, file: u16, needle: &str, nth: usize) -> Span {
    let text = case.sources.text(FileId(file));
    let (start, _) = text.match_indices(needle).nth(nth).unwrap();
    Span::new(FileId(file), start, start + needle.len())
}

fn span(file: u16, start: usize, end: usize) -> Span {
    Span::new(FileId(file), start, end)
}
