use proptest::prelude::*;

use super::Writer;
use crate::xml::{Document, Limits, c14n};

fn written(write: impl FnOnce(&mut Writer<'_>)) -> String {
    let mut writer = Writer::new(Vec::new());
    write(&mut writer);
    String::from_utf8(writer.finish()).unwrap()
}

#[test]
fn attributes_come_out_sorted_however_they_come_in() {
    let xml = written(|w| {
        w.start("p:a").attr("q:x", "1").attr("b", "2").namespace("q", "u:1").attr("p:y", "3").attr("a", "4");
        w.namespace("p", "u:2").attr("p:x", "5").namespace("", "u:3").attr("xml:lang", "en");
    });
    let expected = "<p:a xmlns=\"u:3\" xmlns:p=\"u:2\" xmlns:q=\"u:1\" a=\"4\" b=\"2\" xml:lang=\"en\" q:x=\"1\" \
                    p:x=\"5\" p:y=\"3\"></p:a>";
    assert_eq!(xml, expected);
}

#[test]
fn the_first_of_two_attributes_of_one_name_counts() {
    assert_eq!(written(|w| _ = w.empty("a", &[("x", "1"), ("x", "2"), ("b", "3")])), "<a b=\"3\" x=\"1\"></a>");
}

#[test]
fn a_namespace_in_force_is_not_declared_again() {
    let xml = written(|w| {
        w.start("a").namespace("", "u:1");
        w.start("b").namespace("", "u:1").end();
        w.start("c").namespace("", "").start("d").namespace("", "").end().end();
        w.start("e").namespace("", "u:1");
    });
    assert_eq!(xml, "<a xmlns=\"u:1\"><b></b><c xmlns=\"\"><d></d></c><e></e></a>");
    assert_eq!(written(|w| _ = w.start("a").namespace("", "")), "<a></a>");
}

#[test]
fn elements_nest_and_are_closed() {
    let xml = written(|w| {
        w.element("a", &[("k", "v")], |w| {
            w.text_element("b", "t").raw(b"<c/>").start("d").attr_if("x", None).attr_if("y", Some("1"));
        });
    });
    assert_eq!(xml, "<a k=\"v\"><b>t</b><c/><d y=\"1\"></d></a>");
}

#[test]
fn own_text_is_normalised_before_it_is_escaped() {
    let text = |text: &str| written(|w| _ = w.text_element("a", text));
    assert_eq!(text("1\r\n2\r3\u{85}4\u{2028}5\u{2029}6\t7\n\r"), "<a>1\n2\n3\n4\n5\n6\t7\n\n</a>");
    assert_eq!(text("&<>\"'\u{E9}\u{A0}\u{2020}\u{FFFD}😀"), "<a>&amp;&lt;&gt;\"'\u{E9}\u{A0}\u{2020}\u{FFFD}😀</a>");
    assert_eq!(text("\0\u{1}\u{FFFE}\u{FFFF}\u{B}"), format!("<a>{}</a>", "\u{FFFD}".repeat(5)));
}

#[test]
fn own_values_are_normalised_before_they_are_escaped() {
    let value = |value: &str| written(|w| _ = w.empty("a", &[("b", value)]));
    assert_eq!(value("1\t\r\n2\n\n3  4"), "<a b=\"1 2 3  4\"></a>");
    assert_eq!(value("&<>\"'\u{85}\u{2028}"), "<a b=\"&amp;&lt;>&quot;'\u{85}\u{2028}\"></a>");
    assert_eq!(value("\u{1F}\u{FFFF}\u{E9}"), "<a b=\"\u{FFFD}\u{FFFD}\u{E9}\"></a>");
}

const NAMES: [&str; 6] = ["a", "b", "id", "codeSystem", "code", "é"];

/// Writes what `steps` say, whatever that is.
fn follow(steps: &[(u8, usize, String)]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    writer.start("root").namespace("", "u:0");
    let mut depth = 0;
    let mut tag = true;
    for (step, name, text) in steps {
        let name = NAMES[name % NAMES.len()];
        match step % 5 {
            0 => _ = writer.start(name),
            1 if tag => _ = writer.attr(name, text),
            2 => _ = writer.text(text),
            3 if depth > 0 => _ = writer.end(),
            4 => _ = writer.text_element(name, text),
            _ => continue,
        }
        depth = match step % 5 {
            0 => depth + 1,
            3 => depth - 1,
            _ => depth,
        };
        tag = step % 5 < 2;
    }
    writer.finish()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_well_formed_and_its_own_canonical_form(
        steps in proptest::collection::vec((any::<u8>(), any::<usize>(), any::<String>()), 0..20),
    ) {
        let bytes = follow(&steps);
        let limits = Limits { depth: 100, ..Limits::DEFAULT };
        let document = Document::parse(&bytes, &limits);
        prop_assert!(document.is_ok(), "{:?}", String::from_utf8_lossy(&bytes));
        let document = document.unwrap();
        prop_assert_eq!(&c14n::canonicalise(document.root(), &c14n::Options::EXCLUSIVE), &bytes);
        prop_assert_eq!(&c14n::canonicalise(document.root(), &c14n::Options::INCLUSIVE), &bytes);
    }
}
