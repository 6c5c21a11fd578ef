//! The rules of well-formedness, and of the [limits](crate::xml::limits).

const XML_ENCODING: &str =
    "XML 1.0 (fifth edition), 4.3.3 Character Encoding in Entities; the manual's messages are UTF-8";
const XML_CHARACTERS: &str = "XML 1.0 (fifth edition), 2.2 Characters";
const XML_WELL_FORMED: &str = "XML 1.0 (fifth edition), 2.1 Well-Formed XML Documents";
const XML_TAGS: &str = "XML 1.0 (fifth edition), 3 Logical Structures: element type match";
const XML_PROLOG: &str = "XML 1.0 (fifth edition), 2.8 Prolog and Document Type Declaration";
const XML_REFERENCES: &str = "XML 1.0 (fifth edition), 4.1 Character and Entity References";
const NAMESPACES_UNIQUE: &str = "Namespaces in XML 1.0 (third edition), 6.3 Uniqueness of Attributes";
const NAMESPACES_DECLARED: &str = "Namespaces in XML 1.0 (third edition), 3 Declaring Namespaces";
const HARDENING: &str = "this library: what no signed message needs and an attacker may use";
const LIMITS: &str = "this library: what bounds memory and time";

rules! {
    /// The input is not UTF-8, or says that it is something else.
    ENCODING = Fatal("xml.encoding", "structure") {
        requires: "An XML document must be encoded in UTF-8, and its declaration must not name another encoding.",
        applies: "every XML document",
        fix: "Send UTF-8 and declare encoding=\"UTF-8\" or nothing.",
        source: XML_ENCODING,
    }
    /// A character that XML 1.0 does not allow, written as itself.
    CHARACTER = Fatal("xml.character", "structure") {
        requires: "A document must hold only characters that XML 1.0 allows.",
        applies: "every XML document",
        fix: "Remove control characters other than tab, line feed and carriage return.",
        source: XML_CHARACTERS,
    }
    /// Broken markup.
    SYNTAX = Fatal("xml.syntax", "structure") {
        requires: "The document must be well-formed XML 1.0.",
        applies: "every XML document",
        fix: "Write the document with an XML library.",
        source: XML_WELL_FORMED,
    }
    /// An end tag without its start tag, or the other way round.
    TAGS = Fatal("xml.tags", "structure") {
        requires: "Every element must be closed by an end tag of the same name, innermost first.",
        applies: "every element",
        fix: "Write the document with an XML library.",
        source: XML_TAGS,
    }
    /// No document element, two of them, or text around it.
    ROOT = Fatal("xml.root", "structure") {
        requires: "A document must be one element, with nothing but comments and white space around it.",
        applies: "every XML document",
        fix: "Send exactly one XML document, without text before or after it.",
        source: XML_WELL_FORMED,
    }
    /// A document type declaration.
    DOCTYPE = Fatal("xml.doctype", "security") {
        requires: "A document must not have a document type declaration.",
        applies: "every XML document",
        fix: "Remove the DOCTYPE and replace its entities by what they stand for.",
        source: HARDENING,
    }
    /// An XML declaration that is wrong or in the wrong place.
    DECLARATION = Error("xml.declaration", "structure") {
        requires: "An XML declaration must stand at the very start and name version 1.0.",
        applies: "every XML declaration",
        fix: "Start with <?xml version=\"1.0\" encoding=\"UTF-8\"?> or without a declaration.",
        source: XML_PROLOG,
    }
    /// A processing instruction where none is allowed.
    INSTRUCTION = Error("xml.processing-instruction", "structure") {
        requires: "A document must not hold processing instructions.",
        applies: "every XML document that is not read with leave for processing instructions",
        fix: "Remove the processing instruction.",
        source: HARDENING,
    }
    /// A reference to something that is not predefined, or to a character that XML does not allow.
    REFERENCE = Error("xml.reference", "structure") {
        requires: "A reference must be one of &amp; &lt; &gt; &quot; &apos; or name a character that XML 1.0 allows.",
        applies: "every text and attribute value",
        fix: "Write the character itself, and a lone ampersand as &amp;.",
        source: XML_REFERENCES,
    }
    /// Two attributes of one name.
    DUPLICATE_ATTRIBUTE = Error("xml.attribute.duplicate", "duplicate") {
        requires: "An element must not have two attributes of the same name.",
        applies: "every element",
        fix: "Remove one of the attributes.",
        source: NAMESPACES_UNIQUE,
    }
    /// A prefix that nobody declared.
    PREFIX = Error("xml.namespace.prefix", "structure") {
        requires: "Every prefix must be declared by the element or one around it.",
        applies: "every name with a prefix",
        fix: "Declare the prefix with an xmlns attribute.",
        source: NAMESPACES_DECLARED,
    }
    /// A declaration that Namespaces in XML 1.0 does not allow.
    NAMESPACE = Error("xml.namespace.declaration", "structure") {
        requires: "A declared prefix must stand for a namespace, and xml and xmlns only for their own.",
        applies: "every namespace declaration",
        fix: "Remove the namespace declaration or give it its URI.",
        source: NAMESPACES_DECLARED,
    }
    /// The document is longer than [`Limits::bytes`](crate::xml::Limits::bytes).
    LIMIT_BYTES = Fatal("xml.limit.bytes", "too-long") {
        requires: "An XML document must not be longer than the limit.",
        applies: "every XML document",
        fix: "Send less in one message.",
        source: LIMITS,
    }
    /// Elements are nested deeper than [`Limits::depth`](crate::xml::Limits::depth).
    LIMIT_DEPTH = Fatal("xml.limit.depth", "too-costly") {
        requires: "Elements must not be nested deeper than the limit.",
        applies: "every element",
        fix: "Remove the nesting that the message schema does not have.",
        source: LIMITS,
    }
    /// An element has more attributes than [`Limits::attributes`](crate::xml::Limits::attributes).
    LIMIT_ATTRIBUTES = Fatal("xml.limit.attributes", "too-costly") {
        requires: "An element must not have more attributes than the limit.",
        applies: "every element",
        fix: "Remove the attributes that the message schema does not have.",
        source: LIMITS,
    }
    /// A text or an attribute value is longer than [`Limits::text`](crate::xml::Limits::text).
    LIMIT_TEXT = Fatal("xml.limit.text", "too-long") {
        requires: "A text or attribute value must not be longer than the limit.",
        applies: "every text and attribute value",
        fix: "Shorten the text.",
        source: LIMITS,
    }
    /// The document has more nodes than [`Limits::nodes`](crate::xml::Limits::nodes).
    LIMIT_NODES = Fatal("xml.limit.nodes", "too-costly") {
        requires: "A document must not have more elements, texts and comments than the limit.",
        applies: "every XML document",
        fix: "Send less in one message.",
        source: LIMITS,
    }
    /// More namespaces are declared than [`Limits::namespaces`](crate::xml::Limits::namespaces), or a longer one than [`Limits::namespace_bytes`](crate::xml::Limits::namespace_bytes).
    LIMIT_NAMESPACES = Fatal("xml.limit.namespaces", "too-costly") {
        requires: "A document must not use more or longer namespace names than the limits, nor declare too many at one place.",
        applies: "every XML document",
        fix: "Declare only the namespaces that the message needs.",
        source: LIMITS,
    }
}
