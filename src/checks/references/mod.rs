//! Names resolve across files.

mod model_inactive;
mod model_is_provider;
mod model_unknown;
mod provider_inactive;
mod provider_model_undecided;
mod provider_unknown;
mod public_name_ambiguous;

use crate::diagnostic::Check;

use super::Context;

/// The table.
#[must_use]
pub fn checks<'a>() -> Vec<Check<Context<'a>>> {
    vec![
        Check { rule: &provider_unknown::RULE, run: provider_unknown::check },
        Check { rule: &provider_inactive::RULE, run: provider_inactive::check },
        Check { rule: &model_unknown::RULE, run: model_unknown::check },
        Check { rule: &model_inactive::RULE, run: model_inactive::check },
        Check { rule: &model_is_provider::RULE, run: model_is_provider::check },
        Check { rule: &provider_model_undecided::RULE, run: provider_model_undecided::check },
        Check { rule: &public_name_ambiguous::RULE, run: public_name_ambiguous::check },
    ]
}
