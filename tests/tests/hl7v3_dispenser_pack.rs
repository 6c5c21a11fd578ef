//! The dispenser test pack and Spine's own replies are read, and what is read is written and read back the same.

#![cfg(test)]

use std::path::Path;

use eps_core::hl7v3;
use eps_core::problem::Problems;
use eps_tests::{corpus, files};

const GUID: &str = "5F4C9A70-1111-4C3B-9E0A-0123456789AB";
const TIME: &str = "20260302101500";
const ASID: &str = "200000000001";

/// What is truly wrong in a folder: the text, what mends it, the rule it breaks, and the reason.
struct Fault {
    text: &'static str,
    mended: &'static str,
    rule: &'static str,
    reason: &'static str,
}

/// Reads every file, and checks that writing and reading again changes nothing. A file with faults is refused for them
/// alone, and read once they are mended.
fn read_all(folder: &str, wanted: &dyn Fn(&str) -> bool, message: impl Fn(&Path, &str) -> String, faults: &[Fault]) {
    let Some(corpus) = corpus() else { return };
    let paths = files(&corpus.join(folder), wanted);
    let mut wrong = Vec::new();
    let mut met = vec![false; faults.len()];
    for path in &paths {
        let mut text = message(path, &std::fs::read_to_string(path).unwrap());
        let unmended = text.clone();
        let mut rules = Vec::new();
        for (fault, met) in faults.iter().zip(&mut met).filter(|(fault, _)| unmended.contains(fault.text)) {
            text = text.replace(fault.text, fault.mended);
            rules.push(fault.rule);
            *met = true;
        }
        if let Err(problems) = identity(text.as_bytes()) {
            wrong.push(format!("{}: {problems}", path.display()));
        }
        if !rules.is_empty() {
            let problems = hl7v3::read(unmended.as_bytes()).unwrap_err();
            assert!(problems.iter().all(|problem| rules.contains(&problem.rule.id)), "{}: {problems}", path.display());
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), paths.len(), wrong.join("\n\n"));
    assert!(!paths.is_empty());
    for (fault, met) in faults.iter().zip(met) {
        assert!(met, "no file of {folder} has {} any more ({})", fault.text, fault.reason);
    }
    println!("{} of {folder}", paths.len());
}

const ROLE_PROFILE: Fault = Fault {
    text: "extension=\"R1290\"",
    mended: "extension=\"100102238986\"",
    rule: "ids.sds",
    reason: "a job role stands where the role profile id belongs",
};

const REQUEST_FAULTS: &[Fault] = &[
    ROLE_PROFILE,
    Fault {
        text: "extension=\"2300992742\"",
        mended: "extension=\"9990548609\"",
        rule: "ids.nhs-number",
        reason: "the check digit is wrong",
    },
    Fault {
        text: "extension=\"Chain20??\"",
        mended: "extension=\"9142DC-A99968-11EB9M\"",
        rule: "ids.prescription-id.form",
        reason: "a placeholder that the pack does not fill",
    },
    Fault {
        text: "<id root=\"9147DF-C81007-00001U\"/>",
        mended: "<id root=\"5F4C9A70-2222-4C3B-9E0A-0123456789AB\"/>",
        rule: "ids.uuid",
        reason: "a prescription id stands where the id of the release response belongs",
    },
    Fault {
        text: "<author typeCode=\"AUT\">...</author>",
        mended: "<author><AgentPerson><representedOrganization/></AgentPerson></author>",
        rule: "hl7v3.element.missing",
        reason: "the pack leaves the author to whoever uses it",
    },
];

fn identity(bytes: &[u8]) -> Result<(), Problems> {
    let envelope = hl7v3::read(bytes)?;
    let written = hl7v3::write(&envelope);
    assert_eq!(hl7v3::read(&written), Ok(envelope));
    Ok(())
}

/// A payload in a transmission wrapper.
fn wrapped(interaction: &str, payload: &str) -> String {
    let payload = payload.find("?>").map_or(payload, |end| &payload[end + 2..]);
    let device = format!("<device><id root=\"1.2.826.0.1285.0.2.0.107\" extension=\"{ASID}\"/></device>");
    format!(
        "<{interaction} xmlns=\"urn:hl7-org:v3\"><id root=\"{GUID}\"/><creationTime value=\"{TIME}\"/>\
         <interactionId root=\"2.16.840.1.113883.2.1.3.2.4.12\" extension=\"{interaction}\"/>\
         <communicationFunctionRcv>{device}</communicationFunctionRcv>\
         <communicationFunctionSnd>{device}</communicationFunctionSnd>\
         <ControlActEvent><subject>{payload}</subject></ControlActEvent></{interaction}>"
    )
}

/// A template with its placeholders filled.
fn filled(template: &str) -> String {
    let mut parts = template.split("__");
    let mut text = parts.next().unwrap_or_default().to_owned();
    while let (Some(name), Some(rest)) = (parts.next(), parts.next()) {
        text += match name {
            name if name.contains("TIMESTAMP") => TIME,
            name if name.contains("ASID") || name.contains("SND") => ASID,
            _ => GUID,
        };
        text += rest;
    }
    text
}

/// The HL7 v3 part of what came over the wire: the element of the first interaction.
fn cut_out(wire: &str) -> String {
    let Some(start) = ["PORX_IN", "MCCI_IN"].iter().filter_map(|id| element_of(wire, id)).min() else {
        return wire.to_owned();
    };
    let name: String =
        wire[start + 1..].chars().take_while(|c| c.is_alphanumeric() || matches!(c, ':' | '_')).collect();
    let end_tag = format!("</{name}>");
    let end = wire.rfind(&end_tag).map_or(wire.len(), |end| end + end_tag.len());
    // The namespaces may be declared further out.
    let (tag, rest) = wire[start..end].split_at(name.len() + 1);
    let start_tag = rest.split('>').next().unwrap_or_default();
    let outside: String = ["xmlns", "xmlns:hl7"]
        .iter()
        .filter(|name| !start_tag.contains(&format!("{name}=")))
        .map(|name| format!(" {name}=\"urn:hl7-org:v3\""))
        .collect();
    format!("{tag}{outside}{rest}")
}

/// Where an element whose name begins with this starts, with or without a prefix.
fn element_of(wire: &str, id: &str) -> Option<usize> {
    wire.match_indices(id).find_map(|(at, _)| {
        let before = &wire[..at];
        let start = before.rfind('<')?;
        let prefix = &before[start + 1..];
        (prefix.is_empty() || (prefix.ends_with(':') && prefix[..prefix.len() - 1].chars().all(char::is_alphanumeric)))
            .then_some(start)
    })
}

#[test]
fn every_request_of_the_pack_is_read() {
    let interaction = |path: &Path| path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    let message = |path: &Path, text: &str| wrapped(&interaction(path), text);
    read_all("dispenser-pack/requests", &|_| true, message, REQUEST_FAULTS);
}

#[test]
fn every_response_of_the_pack_is_read() {
    read_all("dispenser-pack/responses", &|_| true, |_, text| cut_out(&filled(text)), &[ROLE_PROFILE]);
}

#[test]
fn every_reply_of_spine_is_read() {
    read_all("spine-responses", &|name| name.ends_with(".xml"), |_, text| cut_out(text), &[]);
}
