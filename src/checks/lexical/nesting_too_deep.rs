//! Documents are not nested without end.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::{MAX_DEPTH, SyntaxErrorKind};

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "nesting-too-deep",
    stage: Stage::Lexical,
    severity: Severity::Error,
    summary: "collections inside collections beyond the limit",
    page: include_str!("nesting_too_deep.md"),
};

/// Reports where the parser stopped for this.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    for error in file.errors.iter().filter(|error| error.kind == SyntaxErrorKind::TooDeep) {
        out.report(
            format!(
                "more than {MAX_DEPTH} collections stand inside each other, so the file is not read"
            ),
            error.at,
            "this one is too deep",
        )
        .help("remove the brackets or the indentation that nobody meant");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn deep_nesting_is_shown() {
        insta::assert_snapshot!(only("nesting-too-deep", "
--- providers.yaml
providers: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
"), @"
        error[nesting-too-deep]: more than 64 collections stand inside each other, so the file is not read
          --> providers.yaml:1:76 `[` this one is too deep
          help: remove the brackets or the indentation that nobody meant
        ");
    }

    #[test]
    fn shallow_nesting_is_silent() {
        insta::assert_snapshot!(only("nesting-too-deep", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [phi4]}
"), @"");
    }
}
