//! How much a document may hold. Every limit bounds memory or time that the input could otherwise blow up.

use crate::problem::Rule;

/// The document is longer than [`Limits::bytes`].
pub static BYTES: Rule = Rule::fatal(
    "xml.limit.bytes",
    "too-long",
    "An XML document must not be longer than the limit.",
    "Send less in one message.",
);
/// Elements are nested deeper than [`Limits::depth`].
pub static DEPTH: Rule = Rule::fatal(
    "xml.limit.depth",
    "too-costly",
    "Elements must not be nested deeper than the limit.",
    "Remove the nesting that the message schema does not have.",
);
/// An element has more attributes than [`Limits::attributes`].
pub static ATTRIBUTES: Rule = Rule::fatal(
    "xml.limit.attributes",
    "too-costly",
    "An element must not have more attributes than the limit.",
    "Remove the attributes that the message schema does not have.",
);
/// A text or an attribute value is longer than [`Limits::text`].
pub static TEXT: Rule = Rule::fatal(
    "xml.limit.text",
    "too-long",
    "A text or attribute value must not be longer than the limit.",
    "Shorten the text.",
);
/// The document has more nodes than [`Limits::nodes`].
pub static NODES: Rule = Rule::fatal(
    "xml.limit.nodes",
    "too-costly",
    "A document must not have more elements, texts and comments than the limit.",
    "Send less in one message.",
);
/// More namespaces are declared than [`Limits::namespaces`], or a longer one than [`Limits::namespace_bytes`].
pub static NAMESPACES: Rule = Rule::fatal(
    "xml.limit.namespaces",
    "too-costly",
    "A document must not use more or longer namespace names than the limits, nor declare too many at one place.",
    "Declare only the namespaces that the message needs.",
);

/// What a document may hold at most, and whether processing instructions are allowed.
///
/// ```
/// use eps_core::xml::Limits;
/// let mut limits = Limits::DEFAULT;
/// limits.depth = 8;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the whole document, at most 4 GiB.
    pub bytes: usize,
    /// Elements around each other; the document element has depth 1.
    pub depth: usize,
    /// Attributes of one element, namespace declarations included.
    pub attributes: usize,
    /// Bytes of one attribute value, or of the text between two tags, as written.
    pub text: usize,
    /// Elements, texts, CDATA sections, comments and processing instructions together.
    pub nodes: usize,
    /// Different namespaces in the document; also: declarations in scope at one place.
    pub namespaces: usize,
    /// Bytes of one namespace name.
    pub namespace_bytes: usize,
    /// Whether processing instructions are read (and kept) instead of refused.
    pub processing_instructions: bool,
}

impl Limits {
    /// The limits for a message from outside.
    ///
    /// - 4 MiB: a release of 25 prescriptions measures about 0.6 MiB with white space;
    /// - depth 64, 32 attributes, 16 KiB of text: customary for signed XML; the deepest HL7 message has some 20 levels, no more
    ///   than 7 attributes, and texts of less than 3 KiB (a certificate);
    /// - 200,000 nodes: some 25 bytes each at 4 MiB, which is denser than any message, and 16 MiB of memory;
    /// - 64 namespaces: an ebXML envelope has 5;
    /// - 256 bytes for a namespace name: the canonical form repeats it at every element that uses it first, so that a
    ///   long one would blow up; the longest in use has less than 100.
    pub const DEFAULT: Self = Self {
        bytes: 4 * 1024 * 1024,
        depth: 64,
        attributes: 32,
        text: 16 * 1024,
        nodes: 200_000,
        namespaces: 64,
        namespace_bytes: 256,
        processing_instructions: false,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
