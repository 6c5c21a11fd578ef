//! When a medicine is taken: the codes of FHIR timings. HL7 v3 has the words alone, which are those of the NHS service.

use super::table::vocabulary;

vocabulary! {
    /// What happens when a medicine is taken (`Timing.repeat.when`).
    EventTiming(fhir "http://hl7.org/fhir/event-timing") {
        Morning = "MORN", "during the morning";
        EarlyMorning = "MORN.early", "during the early morning";
        LateMorning = "MORN.late", "during the late morning";
        Noon = "NOON", "around 12:00pm";
        Afternoon = "AFT", "during the afternoon";
        EarlyAfternoon = "AFT.early", "during the early afternoon";
        LateAfternoon = "AFT.late", "during the late afternoon";
        Evening = "EVE", "during the evening";
        EarlyEvening = "EVE.early", "during the early evening";
        LateEvening = "EVE.late", "during the late evening";
        Night = "NIGHT", "during the night";
        OnceAsleep = "PHS", "once asleep";
        BeforeSleep = "HS", "before sleep";
        Waking = "WAKE", "upon waking";
        Meal = "C", "at a meal";
        Breakfast = "CM", "at breakfast";
        Lunch = "CD", "at lunch";
        Dinner = "CV", "at dinner";
        BeforeMeal = "AC", "before a meal";
        BeforeBreakfast = "ACM", "before breakfast";
        BeforeLunch = "ACD", "before lunch";
        BeforeDinner = "ACV", "before dinner";
        AfterMeal = "PC", "after a meal";
        AfterBreakfast = "PCM", "after breakfast";
        AfterLunch = "PCD", "after lunch";
        AfterDinner = "PCV", "after dinner";
    }
}

vocabulary! {
    /// The days of the week (`Timing.repeat.dayOfWeek`).
    DayOfWeek(fhir "http://hl7.org/fhir/days-of-week") {
        Monday = "mon", "Monday";
        Tuesday = "tue", "Tuesday";
        Wednesday = "wed", "Wednesday";
        Thursday = "thu", "Thursday";
        Friday = "fri", "Friday";
        Saturday = "sat", "Saturday";
        Sunday = "sun", "Sunday";
    }
}

vocabulary! {
    /// Units of time (`Timing.repeat.periodUnit`, `durationUnit` and the bounds).
    UnitOfTime(fhir "http://unitsofmeasure.org") {
        Second = "s", "second";
        Minute = "min", "minute";
        Hour = "h", "hour";
        Day = "d", "day";
        Week = "wk", "week";
        Month = "mo", "month";
        Year = "a", "year";
    }
}
