//! Findings as pictures for people. The only home of miette, which draws every snippet that is not
//! a [simple one](super::snippet); it cannot show two files in one picture, so each file has its
//! own, the place to fix first.

use std::fmt;
use std::io::{self, Write};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use crate::diagnostic::{Diagnostic, Severity};

use super::places::Places;
use super::snippet;
use super::text::{self, Ink};
use super::window::{Drawn, Mark, View, Window};
use super::{Around, Run, Style};

/// Findings shown; the rest is counted. The machine formats have all of them.
pub const MAX_SHOWN: usize = 200;

/// Other places shown per finding.
const MAX_LABELS: usize = 8;

/// Bytes that are written at once, and a finding's more: each page that is used for the first time
/// costs more than a system call.
const AT_ONCE: usize = 8 * 1024;

/// Writes the pictures, and the closing line.
pub(super) fn write(out: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    let (sources, style) = (run.sources, run.style);
    let view = View { places: Places::new(sources), redactions: run.redactions, style };
    let findings = run.report.findings();
    let mut text = String::with_capacity(AT_ONCE + AT_ONCE / 4);
    let pages = if style.links { run.around } else { Around::default() };
    for finding in shown(findings) {
        push_picture(&mut text, &view, finding, &pages);
        text.push('\n');
        if text.len() >= AT_ONCE {
            out.write_all(text.as_bytes())?;
            text.clear();
        }
    }
    if findings.len() > MAX_SHOWN {
        let more = super::counted(findings.len() - MAX_SHOWN, "finding");
        let more = more.replacen(' ', " more ", 1);
        text.extend([view.ellipsis(), " and ", &more, "; `--format json` lists all of them\n\n"]);
    }
    let line = super::closing(run);
    let worst = findings.iter().map(|finding| finding.severity).max();
    text::paint(&mut text, style, worst.map_or(Ink::Green, ink), &[&line]);
    text.push('\n');
    out.write_all(text.as_bytes())?;
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

/// Appends one finding, with a link to its rule's page where that has an address.
fn push_picture(out: &mut String, view: &View<'_>, finding: &Diagnostic, pages: &Around<'_>) {
    let style = view.style;
    let (severity, name) = (finding.severity.as_str(), finding.rule.name);
    if let Some(page) = pages.page(name) {
        // OSC 8: a terminal shows the text between the two, and opens the address at a click.
        let rule =
            [severity, "[", "\u{1b}]8;;", &page, "\u{1b}\\", name, "\u{1b}]8;;\u{1b}\\", "]"];
        text::paint(out, style, ink(finding.severity), &rule);
    } else {
        text::paint(out, style, ink(finding.severity), &[severity, "[", name, "]"]);
    }
    out.push_str(": ");
    // One line, however long: it is what people search for in a log.
    let message = view.redactions.hide(&finding.message);
    text::paint(out, style, Ink::Bold, &[&text::one_line(&message)]);
    out.push('\n');
    let home = finding.primary.span.file();
    let others = finding.labels.iter().take(MAX_LABELS);
    let mut marks: Vec<Mark<'_>> = Vec::with_capacity(1 + others.len());
    marks.push(Mark { span: finding.primary.span, text: &finding.primary.text, primary: true });
    marks.extend(others.map(|label| Mark { span: label.span, text: &label.text, primary: false }));
    // A file at a time, in the order in which they are named.
    let mut rest = marks;
    while let Some(file) = rest.first().map(|mark| mark.span.file()) {
        let is_here = |mark: &Mark<'_>| mark.span.file() == file;
        for window in view.windows(file, rest.iter().copied().filter(is_here)) {
            if !snippet::draw(out, &window, style, finding.severity) {
                by_miette(out, &window, style, finding.severity);
            }
        }
        rest.retain(|mark| !is_here(mark));
    }
    if finding.labels.len() > MAX_LABELS {
        let more = (finding.labels.len() - MAX_LABELS).to_string();
        out.extend(["  ", view.ellipsis(), " and ", &more, " more places\n"]);
    }
    if let Some(help) = &finding.help {
        view.push_note(out, "help: ", help);
    }
    for fix in &finding.fixes {
        view.push_fix(out, fix, home);
    }
}

/// Appends a window as miette draws it.
pub(super) fn by_miette(out: &mut String, window: &Window<'_>, style: Style, severity: Severity) {
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
        out.push_str(&format!("  at {}:{at}\n", window.path));
        return;
    }
    // The first line is miette's place for the message, which stands above the first snippet.
    for line in drawn.lines().skip(1) {
        out.extend([line.trim_end(), "\n"]);
    }
}

/// Colours: the place to fix in the colour of the severity, other places in cyan. miette hands
/// out the highlight colours in the order of the marks.
fn theme(window: &Window<'_>, style: Style, severity: Severity) -> GraphicalTheme {
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
    window: &'w Window<'w>,
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

fn labelled(mark: &Drawn<'_>) -> LabeledSpan {
    let text = (!mark.text.is_empty()).then(|| mark.text.clone().into_owned());
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
            |mark: &&Drawn<'_>| mark.range.start == span.offset() && mark.range.len() == span.len();
        if lines_before + lines_after == 0
            && let Some(mark) = window.marks.iter().find(exact)
        {
            line = mark.at.line as usize - 1;
            column = mark.at.column as usize - 1;
        }
        let all = SourceSpan::from(0..window.text.len());
        Ok(Box::new(MietteSpanContents::new_named(
            window.path.clone().into_owned(),
            window.text.as_bytes(),
            all,
            line,
            column,
            window.text.lines().count(),
        )))
    }
}
