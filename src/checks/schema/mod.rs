//! One document's shape, and the values that its shape does not decide.

mod env_var_invalid;
mod gateway_setting_invalid;
mod gateway_setting_managed;
mod gateway_setting_misplaced;
mod gateway_setting_type;
mod gateway_setting_unknown;
mod gateway_settings;
mod json;
mod key_missing;
mod key_not_text;
mod key_unknown;
mod name_unusable;
mod number_out_of_range;
mod overlay_removes_nothing;
mod overlay_section_unknown;
mod overlay_value_empty;
pub mod overlays;
mod pattern_invalid;
mod pattern_python_only;
mod patterns;
mod provider_type_unknown;
pub mod required;
mod scalar_not_text;
mod section_empty;
mod setting_unknown;
mod size_invalid;
mod type_wrong;
mod url_invalid;
mod url_missing;
mod value_unknown;
mod variable_not_replaced;
pub mod violations;

use std::collections::BTreeSet;

use crate::diagnostic::Check;
use crate::document::Document;
use crate::routing::Documents;
use crate::source::{Problems, Sources, Span, Tree, UnknownKey};

use patterns::Refused;
use violations::{Violation, ViolationKind};

/// One file that the typed reader refused, or did not: what its published schema says of it.
#[derive(Clone, Copy)]
pub struct Shape<'a> {
    /// All texts.
    pub sources: &'a Sources,
    /// Which document it is.
    pub document: Document,
    /// The YAML.
    pub tree: &'a Tree<'a>,
    /// What reading noticed.
    pub problems: &'a Problems<'a>,
    /// Every breach of the schema; empty when the typed reader accepted the document.
    pub violations: &'a [Violation<'a>],
    /// Nothing of the document is missing because it could not be parsed.
    pub whole: bool,
}

impl<'a> Shape<'a> {
    /// Keys that nothing reads. One that was meant for a missing key is told of with that one.
    fn unknown_keys(&self) -> impl Iterator<Item = &'a UnknownKey<'a>> {
        let misspelt = |violation: &Violation<'_>| match violation.kind {
            ViolationKind::Required { misspelt, .. } => misspelt,
            ViolationKind::Type { .. }
            | ViolationKind::Enum { .. }
            | ViolationKind::Range { .. } => None,
        };
        let place = |key| self.tree.span(self.tree.resolve(key));
        let told: BTreeSet<Span> = self.violations.iter().filter_map(misspelt).map(place).collect();
        self.problems.unknown_keys.iter().filter(move |unknown| !told.contains(&unknown.span))
    }
}

/// All documents, for the values that a schema does not decide.
pub struct Values<'a> {
    /// All texts.
    pub sources: &'a Sources,
    /// What was written.
    pub documents: &'a Documents<'a>,
    /// The patterns that cannot be read.
    pub refused: Vec<Refused<'a>>,
}

impl<'a> Values<'a> {
    /// Reads the patterns, once for all rules about them.
    #[must_use]
    pub fn new(sources: &'a Sources, documents: &'a Documents<'a>) -> Self {
        Values { sources, documents, refused: patterns::refused(sources, documents) }
    }
}

/// The table of the rules about one file's shape.
#[must_use]
pub fn shape_checks<'a>() -> Vec<Check<Shape<'a>>> {
    vec![
        Check { rule: &type_wrong::RULE, run: type_wrong::check },
        Check { rule: &scalar_not_text::RULE, run: scalar_not_text::check },
        Check { rule: &key_not_text::RULE, run: key_not_text::check },
        Check { rule: &key_missing::RULE, run: key_missing::check },
        Check { rule: &value_unknown::RULE, run: value_unknown::check },
        Check { rule: &number_out_of_range::RULE, run: number_out_of_range::check },
        Check { rule: &key_unknown::RULE, run: key_unknown::check },
        Check { rule: &setting_unknown::RULE, run: setting_unknown::check },
        Check { rule: &section_empty::RULE, run: section_empty::check },
    ]
}

/// The table of the rules about values.
#[must_use]
pub fn value_checks<'a>() -> Vec<Check<Values<'a>>> {
    vec![
        Check { rule: &url_invalid::RULE, run: url_invalid::check },
        Check { rule: &url_missing::RULE, run: url_missing::check },
        Check { rule: &env_var_invalid::RULE, run: env_var_invalid::check },
        Check { rule: &size_invalid::RULE, run: size_invalid::check },
        Check { rule: &gateway_setting_unknown::RULE, run: gateway_setting_unknown::check },
        Check { rule: &gateway_setting_misplaced::RULE, run: gateway_setting_misplaced::check },
        Check { rule: &gateway_setting_managed::RULE, run: gateway_setting_managed::check },
        Check { rule: &gateway_setting_type::RULE, run: gateway_setting_type::check },
        Check { rule: &gateway_setting_invalid::RULE, run: gateway_setting_invalid::check },
        Check { rule: &provider_type_unknown::RULE, run: provider_type_unknown::check },
        Check { rule: &variable_not_replaced::RULE, run: variable_not_replaced::check },
        Check { rule: &name_unusable::RULE, run: name_unusable::check },
        Check { rule: &pattern_invalid::RULE, run: pattern_invalid::check },
        Check { rule: &pattern_python_only::RULE, run: pattern_python_only::check },
    ]
}
