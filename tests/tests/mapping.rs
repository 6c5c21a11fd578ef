//! The mapping tables: they know every value of every published message, they say what the code does, and the page says them.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use eps_core::mapping::{Direction, How, Kind, Leaf, Row, Table, leaves, report};
use eps_tests::movement::{Movement, Pool, bases, convert, movements};
use eps_tests::wire::{cut_out, filled};

/// Every published message that can be converted, on its way to the other wire.
fn published() -> Vec<Vec<u8>> {
    let Some(corpus) = eps_tests::corpus() else { return Vec::new() };
    let all = ["nhs-examples", "fhir-dispensing", "spine-responses", "dispenser-pack"];
    let files = all.iter().flat_map(|folder| eps_tests::files(&corpus.join(folder), &|_| true));
    let texts = files.filter_map(|path| std::fs::read_to_string(path).ok());
    // The pack holds a job role in the place of a role profile id.
    let xml = |text: &str| cut_out(&filled(text)).replace("extension=\"R1290\"", "extension=\"100102238986\"");
    texts.map(|text| if text.trim_start().starts_with('{') { text } else { xml(&text) }.into_bytes()).collect()
}

#[test]
fn no_value_of_a_published_message_is_unmapped() {
    let mut counts: BTreeMap<(Direction, Kind), usize> = BTreeMap::new();
    let (mut lines, mut unknown) = (BTreeMap::<How, usize>::new(), BTreeSet::new());
    let published = published();
    for source in &published {
        let Some(converted) = convert(source) else { continue };
        let Some(table) = converted.kind.and_then(|kind| Table::of(kind, converted.direction)) else { continue };
        *counts.entry((table.direction, table.kind)).or_default() += 1;
        for line in report(table, source, &converted.bytes).unwrap().lines {
            *lines.entry(line.how).or_default() += 1;
            if line.how == How::Unmapped {
                unknown.insert(format!("{:?} {:?} {:?} {:?}", table.direction, table.kind, line.fhir, line.hl7v3));
            }
        }
    }
    println!("{counts:?}: {lines:?}");
    assert!(published.is_empty() || counts.len() > 14, "{} kinds", counts.len());
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn every_value_of_both_messages_has_its_line() {
    let mut unmapped = BTreeSet::new();
    for (name, source) in bases() {
        let Some(converted) = convert(&source) else { continue };
        let Some(table) = converted.kind.and_then(|kind| Table::of(kind, converted.direction)) else { continue };
        let report = report(table, &source, &converted.bytes).unwrap();
        let (fhir, hl7v3) = match table.direction {
            Direction::ToHl7v3 => (&source, &converted.bytes),
            Direction::ToFhir => (&converted.bytes, &source),
        };
        let told = |side: fn(&eps_core::mapping::Line) -> Option<&String>| -> BTreeSet<String> {
            report.lines.iter().filter_map(side).cloned().collect()
        };
        let paths = |bytes| -> BTreeSet<String> { leaves(bytes).unwrap().into_iter().map(|leaf| leaf.path).collect() };
        assert_eq!(told(|line| line.fhir.as_ref()), paths(fhir), "{name}");
        assert_eq!(told(|line| line.hl7v3.as_ref()), paths(hl7v3), "{name}");
        let lines = report.lines.iter().filter(|line| line.how == How::Unmapped);
        unmapped.extend(lines.map(|line| format!("{name}: {:?} {:?}", line.fhir, line.hl7v3)));
    }
    assert!(unmapped.is_empty(), "{unmapped:#?}");
}

/// What was seen of one path of the source, over all messages of a kind.
#[derive(Default)]
struct Seen {
    values: usize,
    tried: usize,
    converted: usize,
    moved: BTreeMap<String, bool>,
}

/// Who prescribes and who answers for it may be one person, who has two codes then; told apart, each has one.
const TOLD_APART: &str = "Practitioner.identifier(din-number)";

/// What is wrong with a table, and its rows that were seen at work.
struct Check<'t> {
    table: &'t Table,
    wrong: Vec<String>,
    at_work: BTreeSet<String>,
}

/// A row by which it is found again.
fn name(row: &Row) -> String {
    format!("{} -> {} {}", row.from, row.to, row.how.word())
}

impl Check<'_> {
    fn path(&mut self, key: &str, seen: &Seen) {
        let rows = self.table.rows_from(key);
        let Some(first) = rows.first() else {
            self.wrong.push(format!("{key} is not in the table"));
            return;
        };
        let is_person = key.ends_with("agentPerson/id/@extension") || key.ends_with("agentPerson/id/@root");
        let moved = seen.moved.iter().filter(|(to, _)| is_person || !to.starts_with(TOLD_APART));
        let moved: Vec<_> = moved.map(|(to, became)| (to.as_str(), *became)).collect();
        if first.how == How::Dropped {
            self.dropped(key, first, &moved, seen);
        } else if rows.iter().all(|row| row.to.is_empty()) {
            self.selects(key, first, &moved, seen);
        } else {
            self.sent(key, &rows, &moved, seen);
        }
    }

    /// A dropped value moves nothing, and is no reason to refuse the message.
    fn dropped(&mut self, key: &str, row: &Row, moved: &[(&str, bool)], seen: &Seen) {
        if !moved.is_empty() {
            self.wrong.push(format!("{key} is dropped by {}, and moves {moved:?}", row.from));
        } else if seen.converted == 0 && seen.tried > 0 {
            self.wrong.push(format!("{key} is dropped by {}, and may not be changed", row.from));
        }
        self.at_work.insert(name(row));
    }

    /// A value from which something follows as a whole moves something, or may not be changed.
    fn selects(&mut self, key: &str, row: &Row, moved: &[(&str, bool)], seen: &Seen) {
        if moved.is_empty() && seen.converted == seen.tried && seen.values > FEW {
            self.wrong.push(format!("nothing follows from {key}, by {}", row.from));
        }
        self.at_work.insert(name(row));
    }

    /// A carried or derived value moves what the table says, and nothing else.
    fn sent(&mut self, key: &str, rows: &[&'static Row], moved: &[(&str, bool)], seen: &Seen) {
        for (to, became) in moved {
            let of: Vec<_> = rows.iter().filter(|row| Table::matches(row.to, to)).collect();
            if of.is_empty() {
                self.wrong.push(format!("{key} moves {to}"));
            }
            let proven = of.iter().filter(|row| *became || row.how == How::Derived);
            self.at_work.extend(proven.map(|row| name(row)));
        }
        if moved.is_empty() && seen.converted > 0 && seen.values > FEW {
            self.wrong.push(format!("{key} moves nothing of {:?}", rows.iter().map(|row| row.to).collect::<Vec<_>>()));
        }
    }
}

impl Seen {
    /// So many values of a path are changed in all messages of a kind: more where a change may be hidden by another value.
    fn enough(&self, table: &Table, key: &str) -> usize {
        if table.rows_from(key).first().is_some_and(|row| row.how == How::Dropped) {
            6
        } else if self.is_settled() {
            12
        } else {
            50
        }
    }

    /// Whether something follows from the values.
    fn is_settled(&self) -> bool {
        !self.moved.is_empty() || self.converted < self.tried
    }
}

/// A value that so few messages have may be hidden by another; that its row is at work somewhere is asked all the same.
const FEW: usize = 4;

/// Rows that no message at hand puts to work: an organisation that licenses itself or is named by identifier alone, a
/// dispenser who is licensed, a code that another goes before, and a prescription that fulfils another.
const IDLE: &[&str] = &[
    "*/pertinentPrescription/inFulfillmentOf/*",
    "//performer/AgentPerson/representedOrganization/healthCareProviderLicense/",
    "Organization.identifier(ods-organization-code).value -> //healthCareProviderLicense/",
    "Organization.name -> //healthCareProviderLicense/",
    "Practitioner.identifier(gmp-number).value",
    "PractitionerRole.organization.display",
    "PractitionerRole.organization.identifier.value -> //representedOrganization/",
];

#[test]
fn the_tables_to_hl7v3_say_what_the_code_does() {
    check(Direction::ToHl7v3);
}

#[test]
fn the_tables_to_fhir_say_what_the_code_does() {
    check(Direction::ToFhir);
}

/// Changes every value of every message that goes in a direction, and compares what moves with what the tables say.
fn check(direction: Direction) {
    let published = published();
    let bases: Vec<_> = bases().into_iter().map(|(_, message)| message).chain(published.iter().cloned()).collect();
    let bases: Vec<_> = bases.into_iter().filter(|message| Direction::of(message) == direction).collect();
    let bases: Vec<_> = bases.into_iter().filter(|message| convert(message).is_some()).collect();
    let mut pool = Pool::default();
    bases.iter().for_each(|message| pool.add(message));
    let mut seen: BTreeMap<(Direction, Kind), BTreeMap<String, Seen>> = BTreeMap::new();
    for message in &bases {
        let Some(converted) = convert(message) else { continue };
        let Some(kind) = converted.kind else { continue };
        let Some(table) = Table::of(kind, converted.direction) else { continue };
        let paths = seen.entry((converted.direction, kind)).or_default();
        let mut here: BTreeMap<String, usize> = BTreeMap::new();
        let mut wanted = |leaf: &Leaf| {
            let count = here.entry(leaf.key.clone()).or_default();
            *count += 1;
            let seen = paths.get(&leaf.key);
            *count <= if seen.is_some_and(Seen::is_settled) { 3 } else { 12 }
                && seen.is_none_or(|seen| seen.values < seen.enough(table, &leaf.key))
        };
        let movements = movements(message, &pool, &mut wanted);
        for Movement { leaf, tried, converted, moved } in movements {
            let path = paths.entry(leaf.key).or_default();
            path.values += 1;
            path.tried += tried;
            path.converted += converted;
            moved.into_iter().for_each(|(to, became)| *path.moved.entry(to).or_default() |= became);
        }
    }
    let (mut wrong, mut at_work, mut rows) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for table in Table::all().filter(|table| table.direction == direction) {
        let mut check = Check { table, wrong: Vec::new(), at_work: BTreeSet::new() };
        let paths = seen.remove(&(table.direction, table.kind)).unwrap_or_default();
        assert!(!paths.is_empty(), "no message for {:?} {:?}", table.direction, table.kind);
        paths.iter().for_each(|(key, seen)| check.path(key, seen));
        wrong.extend(check.wrong.iter().map(|what| format!("{:?} {:?}: {what}", table.direction, table.kind)));
        let named = |row: &'static Row| format!("{:?} {}", table.direction, name(row));
        at_work.extend(check.at_work.iter().map(|row| format!("{:?} {row}", table.direction)));
        rows.extend(table.rows().filter(|row| row.how != How::Defaulted).map(named));
    }
    // Hardly any message but a published one has some of the values that are read past.
    let idle = rows.difference(&at_work).filter(|row| !IDLE.iter().any(|known| row.contains(known)));
    let idle = idle.map(|row| format!("never at work: {row}"));
    wrong.extend(idle.filter(|_| !published.is_empty()));
    println!("{} rows, {} of them at work", rows.len(), at_work.len());
    assert!(wrong.is_empty(), "{} lines are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn page() -> String {
    let mut page = String::from(
        "# What becomes of each field\n\nThe page is generated from the tables in the code: after a change, run\n\
         `EPS_BLESS=1 cargo test -p eps-tests --all-features --test mapping`. `eps convert FILE --report` says the same for one\n\
         message.\n\n\
         FHIR paths start at a resource; extensions and identifiers go by the last part of their URL. XPaths start anywhere, and\n\
         `interaction` is the root element, whatever its id. `*` stands for anything. Where several lines match a field, the\n\
         longest path is meant; what holds of everything below a field goes first. A derived field without a target is one from\n\
         which something follows as a whole: it says what the value beside it is, or joins resources.\n\n\
         A rebuilt dispense history, a query and a stored document have no form in FHIR.\n",
    );
    for table in Table::all() {
        let (from, to) = match table.direction {
            Direction::ToHl7v3 => ("FHIR", "HL7 v3"),
            Direction::ToFhir => ("HL7 v3", "FHIR"),
        };
        writeln!(page, "\n## {} to {}\n\n| {from} | {to} | Is | Note |\n|---|---|---|---|", table.from, table.to)
            .unwrap();
        for row in table.rows() {
            let cell = |text: &str| if text.is_empty() { String::from("-") } else { format!("`{text}`") };
            writeln!(page, "| {} | {} | {} | {} |", cell(row.from), cell(row.to), row.how.word(), row.note).unwrap();
        }
    }
    page
}

#[test]
fn the_mapping_page_says_what_the_tables_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/mapping.md");
    let page = page();
    if std::env::var_os("EPS_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/mapping.md is out of date: run EPS_BLESS=1 cargo test -p eps-tests --test mapping");
}
