//! Findings as pictures for people. The only home of miette, which draws the snippets; it cannot
//! show two files in one picture, so each file has its own, the place to fix first.

use std::fmt;
use std::io::{self, BufWriter, Write};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use crate::diagnostic::{Diagnostic, Severity};

use super::places::Places;
use super::text::{self, Ink};
use super::window::{Drawn, Mark, View, Window};
use super::{Run, Style};

/// Findings shown; the rest is counted. The machine formats have all of them.
pub const MAX_SHOWN: usize = 200;

/// Other places shown per finding.
const MAX_LABELS: usize = 8;

/// Writes the pictures, and the closing line.
pub(super) fn write(out: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let (sources, style) = (run.sources, run.style);
    let view = View { places: Places::new(sources), redactions: run.redactions, style };
    let findings = run.report.findings();
    for finding in shown(findings) {
        for line in picture(&view, finding) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
    }
    if findings.len() > MAX_SHOWN {
        let more = super::counted(findings.len() - MAX_SHOWN, "finding");
        let more = more.replacen(' ', " more ", 1);
        let ellipsis = view.ellipsis();
        writeln!(out, "{ellipsis} and {more}; `--format json` lists all of them\n")?;
    }
    let summary = run.report.summary();
    let line = super::closing_line(run.read, &summary);
    let worst = findings.iter().map(|finding| finding.severity).max();
    let line = match worst {
        Some(severity) => text::paint(style, ink(severity), &line),
        None => text::paint(style, Ink::Green, &line),
    };
    writeln!(out, "{line}")?;
    out.flush()
}

/// The first findings, in their order; when there are too many, the worst go first.
fn shown(findings: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut chosen: Vec<(usize, &Diagnostic)> = findings.iter().enumerate().collect();
    if chosen.len() > MAX_SHOWN {
        chosen.sort_by_key(|(index, finding)| (std::cmp::Reverse(finding.severity), *index));
        chosen.truncate(MAX_SHOWN);
        chosen.sort_by_key(|(index, _)| *index);
    }
    chosen.into_iter().map(|(_, finding)| finding).collect()
}

fn ink(severity: Severity) -> Ink {
    match severity {
        Severity::Error => Ink::Red,
        Severity::Warning => Ink::Yellow,
        Severity::Info => Ink::Cyan,
    }
}

/// One finding in lines.
fn picture(view: &View<'_>, finding: &Diagnostic) -> Vec<String> {
    let style = view.style;
    let name = format!("{}[{}]", finding.severity.as_str(), finding.rule.name);
    let message = view.redactions.hide(&finding.message);
    let name = text::paint(style, ink(finding.severity), &name);
    // One line, however long: it is what people search for in a log.
    let mut lines =
        vec![format!("{name}: {}", text::paint(style, Ink::Bold, &text::one_line(&message)))];
    let home = finding.primary.span.file();
    let mut marks = vec![Mark {
        span: finding.primary.span,
        text: finding.primary.text.clone().into_owned(),
        primary: true,
    }];
    let others = finding.labels.iter().take(MAX_LABELS);
    marks.extend(others.map(|label| Mark {
        span: label.span,
        text: label.text.clone().into_owned(),
        primary: false,
    }));
    let mut files = vec![home];
    files.extend(marks.iter().map(|mark| mark.span.file()));
    for (index, file) in files.iter().enumerate() {
        if files.iter().take(index).any(|earlier| earlier == file) {
            continue;
        }
        let here: Vec<Mark> =
            marks.iter().filter(|mark| mark.span.file() == *file).cloned().collect();
        for window in view.windows(*file, &here) {
            lines.extend(snippet(&window, style, finding.severity));
        }
    }
    if finding.labels.len() > MAX_LABELS {
        let more = finding.labels.len() - MAX_LABELS;
        lines.push(format!("  {} and {more} more places", view.ellipsis()));
    }
    if let Some(help) = &finding.help {
        lines.extend(view.note("help: ", help));
    }
    for fix in &finding.fixes {
        lines.extend(view.fix(fix, home));
    }
    lines
}

/// A window as miette draws it.
fn snippet(window: &Window, style: Style, severity: Severity) -> Vec<String> {
    let handler = GraphicalReportHandler::new_themed(theme(window, style, severity))
        // The window holds exactly the lines to show; any number but none asks for all of them.
        .with_context_lines(1)
        .with_width(usize::from(u16::MAX))
        .with_urls(false)
        .without_syntax_highlighting();
    let mut drawn = String::new();
    if handler.render_report(&mut drawn, &Picture { window }).is_err() {
        // A place can always be named, even if miette refuses to draw it.
        let at = window.marks.first().map_or(window.first_line, |mark| mark.at.line);
        return vec![format!("  at {}:{at}", window.path)];
    }
    // The first line is miette's place for the message, which stands above the first snippet.
    drawn.lines().skip(1).map(|line| line.trim_end().to_owned()).collect()
}

/// Colours: the place to fix in the colour of the severity, other places in cyan. miette hands
/// out the highlight colours in the order of the marks.
fn theme(window: &Window, style: Style, severity: Severity) -> GraphicalTheme {
    let characters =
        if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    if !style.colour {
        return GraphicalTheme { characters, styles: ThemeStyles::none() };
    }
    let mut styles = ThemeStyles::ansi();
    let primary = match severity {
        Severity::Error => styles.error,
        Severity::Warning => styles.warning,
        Severity::Info => styles.advice,
    };
    let secondary = styles.advice;
    let marks = window.marks.iter();
    styles.highlights =
        marks.map(|mark| if mark.primary { primary.bold() } else { secondary }).collect();
    GraphicalTheme { characters, styles }
}

/// A window in miette's terms.
#[derive(Debug)]
struct Picture<'w> {
    window: &'w Window,
}

impl fmt::Display for Picture<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Picture<'_> {}

impl miette::Diagnostic for Picture<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.window.marks.iter().map(labelled)))
    }
}

fn labelled(mark: &Drawn) -> LabeledSpan {
    let text = (!mark.text.is_empty()).then(|| mark.text.clone());
    let span = SourceSpan::from(mark.range.clone());
    if mark.primary {
        LabeledSpan::new_primary_with_span(text, span)
    } else {
        LabeledSpan::new_with_span(text, span)
    }
}

impl SourceCode for Picture<'_> {
    /// The whole window. Asked without context, miette wants the place for its headline: the one
    /// in the file, which cutting and escaping have moved in the window.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let window = self.window;
        let (mut line, mut column) = (window.first_line as usize - 1, 0);
        let exact =
            |mark: &&Drawn| mark.range.start == span.offset() && mark.range.len() == span.len();
        if lines_before + lines_after == 0
            && let Some(mark) = window.marks.iter().find(exact)
        {
            line = mark.at.line as usize - 1;
            column = mark.at.column as usize - 1;
        }
        let all = SourceSpan::from(0..window.text.len());
        Ok(Box::new(MietteSpanContents::new_named(
            window.path.clone(),
            window.text.as_bytes(),
            all,
            line,
            column,
            window.text.lines().count(),
        )))
    }
}
