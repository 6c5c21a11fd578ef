//! What Spine's JSON answers about prescriptions must obey to be read.

const ANSWERS: &str = "NHSDigital/electronic-prescription-service-api, coordinator tests, tracker answers; \
     NHSDigital/electronic-prescription-service-clinical-prescription-tracker, examples";

rules! {
    /// The document is an answer.
    ANSWER = Fatal("tracker.answer", "structure") {
        requires: "An answer of Spine's tracker or search is a JSON object with statusCode, or with Response.",
        applies: "the document of an answer",
        fix: "Send the body of Spine's answer as it is.",
        source: ANSWERS,
    }
    /// A member has its JSON type.
    TYPE = Error("tracker.type", "structure") {
        requires: "A member of an answer has the JSON type that Spine gives it: values are texts, groups are objects.",
        applies: "every member of an answer",
        fix: "Send the body of Spine's answer as it is.",
        source: ANSWERS,
    }
    /// A mandatory member is there.
    MISSING = Error("tracker.missing", "required") {
        requires: "A mandatory member of an answer is there and not empty.",
        applies: "the status code, and the id, NHS number, status and treatment type of every prescription",
        fix: "Send the member that the problem names.",
        source: ANSWERS,
    }
    /// A text can be carried.
    TEXT = Error("tracker.text", "value") {
        requires: "A text holds only characters that XML 1.0 allows, and a code or an id no white space.",
        applies: "every text, code and id of an answer",
        fix: "Remove the characters.",
        source: ANSWERS,
    }
    /// A code is in its vocabulary.
    CODE = Error("tracker.code", "code-invalid") {
        requires: "A status, reason or treatment type of a search answer or of metadata is in its vocabulary.",
        applies: "every status, reason and treatment type of a search answer or of the metadata of a prescription",
        fix: "Send the code, four digits, or the words of a cancellation reason.",
        source: ANSWERS,
    }
    /// Words stand for a code.
    WORDS = Error("tracker.words", "code-invalid") {
        requires: "A status or treatment type of a tracker answer is told in the tracker's own words.",
        applies: "every status and treatment type of a tracker answer",
        fix: "Send the words of Spine, such as To Be Dispensed.",
        source: ANSWERS,
    }
    /// A time has its form.
    TIME = Error("tracker.time", "value") {
        requires: "A time is the first 8 to 14 digits of YYYYMMDDHHmmss, and exists.",
        applies: "every time of an answer",
        fix: "Send the time in that form, or an empty text where there is none.",
        source: ANSWERS,
    }
    /// A number is a number.
    NUMBER = Error("tracker.number", "value") {
        requires: "A count is 1 to 9 digits, a quantity a decimal number.",
        applies: "every count and quantity of an answer",
        fix: "Send the number in plain decimal.",
        source: ANSWERS,
    }
    /// The products supplied are JSON.
    COMPONENTS = Error("tracker.components", "structure") {
        requires: "The products supplied of an item are a JSON list of objects with product, quantity, narrative and dosage.",
        applies: "componentsLineItem1 to 4 of the metadata of a prescription",
        fix: "Send the list as it was before lines were broken.",
        source: ANSWERS,
    }
    /// A flag is true or false.
    FLAG = Error("tracker.flag", "value") {
        requires: "A flag is True or False.",
        applies: "whether cancellations are pending",
        fix: "Send True or False.",
        source: ANSWERS,
    }
}
