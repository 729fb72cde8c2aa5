//! Port ranges can be read.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::ranges::{RangeError, parse};

/// The record.
pub static RULE: Rule = Rule {
    name: "range-invalid",
    stage: Stage::Ports,
    severity: Severity::Warning,
    summary: "a port range in `ports.yaml` cannot be read",
    page: include_str!("range_invalid.md"),
};

/// Reports every value of `ranges` that is no list of port ranges.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let ranges = context.documents.ports.as_ref().and_then(|ports| ports.ranges.value());
    for entry in ranges.into_iter().flat_map(|entries| entries.iter()) {
        let Some(text) = entry.value.given() else { continue };
        let Err(error) = parse(text.value.0) else { continue };
        let (what, label) = match error {
            RangeError::Form("") => ("has a range that is empty".to_owned(), "a part is missing"),
            RangeError::Form(part) => (format!("has `{part}`, which is no range"), "no range"),
            RangeError::Port(part) => {
                (format!("has `{part}`, which is no port"), "ports are 1 to 65535")
            }
            RangeError::Reversed(part) => {
                (format!("has `{part}`, which ends before it begins"), "the end comes first")
            }
        };
        out.report(
            format!(
                "port range `{}` {what}, so no port is compared with the ranges",
                entry.name.value
            ),
            text.span,
            label,
        )
        .help("write ranges like `8000-8999` or `3000-3999,9000-9999`");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn each_mistake_is_named() {
        insta::assert_snapshot!(only("range-invalid", "
--- ports.yaml
ollama: {port: 11434}
ranges:
  words: from 8000
  reversed: '8999-8000'
  beyond: '3000-3999,60000-70000'
  trailing: '8000-8999,'
"), @r"
        warning[range-invalid]: port range `words` has `from 8000`, which is no range, so no port is compared with the ranges
          --> ports.yaml:3:10 `from 8000` no range
          help: write ranges like `8000-8999` or `3000-3999,9000-9999`
        warning[range-invalid]: port range `reversed` has `8999-8000`, which ends before it begins, so no port is compared with the ranges
          --> ports.yaml:4:13 `\'8999-8000\'` the end comes first
          help: write ranges like `8000-8999` or `3000-3999,9000-9999`
        warning[range-invalid]: port range `beyond` has `70000`, which is no port, so no port is compared with the ranges
          --> ports.yaml:5:11 `\'3000-3999,60000-70000\'` ports are 1 to 65535
          help: write ranges like `8000-8999` or `3000-3999,9000-9999`
        warning[range-invalid]: port range `trailing` has a range that is empty, so no port is compared with the ranges
          --> ports.yaml:6:13 `\'8000-8999,\'` a part is missing
          help: write ranges like `8000-8999` or `3000-3999,9000-9999`
        ");
    }

    #[test]
    fn ranges_and_single_ports_are_silent() {
        insta::assert_snapshot!(only("range-invalid", "
--- ports.yaml
ollama: {port: 11434}
ranges: {models: '8000-8999', tools: '3000-3999, 9000-9999', gateway: 4000}
"), @"");
    }
}
