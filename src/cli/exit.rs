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

impl Exit {
    /// Every one, by its number.
    pub const ALL: [Exit; 7] = [
        Exit::Done,
        Exit::Findings,
        Exit::Usage,
        Exit::NoInputs,
        Exit::Refused,
        Exit::Restored,
        Exit::Stuck,
    ];

    /// The number that the shell sees.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::NoInputs => 3,
            Exit::Refused => 4,
            Exit::Restored => 5,
            Exit::Stuck => 6,
        }
    }

    /// What it means, for the manual.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Done => "done; no finding at or above --fail-on",
            Exit::Findings => "findings at or above --fail-on, or a difference",
            Exit::Usage => {
                "wrong usage, an unreadable or broken project file, or a failure of the system: \
                 nothing was judged"
            }
            Exit::NoInputs => "no source files",
            Exit::Refused => {
                "refused to act: the lock is held, the output was edited by hand, a file is in the \
                 way, or a deploy waits to be confirmed"
            }
            Exit::Restored => "a deploy failed, and the previous config is back",
            Exit::Stuck => "a deploy failed, and so did the way back: a person is needed",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}
