//! Rules of the ports stage.

mod port_conflict;
mod port_differs;
mod provider_address_shared;

use crate::diagnostic::Check;

use super::Context;

/// The table.
#[must_use]
pub fn checks<'a>() -> Vec<Check<Context<'a>>> {
    vec![
        Check { rule: &port_conflict::RULE, run: port_conflict::check },
        Check { rule: &provider_address_shared::RULE, run: provider_address_shared::check },
        Check { rule: &port_differs::RULE, run: port_differs::check },
    ]
}
