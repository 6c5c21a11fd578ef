//! The rules of well-formedness. The limits have theirs in [`limits`](super::limits).

use crate::problem::Rule;

/// The input is not UTF-8, or says that it is something else.
pub static ENCODING: Rule = Rule::fatal(
    "xml.encoding",
    "structure",
    "An XML document must be encoded in UTF-8, and its declaration must not name another encoding.",
    "Send UTF-8 and declare encoding=\"UTF-8\" or nothing.",
);
/// A character that XML 1.0 does not allow, written as itself.
pub static CHARACTER: Rule = Rule::fatal(
    "xml.character",
    "structure",
    "A document must hold only characters that XML 1.0 allows.",
    "Remove control characters other than tab, line feed and carriage return.",
);
/// Broken markup.
pub static SYNTAX: Rule = Rule::fatal(
    "xml.syntax",
    "structure",
    "The document must be well-formed XML 1.0.",
    "Write the document with an XML library.",
);
/// An end tag without its start tag, or the other way round.
pub static TAGS: Rule = Rule::fatal(
    "xml.tags",
    "structure",
    "Every element must be closed by an end tag of the same name, innermost first.",
    "Write the document with an XML library.",
);
/// No document element, two of them, or text around it.
pub static ROOT: Rule = Rule::fatal(
    "xml.root",
    "structure",
    "A document must be one element, with nothing but comments and white space around it.",
    "Send exactly one XML document, without text before or after it.",
);
/// A document type declaration.
pub static DOCTYPE: Rule = Rule::fatal(
    "xml.doctype",
    "security",
    "A document must not have a document type declaration.",
    "Remove the DOCTYPE and replace its entities by what they stand for.",
);
/// An XML declaration that is wrong or in the wrong place.
pub static DECLARATION: Rule = Rule::error(
    "xml.declaration",
    "structure",
    "An XML declaration must stand at the very start and name version 1.0.",
    "Start with <?xml version=\"1.0\" encoding=\"UTF-8\"?> or without a declaration.",
);
/// A processing instruction where none is allowed.
pub static INSTRUCTION: Rule = Rule::error(
    "xml.processing-instruction",
    "structure",
    "A document must not hold processing instructions.",
    "Remove the processing instruction.",
);
/// A reference to something that is not predefined, or to a character that XML does not allow.
pub static REFERENCE: Rule = Rule::error(
    "xml.reference",
    "structure",
    "A reference must be one of &amp; &lt; &gt; &quot; &apos; or name a character that XML 1.0 allows.",
    "Write the character itself, and a lone ampersand as &amp;.",
);
/// Two attributes of one name.
pub static DUPLICATE_ATTRIBUTE: Rule = Rule::error(
    "xml.attribute.duplicate",
    "duplicate",
    "An element must not have two attributes of the same name.",
    "Remove one of the attributes.",
);
/// A prefix that nobody declared.
pub static PREFIX: Rule = Rule::error(
    "xml.namespace.prefix",
    "structure",
    "Every prefix must be declared by the element or one around it.",
    "Declare the prefix with an xmlns attribute.",
);
/// A declaration that Namespaces in XML 1.0 does not allow.
pub static NAMESPACE: Rule = Rule::error(
    "xml.namespace.declaration",
    "structure",
    "A declared prefix must stand for a namespace, and xml and xmlns only for their own.",
    "Remove the namespace declaration or give it its URI.",
);
