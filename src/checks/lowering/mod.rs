//! What the target cannot express, or only approximately, at its place.

mod api_key_unnamed;
mod condition_not_compiled;
mod cooldown_approximated;
mod master_key_needed;
mod option_not_compiled;
mod pattern_not_compiled;
mod pattern_order_changed;
mod special_case_not_compiled;
mod strategy_not_compiled;

use crate::diagnostic::Check;
use crate::gateway::litellm::Lowered;

/// The table.
#[must_use]
pub fn checks<'a>() -> Vec<Check<Lowered<'a>>> {
    vec![
        Check { rule: &condition_not_compiled::RULE, run: condition_not_compiled::check },
        Check { rule: &strategy_not_compiled::RULE, run: strategy_not_compiled::check },
        Check { rule: &pattern_not_compiled::RULE, run: pattern_not_compiled::check },
        Check { rule: &pattern_order_changed::RULE, run: pattern_order_changed::check },
        Check { rule: &special_case_not_compiled::RULE, run: special_case_not_compiled::check },
        Check { rule: &cooldown_approximated::RULE, run: cooldown_approximated::check },
        Check { rule: &option_not_compiled::RULE, run: option_not_compiled::check },
        Check { rule: &api_key_unnamed::RULE, run: api_key_unnamed::check },
        Check { rule: &master_key_needed::RULE, run: master_key_needed::check },
    ]
}
