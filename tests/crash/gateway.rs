//! A gateway that serves what it is told to, and the processes that watch over a deploy.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A watcher looks every second; none of these tests waits for a deadline.
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts it; it serves these names until the tests end. Gives its address.
pub fn start(names: &BTreeSet<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let models: Vec<_> = names.iter().map(|name| serde_json::json!({"id": name})).collect();
    let models = serde_json::json!({ "data": models }).to_string();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            // Whoever asks may be killed in the middle of it.
            let _ = client.and_then(|client| answer(client, &models));
        }
    });
    address
}

fn answer(mut client: TcpStream, models: &str) -> std::io::Result<()> {
    let mut lines = BufReader::new(client.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let body = if first.contains("/v1/models") { models } else { "{}" };
    let length = body.len();
    write!(client, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

/// The processes that were started for the project, by whoever.
fn watchers(root: &Path) -> Vec<u32> {
    let root = root.to_str().unwrap().as_bytes();
    let entries = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let ours = |number: &u32| {
        let line = fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
        let mut words = line.split(|byte| *byte == 0);
        words.clone().any(|word| word == b"watch") && words.any(|word| word == root)
    };
    numbers.filter(ours).collect()
}

/// Waits until nobody watches over the project any more.
pub fn wait(root: &Path) {
    let begun = Instant::now();
    while !watchers(root).is_empty() {
        assert!(begun.elapsed() < PATIENCE, "a watcher does not end");
        sleep(Duration::from_millis(3));
    }
}

/// Kills whoever watches over the project, as a power cut does.
pub fn kill(root: &Path) {
    let signal = nix::sys::signal::Signal::SIGKILL;
    for number in watchers(root) {
        let process = nix::unistd::Pid::from_raw(i32::try_from(number).unwrap());
        let _ = nix::sys::signal::kill(process, signal);
        let begun = Instant::now();
        while !is_dead(number) {
            assert!(begun.elapsed() < PATIENCE, "a watcher does not die");
            sleep(Duration::from_millis(1));
        }
    }
}

/// True when it holds no file any more, whether somebody has buried it or not.
fn is_dead(number: u32) -> bool {
    let Ok(status) = fs::read_to_string(format!("/proc/{number}/stat")) else { return true };
    status.rsplit_once(") ").is_none_or(|(_, state)| state.starts_with(['Z', 'X']))
}
