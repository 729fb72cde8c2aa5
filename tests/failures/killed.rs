//! A run that is killed at any moment leaves the old output or the new one, whole.

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::ends;
use crate::support::project::{Project, finish, large, plain};

const OUTPUT: &str = "config/litellm-unified.yaml";
const ROUNDS: u32 = 60;

/// Two projects by turns, and what each compiles to.
struct Turns {
    project: Project,
    sources: [(String, String); 2],
    outputs: [String; 2],
    /// How long a whole run takes.
    whole: Duration,
}

impl Turns {
    fn new() -> Self {
        let project = Project::new();
        let sources = [large(1_500, "one"), large(1_500, "two")];
        let mut turns = Self {
            project,
            sources,
            outputs: [String::new(), String::new()],
            whole: Duration::ZERO,
        };
        for turn in [0, 1] {
            turns.take(turn);
            let begun = Instant::now();
            ends(&turns.project.run(&["generate", "--format", "json"]), 0, &["wrote"]);
            turns.whole = begun.elapsed();
            turns.outputs[turn] = turns.project.read(OUTPUT);
        }
        assert_ne!(turns.outputs[0], turns.outputs[1]);
        turns
    }

    fn take(&self, turn: usize) {
        self.project.write("config/providers.yaml", &self.sources[turn].0);
        self.project.write("config/model-mappings.yaml", &self.sources[turn].1);
    }
}

#[test]
fn the_output_is_the_old_one_or_the_new_one() {
    let turns = Turns::new();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let (mut killed, mut most) = (0, 0);
    for round in 0..ROUNDS {
        let turn = usize::try_from(round % 2).unwrap();
        turns.take(turn);
        let mut child = turns
            .project
            .command(&["generate"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        // Anywhere in the run, and somewhat behind its end.
        sleep(turns.whole.mul_f64((random >> 11) as f64 / (1_u64 << 53) as f64 * 1.1));
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().code().is_none());
        let now = turns.project.read(OUTPUT);
        assert!(turns.outputs.contains(&now), "round {round}: {} bytes", now.len());
        let files = turns.project.list("config").len();
        let copies = turns.project.list(".gwcfg/objects").len();
        most = most.max(files - 4).max(copies.saturating_sub(3));
    }
    assert!(killed > ROUNDS / 4, "only {killed} runs were killed before they ended");
    // What the last kill left is swept away by the next run, and more than that never piles up.
    assert!(most <= 1, "{most} temporary files at once");
    turns.take(0);
    ends(&turns.project.run(&["generate"]), 0, &[]);
    turns.take(1);
    ends(&turns.project.run(&["generate"]), 0, &["wrote"]);
    assert_eq!(turns.project.read(OUTPUT), turns.outputs[1]);
    let left = ["litellm-unified.yaml", "model-mappings.yaml", "ports.yaml", "providers.yaml"];
    assert_eq!(turns.project.list("config"), left);
    assert_eq!(turns.project.list(".gwcfg/objects").len(), 2, "one object for each config");
}

#[test]
fn runs_at_the_same_time_leave_one_whole_output() {
    let turns = Turns::new();
    turns.take(0);
    let start = || {
        let mut command = turns.project.command(&["generate", "--force"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..6).map(|_| start()).collect();
    for child in children {
        let ended = child.wait_with_output().unwrap();
        let err = String::from_utf8(ended.stderr).unwrap();
        assert!(!err.contains("panicked"), "{err}");
        // 4: refused, because another run is at work.
        assert!(matches!(ended.status.code(), Some(0 | 4)), "{:?}: {err}", ended.status);
    }
    assert_eq!(turns.project.read(OUTPUT), turns.outputs[0]);
    assert_eq!(turns.project.list("config").len(), 4);
    assert_eq!(turns.project.list(".gwcfg/objects").len(), 2);
}

/// What a shell tells of a run that Ctrl-C ended, wherever it was.
#[test]
fn an_interrupted_run_ends_with_130_and_leaves_a_whole_output() {
    let turns = Turns::new();
    let mut interrupted = 0;
    for round in 0..12 {
        let turn = usize::try_from(round % 2).unwrap();
        turns.take(turn);
        // The shell keeps the signal's word: 128 and its number.
        let script = "env --default-signal=INT \"$1\" generate >/dev/null 2>&1 & pid=$!; \
                      sleep \"$2\"; kill -INT $pid; wait $pid; echo $?";
        let pause = turns.whole.mul_f64(f64::from(round + 1) / 14.0).as_secs_f64();
        let mut command = std::process::Command::new("bash");
        // Whoever runs the tests may have Ctrl-C ignored, and a shell does so for its jobs.
        command.args(["-c", script, "bash"]);
        command.arg(env!("CARGO_BIN_EXE_gwcfg")).arg(pause.to_string());
        plain(&mut command);
        let ended = finish({
            command.current_dir(turns.project.root());
            command
        });
        let code = ended.out.trim();
        assert!(matches!(code, "130" | "0"), "{ended:?}");
        interrupted += u32::from(code == "130");
        let now = turns.project.read(OUTPUT);
        assert!(turns.outputs.contains(&now), "round {round}: {} bytes", now.len());
    }
    assert!(interrupted > 3, "only {interrupted} runs were interrupted before they ended");
    turns.take(0);
    ends(&turns.project.run(&["generate"]), 0, &[]);
    assert_eq!(turns.project.read(OUTPUT), turns.outputs[0]);
    assert_eq!(turns.project.list("config").len(), 4);
}
