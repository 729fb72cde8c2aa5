//! Whether the human report is coloured: one decision over plain facts.

/// What `--color` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// Decide by the surroundings.
    #[default]
    Auto,
    /// Colour, whatever the surroundings say.
    Always,
    /// No colour.
    Never,
}

/// What is known of the surroundings. The texts are environment variables as they are set;
/// `None` when unset.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts<'e> {
    /// `--color`.
    pub choice: Choice,
    /// `NO_COLOR`: any text but the empty one means no colour (no-color.org).
    pub no_color: Option<&'e str>,
    /// `FORCE_COLOR`: any text but the empty one and `0` means colour (force-color.org).
    pub force_color: Option<&'e str>,
    /// `CLICOLOR_FORCE`: the same (bixense.com/clicolors).
    pub clicolor_force: Option<&'e str>,
    /// `CI`: the logs of the usual services show colours though they are no terminal.
    pub ci: Option<&'e str>,
    /// `TERM`.
    pub term: Option<&'e str>,
    /// The report goes to a terminal.
    pub terminal: bool,
}

/// True when the report is to be coloured. What a person asked for wins over what was guessed,
/// and a wish for less wins over a wish for more: the flag, then `NO_COLOR`, then the forcing
/// variables, then `TERM=dumb`, then `CI`, then the terminal.
#[must_use]
pub fn coloured(facts: &Facts<'_>) -> bool {
    match facts.choice {
        Choice::Always => return true,
        Choice::Never => return false,
        Choice::Auto => {}
    }
    if facts.no_color.is_some_and(|text| !text.is_empty()) {
        return false;
    }
    if is_on(facts.force_color) || is_on(facts.clicolor_force) {
        return true;
    }
    if facts.term == Some("dumb") {
        return false;
    }
    (is_on(facts.ci) && facts.ci != Some("false")) || facts.terminal
}

/// True when the human report may hold links: on a terminal that shows them as links, or where
/// `FORCE_HYPERLINK` asks for them.
#[must_use]
pub fn links(facts: &Facts<'_>) -> bool {
    let dumb = facts.term == Some("dumb");
    !dumb && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout)
}

fn is_on(variable: Option<&str>) -> bool {
    variable.is_some_and(|text| !text.is_empty() && text != "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMINAL: Facts<'_> = Facts {
        choice: Choice::Auto,
        no_color: None,
        force_color: None,
        clicolor_force: None,
        ci: None,
        term: Some("xterm-256color"),
        terminal: true,
    };
    const PIPE: Facts<'_> = Facts { terminal: false, ..TERMINAL };

    #[test]
    fn the_flag_wins_over_everything() {
        let always = Facts { choice: Choice::Always, no_color: Some("1"), ..PIPE };
        assert!(coloured(&Facts { term: Some("dumb"), ..always }));
        let never = Facts { choice: Choice::Never, force_color: Some("1"), ..TERMINAL };
        assert!(!coloured(&never));
    }

    #[test]
    fn a_terminal_is_coloured_and_a_pipe_is_not() {
        assert!(coloured(&TERMINAL));
        assert!(!coloured(&PIPE));
        assert!(!coloured(&Facts { term: Some("dumb"), ..TERMINAL }));
    }

    #[test]
    fn no_color_wins_over_forcing_and_counts_only_when_not_empty() {
        let both = Facts { no_color: Some("1"), force_color: Some("1"), ..TERMINAL };
        assert!(!coloured(&both));
        assert!(coloured(&Facts { no_color: Some(""), ..TERMINAL }));
        assert!(!coloured(&Facts { no_color: Some("0"), ..TERMINAL }));
    }

    #[test]
    fn forcing_colours_a_pipe_unless_it_says_zero() {
        assert!(coloured(&Facts { force_color: Some("1"), ..PIPE }));
        assert!(coloured(&Facts { clicolor_force: Some("1"), term: Some("dumb"), ..PIPE }));
        assert!(!coloured(&Facts { force_color: Some("0"), ..PIPE }));
        assert!(!coloured(&Facts { clicolor_force: Some(""), ..PIPE }));
    }

    #[test]
    fn the_log_of_a_ci_service_is_coloured_unless_it_is_dumb() {
        assert!(coloured(&Facts { ci: Some("true"), ..PIPE }));
        assert!(!coloured(&Facts { ci: Some("false"), ..PIPE }));
        assert!(!coloured(&Facts { ci: Some("true"), term: Some("dumb"), ..PIPE }));
    }
}
