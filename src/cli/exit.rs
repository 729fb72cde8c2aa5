//! Exit codes, as scripts rely on them.

use std::process::ExitCode;

/// How a command ended. Severity never changes the number, nor does the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done, no finding at or above `--fail-on`.
    Done,
    /// 1: findings, or `--check` found a difference.
    Findings,
    /// 2: usage error, unreadable or broken project file, I/O: nothing was judged.
    Usage,
    /// 3: no inputs found.
    NoInputs,
    /// 4: refused to act.
    Refused,
    /// 5: a deploy failed, and the previous generation is back.
    Restored,
    /// 6: a deploy failed and the way back did too: a person is needed.
    Stuck,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::NoInputs => 3,
            Exit::Refused => 4,
            Exit::Restored => 5,
            Exit::Stuck => 6,
        })
    }
}
