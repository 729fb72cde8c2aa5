//! Names resolve across files.

mod capability_empty;
mod capability_minimum_not_met;
mod capability_provider_unused;
mod group_empty;
mod group_member_repeated;
mod health_check_address_differs;
mod health_check_address_invalid;
mod health_check_provider_unknown;
mod metadata_count_wrong;
mod model_inactive;
mod model_is_provider;
mod model_repeated;
mod model_unknown;
mod model_unreached;
mod name_case_differs;
mod pattern_unreachable;
mod provider_inactive;
mod provider_model_undecided;
mod provider_serves_no_models;
mod provider_unknown;
mod public_name_ambiguous;
mod public_name_shadowed;
mod weights;
mod weights_all_zero;
mod weights_partial;
mod weights_sum;

use crate::diagnostic::Check;

use super::Context;

/// The table.
#[must_use]
pub fn checks<'a>() -> Vec<Check<Context<'a>>> {
    vec![
        Check { rule: &provider_unknown::RULE, run: provider_unknown::check },
        Check { rule: &provider_inactive::RULE, run: provider_inactive::check },
        Check { rule: &model_unknown::RULE, run: model_unknown::check },
        Check { rule: &name_case_differs::RULE, run: name_case_differs::check },
        Check { rule: &model_inactive::RULE, run: model_inactive::check },
        Check { rule: &model_is_provider::RULE, run: model_is_provider::check },
        Check { rule: &provider_model_undecided::RULE, run: provider_model_undecided::check },
        Check { rule: &public_name_ambiguous::RULE, run: public_name_ambiguous::check },
        Check { rule: &public_name_shadowed::RULE, run: public_name_shadowed::check },
        Check { rule: &capability_empty::RULE, run: capability_empty::check },
        Check { rule: &capability_minimum_not_met::RULE, run: capability_minimum_not_met::check },
        Check { rule: &capability_provider_unused::RULE, run: capability_provider_unused::check },
        Check { rule: &group_empty::RULE, run: group_empty::check },
        Check { rule: &group_member_repeated::RULE, run: group_member_repeated::check },
        Check { rule: &model_repeated::RULE, run: model_repeated::check },
        Check { rule: &weights_all_zero::RULE, run: weights_all_zero::check },
        Check { rule: &weights_sum::RULE, run: weights_sum::check },
        Check { rule: &weights_partial::RULE, run: weights_partial::check },
        Check { rule: &provider_serves_no_models::RULE, run: provider_serves_no_models::check },
        Check { rule: &model_unreached::RULE, run: model_unreached::check },
        Check {
            rule: &health_check_provider_unknown::RULE,
            run: health_check_provider_unknown::check,
        },
        Check {
            rule: &health_check_address_differs::RULE,
            run: health_check_address_differs::check,
        },
        Check {
            rule: &health_check_address_invalid::RULE,
            run: health_check_address_invalid::check,
        },
        Check { rule: &metadata_count_wrong::RULE, run: metadata_count_wrong::check },
        Check { rule: &pattern_unreachable::RULE, run: pattern_unreachable::check },
    ]
}
