//! Rules of the ports stage.

mod cache_port_differs;
mod gateway_port_differs;
mod health_check_port;
mod port_conflict;
mod port_differs;
mod port_outside_ranges;
mod port_reserved;
mod provider_address_shared;
mod provider_is_gateway;
mod range_invalid;
mod ranges;
mod registry;
mod service_repeated;

use crate::diagnostic::Check;

use super::Context;

/// The table.
#[must_use]
pub fn checks<'a>() -> Vec<Check<Context<'a>>> {
    vec![
        Check { rule: &port_conflict::RULE, run: port_conflict::check },
        Check { rule: &service_repeated::RULE, run: service_repeated::check },
        Check { rule: &provider_address_shared::RULE, run: provider_address_shared::check },
        Check { rule: &provider_is_gateway::RULE, run: provider_is_gateway::check },
        Check { rule: &port_differs::RULE, run: port_differs::check },
        Check { rule: &port_reserved::RULE, run: port_reserved::check },
        Check { rule: &gateway_port_differs::RULE, run: gateway_port_differs::check },
        Check { rule: &cache_port_differs::RULE, run: cache_port_differs::check },
        Check { rule: &health_check_port::RULE, run: health_check_port::check },
        Check { rule: &range_invalid::RULE, run: range_invalid::check },
        Check { rule: &port_outside_ranges::RULE, run: port_outside_ranges::check },
    ]
}
