//! `gwcfg env`: what the gateway needs from its environment. No value of it is ever read.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use crate::gateway::litellm::value::Value;
use crate::gateway::litellm::variables::{User, Variable, Who, variables};
use crate::release::atomic::{OUTPUT_MODE, replace};
use crate::release::place::Place;
use crate::source::{Tree, read_file};

use super::args::{Arguments, Env, Plain, Reporting};
use super::exit::Exit;
use super::gateway::{self, Places};
use super::{Terminal, recording, shown};

/// How a file begins that `--example` wrote: no other one is replaced, since it may hold values.
const EXAMPLE: &str = "# Written by `gwcfg env --example`";

/// A variable as it is told.
struct Told {
    name: String,
    set: bool,
    users: Vec<(User, Option<String>)>,
}

pub(super) fn run(arguments: &Arguments, command: &Env, terminal: &mut Terminal) -> Exit {
    let file = command.gateway.as_deref();
    gateway::with_tree(
        arguments,
        &Reporting::of(&command.levels),
        file,
        terminal,
        |tree, places, terminal| {
            let told = told(tree, places);
            if command.example {
                return example(arguments, command, &told, terminal);
            }
            let text = match command.format {
                Plain::Human => human(&told),
                Plain::Json => json(&told),
            };
            let printed = terminal.print(&text);
            let unset: Vec<String> = told
                .iter()
                .filter(|told| !told.set)
                .map(|told| format!("`{}`", told.name))
                .collect();
            if printed != Exit::Done || !command.check || unset.is_empty() {
                return printed;
            }
            let verb = if unset.len() == 1 { "is" } else { "are" };
            terminal.fail(&format!(
                "{} {verb} not set here, or empty, which is the same to the gateway: set what is \
             missing where the gateway runs",
                unset.join(", ")
            ));
            Exit::Findings
        },
    )
    .unwrap_or_else(|exit| exit)
}

fn told(tree: &Tree<'_>, places: &Places<'_>) -> Vec<Told> {
    // Only whether it is there and not empty: LiteLLM takes an empty variable for none.
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let told = variables(Value::root(tree)).into_iter().map(|Variable { name, users }| {
        let set = is_a_name(&name) && is_set(&name);
        let place = |user: User| {
            let place = user.span.and_then(places);
            (user, place)
        };
        Told { name, set, users: users.into_iter().map(place).collect() }
    });
    told.collect()
}

/// The system knows no other names, and panics at some of them.
fn is_a_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['=', '\0'])
}

/// Who needs it, without the place.
fn words(who: &Who) -> String {
    match who {
        Who::Provider { name, key } => format!("provider `{}` ({})", shown(name), shown(key)),
        Who::Setting(path) => shown(path),
        Who::Gateway => "the gateway itself: it does not start without it".to_owned(),
    }
}

/// A line for each variable and user.
fn human(told: &[Told]) -> String {
    let users = told.iter().flat_map(|told| &told.users).map(|(user, _)| words(&user.who));
    let widest = |texts: &mut dyn Iterator<Item = String>| {
        texts.map(|text| text.chars().count()).max().unwrap_or(0)
    };
    let who_width = widest(&mut users.into_iter());
    let name_width = widest(&mut told.iter().map(|told| shown(&told.name)));
    let mut text = String::new();
    for Told { name, set, users } in told {
        let (mut name, mut state) = (shown(name), if *set { "set" } else { "unset" });
        for (user, place) in users {
            let (who, place) = (words(&user.who), place.as_deref().unwrap_or(""));
            let line = format!("{name:<name_width$}  {state:<5}  {who:<who_width$}  {place}");
            let _ = writeln!(text, "{}", line.trim_end());
            (name, state) = (String::new(), "");
        }
    }
    text
}

/// The contract, version 1.
fn json(told: &[Told]) -> String {
    let needed = |(user, place): &'_ (User, Option<String>)| {
        let (provider, setting) = match &user.who {
            Who::Provider { name, key } => (Some(name.as_str()), Some(key.as_str())),
            Who::Setting(path) => (None, Some(path.as_str())),
            Who::Gateway => (None, None),
        };
        serde_json::json!({"provider": provider, "setting": setting, "place": place})
    };
    let rows = told.iter().map(|Told { name, set, users }| {
        let needed_by: Vec<_> = users.iter().map(needed).collect();
        serde_json::json!({"name": name, "set": set, "needed_by": needed_by})
    });
    let rows: Vec<_> = rows.collect();
    let document = serde_json::json!({"version": 1, "variables": rows});
    serde_json::to_string_pretty(&document).map_or_else(|_| String::new(), |text| text + "\n")
}

/// The file that a person copies to `.env` and fills in. Without places: a moved line is no reason
/// for a change of this file.
fn example_text(told: &[Told]) -> String {
    let mut text = format!(
        "{EXAMPLE}. Copy it to `.env`, fill in the values, and keep that\n# file out of git. An \
         empty value is as good as none.\n"
    );
    // What the shell, systemd and Compose would not take as a name is not a line of such a file.
    for Told { name, users, .. } in told.iter().filter(|told| is_plain(&told.name)) {
        text.push('\n');
        for (user, _) in users {
            let _ = writeln!(text, "# {}", words(&user.who));
        }
        let _ = writeln!(text, "{name}=");
    }
    text
}

fn is_plain(name: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.chars().all(letter) && !name.starts_with(|first: char| first.is_ascii_digit())
}

fn example(arguments: &Arguments, command: &Env, told: &[Told], terminal: &mut Terminal) -> Exit {
    let text = example_text(told);
    let Some(path) = command.output.as_deref().filter(|path| *path != Path::new("-")) else {
        return terminal.print(&text);
    };
    let shown = path.display();
    match read_file(path) {
        Ok(Some((bytes, _))) if bytes == text.as_bytes() => {
            terminal.say(&format!("`{shown}` is up to date"));
            return Exit::Done;
        }
        Ok(Some((bytes, _))) if !bytes.starts_with(EXAMPLE.as_bytes()) => {
            terminal.fail(&format!(
                "`{shown}` was not written by `gwcfg env --example`, and is kept: it may hold \
                 values; name another file"
            ));
            return Exit::Refused;
        }
        Ok(_) => {}
        Err(error) => {
            terminal.fail(&error.to_string());
            return Exit::Usage;
        }
    }
    let root = crate::project::root(&arguments.places());
    let place = Place { path, root: &root, new_mode: OUTPUT_MODE };
    match replace(&place, |file| file.write_all(text.as_bytes())) {
        Ok(()) => {
            terminal.say(&format!("wrote `{shown}`"));
            Exit::Done
        }
        Err(error) => recording::fail(&error.into(), terminal),
    }
}
