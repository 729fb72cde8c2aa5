//! Bytes and YAML, file by file.

mod alias_expansion;
mod alias_unknown;
mod byte_order_mark;
mod control_character;
mod document_second;
mod file_missing;
mod file_not_utf8;
mod file_too_large;
mod key_duplicate;
mod line_break_hidden;
mod merge_without_map;
mod nesting_too_deep;
mod scalar_ambiguous;
mod secret_literal;
mod secret_reference;
mod syntax_error;
mod tab_indentation;
mod tag_ignored;
mod yaml_refused_elsewhere;

use crate::diagnostic::Check;
use crate::document::Document;
use crate::source::secrets::Secret;
use crate::source::{Difference, Expansion, FileId, NodeId, Problems, Sources, SyntaxError, Tree};

/// One file as the lexical rules see it.
#[derive(Clone, Copy)]
pub struct File<'a> {
    /// All texts.
    pub sources: &'a Sources,
    /// The file.
    pub id: FileId,
    /// Which document it holds; `None` for a config of the gateway.
    pub document: Option<Document>,
    /// The YAML, as far as it could be parsed.
    pub tree: &'a Tree<'a>,
    /// What stopped the parser, and what would stop it next if that were mended.
    pub errors: &'a [SyntaxError],
    /// Keys that are written again later in their mapping: the earlier one and the later one.
    pub repeated: &'a [(NodeId, NodeId)],
    /// How large the document becomes when its aliases are followed.
    pub expansion: Expansion,
    /// What PyYAML refuses or reads otherwise.
    pub differences: &'a [Difference],
    /// What reading noticed.
    pub problems: &'a Problems<'a>,
    /// The literal secrets.
    pub secrets: &'a [Secret<'a>],
}

/// The table.
#[must_use]
pub fn checks<'a>() -> Vec<Check<File<'a>>> {
    let mut checks = yaml_checks();
    checks.push(Check { rule: &secret_literal::RULE, run: secret_literal::check });
    checks
}

/// The rules of any YAML, whatever it holds.
#[must_use]
pub fn yaml_checks<'a>() -> Vec<Check<File<'a>>> {
    vec![
        Check { rule: &file_missing::RULE, run: file_missing::check },
        Check { rule: &file_too_large::RULE, run: file_too_large::check },
        Check { rule: &file_not_utf8::RULE, run: file_not_utf8::check },
        Check { rule: &byte_order_mark::RULE, run: byte_order_mark::check },
        Check { rule: &tab_indentation::RULE, run: tab_indentation::check },
        Check { rule: &nesting_too_deep::RULE, run: nesting_too_deep::check },
        Check { rule: &document_second::RULE, run: document_second::check },
        Check { rule: &control_character::RULE, run: control_character::check },
        Check { rule: &line_break_hidden::RULE, run: line_break_hidden::check },
        Check { rule: &syntax_error::RULE, run: syntax_error::check },
        Check { rule: &alias_unknown::RULE, run: alias_unknown::check },
        Check { rule: &alias_expansion::RULE, run: alias_expansion::check },
        Check { rule: &merge_without_map::RULE, run: merge_without_map::check },
        Check { rule: &tag_ignored::RULE, run: tag_ignored::check },
        Check { rule: &yaml_refused_elsewhere::RULE, run: yaml_refused_elsewhere::check },
        Check { rule: &key_duplicate::RULE, run: key_duplicate::check },
        Check { rule: &scalar_ambiguous::RULE, run: scalar_ambiguous::check },
    ]
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Levels, Report};
    use crate::pipeline::{self, Files, Overlays};
    use crate::source::{SourceFile, Sources};

    /// The findings of one rule when `providers` is `providers.yaml`: message and place.
    pub(super) fn of_file(rule: &str, providers: SourceFile) -> String {
        let mut sources = Sources::default();
        let providers = sources.add(providers);
        let text = b"exact_matches: {}\n".to_vec();
        let mappings = sources.add(SourceFile::new("model-mappings.yaml".to_owned(), text, false));
        let overlays = Overlays::default();
        let files = Files { project: None, providers, mappings, ports: None, overlays };
        let mut report = Report::new(Levels::default());
        pipeline::validate(&sources, files, &mut report);
        let show = |finding: &crate::diagnostic::Diagnostic| {
            let at = finding.primary.span;
            format!("{} @{}..{} {}", finding.message, at.start(), at.end(), finding.primary.text)
        };
        let of_rule = report.findings().iter().filter(|finding| finding.rule.name == rule);
        of_rule.map(show).collect::<Vec<_>>().join("\n")
    }
}
