//! A line for each finding, for grep and for editors: `path:line:column: severity[rule] message`.

use std::io::{self, BufWriter, Write};

use super::Run;
use super::places::Places;
use super::text;

pub(super) fn write(out: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    let places = Places::new(run.sources);
    let mut out = BufWriter::new(out);
    for finding in run.report.findings() {
        let (start, _) = places.of(finding.primary.span);
        let message = run.redactions.hide(&finding.message);
        writeln!(
            out,
            "{}:{}:{}: {}[{}] {}",
            text::one_line(run.sources.path(finding.primary.span.file())),
            start.line,
            start.column,
            finding.severity.as_str(),
            finding.rule.name,
            text::one_line(&message),
        )?;
    }
    out.flush()
}
