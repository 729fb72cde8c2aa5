//! The real LiteLLM proxy 1.106.2: whatever goes wrong, it serves the old config again, and the
//! exit code is the promised one. One test, in order: each start of the proxy takes 5 to 8 seconds.

use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use gwcfg::gateway::litellm::served;

use crate::proxy::Service;
use crate::site::OUTPUT;
use crate::support::litellm;
use crate::support::project::{finish, plain};
use crate::{ends, skipped};

const TEST: &str = "real::the_real_proxy_serves_the_old_config_again";

type Step = fn(&Service);

#[test]
fn the_real_proxy_serves_the_old_config_again() {
    let Some(python) = litellm::python(TEST) else { return };
    let service = Service::new(&python);
    let steps: [(&str, Step); 11] = [
        ("a first deploy", first),
        ("a good deploy with a check and a canary", good),
        ("a key that is missing or wrong", keys),
        ("a check that drops a model", dropped),
        ("a config that the proxy refuses", refused),
        ("a proxy with other names", other_names),
        ("a reload that hangs", hangs),
        ("a reload that fails", fails),
        ("two at once, and the first is killed", killed),
        ("a deploy that nobody confirms", unconfirmed),
        ("a full disk", full_disk),
    ];
    for (what, step) in steps {
        let begun = Instant::now();
        step(&service);
        println!("{what}: {:.1} s", begun.elapsed().as_secs_f64());
    }
    println!("the proxy was started {} times", service.starts());
    service.is_over();
}

/// Also: the names that gwcfg reads out of a config are those that the proxy lists.
fn first(service: &Service) {
    let first = service.run(&["deploy"]);
    ends(&first, 0, &["does not answer now", "generation 1 is in place"]);
    service.is_serving("coder-fast", "coder-new");
    let names = served::names(&service.project.read(OUTPUT));
    assert_eq!(service.serves().unwrap(), names);
}

/// With a wildcard, whose models are listed too.
fn good(service: &Service) {
    let mappings = service.project.read("config/model-mappings.yaml");
    let patterns = "patterns: [{pattern: '^gpt-.*', provider: openai}]\n";
    service.project.write("config/model-mappings.yaml", mappings + patterns);
    service.rename("coder-fast", "coder-kept");
    let check = service.check("");
    service.settings("180s", "30s", &check);
    let text = service.project.read("gwcfg.yaml");
    let text = text.replace("interval: 0.1}", "interval: 0.1, canary: [coder-kept]}");
    service.project.write("gwcfg.yaml", text);
    let before = service.upstream.answered.load(Ordering::SeqCst);
    ends(&service.run(&["deploy"]), 0, &["check: sh check.sh", "generation 2 is in place"]);
    assert_eq!(service.upstream.answered.load(Ordering::SeqCst), before + 1, "one canary");
    service.is_serving("coder-kept", "coder-fast");
    let (names, listed) = (served::names(&service.project.read(OUTPUT)), service.serves().unwrap());
    assert!(names.is_subset(&listed), "{names:?} {listed:?}");
}

fn keys(service: &Service) {
    service.settings("180s", "30s", "");
    service.rename("coder-kept", "coder-new");
    let starts = service.starts();
    for key in [None, Some("sk-wrong-0123456789abcdef")] {
        let mut command = service.command(&["deploy"]);
        let told = match key {
            Some(key) => {
                command.env("LITELLM_MASTER_KEY", key);
                "what stands in the variable `LITELLM_MASTER_KEY` is not the gateway's key"
            }
            None => {
                command.env_remove("LITELLM_MASTER_KEY");
                "the variable `LITELLM_MASTER_KEY` is not set"
            }
        };
        let refused = finish(command);
        ends(&refused, 5, &[told, "the previous config serves on"]);
        assert!(!refused.err.contains("sk-wrong"), "{}", refused.err);
    }
    assert_eq!(service.starts(), starts, "nothing was restarted");
    service.is_serving("coder-kept", "coder-new");
}

fn dropped(service: &Service) {
    // One provider that LiteLLM does not know.
    let check = service.check("sed s#ollama_chat/llama#olama/llama# \"$1\" > copy; set -- copy");
    service.settings("180s", "30s", &check);
    let starts = service.starts();
    let refused = service.run(&["deploy"]);
    ends(&refused, 5, &["the gateway refuses the config: it reads", "some were dropped"]);
    assert_eq!(service.starts(), starts, "nothing was restarted");
    service.is_serving("coder-kept", "coder-new");
}

fn refused(service: &Service) {
    service.settings("180s", "30s", "");
    let text = service.project.read("gwcfg.yaml");
    let bad = "gateway:\n  litellm_settings: {callbacks: [no_such_callback]}\n";
    service.project.write("gwcfg.yaml", text.replace("gateway:\n", bad));
    let refused = service.run(&["deploy"]);
    ends(&refused, 5, &["the gateway was not reloaded: `sh restart.sh` ended with code 1"]);
    ends(&refused, 5, &["generation 2 is in place again"]);
    service.is_serving("coder-kept", "coder-new");
}

fn other_names(service: &Service) {
    service.settings("180s", "5s", "");
    service.trouble(
        "CONFIG=other.yaml; sed 's/coder-new/coder-other/' config/*-unified.yaml > $CONFIG",
    );
    let failed = service.run(&["deploy"]);
    ends(&failed, 5, &["does not serve `coder-new`", "generation 2 is in place again"]);
    service.is_serving("coder-kept", "coder-new");
}

fn hangs(service: &Service) {
    service.settings("3s", "90s", "");
    service.project.remove("waits");
    service.trouble("sleep 600");
    let begun = Instant::now();
    let hangs = service.run(&["deploy"]);
    ends(&hangs, 5, &["did not end within 3s, and was ended", "generation 2 is in place again"]);
    assert!(begun.elapsed() < Duration::from_secs(90));
    service.is_serving("coder-kept", "coder-new");
}

/// The old proxy is gone by then.
fn fails(service: &Service) {
    service.settings("180s", "30s", "");
    service.trouble("kill \"$(cat proxy.pid)\"; echo no such unit >&2; exit 5");
    let failed = service.run(&["deploy"]);
    ends(&failed, 5, &["ended with code 5; it wrote:\nno such unit", "in place again"]);
    service.is_serving("coder-kept", "coder-new");
}

/// The new proxy runs already when the run is killed; the other one was refused.
fn killed(service: &Service) {
    service.settings("180s", "30s", "");
    // Once at the beginning, and at the end of the same reload.
    service.trouble("trap 'touch reloading; sleep 600' EXIT");
    let mut first = service.deploy_until_reload(&["deploy"]);
    assert!(service.serves().unwrap().contains("coder-new"), "the new one serves");
    let second = service.run(&["deploy"]);
    let holder = format!("(process {}, since", first.id());
    ends(&second, 4, &["`gwcfg deploy` of", &holder, "is at work on"]);
    first.kill().unwrap();
    first.wait().unwrap();
    let begun = Instant::now();
    service.is_serving("coder-kept", "coder-new");
    println!("  back after {:.1} s", begun.elapsed().as_secs_f64());
    ends(&service.run(&["history"]), 0, &["failed", "current"]);
}

fn unconfirmed(service: &Service) {
    service.settings("180s", "30s", "");
    ends(&service.run(&["deploy", "--confirm", "3s"]), 0, &["serves; it goes away at"]);
    assert!(service.serves().unwrap().contains("coder-new"), "the new one serves");
    ends(&service.run(&["deploy"]), 4, &["waits for `gwcfg confirm` until"]);
    let begun = Instant::now();
    service.is_serving("coder-kept", "coder-new");
    println!("  back after {:.1} s", begun.elapsed().as_secs_f64());
}

/// The state is on a small disk, and as full as can be.
fn full_disk(service: &Service) {
    let script = "mount -t tmpfs -o size=512k none disk || exit 99; cp -r .gwcfg disk/state; \
                  dd if=/dev/zero of=disk/ballast bs=512 2>/dev/null; \
                  \"$1\" --state-dir disk/state deploy";
    std::fs::create_dir(service.project.path("disk")).unwrap();
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_gwcfg")]);
    command.current_dir(service.project.root());
    plain(&mut command);
    let starts = service.starts();
    let full = finish(service.with_environment(command));
    if full.code == Some(99) || full.err.starts_with("unshare:") {
        return skipped("no disk can be mounted here");
    }
    ends(&full, 2, &["the disk is full"]);
    assert_eq!(service.starts(), starts, "nothing was restarted");
    service.is_serving("coder-kept", "coder-new");
}
