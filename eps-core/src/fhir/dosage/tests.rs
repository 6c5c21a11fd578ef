use proptest::prelude::*;

use super::*;
use crate::fhir::json::Json;
use crate::problem::Place;

fn dosage(json: &str) -> Result<String, Problems> {
    let json = Json::parse(json.as_bytes()).unwrap();
    let root = json.root();
    let dosages: Vec<_> = if root.is_array() { root.items().collect() } else { vec![root] };
    dosage_text(&dosages)
}

/// A dosage with only this `timing.repeat`.
fn repeat(members: &str) -> Result<String, Problems> {
    dosage(&format!(r#"{{"timing":{{"repeat":{{{members}}}}}}}"#))
}

/// Rule id, pointer and message of the only problem.
fn only_problem(result: Result<String, Problems>) -> (&'static str, String, String) {
    let problems: Vec<_> = result.unwrap_err().into_iter().collect();
    let [problem] = problems.as_slice() else { panic!("one problem, not {}", problems.len()) };
    let Place::Json { pointer, .. } = &problem.place else { panic!("a JSON place") };
    (problem.rule.id, pointer.clone(), problem.message.as_str().to_owned())
}

#[test]
fn every_part_stands_in_its_order() {
    let all = r#"{
        "text": "ignored",
        "patientInstruction": "when migraine recurs",
        "additionalInstruction": [{"coding": [{"display": "Contains aspirin"}]}],
        "timing": {
            "event": ["2021-06-24"],
            "repeat": {
                "boundsDuration": {"value": 3, "unit": "day"}, "count": 2,
                "duration": 2, "durationMax": 12, "durationUnit": "h",
                "frequency": 2, "period": 1, "periodUnit": "d",
                "dayOfWeek": ["mon"], "timeOfDay": ["12:00:00"], "when": ["ACD"], "offset": 60
            }
        },
        "asNeededBoolean": true,
        "site": {"coding": [{"display": "Right arm"}]},
        "route": {"coding": [{"display": "subcutaneous route"}]},
        "method": {"coding": [{"display": "Apply"}]},
        "doseAndRate": [
            {"doseQuantity": {"value": 100, "unit": "milligram"}},
            {"rateQuantity": {"value": 10, "unit": "milligram per kilogram and hour"}}
        ],
        "maxDosePerPeriod": {"numerator": {"value": 200, "unit": "milligram"}, "denominator": {"value": 24, "unit": "hour"}},
        "maxDosePerAdministration": {"value": 20, "unit": "milligram"},
        "maxDosePerLifetime": {"value": 2000, "unit": "milligram"}
    }"#;
    let text = "Apply 100 milligram - at a rate of 10 milligram per kilogram and hour - over 2 hours (maximum 12 hours) - \
         twice a day - 1 hour before lunch - on Monday at 12:00 - subcutaneous route - Right arm - as required - for 3 days \
         - take twice - on 24/06/2021 - up to a maximum of 200 milligram in 24 hours - up to a maximum of 20 milligram per \
         dose - up to a maximum of 2000 milligram for the lifetime of the patient - Contains aspirin - when migraine recurs";
    assert_eq!(dosage(all).unwrap(), text);
}

#[test]
fn several_dosages_are_grouped_by_their_sequence() {
    let tablets = |sequence: u8, value: &str, more: &str| {
        let dose = format!(r#"{{"doseQuantity":{{"value":{value},"unit":"tablet"}}}}"#);
        format!(r#"{{"sequence":{sequence},"doseAndRate":[{dose}],{more}}}"#)
    };
    let daily = r#""timing":{"repeat":{"period":1,"periodUnit":"d"}}"#;
    let week = r#""timing":{"repeat":{"period":1,"periodUnit":"d","boundsDuration":{"value":1,"unit":"week"}}}"#;
    let needed = r#""asNeededBoolean":true"#;
    let two = format!("[{},{}]", tablets(1, "2", daily), tablets(1, "1", needed));
    assert_eq!(dosage(&two).unwrap(), "2 tablet - daily, and 1 tablet - as required");
    let parts = [tablets(2, "1", week), tablets(1, "2", week), tablets(2, "0.5", needed), tablets(1, "1", needed)];
    assert_eq!(
        dosage(&format!("[{}]", parts.join(","))).unwrap(),
        "2 tablet - daily - for 1 week, and 1 tablet - as required, then 1 tablet - daily - for 1 week, and 0.5 tablet - as required"
    );
    assert_eq!(dosage("[]").unwrap(), "");
}

#[test]
fn doses_and_rates() {
    let dose = |member: &str| dosage(&format!(r#"{{"doseAndRate":[{{}},{{{member}}}]}}"#)).unwrap();
    let ratio = |value: &str| {
        let sides = r#""numerator":{"value":100,"unit":"millilitre"},"denominator":{"unit":"hour","value":"#;
        dose(&format!(r#""rateRatio":{{{sides}{value}}}}}"#))
    };
    let range = r#"{"low":{"value":500,"unit":"milligram"},"high":{"value":1,"unit":"gram"}}"#;
    let same = r#"{"low":{"value":1.50,"unit":"tablet"},"high":{"value":2,"unit":"tablet"}}"#;
    assert_eq!(ratio("2"), "at a rate of 100 millilitre every 2 hours");
    assert_eq!(ratio("1"), "at a rate of 100 millilitre per hour");
    assert_eq!(ratio("1.0"), "at a rate of 100 millilitre every 1.0 hours");
    assert_eq!(dose(&format!(r#""doseRange":{range}"#)), "500 milligram to 1 gram");
    assert_eq!(dose(&format!(r#""doseRange":{same}"#)), "1.50 to 2 tablet");
    assert_eq!(dose(&format!(r#""rateRange":{range}"#)), "at a rate of 500 milligram to 1 gram");
    assert_eq!(dose(&format!(r#""doseRange":{range},"doseQuantity":{{"value":0,"unit":"gram"}}"#)), "0 gram");
}

#[test]
fn frequencies_and_periods() {
    for (members, text) in [
        (
            r#""frequency":4,"period":1,"periodUnit":"d","boundsDuration":{"value":2,"unit":"day"}"#,
            "4 times a day - for 2 days",
        ),
        (r#""frequencyMax":2,"period":1,"periodUnit":"d""#, "up to 2 times a day"),
        (r#""frequency":3,"period":4,"periodMax":8,"periodUnit":"h""#, "3 times every 4 to 8 hours"),
        (r#""frequency":1,"period":1,"periodMax":2,"periodUnit":"h""#, "every 1 to 2 hours"),
        (r#""frequency":1,"period":8,"periodUnit":"h""#, "every 8 hours"),
        (r#""frequency":1,"period":1,"periodUnit":"h""#, "once an hour"),
        (r#""frequency":1.0,"period":1,"periodUnit":"d""#, "1.0 times a day"),
        (r#""frequency":1,"frequencyMax":3,"period":1,"periodUnit":"wk""#, "1 to 3 times a week"),
        (r#""frequency":1,"frequencyMax":1"#, "1 to 1 times"),
        (r#""frequency":2,"period":2,"periodUnit":"d""#, "twice every 2 days"),
        (r#""frequency":1"#, "once"),
        (r#""frequency":2"#, "twice"),
        (r#""frequency":0"#, "0 times"),
        (r#""period":1,"periodUnit":"s""#, "every second"),
        (r#""period":1,"periodUnit":"min""#, "every minute"),
        (r#""period":1,"periodUnit":"h""#, "hourly"),
        (r#""period":1,"periodUnit":"d""#, "daily"),
        (r#""period":1,"periodUnit":"wk""#, "weekly"),
        (r#""period":1,"periodUnit":"mo""#, "monthly"),
        (r#""period":1,"periodUnit":"a""#, "annually"),
    ] {
        assert_eq!(repeat(members).unwrap(), text, "{members}");
    }
}

#[test]
fn timings() {
    for (members, text) in [
        (r#""offset":90,"when":["AC"]"#, "90 minutes before a meal"),
        (r#""offset":60,"when":["PC"]"#, "1 hour after a meal"),
        (r#""offset":2880,"when":["HS"]"#, "2 days before sleep"),
        (r#""offset":0,"when":["AC"]"#, "0 days before a meal"),
        (r#""when":["MORN","NOON","EVE.late"]"#, "during the morning, around 12:00pm and during the late evening"),
        (r#""dayOfWeek":["mon","fri"]"#, "on Monday and Friday"),
        (r#""timeOfDay":["08:00:00.000","20:30:15"]"#, "at 08:00 and 20:30:15"),
        (r#""duration":1.0,"durationUnit":"h""#, "over 1.0 hours"),
        (r#""boundsRange":{"high":{"value":1,"unit":"hour"}}"#, "for up to 1 hour"),
        (r#""boundsRange":{"low":{"value":1,"unit":"hour"}}"#, "for at least 1 hour"),
        (r#""boundsRange":{"low":{"value":1,"unit":"day"},"high":{"value":5,"unit":"day"}}"#, "for 1 day to 5 days"),
        (r#""boundsRange":{"low":{"value":2,"unit":"day"},"high":{"value":5,"unit":"day"}}"#, "for 2 to 5 days"),
        (r#""boundsDuration":{"value":10,"unit":"d"}"#, "for 10 d"),
        (r#""boundsPeriod":{"start":"2021-06-01","end":"2021-07"}"#, "from 01/06/2021 to 01/07/2021"),
        (r#""boundsPeriod":{"end":"2021"}"#, "until 01/01/2021"),
        (r#""count":1"#, "take once"),
        (r#""count":3"#, "take 3 times"),
        (r#""count":1,"countMax":2"#, "take 1 to 2 times"),
    ] {
        assert_eq!(repeat(members).unwrap(), text, "{members}");
    }
}

#[test]
fn words_and_events() {
    let text = |json: &str| dosage(json).unwrap();
    assert_eq!(text(r#"{"method":{"coding":[{"display":"Apply"},{"display":"Take"}]}}"#), "ApplyTake");
    assert_eq!(text(r#"{"method":{"text":"by mouth"},"route":{"coding":[{"display":"Oral"}]}}"#), "Oral");
    assert_eq!(text(r#"{"timing":{"event":["2021-06"]}}"#), "on 01/06/2021");
    assert_eq!(text(r#"{"timing":{"event":["2021-06-24T00:30:00+01:00"]}}"#), "on 23/06/2021");
    assert_eq!(text(r#"{"asNeededBoolean":false}"#), "");
    let pain = r#"{"coding":[{"display":"pain"},{"display":"fever"}]}"#;
    let needed = format!(r#"{{"asNeededBoolean":true,"asNeededCodeableConcept":{pain}}}"#);
    assert_eq!(text(&needed), "as required for pain and fever");
    let more = format!(r#"{{"additionalInstruction":[{pain},{{"text":"x"}},{{"coding":[{{"display":"cough"}}]}}]}}"#);
    assert_eq!(text(&more), "pain, fever and cough");
}

#[test]
fn an_incomplete_part_is_refused_where_it_is_incomplete() {
    let field = "Null or undefined dosage element - required field not populated.";
    let quantity = dosage(r#"{"doseAndRate":[{"doseQuantity":{"value":1}}]}"#);
    assert_eq!(only_problem(quantity), ("fhir.dosage.field", "/doseAndRate/0/doseQuantity".into(), field.into()));
    let coding = dosage(r#"{"route":{"coding":[{"code":"1"}]}}"#);
    assert_eq!(only_problem(coding), ("fhir.dosage.field", "/route/coding/0".into(), field.into()));
    for members in [
        r#""durationMax":2,"durationUnit":"h""#,
        r#""countMax":2"#,
        r#""offset":5"#,
        r#""offset":"x","when":["AC"]"#,
        r#""boundsRange":{}"#,
        r#""boundsPeriod":{}"#,
        r#""frequency":3,"periodMax":2,"periodUnit":"d""#,
    ] {
        assert_eq!(only_problem(repeat(members)).0, "fhir.dosage.field", "{members}");
    }
}

#[test]
fn a_value_out_of_its_set_is_refused_in_the_words_of_the_nhs_service() {
    for (members, id, message) in [
        (
            r#""period":2,"periodUnit":"d""#,
            "fhir.dosage.period",
            "Period or periodMax specified without a frequency and period is not 1.",
        ),
        (r#""period":1,"periodUnit":"fortnight""#, "fhir.dosage.unit-of-time", "Unhandled unit of time fortnight"),
        (r#""frequency":1,"period":1"#, "fhir.dosage.unit-of-time", "Unhandled unit of time undefined"),
        (r#""when":["SOON"]"#, "fhir.dosage.event-timing", "Unhandled EventTiming SOON"),
        (r#""dayOfWeek":["Mon"]"#, "fhir.dosage.day-of-week", "Unhandled DayOfWeek Mon"),
        (r#""timeOfDay":["24:00:00"]"#, "fhir.dosage.time-of-day", "Invalid time of day 24:00:00"),
        (r#""timeOfDay":["12:00"]"#, "fhir.dosage.time-of-day", "Invalid time of day 12:00"),
        (r#""timeOfDay":["12:00:00."]"#, "fhir.dosage.time-of-day", "Invalid time of day 12:00:00."),
        (r#""boundsPeriod":{"start":"2021-02-30"}"#, "fhir.dosage.date-time", "Invalid dateTime 2021-02-30"),
    ] {
        let (found, _, text) = only_problem(repeat(members));
        assert_eq!((found, text.as_str()), (id, message), "{members}");
    }
    let empty = only_problem(dosage(r#"{"asNeededCodeableConcept":{"text":"pain"}}"#));
    assert_eq!(empty.2, "No entries in asNeededCodeableConcept.");
}

#[test]
fn all_problems_of_all_dosages_are_told() {
    let text = r#"[{"sequence":1,"timing":{"repeat":{"countMax":2,"when":["X"]}}},{"patientInstruction":"x"}]"#;
    let problems = dosage(text).unwrap_err();
    let ids: Vec<_> = problems.iter().map(|problem| problem.rule.id).collect();
    assert_eq!(ids, ["fhir.dosage.event-timing", "fhir.dosage.field", "fhir.dosage.sequence"]);
    let last = problems.iter().last().unwrap();
    assert_eq!(last.message.as_str(), "Multiple dosage instructions but sequence not specified");
}

/// A value for one member of a dosage, often a wrong one.
fn any_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        (0..4_u64).prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        prop::sample::select(vec!["d", "h", "AC", "mon", "12:00:00", "2021-06", "x", ""])
            .prop_map(serde_json::Value::from),
    ];
    let keys = vec![
        "repeat",
        "value",
        "unit",
        "low",
        "high",
        "coding",
        "display",
        "numerator",
        "denominator",
        "frequency",
        "period",
        "periodUnit",
        "periodMax",
        "count",
        "countMax",
        "when",
        "offset",
        "doseQuantity",
        "doseRange",
        "rateRatio",
        "boundsRange",
        "event",
        "dayOfWeek",
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        let member = (prop::sample::select(keys.clone()), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..3).prop_map(serde_json::Value::from),
            prop::collection::vec(member, 0..5).prop_map(|members| {
                serde_json::Value::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_gives_a_text_or_located_problems(
        timing in any_value(), dose in any_value(), concept in any_value(), sequence in any_value()
    ) {
        let dosage_json = serde_json::json!({
            "sequence": sequence, "timing": timing, "doseAndRate": [dose], "method": concept,
            "asNeededCodeableConcept": concept, "maxDosePerPeriod": dose,
        });
        let root = serde_json::json!([dosage_json, dosage_json]);
        if let Err(problems) = dosage(&root.to_string()) {
            for problem in &problems {
                let Place::Json { pointer, .. } = &problem.place else { panic!("a JSON place") };
                prop_assert!(root.pointer(pointer).is_some(), "{}", pointer);
            }
        }
    }
}
