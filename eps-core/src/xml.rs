//! XML for signed messages: a hardened reader, navigation, canonicalisation and a writer. Nothing of prescriptions.
//!
//! ```text
//!  bytes ─▶ Document::parse ─▶ Element: name, attribute, child, text, place ─▶ bytes of an element, verbatim
//!                                   └▶ c14n::canonicalise ─▶ bytes to hash
//!  values ─▶ Writer ─▶ bytes, canonical
//! ```
//!
//! The reader accepts XML 1.0 with namespaces, in UTF-8, without a document type; it knows no entities but the five
//! predefined ones, follows no link, and every size is bounded by [`Limits`]. Names, texts and values are borrowed from
//! the input.
//!
//! ```
//! use eps_core::xml::{Document, Limits, c14n};
//! let document = Document::parse(b"<a xmlns='urn:x'><b y='2' x='1'/>t &amp; u</a>", &Limits::DEFAULT)?;
//! let b = document.root().child("b").expect("it is there");
//! assert_eq!((b.namespace(), b.attribute("x")), (Some("urn:x"), Some("1")));
//! assert_eq!(document.root().text(), "t & u");
//! assert_eq!(b.bytes(), b"<b y='2' x='1'/>");
//! let canonical = c14n::canonicalise(b, &c14n::Options::EXCLUSIVE);
//! assert_eq!(canonical, br#"<b xmlns="urn:x" x="1" y="2"></b>"#);
//! # Ok::<(), eps_core::problem::Problems>(())
//! ```

pub mod c14n;
mod chars;
mod document;
mod element;
mod escape;
mod irregularity;
pub mod limits;
mod parse;
mod place;
mod pretty;
mod writer;

use crate::rules::xml as rules;

pub use document::{Document, ElementId};
pub use element::{Attribute, Children, Descendants, Element, Node, Nodes};
pub use irregularity::Irregularity;
pub use limits::Limits;
pub use pretty::pretty;
pub use writer::Writer;
