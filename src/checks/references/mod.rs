//! Names resolve across files.

mod provider_unknown;

use crate::diagnostic::Check;

use super::Context;

/// The table.
#[must_use]
pub fn checks<'a>() -> Vec<Check<Context<'a>>> {
    vec![Check { rule: &provider_unknown::RULE, run: provider_unknown::check }]
}
