//! Our canonical forms beside those of libxml2, byte for byte: on the corpus and on generated documents.
//!
//! Needs `xmllint` (package `libxml2-utils`), which knows no prefix list; for these, `xmlsec1` digests what libxml2 makes.
//! Without them the tests say so and pass.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests fail and report like the tests themselves"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use eps_core::xml::c14n::{Method, Options, canonicalise, canonicalise_document};
use eps_core::xml::{Document, Element, Limits};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const METHODS: [(Method, &str); 2] = [(Method::Exclusive, "--exc-c14n"), (Method::Inclusive, "--c14n")];

/// So many documents are generated.
const GENERATED: usize = 5_000;
/// So many go into one run of xmllint, which writes one canonical form after the other.
const BATCH: usize = 250;

fn no_xmllint() -> bool {
    is_missing("xmllint")
}

fn is_missing(tool: &str) -> bool {
    let missing = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err();
    if missing {
        println!("skipped: {tool} is not installed");
    }
    missing
}

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let folder = std::env::var_os("EPS_CORPUS").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no corpus at {}", folder.display());
    None
}

/// What xmllint makes of a file, or `None` if it refuses it.
fn xmllint(option: &str, file: &Path) -> Option<Vec<u8>> {
    let output = Command::new("xmllint").args([option, "--nonet"]).arg(file).output().unwrap();
    output.status.success().then_some(output.stdout)
}

/// xmllint keeps comments.
fn options(method: Method) -> Options<'static> {
    let mut options = Options::EXCLUSIVE;
    options.method = method;
    options.comments = true;
    options
}

fn limits() -> Limits {
    let mut limits = Limits::DEFAULT;
    limits.processing_instructions = true;
    limits
}

fn xml_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            xml_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "xml" || extension == "xsd") {
            into.push(path);
        }
    }
}

#[test]
fn every_document_of_the_corpus_has_the_form_libxml2_gives_it() {
    let Some(corpus) = corpus() else { return };
    if no_xmllint() {
        return;
    }
    let mut files = Vec::new();
    xml_files(&corpus, &mut files);
    files.sort();
    let (mut same, mut refused, mut outside) = (0, 0, 0);
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let ours = Document::parse(&bytes, &limits());
        for (method, option) in METHODS {
            match (&ours, xmllint(option, &file)) {
                (Ok(document), Some(theirs)) => {
                    assert!(canonicalise_document(document, &options(method)) == theirs, "{option} {}", file.display());
                    same += 1;
                }
                (Err(_), None) => refused += 1,
                (Ok(_), None) => panic!("only xmllint refuses {}", file.display()),
                // Some schemas are not in UTF-8; that is beyond what we read, whatever libxml2 does.
                (Err(problems), Some(_)) if problems.names("xml.encoding") => outside += 1,
                (Err(problems), Some(_)) => panic!("only we refuse {}: {problems}", file.display()),
            }
        }
    }
    println!("{same} canonical forms are the same; {refused} times both refused; {outside} were not in UTF-8");
    assert!(same > 200);
}

#[test]
fn generated_documents_have_the_form_libxml2_gives_them() {
    if no_xmllint() {
        return;
    }
    // Always the same documents, so that a failure can be looked at.
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut inner = 0;
    for _ in 0..GENERATED / BATCH {
        let texts: Vec<String> = (0..BATCH).map(|_| document().new_tree(&mut runner).unwrap().current()).collect();
        let documents: Vec<Document<'_>> = texts
            .iter()
            .map(|text| {
                Document::parse(text.as_bytes(), &limits()).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
            })
            .collect();
        for (method, option) in METHODS {
            let whole = texts
                .iter()
                .zip(&documents)
                .map(|(text, document)| (text.clone().into_bytes(), canonicalise_document(document, &options(method))));
            same_forms(option, &whole.collect::<Vec<_>>());
            let elements = documents.iter().filter_map(|document| document.root().descendants().nth(1));
            let parts: Vec<_> = elements
                .map(|element| (on_its_own(element, method), canonicalise(element, &options(method))))
                .collect();
            same_forms(option, &parts);
            inner += parts.len();
        }
    }
    println!("{GENERATED} documents and {inner} elements in them have the same canonical forms");
    assert!(inner > GENERATED / 2);
}

/// What `InclusiveNamespaces` of exclusive canonicalisation may list, and the same as we take it.
const PREFIX_LISTS: [(&str, &[&str]); 6] = [
    ("p", &["p"]),
    ("#default", &[""]),
    ("q r", &["q", "r"]),
    ("r #default p", &["r", "", "p"]),
    ("unknown q", &["unknown", "q"]),
    ("p q r #default", &["p", "q", "r", ""]),
];

#[test]
fn generated_elements_have_the_digest_that_xmlsec1_gives_them_for_a_prefix_list() {
    if is_missing("xmlsec1") {
        return;
    }
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let folder = tempfile::tempdir().unwrap();
    let (mut same, mut told) = (0, 0);
    for _ in 0..GENERATED / BATCH {
        let elements: String = (0..BATCH)
            .map(|at| {
                // What is declared around the element counts as well as what it declares itself.
                let mut some = || attributes().new_tree(&mut runner).unwrap().current();
                let (around, own) = (some(), some());
                let inner = element().new_tree(&mut runner).unwrap().current();
                format!("<o:a xmlns:o='urn:o'{around}><o:e Id='e{at}'{own}>{inner}</o:e></o:a>")
            })
            .collect();
        let text = with_references(&elements);
        let document = Document::parse(text.as_bytes(), &limits()).unwrap_or_else(|problems| panic!("{problems}"));
        let digests = digests_of_xmlsec1(folder.path(), &text);
        let named = document.root().descendants().filter(|it| it.qualified_name() == "o:e");
        for (at, (element, digest)) in named.zip(&digests).enumerate() {
            let (list, prefixes) = PREFIX_LISTS[at % PREFIX_LISTS.len()];
            let mut options = Options::EXCLUSIVE;
            options.inclusive_prefixes = prefixes;
            let form = canonicalise(element, &options);
            let text = String::from_utf8_lossy(element.bytes());
            assert_eq!(&sha256(&form), digest, "{list}\n{text}\n{}", String::from_utf8_lossy(&form));
            same += 1;
            told += usize::from(form != canonicalise(element, &Options::EXCLUSIVE));
        }
    }
    println!("{same} elements have the digest that xmlsec1 gives them, of {told} the prefix list changes the form");
    assert!(same == GENERATED && told > GENERATED / 4);
}

fn sha256(bytes: &[u8]) -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(bytes))
}

/// The elements in one document, with a signature that has a reference to each, not yet made.
fn with_references(elements: &str) -> String {
    const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let reference = |at: usize| {
        let (list, _) = PREFIX_LISTS[at % PREFIX_LISTS.len()];
        format!(
            "<Reference URI='#e{at}'><Transforms><Transform Algorithm='{EXCLUSIVE}'><InclusiveNamespaces \
             xmlns='{EXCLUSIVE}' PrefixList='{list}'/></Transform></Transforms><DigestMethod \
             Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/><DigestValue/></Reference>"
        )
    };
    let references: String = (0..BATCH).map(reference).collect();
    format!(
        "<doc xmlns='urn:d' xmlns:p='urn:p' xmlns:q='urn:q' xmlns:r='urn:r'>{elements}<Signature \
         xmlns='http://www.w3.org/2000/09/xmldsig#'><SignedInfo><CanonicalizationMethod Algorithm='{EXCLUSIVE}'/>\
         <SignatureMethod Algorithm='http://www.w3.org/2001/04/xmldsig-more#hmac-sha256'/>{references}</SignedInfo>\
         <SignatureValue/></Signature></doc>"
    )
}

/// What xmlsec1 writes into each reference.
fn digests_of_xmlsec1(folder: &Path, text: &str) -> Vec<String> {
    std::fs::write(folder.join("key"), "a key for everybody").unwrap();
    std::fs::write(folder.join("elements.xml"), text).unwrap();
    let arguments = ["--sign", "--hmackey", "key", "--id-attr:Id", "urn:o:e", "elements.xml"];
    let output = Command::new("xmlsec1").args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
    let made = Document::parse(&output.stdout, &limits()).unwrap();
    let values = made.root().descendants().filter(|it| it.name() == "DigestValue");
    values.map(|value| value.text().into_owned()).collect()
}

/// Each input has the form that xmllint gives it: all in one run, and one by one where that differs.
fn same_forms(option: &str, pairs: &[(Vec<u8>, Vec<u8>)]) {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<PathBuf> = (0..pairs.len()).map(|number| folder.path().join(format!("{number:03}.xml"))).collect();
    for (name, (input, _)) in names.iter().zip(pairs) {
        std::fs::write(name, input).unwrap();
    }
    let output = Command::new("xmllint").args([option, "--nonet"]).args(&names).output().unwrap();
    let ours: Vec<u8> = pairs.iter().flat_map(|(_, form)| form.iter().copied()).collect();
    if output.status.success() && output.stdout == ours {
        return;
    }
    for (name, (input, form)) in names.iter().zip(pairs) {
        let text = String::from_utf8_lossy(input);
        let theirs = xmllint(option, name).unwrap_or_else(|| panic!("xmllint refuses\n{text}"));
        assert_eq!(String::from_utf8_lossy(form), String::from_utf8_lossy(&theirs), "{option}\n{text}");
    }
    panic!("{option}: all forms are the same one by one, and not together");
}

/// The bytes of an element with the declarations that are in force around it; for the inclusive method, with the
/// `xml:lang` that it takes over as well.
fn on_its_own(element: Element<'_, '_>, method: Method) -> Vec<u8> {
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    let bytes = element.bytes();
    let at = 1 + element.qualified_name().len();
    let tag = String::from_utf8_lossy(&bytes[..bytes.iter().position(|byte| *byte == b'>').unwrap()]);
    let mut whole = bytes[..at].to_vec();
    for (prefix, uri) in element.in_scope_namespaces() {
        let name = if prefix.is_empty() { " xmlns=".to_owned() } else { format!(" xmlns:{prefix}=") };
        if !tag.contains(&name) {
            whole.extend(format!("{name}'{}'", escaped(uri)).bytes());
        }
    }
    let around = std::iter::successors(element.parent(), |around| around.parent());
    let language = around.filter_map(|around| around.attribute_in(XML, "lang")).next();
    if let (Method::Inclusive, Some(language), None) = (method, language, element.attribute_in(XML, "lang")) {
        whole.extend(format!(" xml:lang='{}'", escaped(language)).bytes());
    }
    whole.extend(&bytes[at..]);
    whole
}

fn escaped(value: &str) -> String {
    let reference = |c: char| format!("&#{};", u32::from(c));
    value.chars().map(|c| if c.is_alphanumeric() { c.to_string() } else { reference(c) }).collect()
}

/// A document with everything canonicalisation has to do with, apart from document types.
fn document() -> impl Strategy<Value = String> {
    let around = || proptest::collection::vec(prop_oneof![comment(), instruction()], 0..2);
    (around(), element(), text(), element(), around()).prop_map(|(before, one, text, other, after)| {
        let root = format!("<doc xmlns:p='urn:p' xmlns:q='urn:q'>{one}{text}{other}</doc>");
        format!("<?xml version='1.0'?>{}\n{root}\r\n{}", before.join("\n"), after.join("\n"))
    })
}

fn element() -> impl Strategy<Value = String> {
    let leaf = (name(), attributes()).prop_map(|(name, attributes)| format!("<{name}{attributes}/>"));
    leaf.prop_recursive(4, 24, 4, |child| {
        let content = prop_oneof![4 => child, 3 => text(), 1 => comment(), 1 => instruction(), 1 => cdata()];
        (name(), attributes(), proptest::collection::vec(content, 0..5))
            .prop_map(|(name, attributes, content)| format!("<{name}{attributes}>{}</{name}\n>", content.concat()))
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]", "[pq]:[a-c]", Just("prêt-1".to_owned())]
}

/// Attributes and declarations, none twice.
fn attributes() -> impl Strategy<Value = String> {
    let plain =
        proptest::sample::subsequence(vec!["a", "B", "code", "codeSystem", "é", "p:x", "q:y", "xml:lang"], 0..5);
    let declared = proptest::sample::subsequence(vec!["xmlns", "xmlns:p", "xmlns:q", "xmlns:r"], 0..3);
    // No `&`: libxml2 writes it into a declaration as itself, which nobody can read again.
    let uris = proptest::collection::vec("urn:[pqr]|http://example\\.org/a\\?b=1", 4);
    let values = proptest::collection::vec(value(), 8);
    (plain.prop_shuffle(), declared.prop_shuffle(), uris, values, any::<bool>(), any::<bool>()).prop_map(
        |(plain, declared, uris, values, first, undone)| {
            // Only the default namespace can be undone.
            let uri = |name: &str, uri: &'_ String| if name == "xmlns" && undone { String::new() } else { uri.clone() };
            let declared: String =
                declared.iter().zip(&uris).map(|(name, it)| format!(" {name}='{}'", uri(name, it))).collect();
            let plain: String =
                plain.iter().zip(&values).map(|(name, value)| format!("\t{name} = \"{value}\"")).collect();
            if first { declared + &plain } else { plain + &declared }
        },
    )
}

fn value() -> impl Strategy<Value = String> {
    pieces(&["'", "&quot;", "&lt;", "&gt;", "&#9;", "&#10;", "&#xD;", "\t", "\r\n", "\n"])
}

fn text() -> impl Strategy<Value = String> {
    pieces(&["'", "\"", "&lt;", "&gt;", ">", "&apos;", "&#13;", "\r\n", "\r", "\n", "\t", "]]&gt;"])
}

fn cdata() -> impl Strategy<Value = String> {
    pieces(&["<", "&amp;", ">", "\r\n", "]"]).prop_map(|text| format!("<![CDATA[{}]]>", text.replace("]]>", "]]")))
}

fn comment() -> impl Strategy<Value = String> {
    "[ a&<é]{0,4}".prop_map(|text| format!("<!--{text}-->"))
}

fn instruction() -> impl Strategy<Value = String> {
    "( [a-z&<é]{0,4} ?)?".prop_map(|data| format!("<?target{data}?>"))
}

/// Some of `special` and of what needs no care anywhere.
fn pieces(special: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    let plain = [
        "x",
        " ",
        "&amp;",
        "é",
        "😀",
        "\u{85}",
        "\u{2028}",
        "\u{A0}",
        "\u{7F}",
        "\u{9F}",
        "&#127;",
        "&#x1F600;",
        "&#32;",
    ];
    let all: Vec<&'static str> = special.iter().chain(&plain).copied().collect();
    proptest::collection::vec(proptest::sample::select(all), 0..6).prop_map(|pieces| pieces.concat())
}
