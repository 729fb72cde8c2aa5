//! Rules of the fallbacks stage.

mod fallback_chain_empty;
mod fallback_context_smaller;
mod fallback_cycle;
mod fallback_duplicate;
mod fallback_inactive;
mod fallback_leaves_local;
mod fallback_one_provider;
mod fallback_owner_unknown;
mod fallback_self;
mod fallback_too_deep;
mod fallback_unknown;

use crate::diagnostic::Check;

use super::Context;

/// The table.
#[must_use]
pub fn checks<'a>() -> Vec<Check<Context<'a>>> {
    vec![
        Check { rule: &fallback_unknown::RULE, run: fallback_unknown::check },
        Check { rule: &fallback_inactive::RULE, run: fallback_inactive::check },
        Check { rule: &fallback_self::RULE, run: fallback_self::check },
        Check { rule: &fallback_duplicate::RULE, run: fallback_duplicate::check },
        Check { rule: &fallback_owner_unknown::RULE, run: fallback_owner_unknown::check },
        Check { rule: &fallback_chain_empty::RULE, run: fallback_chain_empty::check },
        Check { rule: &fallback_cycle::RULE, run: fallback_cycle::check },
        Check { rule: &fallback_one_provider::RULE, run: fallback_one_provider::check },
        Check { rule: &fallback_context_smaller::RULE, run: fallback_context_smaller::check },
        Check { rule: &fallback_leaves_local::RULE, run: fallback_leaves_local::check },
        Check { rule: &fallback_too_deep::RULE, run: fallback_too_deep::check },
    ]
}
