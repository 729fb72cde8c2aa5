use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

#[test]
fn json_has_every_field_of_the_contract_in_its_order() {
    let case = Case::new(&[("config/b.yaml", "b: é wrong\n"), ("config/a.yaml", "a: 1\n")]);
    let (wrong, near) = (place(&case, 0, "wrong", 0), place(&case, 1, "1", 0));
    let case = case.find(&UNKNOWN, move |reporter| {
        reporter.report("`b` is \"wrong\"", wrong, "not in json").also(near, "near").unsafe_fix(
            "write `right`",
            wrong,
            "right",
        );
    });
    let case = case.find(&SHADOW, move |reporter| {
        reporter.report("a warning", near, "").help("do this");
    });
    let json = case.write(Format::Json).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    assert_eq!(json, include_str!("report.json"));
}

#[test]
fn a_file_that_is_not_there_is_no_input() {
    let mut case = Case::new(&[("a.yaml", "a: 1\n")]);
    case.sources.add(SourceFile::missing("b.yaml".to_owned()));
    let json: serde_json::Value = serde_json::from_str(&case.write(Format::Json)).unwrap();
    assert_eq!(json["inputs"], serde_json::json!(["a.yaml"]));
    assert_eq!(json["findings"], serde_json::json!([]));
}

#[test]
fn the_closing_line_leaves_out_what_is_not_there() {
    let summary = Summary { errors: 2, warnings: 1, infos: 0 };
    let read = Read { files: 1, models: 0, providers: 2, public_names: 1 };
    let line = closing_line(&read, &summary);
    assert_eq!(line, "checked 1 file, 2 providers, 1 public name: 2 errors, 1 warning");
    let line = closing_line(&Read::default(), &Summary::default());
    assert_eq!(line, "checked 0 files: no findings");
}

/// `count` warnings and one error at the end of a file of `lines` lines.
fn many(count: usize, lines: usize) -> Case {
    let text = "    model: some-model-with-a-long-name\n".repeat(lines);
    let case = Case::new(&[("big.yaml", &text)]);
    let (step, length) = (text.len() / count, text.len());
    case.find(&SHADOW, move |reporter| {
        for number in 0..count {
            let start = number * step;
            reporter.report(format!("finding {number}"), span(0, start, start + 4), "here");
        }
    })
    .find(&UNKNOWN, move |reporter| {
        reporter.report("the only error", span(0, length - 5, length - 1), "here");
    })
}

#[test]
fn too_many_findings_are_counted_and_an_error_is_never_left_out() {
    let case = many(300, 400);
    let human = case.human();
    assert_eq!(human.matches("warning[").count(), MAX_SHOWN - 1);
    assert!(human.contains("error[provider-unknown]: the only error"));
    assert!(human.contains("… and 101 more findings; `--format json` lists all of them\n"));
    assert!(human.ends_with(": 1 error, 300 warnings\n"));
    assert!(!case.write(Format::Json).contains("more findings"));
}

/// The formats that tell which finding it is: they parse the files once more, and a build without
/// optimisation takes its time for it.
fn parses_again(format: Format) -> bool {
    match format {
        Format::Sarif | Format::Gitlab | Format::Junit => true,
        Format::Human | Format::Json | Format::Github | Format::Plain => false,
    }
}

#[test]
fn ten_thousand_findings_in_forty_megabytes_are_written_at_once() {
    let (large, case) = (many(10_000, 40_000_000 / 39), many(10_000, 1_000_000 / 39));
    for format in Format::ALL {
        let case = if parses_again(format) { &case } else { &large };
        let start = Instant::now();
        let written = case.write(format);
        // Counting from the start of the file for each finding would take minutes.
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        assert!(written.contains("the only error"));
    }
}

#[test]
fn ten_thousand_findings_in_one_line_are_written_at_once() {
    let text = "[é], ".repeat(2_000_000);
    let case = Case::new(&[("big.yaml", &text)]);
    let case = case.find(&UNKNOWN, |reporter| {
        for number in 0..10_000 {
            let start = number * 1000;
            reporter.report(format!("finding {number}"), span(0, start, start + 3), "here");
        }
    });
    for format in Format::ALL.into_iter().filter(|format| !parses_again(*format)) {
        let start = Instant::now();
        assert!(case.write(format).contains("finding 9"));
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }
}

#[test]
fn colours_are_there_only_when_asked_for() {
    let mut case = many(3, 10);
    assert!(!case.human().contains('\u{1b}'));
    case.style.colour = true;
    let coloured = case.human();
    assert!(coloured.contains("\u{1b}[1;31merror[provider-unknown]\u{1b}[0m: "));
    assert!(!case.write(Format::Json).contains('\u{1b}'));
}

proptest! {
    #[test]
    fn any_text_and_any_span_can_be_drawn(
        text in "[a \t\r\n:é模🚀\u{1b}\u{202e}\u{feff}\"]{0,80}",
        spans in prop::collection::vec((0usize..200, 0usize..60), 1..12),
        width in 0usize..120,
        unicode in any::<bool>(),
    ) {
        let mut case = Case::new(&[("a.yaml", &text), ("b.yaml", &text)]);
        case.style = Style { colour: false, unicode, width, links: false };
        let case = case.find(&UNKNOWN, |reporter| {
            let (start, length) = spans[0];
            let first = span(0, start, start + length);
            let mut finding = reporter
                .report("m", first, "l")
                .fix("f", first, "new\n");
            for (index, (start, length)) in spans.iter().enumerate() {
                let file = u16::try_from(index % 3).unwrap();
                finding = finding.also(span(file, *start, start + length), "other");
            }
        });
        let human = case.human();
        prop_assert!(human.chars().all(|c| c == '\n' || !c.is_control()), "{}", human);
        let treacherous = human.contains(['\u{202e}', '\u{feff}']);
        prop_assert!(!treacherous, "{}", human);
        let json: serde_json::Value = serde_json::from_str(&case.write(Format::Json)).unwrap();
        prop_assert_eq!(json["version"].as_u64(), Some(1));
    }

    #[test]
    fn no_secret_is_in_any_output(
        secret in "[0-9é]{4,8}[Q-Z]{1,4}[0-9é模-]{0,60}",
        before in "[a-f ]{0,300}",
        after in "[a-f #]{0,300}",
        width in 0usize..120,
    ) {
        let text = format!("top:\n  key: {before}{secret}{after}\n  other: x{secret}y\nend: 1\n");
        let mut case = Case::new(&[("a.yaml", &text)]);
        case.style.width = width;
        let all: Vec<usize> = text.match_indices(&secret).map(|(start, _)| start).collect();
        let place = |start: usize| span(0, start, start + secret.len());
        case.redactions = Redactions::new(&case.sources, vec![place(all[0])], &[]);
        let case = case.find(&UNKNOWN, |reporter| {
            let half = span(0, all[0] + 2, all[0] + 3);
            reporter
                .report(format!("`{secret}` is bad"), place(all[0]), format!("is {secret}"))
                .also(place(all[1]), format!("and\t{secret}"))
                .help(format!("no {secret}"))
                .fix(format!("not {secret}"), place(all[1]), format!("z{secret}"))
                .unsafe_fix("half", half, secret.chars().take(1).collect::<String>());
            reporter.report("near", span(0, 0, 3), "");
            reporter.report("end", span(0, text.len() - 3, text.len()), "");
        });
        for format in Format::ALL {
            let written = case.write(format);
            prop_assert!(!written.contains(&secret), "{}", written);
            // Nor more than a few letters of it, cut off at an edge.
            for skipped in 0..secret.chars().count() {
                let piece: String = secret.chars().skip(skipped).take(6).collect();
                let long = piece.chars().count() == 6;
                prop_assert!(!long || !written.contains(&piece), "{piece}: {}", written);
            }
        }
    }
}
