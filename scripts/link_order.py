"""Prints the linker script that puts the functions of a `validate` beside each other.

    CARGO_PROFILE_RELEASE_STRIP=none cargo build --release --target-dir target/order
    python3 scripts/link_order.py target/order/release/gwcfg PROJECT... > link/often.ld

Runs `validate` on each project under callgrind, and names every function of the program that ran.
`build.rs` gives the script to the linker; docs/design/start.md says why. A project with findings of
many kinds shows more than a clean one.
"""

import re
import subprocess
import sys
import tempfile

HEAD = """\
/* Made by scripts/link_order.py: the functions that run in a `validate`, beside each other. A name
   that is no more costs nothing; see docs/design/start.md. */
SECTIONS {
  .text.often : {
"""
TAIL = """\
  }
} INSERT BEFORE .text;
"""


def ran(program, project):
    """The functions of a run, as the linker calls them; those of libraries are among them."""
    with tempfile.NamedTemporaryFile() as out:
        line = ["valgrind", "--tool=callgrind", "--demangle=no", f"--callgrind-out-file={out.name}"]
        subprocess.run([*line, program, "-C", project, "validate"], capture_output=True, check=False)
        text = open(out.name, encoding="utf-8").read()
    names = re.findall(r"^c?fn=\(\d+\) (.*)$", text, re.MULTILINE)
    # A recursive call has a number behind its name.
    return [re.sub(r"'\d+$", "", name) for name in names]


def own(program):
    """The functions that stand in the program itself."""
    lines = subprocess.run(["nm", program], capture_output=True, text=True, check=True).stdout
    words = (line.split() for line in lines.splitlines())
    return {word[2] for word in words if len(word) == 3 and word[1] in "tTwW"}


def pattern(name):
    """A function without what another compiler or version of a crate would name otherwise."""
    name = re.sub(r"17h[0-9a-f]{16}E.*$", "17h*", name)
    name = re.sub(r"Cs[0-9A-Za-z]+?_(?=\d)", "Cs*", name)
    return re.sub(r"\.\d+$", "", name).replace("$", "?")


def main():
    program, *projects = sys.argv[1:]
    inside = own(program)
    patterns = {pattern(name) for it in projects for name in ran(program, it) if name in inside}
    print(HEAD, end="")
    for name in sorted(patterns):
        # What is cold for the compiler has another word before its name.
        print(f"    *(.text*.{name})")
    print(TAIL, end="")


main()
