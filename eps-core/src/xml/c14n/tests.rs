use super::{Method, Options, canonicalise, canonicalise_document};
use crate::xml::{Document, Limits};

fn parse(text: &str) -> Document<'_> {
    let limits = Limits { processing_instructions: true, ..Limits::DEFAULT };
    Document::parse(text.as_bytes(), &limits).unwrap()
}

fn canonical(text: &str, options: &Options<'_>) -> String {
    String::from_utf8(canonicalise(parse(text).root(), options)).unwrap()
}

const WITH_COMMENTS: Options<'_> = Options { comments: true, ..Options::INCLUSIVE };
const STRIPPED: Options<'_> = Options { drop_blank_text: true, ..Options::EXCLUSIVE };

#[test]
fn tags_attributes_and_characters_take_their_canonical_form() {
    let cases = [
        ("<a><b/></a>", "<a><b></b></a>"),
        ("<a ><b ></b\n></a >", "<a><b></b></a>"),
        ("<a>x&#13;\ny\r\nz</a>", "<a>x&#xD;\ny\nz</a>"),
        ("<a b='&quot;&apos;&lt;>&amp;\t&#9;&#10;&#13;'/>", "<a b=\"&quot;'&lt;>&amp; &#x9;&#xA;&#xD;\"></a>"),
        ("<a>\"'&lt;>&amp;</a>", "<a>\"'&lt;&gt;&amp;</a>"),
        ("<a>&#x41;&#233;\u{85}\u{2028}</a>", "<a>A\u{E9}\u{85}\u{2028}</a>"),
        ("<a><![CDATA[x<y&z>]]></a>", "<a>x&lt;y&amp;z&gt;</a>"),
        ("<a>x<!--c-->y</a>", "<a>xy</a>"),
        ("<a><?p  d?><?q?></a>", "<a><?p d?><?q?></a>"),
        (
            "<a B='1' a='2' _z='3' A='4' a1='6' a-b='7' codeSystem='8' code='9'/>",
            "<a A=\"4\" B=\"1\" _z=\"3\" a=\"2\" a-b=\"7\" a1=\"6\" code=\"9\" codeSystem=\"8\"></a>",
        ),
        ("<a xmlns:x='u:x' x:t='T' z='1'/>", "<a xmlns:x=\"u:x\" z=\"1\" x:t=\"T\"></a>"),
        ("<a xml:lang='en'><b/></a>", "<a xml:lang=\"en\"><b></b></a>"),
    ];
    for (text, expected) in cases {
        assert_eq!(canonical(text, &Options::EXCLUSIVE), expected, "{text}");
    }
}

#[test]
fn the_exclusive_method_declares_what_is_used_where_it_is_used() {
    let cases = [
        ("<a xmlns:q='u:q'><b/></a>", "<a><b></b></a>"),
        ("<a xmlns='u:x'><b xmlns='u:x'/></a>", "<a xmlns=\"u:x\"><b></b></a>"),
        ("<a xmlns='u:x'><b xmlns=''/></a>", "<a xmlns=\"u:x\"><b xmlns=\"\"></b></a>"),
        ("<a xmlns='u:x'><p:b xmlns:p='u:p'><c/></p:b></a>", "<a xmlns=\"u:x\"><p:b xmlns:p=\"u:p\"><c></c></p:b></a>"),
        (
            "<a xmlns:p='u:p' xmlns:q='u:q'><p:b/><p:b q:x='' p:x=''/></a>",
            "<a><p:b xmlns:p=\"u:p\"></p:b><p:b xmlns:p=\"u:p\" xmlns:q=\"u:q\" p:x=\"\" q:x=\"\"></p:b></a>",
        ),
        (
            "<p:a xmlns:p='u:1'><p:b xmlns:p='u:2'><p:c xmlns:p='u:1'/></p:b></p:a>",
            "<p:a xmlns:p=\"u:1\"><p:b xmlns:p=\"u:2\"><p:c xmlns:p=\"u:1\"></p:c></p:b></p:a>",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(canonical(text, &Options::EXCLUSIVE), expected, "{text}");
    }
}

#[test]
fn an_inner_element_takes_its_namespaces_along() {
    let document = parse("<a xmlns='u:a' xmlns:p='u:p' xmlns:q='u:q' xml:lang='en'><b xmlns:q='u:r' p:x='1'/></a>");
    let b = document.root().child("b").unwrap();
    let form = |options: &Options<'_>| String::from_utf8(canonicalise(b, options)).unwrap();
    assert_eq!(form(&Options::EXCLUSIVE), "<b xmlns=\"u:a\" xmlns:p=\"u:p\" p:x=\"1\"></b>");
    assert_eq!(
        form(&Options::INCLUSIVE),
        "<b xmlns=\"u:a\" xmlns:p=\"u:p\" xmlns:q=\"u:r\" xml:lang=\"en\" p:x=\"1\"></b>"
    );
    let listed = Options { inclusive_prefixes: &["q"], ..Options::EXCLUSIVE };
    assert_eq!(form(&listed), "<b xmlns=\"u:a\" xmlns:p=\"u:p\" xmlns:q=\"u:r\" p:x=\"1\"></b>");
}

#[test]
fn the_default_namespace_can_be_listed() {
    let document = parse("<a xmlns='u:a'><p:b xmlns:p='u:p'><p:c/></p:b></a>");
    let b = document.root().child("b").unwrap();
    let listed = Options { inclusive_prefixes: &[""], ..Options::EXCLUSIVE };
    let form = String::from_utf8(canonicalise(b, &listed)).unwrap();
    assert_eq!(form, "<p:b xmlns=\"u:a\" xmlns:p=\"u:p\"><p:c></p:c></p:b>");
}

#[test]
fn blank_text_is_dropped_by_the_white_space_of_xml_only() {
    let cases = [
        ("<a> <b>\t\r\n</b>\n</a>", "<a><b></b></a>"),
        ("<a> <b> x </b> </a>", "<a><b> x </b></a>"),
        ("<a><b>\u{A0}</b></a>", "<a><b>\u{A0}</b></a>"),
        ("<a><b>&#32;&#13;</b></a>", "<a><b></b></a>"),
        ("<a> <![CDATA[ ]]> </a>", "<a></a>"),
        ("<a> <![CDATA[x]]> </a>", "<a> x </a>"),
        ("<a> <!--c--> x</a>", "<a> x</a>"),
        ("<a xml:space='preserve'> <b/> </a>", "<a xml:space=\"preserve\"><b></b></a>"),
    ];
    for (text, expected) in cases {
        assert_eq!(canonical(text, &STRIPPED), expected, "{text}");
    }
}

#[test]
fn a_filter_leaves_whole_elements_out() {
    let document = parse("<a><b><c>1</c></b><d>2</d><b/></a>");
    let options = Options::EXCLUSIVE;
    let keep = |element: crate::xml::Element<'_, '_>| element.name() != "b";
    assert_eq!(canonicalise(document.root(), &options.keeping(&keep)), b"<a><d>2</d></a>");
    let none = |_: crate::xml::Element<'_, '_>| false;
    assert_eq!(canonicalise(document.root(), &options.keeping(&none)), b"");
}

/// The examples of Canonical XML 1.0, section 3, that need no document type.
#[test]
fn the_examples_of_the_recommendation_come_out() {
    let text = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n<doc>Hello, \
                world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- Comment 2 -->\n\n<!-- Comment 3 -->";
    let plain = "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!</doc>\n\
                 <?pi-without-data?>";
    let commented = "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!<!-- Comment 1 \
                     --></doc>\n<?pi-without-data?>\n<!-- Comment 2 -->\n<!-- Comment 3 -->";
    assert_eq!(canonicalise_document(&parse(text), &Options::INCLUSIVE), plain.as_bytes());
    assert_eq!(canonicalise_document(&parse(text), &WITH_COMMENTS), commented.as_bytes());

    let text = "<doc>\n   <e1   />\n   <e2   ></e2>\n   <e3   name = \"elem3\"   id=\"elem3\"   />\n   <e5 \
                a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\"\n      \
                xmlns:b=\"http://www.ietf.org\"\n      xmlns:a=\"http://www.w3.org\"\n      \
                xmlns=\"http://example.org\"/>\n   <e6 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n      <e7 \
                xmlns=\"http://www.ietf.org\">\n         <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n            \
                <e9 xmlns=\"\" xmlns:a=\"http://www.ietf.org\"/>\n         </e8>\n      </e7>\n   </e6>\n</doc>";
    let expected = "<doc>\n   <e1></e1>\n   <e2></e2>\n   <e3 id=\"elem3\" name=\"elem3\"></e3>\n   <e5 \
                    xmlns=\"http://example.org\" xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\" \
                    attr=\"I'm\" attr2=\"all\" b:attr=\"sorted\" a:attr=\"out\"></e5>\n   <e6 \
                    xmlns:a=\"http://www.w3.org\">\n      <e7 xmlns=\"http://www.ietf.org\">\n         <e8 \
                    xmlns=\"\">\n            <e9 xmlns:a=\"http://www.ietf.org\"></e9>\n         </e8>\n      \
                    </e7>\n   </e6>\n</doc>";
    assert_eq!(canonical(text, &Options::INCLUSIVE), expected);

    let text = "<doc>\n   <text>First line&#x0d;&#10;Second line</text>\n   <value>&#x32;</value>\n   \
                <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\n   <compute \
                expr='value>\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"'>valid</compute>\n</doc>";
    let expected = "<doc>\n   <text>First line&#xD;\nSecond line</text>\n   <value>2</value>\n   \
                    <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\n   <compute \
                    expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; \
                    ?&quot;valid&quot;:&quot;error&quot;\">valid</compute>\n</doc>";
    assert_eq!(canonical(text, &Options::INCLUSIVE), expected);
}

/// The examples of Exclusive XML Canonicalization 1.0, section 2.2.
#[test]
fn the_exclusive_example_of_the_recommendation_comes_out() {
    let inner = "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff \
                 xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>";
    let around = |start: &str, end: &str| format!("{start}{inner}{end}");
    let first = around("<n0:pdu xmlns:n0='http://a.example' xmlns:n1='http://b.example'>", "</n0:pdu>");
    let second = around(
        "<n2:pdu xmlns:n1='http://example.com' xmlns:n2='http://foo.example' xml:lang='fr' \
                         xml:space='retain'>",
        "</n2:pdu>",
    );
    for text in [first, second] {
        let document = parse(&text);
        let apex = document.root().child("elem2").unwrap();
        assert_eq!(canonicalise(apex, &Options::EXCLUSIVE), inner.as_bytes());
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    /// Pieces that together are sometimes a document and sometimes nearly one.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("<a>"),
            Just("</a>"),
            Just("<b x='1' y=\"2\"/>"),
            Just("<p:c xmlns:p='u:p' p:z=''>"),
            Just("</p:c>"),
            Just("&amp;"),
            Just("&#13;"),
            Just("&x;"),
            Just("<!--c-->"),
            Just("<![CDATA[<]]>"),
            Just("<?p d?>"),
            Just(" "),
            Just("\r\n"),
            Just("t"),
            Just("é"),
            Just("<"),
            Just(">"),
            Just("'"),
            Just("]]>"),
            Just("<a xmlns='u:d'>"),
            Just("<b xmlns=''>"),
            Just("</b>"),
            Just("<!DOCTYPE a>"),
            Just("\u{1}"),
        ];
        proptest::collection::vec(piece, 0..24).prop_map(|all| all.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_give_a_document_or_problems(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            check(&bytes)?;
        }

        #[test]
        fn any_markup_gives_a_document_or_problems(text in pieces(), wrap in any::<bool>()) {
            let text = if wrap { format!("<a>{text}</a>") } else { text };
            check(text.as_bytes())?;
        }
    }

    fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
        let limits = Limits { processing_instructions: true, ..Limits::DEFAULT };
        let document = match Document::parse(bytes, &limits) {
            Ok(document) => document,
            Err(problems) => {
                prop_assert!(problems.iter().count() > 0);
                return Ok(());
            }
        };
        for method in [Method::Exclusive, Method::Inclusive] {
            for drop_blank_text in [false, true] {
                let options = Options { method, comments: true, drop_blank_text, ..Options::EXCLUSIVE };
                let once = canonicalise_document(&document, &options);
                let again = Document::parse(&once, &limits);
                prop_assert!(again.is_ok(), "{:?}", String::from_utf8_lossy(&once));
                prop_assert_eq!(&canonicalise_document(&again.unwrap(), &options), &once);
            }
        }
        for element in document.root().descendants() {
            prop_assert!(element.bytes().starts_with(b"<") && element.bytes().ends_with(b">"));
            let alone = canonicalise(element, &Options::EXCLUSIVE);
            let alone = Document::parse(&alone, &limits).unwrap();
            prop_assert_eq!(alone.root().namespace(), element.namespace());
            prop_assert_eq!(alone.root().name(), element.name());
        }
        Ok(())
    }
}
