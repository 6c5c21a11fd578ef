//! What reading costs at the least.

use std::hint::black_box;

use quick_xml::events::Event;

/// One pass over events and attributes, which are not even checked for duplicates: what reading the XML costs at the
/// least.
pub(crate) fn quick_xml_pass(bytes: &[u8]) -> usize {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let mut seen = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return seen,
            Event::Start(tag) | Event::Empty(tag) => {
                for attribute in tag.attributes().with_checks(false) {
                    black_box(attribute.unwrap().value);
                    seen += 1;
                }
            }
            other @ (Event::End(_)
            | Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_)) => {
                black_box(&other);
            }
        }
    }
}
