//! Documents: right ones in every style, and changed ones.

use std::fmt::Write as _;

/// A xorshift generator: the same documents at every run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }
}

/// Plain scalars that are safe in every place; what they are is for the two readers to say.
const PLAIN: &[&str] = &[
    "a",
    "b1",
    "phi4",
    "llama3.1:latest",
    "Qwen/Qwen2.5-7B",
    "gpt-4o",
    "a b c",
    "é",
    "日本",
    "🦀",
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "n",
    "true",
    "False",
    "null",
    "~",
    "Null",
    "012",
    "08",
    "0o17",
    "0x1F",
    "0b11",
    "1_000",
    "1e3",
    "1.0e+3",
    "1.",
    ".5",
    "-.inf",
    ".NaN",
    "12:30",
    "190:20:30.15",
    "-1",
    "+5",
    "2025-10-19",
    "2025-10-19 10:00:00",
    "2025-10-19T10:00:00Z",
    "1.2.3",
    "os.environ/KEY",
    "http://127.0.0.1:8000/v1",
    "a#b",
    "it's",
    "a\"b",
    "x-y_z",
    "0.7",
    "99999999999999999999",
    "7B",
];

/// Texts for quotes and blocks.
const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "yes",
    "012",
    "it's",
    "say \"x\"",
    "a: b",
    "- a",
    "# no comment",
    "a\\nb",
    "é 🦀",
    "tab\there",
    "ends ",
    " begins",
    "a, b",
    "[x]",
    "{y}",
    "&a",
    "*a",
    "!t",
    "%d",
    "@",
    "`",
    "~",
];

/// Words for keys.
const KEYS: &[&str] = &[
    "name",
    "model",
    "provider",
    "weight",
    "a",
    "b",
    "c",
    "k1",
    "k2",
    "x-y",
    "é",
    "llama3.1:latest",
    "yes",
    "7",
    "012",
    "null",
    "on",
    "2025-10-19",
    "\"quoted\"",
    "'single'",
    "\"\\u00e9\"",
    "a b",
];

struct Writer<'r> {
    random: &'r mut Random,
    text: String,
    /// Anchors that may be meant, and whether each is a map.
    anchors: Vec<(String, bool)>,
    /// Anchors that have a name.
    named: usize,
    end: &'static str,
}

/// A document that is YAML in both versions.
pub fn document(random: &mut Random) -> String {
    let end = if random.one_in(5) { "\r\n" } else { "\n" };
    let mut writer = Writer { random, text: String::new(), anchors: Vec::new(), named: 0, end };
    if writer.random.one_in(6) {
        writer.text.push_str("# a comment");
        writer.line();
    }
    if writer.random.one_in(8) {
        writer.text.push_str("---");
        writer.line();
    }
    if writer.random.one_in(5) {
        writer.list(0, 0);
    } else {
        writer.map(0, 0);
    }
    if writer.random.one_in(20) {
        writer.text.push_str("...");
        writer.line();
    }
    writer.text
}

impl Writer<'_> {
    fn line(&mut self) {
        let end = self.end;
        if self.random.one_in(12) {
            self.text.push_str(" # é, a comment: [");
        }
        self.text.push_str(end);
        if self.random.one_in(25) {
            self.text.push_str(end);
        }
        if self.random.one_in(30) {
            self.text.push_str("  # alone");
            self.text.push_str(end);
        }
    }

    fn indent(&mut self, width: usize) {
        self.text.extend(std::iter::repeat_n(' ', width));
    }

    fn map(&mut self, width: usize, depth: usize) {
        let mut used: Vec<&str> = Vec::new();
        for number in 0..=self.random.below(5) {
            self.indent(width);
            let maps: Vec<String> =
                self.anchors.iter().filter(|(_, map)| *map).map(|(name, _)| name.clone()).collect();
            if number > 0 && !used.contains(&"<<") && !maps.is_empty() && self.random.one_in(5) {
                self.merge(&maps);
                used.push("<<");
                continue;
            }
            let mut key = self.random.pick(KEYS);
            while used.contains(&key) {
                key = self.random.pick(KEYS);
            }
            used.push(key);
            if self.random.one_in(30) {
                write!(self.text, "? {key}{}", self.end).unwrap();
                self.indent(width);
                self.text.push(':');
            } else {
                write!(self.text, "{key}:").unwrap();
            }
            self.value(width, depth, true);
        }
    }

    fn merge(&mut self, maps: &[String]) {
        if self.random.one_in(3) {
            let names: Vec<String> = (0..=self.random.below(3))
                .map(|_| format!("*{}", maps[self.random.below(maps.len())]))
                .collect();
            write!(self.text, "<<: [{}]", names.join(", ")).unwrap();
        } else {
            let name = &maps[self.random.below(maps.len())];
            write!(self.text, "<<: *{name}").unwrap();
        }
        self.line();
    }

    fn list(&mut self, width: usize, depth: usize) {
        for _ in 0..=self.random.below(4) {
            self.indent(width);
            self.text.push('-');
            self.value(width, depth, false);
        }
    }

    /// What stands behind `key:` or `-`, its line end with it.
    fn value(&mut self, width: usize, depth: usize, in_map: bool) {
        if !self.anchors.is_empty() && self.random.one_in(10) {
            let at = self.random.below(self.anchors.len());
            let name = self.anchors[at].0.clone();
            write!(self.text, " *{name}").unwrap();
            return self.line();
        }
        let anchor = self.random.one_in(6).then(|| format!("a{}", self.named));
        if let Some(name) = &anchor {
            self.named += 1;
            write!(self.text, " &{name}").unwrap();
        }
        let deeper = width + 1 + self.random.below(3);
        let mut is_map = false;
        match self.random.below(if depth > 3 { 6 } else { 9 }) {
            0..=2 => {
                let plain = self.random.pick(PLAIN);
                write!(self.text, " {plain}").unwrap();
                self.line();
            }
            3 => {
                let quoted = self.quoted();
                write!(self.text, " {quoted}").unwrap();
                self.line();
            }
            4 => self.block(deeper),
            5 => {
                self.text.push(' ');
                is_map = self.flow(0);
                self.line();
            }
            6 if anchor.is_none() && !in_map => {
                self.text.push(' ');
                let mut inner = String::new();
                std::mem::swap(&mut inner, &mut self.text);
                self.map(width + 2, depth + 1);
                std::mem::swap(&mut inner, &mut self.text);
                self.text.push_str(inner.trim_start_matches(' '));
            }
            6 | 7 => {
                self.line();
                is_map = true;
                self.map(deeper, depth + 1);
            }
            _ => {
                self.line();
                let same = in_map && self.random.one_in(2);
                self.list(if same { width } else { deeper }, depth + 1);
            }
        }
        if let Some(name) = anchor {
            self.anchors.push((name, is_map));
        }
    }

    fn quoted(&mut self) -> String {
        let text = self.random.pick(TEXTS);
        match self.random.below(3) {
            0 => format!("'{}'", text.replace('\'', "''")),
            1 => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            _ => self
                .random
                .pick(&[
                    r#""\u00e9\x41\t\n\\ \" /""#,
                    r#""a\
                                          b""#,
                    "\"two\n                              lines\"",
                    "'two\n\n                              lines'",
                    r#""\e\0\a\b\v\f\r\_\N\L\P""#,
                    r#""\U0001F980""#,
                ])
                .to_owned(),
        }
    }

    fn block(&mut self, deeper: usize) {
        let style = self.random.pick(&["|", "|-", "|+", ">", ">-", ">+"]);
        write!(self.text, " {style}{}", self.end).unwrap();
        for number in 0..=self.random.below(4) {
            let line =
                self.random.pick(&["text", "a: b", "# text too", "", "  more", "- x", "é 🦀"]);
            if number > 0 && line.is_empty() {
                self.text.push_str(self.end);
                continue;
            }
            self.indent(deeper);
            let line = if number == 0 { "first" } else { line };
            write!(self.text, "{line}{}", self.end).unwrap();
        }
    }

    /// True for a map.
    fn flow(&mut self, depth: usize) -> bool {
        let map = self.random.one_in(2);
        self.text.push(if map { '{' } else { '[' });
        for number in 0..self.random.below(4) {
            if number > 0 {
                self.text.push_str(", ");
            }
            if map {
                let key = ["f1", "f2", "f3", "'f 4'"][number];
                write!(self.text, "{key}: ").unwrap();
            }
            match self.random.below(if depth > 2 { 3 } else { 4 }) {
                0 | 1 => {
                    let plain = self.random.pick(PLAIN);
                    self.text.push_str(plain);
                }
                2 => {
                    let quoted = self.quoted();
                    self.text.push_str(&quoted);
                }
                _ => {
                    self.flow(depth + 1);
                }
            }
        }
        self.text.push(if map { '}' } else { ']' });
        map
    }
}

/// Characters and words that mean something to YAML.
const PIECES: &[&str] = &[
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    ":",
    ": ",
    "-",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "#",
    " #",
    "'",
    "\"",
    "|",
    ">",
    "&a",
    "*a",
    "<<: ",
    "!",
    "!!str ",
    "!x ",
    "?",
    "? ",
    "%",
    "@",
    "`",
    "---\n",
    "...\n",
    "\r",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\0",
    "\u{7f}",
    "\u{80}",
    "\u{a0}",
    "~",
    "=",
    "<<",
    "\\",
    "é",
    "🦀",
    "0",
    "yes",
    "2025-02-31",
    "0x_",
    "!!int ",
    "!!binary ",
];

/// A document with a few changes.
pub fn mutated(random: &mut Random) -> String {
    let mut text: Vec<char> = document(random).chars().take(160).collect();
    for _ in 0..=random.below(2) {
        let at = random.below(text.len() + 1);
        match random.below(4) {
            0 if at < text.len() => drop(text.remove(at)),
            1 if at < text.len() => {
                let until = (at + 1 + random.below(6)).min(text.len());
                text.drain(at..until);
            }
            _ => {
                let piece = random.pick(PIECES);
                text.splice(at..at, piece.chars());
            }
        }
    }
    text.into_iter().collect()
}
