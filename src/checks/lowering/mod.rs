//! What the target cannot express, or only approximately, at its place.

mod api_key_unnamed;
mod condition_not_compiled;
mod context_length_not_compiled;
mod cooldown_approximated;
mod default_provider_unreachable;
mod health_check_approximated;
mod left_out;
mod master_key_needed;
mod option_not_compiled;
mod pattern_not_compiled;
mod pattern_order_changed;
mod special_case_not_compiled;
mod strategy_not_compiled;
mod weights_not_compiled;

use crate::diagnostic::Check;
use crate::gateway::litellm::Lowered;
use crate::routing::Documents;

/// What the rules about left-out constructs look at. They run only where nothing stops the
/// output: without one there is nothing to be left out of.
#[derive(Clone, Copy)]
pub struct Omissions<'a> {
    /// What was written.
    pub documents: &'a Documents<'a>,
    /// What is in the output.
    pub lowered: &'a Lowered<'a>,
}

/// The table of the rules about left-out constructs.
#[must_use]
pub fn omission_checks<'a>() -> Vec<Check<Omissions<'a>>> {
    vec![Check { rule: &left_out::RULE, run: left_out::check }]
}

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
        Check { rule: &weights_not_compiled::RULE, run: weights_not_compiled::check },
        Check {
            rule: &default_provider_unreachable::RULE,
            run: default_provider_unreachable::check,
        },
        Check { rule: &context_length_not_compiled::RULE, run: context_length_not_compiled::check },
        Check { rule: &health_check_approximated::RULE, run: health_check_approximated::check },
        Check { rule: &api_key_unnamed::RULE, run: api_key_unnamed::check },
        Check { rule: &master_key_needed::RULE, run: master_key_needed::check },
    ]
}
