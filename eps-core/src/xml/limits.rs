//! How much a document may hold. Every limit bounds memory or time that the input could otherwise blow up.

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
