//! Random patterns and names, the same in every run.

/// A xorshift generator.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }

    pub(crate) fn pick<'list>(&mut self, list: &[&'list str]) -> &'list str {
        list[self.below(list.len())]
    }
}

const PIECES: &[&str] = &[
    "a",
    "b",
    "Q",
    "é",
    "k",
    "1",
    "-",
    "_",
    " ",
    "#",
    "\n",
    ",",
    ":",
    "&&",
    "~~",
    "||",
    "=",
    ".",
    "*",
    "+",
    "?",
    "{",
    "}",
    "{2}",
    "{,2}",
    "{1,}",
    "{2,1}",
    "{,}",
    "{}",
    "{a}",
    "{ 1}",
    "^",
    "$",
    "|",
    "(",
    ")",
    "[",
    "]",
    "[^",
    "[]",
    "[^]",
    "[a-",
    "-]",
    "[[:alpha:]]",
    "[a&&b]",
    "[a-c[d]",
    "[\\d-a]",
    "[--a]",
    "[z-a]",
    "[\\w.-]",
    "[\\b]",
    "[\\1]",
    "[\\8]",
    "(?",
    "(?:",
    "(?P<n>",
    "(?P<m>",
    "(?P=n)",
    "(?P>",
    "(?<n>",
    "(?#c)",
    "(?#",
    "(?=",
    "(?!",
    "(?<=a)",
    "(?<!b)",
    "(?>",
    "(?(1)",
    "(?(n)",
    "(?(0)",
    "(?i)",
    "(?x)",
    "(?s)",
    "(?m)",
    "(?a)",
    "(?u)",
    "(?L)",
    "(?t)",
    "(?ai)",
    "(?au)",
    "(?i:",
    "(?-i:",
    "(?i-s:",
    "(?i-i:",
    "(?a:",
    "(?-a:",
    "(?-",
    "(?z)",
    "(?i",
    "(?x-",
    "(?sx:",
    "\\",
    "\\A",
    "\\Z",
    "\\z",
    "\\b",
    "\\B",
    "\\G",
    "\\d",
    "\\D",
    "\\s",
    "\\S",
    "\\w",
    "\\W",
    "\\p{L}",
    "\\pL",
    "\\h",
    "\\R",
    "\\Q",
    "\\1",
    "\\2",
    "\\12",
    "\\0",
    "\\07",
    "\\012",
    "\\101",
    "\\377",
    "\\400",
    "\\8",
    "\\x41",
    "\\x4",
    "\\x{41}",
    "\\u00e9",
    "\\u0e",
    "\\U0001F600",
    "\\U00110000",
    "\\ud800",
    "\\n",
    "\\t",
    "\\v",
    "\\a",
    "\\f",
    "\\e",
    "\\.",
    "\\-",
    "\\/",
    "\\ ",
    "\\é",
    "\\_",
    "\\<",
    "(a)\\1",
    "(?P<k>a)(?P=k)",
    "(?>a)",
    "(a)(?(1)b|c)",
    "\\N{DIGIT ONE}",
    "(?<=(a)\\1)",
    "*?",
    "+?",
    "??",
    "*+",
    "++",
    "?+",
    "{2}+",
    "{2}?",
    "**",
];

/// Texts joined at random: mostly refused, each for its own reason.
pub(crate) fn soup(random: &mut Random) -> String {
    (0..1 + random.below(6)).map(|_| random.pick(PIECES)).collect()
}

/// A pattern that Python accepts and automata can decide on.
pub(crate) fn regular(random: &mut Random, depth: usize, atoms: &[&str]) -> String {
    let mut text = String::new();
    for _ in 0..1 + random.below(3) {
        let nested = depth > 0 && random.below(4) == 0;
        let atom = if nested {
            let open = random.pick(&["(", "(?:", "(?i:", "(?s:", "(?m:", "(?a:", "(?-i:"]);
            let one = regular(random, depth - 1, atoms);
            match random.below(3) {
                0 => format!("{open}{one}|{})", regular(random, depth - 1, atoms)),
                1 => format!("{open}{one}|)"),
                _ => format!("{open}{one})"),
            }
        } else {
            random.pick(atoms).to_owned()
        };
        let look = ["^", "$", "\\b", "\\B", "\\A", "\\Z"].contains(&atom.as_str());
        text.push_str(&atom);
        if !look {
            text.push_str(
                random.pick(&[
                    "", "", "", "", "*", "+", "?", "{2}", "{,2}", "{1,2}", "*?", "+?", "??",
                ]),
            );
        }
    }
    text
}

/// A short name of the given characters.
pub(crate) fn name(random: &mut Random, characters: &[&str]) -> String {
    (0..random.below(8)).map(|_| random.pick(characters)).collect()
}
