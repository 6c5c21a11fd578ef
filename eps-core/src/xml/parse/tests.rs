use crate::problem::{Place, Problems};
use crate::xml::{Document, Element, Limits, Node};

fn problems(text: impl AsRef<[u8]>) -> Problems {
    Document::parse(text.as_ref(), &Limits::DEFAULT).map(|_| ()).unwrap_err()
}

/// The id of the only problem, and its line and column.
fn refused(text: impl AsRef<[u8]>) -> (&'static str, (usize, usize)) {
    let text = text.as_ref();
    let problems = problems(text);
    let all: Vec<_> = problems.iter().collect();
    assert_eq!(all.len(), 1, "{:?} in {:?}", all, String::from_utf8_lossy(text));
    let at = match all[0].place {
        Place::Position { line, column } | Place::Xml { line, column, .. } => (line, column),
        Place::Document | Place::Json { .. } => (0, 0),
    };
    (all[0].rule.id, at)
}

fn with(limits: Limits, text: &str) -> Result<(), &'static str> {
    Document::parse(text.as_bytes(), &limits).map(|_| ()).map_err(|all| all.iter().next().unwrap().rule.id)
}

#[test]
fn a_document_can_be_walked() {
    let text = "<?xml version='1.0' encoding='utf-8'?>\r\n<!-- c --><a xmlns=\"u:1\" xmlns:p='u:2'>\r\n <p:b p:x='1' x='2'/>\
                t<![CDATA[<u>]]>&lt;<b/></a >\n";
    let document = Document::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
    let a = document.root();
    assert_eq!((a.name(), a.namespace(), a.parent()), ("a", Some("u:1"), None));
    let children: Vec<_> = a.children().collect();
    assert_eq!(
        children.iter().map(|b| (b.name(), b.prefix(), b.namespace())).collect::<Vec<_>>(),
        [("b", "p", Some("u:2")), ("b", "", Some("u:1"))]
    );
    let b = children[0];
    assert_eq!((b.attribute("x"), b.attribute_in("u:2", "x"), b.attribute("y")), (Some("2"), Some("1"), None));
    assert_eq!(b.attributes().map(|x| (x.qualified_name(), x.value())).collect::<Vec<_>>(), [("p:x", "1"), ("x", "2")]);
    assert_eq!(b.bytes(), b"<p:b p:x='1' x='2'/>");
    assert_eq!(b.parent(), Some(a));
    assert_eq!(a.text(), "\n t<u><");
    assert_eq!(a.descendants().map(Element::name).collect::<Vec<_>>(), ["a", "b", "b"]);
    assert!(a.nodes().any(|node| matches!(node, Node::CData("<u>"))));
    assert_eq!(children[1].in_scope_namespaces(), [("", "u:1"), ("p", "u:2")]);
    assert_eq!(document.element(b.id()), Some(b));
    assert_eq!(a.child("b"), Some(b));
    assert_eq!(a.bytes(), &text.as_bytes()[text.find("<a").unwrap()..text.len() - 1]);
}

#[test]
fn places_are_paths_with_indexes() {
    let text = b"\xEF\xBB\xBF<r><x/><p:y xmlns:p='u:p'/><y>\n <z a='1' b='2'/></y></r>";
    let document = Document::parse(text, &Limits::DEFAULT).unwrap();
    let z = document.root().children().nth(2).unwrap().child("z").unwrap();
    let xml = |xpath: &str, line, column| Place::Xml { xpath: xpath.to_owned(), line, column };
    assert_eq!(z.place(), xml("/r/y[2]/z[1]", 2, 2));
    assert_eq!(z.attribute_place("b"), xml("/r/y[2]/z[1]/@b", 2, 11));
    assert_eq!(z.attribute_place("c"), xml("/r/y[2]/z[1]/@c", 2, 2));
    assert_eq!(z.attributes().nth(1).unwrap().place(), z.attribute_place("b"));
}

#[test]
fn the_debug_form_shows_no_content() {
    let document = Document::parse(b"<a secret='secret'>secret</a>", &Limits::DEFAULT).unwrap();
    let shown = format!("{document:?} {:?} {:?}", document.root(), document.root().attributes().next());
    assert!(!shown.replace("@secret", "").contains("secret"), "{shown}");
}

#[test]
fn values_and_texts_are_normalised() {
    let text = "<a v='1\t2\r\n3\n4\r5&#10;6&#x9;&#13;'>1\r\n2\r3&#13;</a>";
    let document = Document::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
    assert_eq!(document.root().attribute("v"), Some("1 2 3 4 5\n6\t\r"));
    assert_eq!(document.root().text(), "1\n2\n3\r");
}

#[test]
fn what_is_not_xml_is_refused_where_it_is() {
    let cases: &[(&[u8], &str, (usize, usize))] = &[
        (b"", "xml.root", (1, 1)),
        (b" \n", "xml.root", (2, 1)),
        (b"hello", "xml.root", (1, 1)),
        (b"<a/>\n x", "xml.root", (2, 2)),
        (b"<a/><b/>", "xml.root", (1, 5)),
        (b"<a/>&amp;", "xml.root", (1, 5)),
        (b"<a/><![CDATA[]]>", "xml.root", (1, 5)),
        (b"\xEF\xBB\xBF\xEF\xBB\xBF<a/>", "xml.root", (1, 4)),
        (b"\n<a>\xFF</a>", "xml.encoding", (2, 4)),
        (b"\xFE\xFF\0<\0a\0/\0>", "xml.encoding", (1, 1)),
        (b"<a>\n\x01</a>", "xml.character", (2, 1)),
        ("<a>\u{FFFE}</a>".as_bytes(), "xml.character", (1, 4)),
        (b"<a>\0</a>", "xml.character", (1, 4)),
        (b"<a><b></a>", "xml.tags", (1, 7)),
        (b"<a>", "xml.tags", (1, 4)),
        (b"</a>", "xml.tags", (1, 1)),
        (b"<a></b>", "xml.tags", (1, 4)),
        (b"<a></ a>", "xml.tags", (1, 4)),
        (b"<a></a b>", "xml.tags", (1, 4)),
        (b"<p:a xmlns:p='u:u' xmlns:q='u:u'></q:a>", "xml.tags", (1, 34)),
        (b"<", "xml.syntax", (1, 1)),
        (b"<a", "xml.syntax", (1, 3)),
        (b"<a b='>", "xml.syntax", (1, 7)),
        (b"<a ?>", "xml.syntax", (1, 4)),
        (b"<a / >", "xml.syntax", (1, 4)),
        (b"<a></a", "xml.tags", (1, 4)),
        (b"<?xml version='1.0'/?><a/>", "xml.declaration", (1, 1)),
        (b"< a/>", "xml.syntax", (1, 2)),
        (b"<>", "xml.syntax", (1, 2)),
        (b"<a b/>", "xml.syntax", (1, 5)),
        (b"<a b='1'c='2'/>", "xml.syntax", (1, 9)),
        (b"<a b='<'/>", "xml.syntax", (1, 7)),
        (b"<a>]]></a>", "xml.syntax", (1, 4)),
        (b"<a><!-- -- --></a>", "xml.syntax", (1, 9)),
        (b"<a><!b></a>", "xml.syntax", (1, 4)),
        (b"<a><!-- </a>", "xml.syntax", (1, 4)),
        (b"<a><![CDATA[ </a>", "xml.syntax", (1, 4)),
        (b"<!DOCTYPE a [<!ENTITY e 'boo'>]><a>&e;</a>", "xml.doctype", (1, 1)),
        (b"<!doctype a><a/>", "xml.doctype", (1, 1)),
        (b"<!DOCTYPE a [", "xml.doctype", (1, 1)),
        (b" <?xml version='1.0'?><a/>", "xml.declaration", (1, 2)),
        (b"<?xml version='1.1'?><a/>", "xml.declaration", (1, 7)),
        (b"<?xml encoding='UTF-8'?><a/>", "xml.declaration", (1, 7)),
        (b"<?xml?><a/>", "xml.declaration", (1, 1)),
        (b"<?xml version='1.0' version='1.0'?><a/>", "xml.declaration", (1, 21)),
        (b"<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "xml.encoding", (1, 21)),
        (b"<a><?p d?></a>", "xml.processing-instruction", (1, 4)),
        (b"<a><?XML d?></a>", "xml.syntax", (1, 4)),
        (b"<a>x &nbsp; y</a>", "xml.reference", (1, 6)),
        (b"<a>x & y</a>", "xml.reference", (1, 6)),
        (b"<a>x &#1; y</a>", "xml.reference", (1, 6)),
        (b"<a>x &#1", "xml.reference", (1, 6)),
        (b"<a x='&e;'/>", "xml.reference", (1, 4)),
        (b"<a x='1' y='' x='1'/>", "xml.attribute.duplicate", (1, 15)),
        (b"<a xmlns='u:1' xmlns='u:1'/>", "xml.attribute.duplicate", (1, 16)),
        (b"<a xmlns:p='u:1' xmlns:q='u:1' p:x='' q:x=''/>", "xml.attribute.duplicate", (1, 39)),
        (b"<p:a/>", "xml.namespace.prefix", (1, 1)),
        (b"<a><b xmlns:p='u:u'/><c p:x=''/></a>", "xml.namespace.prefix", (1, 25)),
        (b"<xmlns:a/>", "xml.namespace.prefix", (1, 1)),
        (b"<a xmlns:p=''/>", "xml.namespace.declaration", (1, 4)),
        (b"<a xmlns:xml='u:u'/>", "xml.namespace.declaration", (1, 4)),
        (b"<a xmlns:xmlns='u:u'/>", "xml.namespace.declaration", (1, 4)),
        (b"<a xmlns='http://www.w3.org/XML/1998/namespace'/>", "xml.namespace.declaration", (1, 4)),
        (b"<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", "xml.namespace.declaration", (1, 4)),
    ];
    for (text, id, at) in cases {
        if *text == b"<a>x &#1" {
            assert!(problems(text).names(id));
            continue;
        }
        assert_eq!(refused(text), (*id, *at), "{:?}", String::from_utf8_lossy(text));
    }
}

#[test]
fn all_problems_are_reported_in_order() {
    let found = problems("<a b='1' b='2'>&x;<p:c/>&y;<?z?></a>");
    let ids: Vec<_> = found.iter().map(|problem| problem.rule.id).collect();
    assert_eq!(
        ids,
        [
            "xml.attribute.duplicate",
            "xml.reference",
            "xml.namespace.prefix",
            "xml.reference",
            "xml.processing-instruction"
        ]
    );
    let places: Vec<_> = found.iter().map(|problem| problem.place.to_string()).collect();
    assert_eq!(places[2], "/a/c[1] (line 1, column 19)");
}

#[test]
fn the_list_of_problems_is_bounded() {
    assert_eq!(problems(format!("<a>{}</a>", "&x;".repeat(1000))).iter().count(), super::MAX_PROBLEMS);
    assert_eq!(problems(format!("<a>{}</a>", "\u{1}".repeat(1000))).iter().count(), super::MAX_PROBLEMS);
}

#[test]
fn every_limit_holds_at_its_value_and_refuses_one_more() {
    let cases: [(&str, &str, &str, Limits); 7] = [
        ("xml.limit.bytes", "<a/>", "<ab/>", Limits { bytes: 4, ..Limits::DEFAULT }),
        ("xml.limit.depth", "<a><b/></a>", "<a><b><c/></b></a>", Limits { depth: 2, ..Limits::DEFAULT }),
        (
            "xml.limit.attributes",
            "<a b='' xmlns='u:u'/>",
            "<a b='' c='' xmlns='u:u'/>",
            Limits { attributes: 2, ..Limits::DEFAULT },
        ),
        ("xml.limit.text", "<a b='123'>123</a>", "<a>1234</a>", Limits { text: 3, ..Limits::DEFAULT }),
        ("xml.limit.text", "<a><![CDATA[123]]></a>", "<a b='1234'/>", Limits { text: 3, ..Limits::DEFAULT }),
        ("xml.limit.nodes", "<a>1<b/></a>", "<a>1<b/>2</a>", Limits { nodes: 3, ..Limits::DEFAULT }),
        (
            "xml.limit.namespaces",
            "<a><b xmlns='u:1'/><b xmlns='u:1'/></a>",
            "<a><b xmlns='u:1'/><b xmlns='u:2'/></a>",
            Limits { namespaces: 1, ..Limits::DEFAULT },
        ),
    ];
    for (id, good, bad, limits) in cases {
        assert_eq!(with(limits, good), Ok(()), "{id}");
        assert_eq!(with(limits, bad), Err(id), "{id}");
    }
    let short = Limits { namespace_bytes: 3, ..Limits::DEFAULT };
    assert_eq!(with(short, "<a xmlns='u:1'/>"), Ok(()));
    assert_eq!(with(short, "<a xmlns='u:12'/>"), Err("xml.limit.namespaces"));
    let deep = format!("{}{}", "<a>".repeat(64), "</a>".repeat(64));
    assert_eq!(with(Limits::DEFAULT, &deep), Ok(()));
    assert_eq!(with(Limits::DEFAULT, &format!("<a>{deep}</a>")), Err("xml.limit.depth"));
}

#[test]
fn processing_instructions_are_kept_where_allowed() {
    let limits = Limits { processing_instructions: true, ..Limits::DEFAULT };
    let document = Document::parse(b"<a><?p  d e ?><?q?></a>", &limits).unwrap();
    let kept: Vec<_> = document
        .root()
        .nodes()
        .map(|node| match node {
            Node::ProcessingInstruction(text) => text,
            Node::Element(_) | Node::Text(_) | Node::CData(_) | Node::Comment(_) => "",
        })
        .collect();
    assert_eq!(kept, ["p d e ", "q"]);
}
