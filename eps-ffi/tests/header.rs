//! The checked-in header is the one that the sources give.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a helper of tests fails and reports like the test itself")]

use std::path::Path;

use cbindgen::{Builder, Config, EnumConfig, ExportConfig, Language, RenameRule, Style};

/// The sources in the order in which the header tells them.
const SOURCES: [&str; 8] = ["version", "status", "text", "error", "ids", "context", "message", "signature"];

const PREAMBLE: &str = "\
/*
 * The C interface of the Electronic Prescription Service library.
 *
 * Generated from the sources of eps-ffi, whose README has the rules of ownership, threads and lifetimes. Do not edit:
 * EPS_BLESS=1 cargo test -p eps-ffi --test header
 */";

fn generated() -> String {
    let config = Config {
        language: Language::C,
        header: Some(PREAMBLE.into()),
        include_guard: Some("EPS_H".into()),
        cpp_compat: true,
        no_includes: true,
        sys_includes: vec!["stddef.h".into(), "stdint.h".into()],
        usize_is_size_t: true,
        style: Style::Both,
        line_length: 100,
        enumeration: EnumConfig { rename_variants: RenameRule::QualifiedScreamingSnakeCase, ..EnumConfig::default() },
        // No function names it: what comes from C is a number.
        export: ExportConfig { include: vec!["eps_policy".into()], ..ExportConfig::default() },
        ..Config::default()
    };
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let builder = SOURCES.iter().fold(Builder::new().with_config(config), |builder, name| {
        builder.with_src(sources.join(name).with_extension("rs"))
    });
    let mut header = Vec::new();
    builder.generate().unwrap().write(&mut header);
    String::from_utf8(header).unwrap()
}

#[test]
fn the_checked_in_header_is_the_generated_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/eps.h");
    let generated = generated();
    if std::env::var_os("EPS_BLESS").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap();
    assert!(checked_in == generated, "eps.h is not up to date: EPS_BLESS=1 cargo test -p eps-ffi --test header");
}
