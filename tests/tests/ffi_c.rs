//! The C interface, used from C: the header, the symbols, and programs that run plain, under sanitizers and under valgrind.
#![forbid(unsafe_code)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail and report like the tests themselves"
)]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{LazyLock, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eps_core::ids::CheckCharacters;
use eps_core::model::{Message, SignatureText, Timestamp};
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::provider::RustCrypto;
use eps_core::signature::signer::{self, SoftwareSigner};
use eps_core::signature::{Policy, embed, prepare};
use eps_core::{fhir, hl7v3};
use eps_transport::pki::ThrowAwayPki;

/// What is asked of C and C++ programs.
const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];
/// Undefined behaviour ends the program instead of being told only.
const SANITIZERS: [&str; 4] =
    ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn order() -> PathBuf {
    root().join("eps-transport/data/prescription-order.json")
}

/// The library as a C program gets it.
struct Library {
    folder: tempfile::TempDir,
    /// What the linker has to be told besides.
    system_libraries: Vec<String>,
}

/// With the cryptography that it has by default.
static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::build(&[]));
/// With the fast one.
static FAST_LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::build(&["--features", "aws-lc-rs"]));

impl Library {
    /// Builds the library and copies it away: both kinds have the same file names.
    fn build(features: &[&str]) -> Self {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _turn = ONE_AT_A_TIME.lock().unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root()).args(["rustc", "--quiet", "-p", "eps-ffi", "--lib", "--message-format=json"]);
        let output = cargo.args(features).args(["--", "--print=native-static-libs"]).output().unwrap();
        assert!(output.status.success(), "{}", all(&output));
        let messages: Vec<serde_json::Value> =
            output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
        let artifact = messages.iter().rfind(|message| message["target"]["name"] == "eps_ffi").unwrap();
        let folder = tempfile::tempdir().unwrap();
        for file in
            artifact["filenames"].as_array().unwrap().iter().filter_map(serde_json::Value::as_str).map(Path::new)
        {
            std::fs::copy(file, folder.path().join(file.file_name().unwrap())).unwrap();
        }
        let note = messages.iter().filter_map(|message| message["message"]["message"].as_str());
        let libraries = note.filter_map(|note| note.strip_prefix("native-static-libs: ")).next().unwrap();
        Self { folder, system_libraries: libraries.split(' ').map(str::to_owned).collect() }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// The files that the programs read: an order, the same signed and then changed, and what it takes to verify it.
struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    /// In the order of the last arguments of `calls`.
    const NAMES: [&str; 6] = ["signed.xml", "changed.xml", "ca.pem", "sub-ca.der", "list.pem", "ca-list.crl"];

    /// Everything dated `now`, seconds since 1970.
    fn at(now: i64) -> Self {
        let now = Timestamp::from_unix(now);
        let pki = ThrowAwayPki::generate(now, "555000000001", "A_PRESCRIBER").unwrap();
        let signed = signed_order(&pki, now);
        let changed = signed.replace("value=\"21\"", "value=\"22\"");
        assert_ne!(signed, changed, "the order has a quantity of 21");
        let [root_list, list] = pki.revocation_lists();
        let (root, list) = (pem("CERTIFICATE", pki.root()), pem("X509 CRL", list));
        let bytes =
            [signed.as_bytes(), changed.as_bytes(), root.as_bytes(), pki.signing_ca(), list.as_bytes(), root_list];
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in Self::NAMES.iter().zip(bytes) {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The arguments of `calls`.
    fn all(&self) -> Vec<PathBuf> {
        let shipped = [order(), root().join("eps-ffi/tests/c/release.json")];
        shipped.into_iter().chain(Self::NAMES.iter().map(|name| self.path(name))).collect()
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

/// The order of this project as a signed HL7 v3 message.
fn signed_order(pki: &ThrowAwayPki, now: Timestamp) -> String {
    let context = fhir::Context {
        now,
        from: "200000000001".parse().unwrap(),
        to: "200000000002".parse().unwrap(),
        author: None,
        identifier_references: fhir::IdentifierReferences::Refused,
        check_characters: CheckCharacters::Required,
        release_ids: None,
    };
    let mut envelope = fhir::read(&std::fs::read(order()).unwrap(), &context).unwrap();
    let Message::Prescription(prescription) = &mut envelope.message else { panic!("the order is a prescription") };
    prescription.author.time = now;
    let provider = RustCrypto::new();
    let prepared = prepare::prepared(&hl7v3::write_fragments(prescription), Algorithm::Rs256, &provider);
    let key = SoftwareSigner::new(pki.prescriber_key(), pki.prescriber()).unwrap();
    let signed = signer::sign(&key, prepared.signed_info, &Policy::production(), &provider, now).unwrap();
    let element = String::from_utf8(embed::signature_element(&signed)).unwrap();
    prescription.author.signature = SignatureText::Element(element.into());
    String::from_utf8(hl7v3::write(&envelope)).unwrap()
}

/// The time that `calls` lives at: 2022-02-01T00:00:00Z.
const NOW: i64 = 1_643_673_600;

static FILES: LazyLock<Files> = LazyLock::new(|| Files::at(NOW));

/// Runs a command and gives what it wrote; `None` where there is no such program.
fn run(command: &mut Command) -> Option<Output> {
    match command.output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => panic!("{command:?}: {error}"),
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Everything that a program wrote, for messages of failed assertions.
fn all(output: &Output) -> String {
    format!("{}\n{}{}", output.status, stdout(output), String::from_utf8_lossy(&output.stderr))
}

/// A C program, built and linked with the static library.
struct Program {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Program {
    fn build(source: &str, flags: &[&str]) -> Self {
        Self::link(source, flags, &LIBRARY)
    }

    fn link(source: &str, flags: &[&str], library: &Library) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        let mut cc = Command::new("cc");
        cc.arg("-std=c11").args(WARNINGS).args(flags).arg(format!("-DVERSION=\"{}\"", env!("CARGO_PKG_VERSION")));
        cc.arg("-I").arg(root().join("eps-ffi/include")).arg(root().join(source)).arg(library.file("libeps_ffi.a"));
        let output = cc.args(&library.system_libraries).arg("-o").arg(&path).output().unwrap();
        assert!(output.status.success(), "{}", all(&output));
        Self { path, _folder: folder }
    }

    fn run<P: AsRef<OsStr>>(&self, arguments: &[P]) -> Output {
        let mut command = Command::new(&self.path);
        // Leaks are what the sanitizer is asked for here, whatever it does by default.
        command.env("ASAN_OPTIONS", "detect_leaks=1").args(arguments).output().unwrap()
    }

    /// Whether the address and the undefined-behaviour sanitizer are really in the program.
    fn is_sanitized(&self) -> [bool; 2] {
        let symbols = run(Command::new("nm").arg(&self.path)).expect("nm stands beside cc");
        ["__asan_init", "__ubsan_handle_"].map(|symbol| stdout(&symbols).contains(symbol))
    }
}

const CALLS: &str = "eps-ffi/tests/c/calls.c";
const LEAK: &str = "eps-ffi/tests/c/leak.c";
const JOURNEY: &str = "examples/c/journey.c";

/// The functions that the header declares.
fn declared() -> BTreeSet<String> {
    let header = std::fs::read_to_string(root().join("eps-ffi/include/eps.h")).unwrap();
    let code = header.lines().filter(|line| !line.trim_start().starts_with(['*', '/', '#']));
    let functions = code.filter_map(|line| {
        let before = line.split_once('(')?.0;
        let name = before.rsplit([' ', '*']).next()?;
        name.starts_with("eps_").then(|| name.to_owned())
    });
    functions.collect()
}

#[test]
fn the_library_exports_what_the_header_declares() {
    let output = run(Command::new("nm").args(["-D", "--defined-only"]).arg(LIBRARY.file("libeps_ffi.so"))).unwrap();
    let exported: BTreeSet<String> =
        stdout(&output).lines().filter_map(|line| line.rsplit(' ').next()).map(str::to_owned).collect();
    assert_eq!(exported, declared());
    assert!(exported.contains("eps_convert"));
}

#[test]
fn the_header_is_c_and_cpp() {
    let header = root().join("eps-ffi/include/eps.h");
    let compilers: [(&str, &[&str]); 4] = [
        ("cc", &["-std=c11", "-x", "c"]),
        ("cc", &["-std=c17", "-Wstrict-prototypes", "-x", "c"]),
        ("c++", &["-std=c++11", "-x", "c++"]),
        ("c++", &["-std=c++20", "-x", "c++"]),
    ];
    for (compiler, flags) in compilers {
        let mut command = Command::new(compiler);
        let command = command.args(WARNINGS).arg("-fsyntax-only").args(flags).arg(&header);
        match run(command) {
            Some(output) => assert!(output.status.success(), "{command:?}\n{}", all(&output)),
            None => println!("SKIPPED: no {compiler}"),
        }
    }
}

/// The first fenced block of a language.
fn fenced<'t>(text: &'t str, language: &str) -> &'t str {
    text.split_once(&format!("```{language}\n")).unwrap().1.split_once("```").unwrap().0
}

#[test]
fn the_documented_function_compiles() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("readme.c");
    std::fs::write(&source, fenced(&std::fs::read_to_string(root().join("eps-ffi/README.md")).unwrap(), "c")).unwrap();
    let mut cc = Command::new("cc");
    cc.arg("-std=c11").args(WARNINGS).args(["-fsyntax-only", "-I"]).arg(root().join("eps-ffi/include")).arg(source);
    let output = cc.output().unwrap();
    assert!(output.status.success(), "{}", all(&output));
}

#[test]
fn the_documented_compile_line_names_what_the_library_needs() {
    let readme = std::fs::read_to_string(root().join("examples/c/README.md")).unwrap();
    let line = fenced(&readme, "sh").replace("\\\n", "");
    let named: Vec<&str> = line.split_whitespace().filter(|word| word.starts_with("-l")).collect();
    assert_eq!(named, LIBRARY.system_libraries);
    for flag in WARNINGS {
        assert!(line.contains(flag), "{flag}");
    }
}

#[test]
fn every_call_holds_whatever_it_is_given() {
    let program = Program::build(CALLS, &[]);
    let output = program.run(&FILES.all());
    assert!(output.status.success() && stdout(&output).ends_with(" 0 failures\n"), "{}", all(&output));
    assert_eq!(program.is_sanitized(), [false, false]);
}

#[test]
fn every_call_holds_under_sanitizers() {
    let program = Program::build(CALLS, &SANITIZERS);
    let output = program.run(&FILES.all());
    assert!(output.status.success() && stdout(&output).ends_with(" 0 failures\n"), "{}", all(&output));
    assert_eq!(program.is_sanitized(), [true, true]);
}

#[test]
fn every_call_holds_with_the_fast_cryptography() {
    let program = Program::link(CALLS, &SANITIZERS, &FAST_LIBRARY);
    let output = program.run(&FILES.all());
    assert!(output.status.success() && stdout(&output).ends_with(" 0 failures\n"), "{}", all(&output));
    let symbols = |program: &Program| stdout(&run(Command::new("nm").arg(&program.path)).unwrap());
    assert!(symbols(&program).contains("aws_lc"), "the feature was not taken");
    assert!(!symbols(&Program::build(CALLS, &[])).contains("aws_lc"), "it is taken by default");
}

#[test]
fn an_object_that_is_not_freed_is_found() {
    let leaking = Program::build(LEAK, &SANITIZERS);
    let output = leaking.run::<&OsStr>(&[]);
    assert!(!output.status.success() && all(&output).contains("detected memory leaks"), "{}", all(&output));
    // Without the sanitizer it is an ordinary program.
    assert!(Program::build(LEAK, &[]).run::<&OsStr>(&[]).status.success());
}

#[test]
fn valgrind_finds_nothing_in_any_call() {
    let program = Program::build(CALLS, &["-g"]);
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=definite,indirect"]);
    match run(valgrind.args(["--errors-for-leak-kinds=definite,indirect"]).arg(&program.path).args(FILES.all())) {
        Some(output) => assert!(output.status.success(), "{}", all(&output)),
        None => println!("SKIPPED: no valgrind"),
    }
}

#[test]
fn the_example_converts_an_order() {
    for flags in [&[][..], &SANITIZERS] {
        let output = Program::build(JOURNEY, flags).run(&[&order()]);
        assert!(output.status.success(), "{}", all(&output));
        let told = stdout(&output);
        assert!(told.starts_with(&format!("eps {}\n", env!("CARGO_PKG_VERSION"))), "{told}");
        assert!(told.contains("bytes of HL7 v3"), "{told}");
        assert!(told.contains(r#"{"name":"algorithm","valueString":"RS256"}"#), "{told}");
    }
}

#[test]
fn the_example_verifies_a_signed_message_and_refuses_a_changed_one() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let files = Files::at(i64::try_from(now.as_secs()).unwrap());
    for flags in [&[][..], &SANITIZERS] {
        let program = Program::build(JOURNEY, flags);
        let run = |name| program.run(&[order(), files.path(name), files.path("ca.pem"), files.path("sub-ca.der")]);
        let good = run("signed.xml");
        assert!(good.status.success() && stdout(&good).contains("\"verified\":true"), "{}", all(&good));
        let changed = run("changed.xml");
        assert_eq!(changed.status.code(), Some(1), "{}", all(&changed));
        assert!(stdout(&changed).contains("verify: refused (EPS_STATUS_SIGNATURE_REFUSED)"), "{}", all(&changed));
        assert!(stdout(&changed).contains("signature.content"), "{}", all(&changed));
    }
}

#[test]
fn the_example_shows_where_an_order_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let spoilt = folder.path().join("spoilt.json");
    let good = std::fs::read_to_string(order()).unwrap();
    std::fs::write(&spoilt, good.replace("\"prescription-order\"", "\"prescription-odour\"")).unwrap();
    for flags in [&[][..], &SANITIZERS] {
        let program = Program::build(JOURNEY, flags);
        let output = program.run(&[&spoilt]);
        assert_eq!(output.status.code(), Some(1), "{}", all(&output));
        let told = stdout(&output);
        assert!(told.contains("EPS_STATUS_MESSAGE_REFUSED"), "{told}");
        assert!(told.contains("Bundle.entry[0].resource.eventCoding.code (line "), "{told}");
        assert_eq!(program.run::<&OsStr>(&[]).status.code(), Some(2));
        assert_eq!(program.run(&["/no/such/file"]).status.code(), Some(3));
    }
}
