//! Calendars: on which days people work, and for how long.

use chrono_tz::Tz;
use serde_json::json;
use steward_core::resource::value::{Code, Date, Note, Number, Text, Title};
use steward_core::resource::{Resource, Scope, Unique, ValidationErrors};

steward_core::value! {
    /// Working hours of each day of the week, 0 for a free day.
    pub struct WeekHours {
        /// Hours on Mondays.
        pub monday: Number<0, 24>,
        /// Hours on Tuesdays.
        pub tuesday: Number<0, 24>,
        /// Hours on Wednesdays.
        pub wednesday: Number<0, 24>,
        /// Hours on Thursdays.
        pub thursday: Number<0, 24>,
        /// Hours on Fridays.
        pub friday: Number<0, 24>,
        /// Hours on Saturdays.
        pub saturday: Number<0, 24>,
        /// Hours on Sundays.
        pub sunday: Number<0, 24>,
    }
}

steward_core::value! {
    /// Exception to the weekday: a holiday, or a Saturday on which people work.
    pub struct CalendarException {
        /// The day.
        pub on: Date,
        /// Working hours of that day, 0 for a free day.
        pub hours: Number<0, 24>,
        /// Name of the day.
        pub name: Option<Title>,
    }
}

steward_core::resource! {
    /// Working days and hours. Schedules and capacities are calculated by it.
    pub struct Calendar {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Time zone in which its days begin, by its IANA name.
        #[field(default(|| json!("UTC")))]
        pub time_zone: Text<1, 64>,
        /// Working hours of a usual week.
        pub week: WeekHours,
        /// Exceptions to the weekdays, each day once.
        #[field(default(|| json!([])))]
        pub exceptions: Vec<CalendarException>,
        /// Free-text description.
        pub description: Option<Note>,
    }
}

impl Resource for Calendar {
    const PATH: &'static str = "platform/calendars";
    type Table = steward_schema::platform::calendars::table;
    const SCOPE: Scope = Scope::Shared;
    const UNIQUE: &'static [Unique] = &[Unique { index: "calendars_code_key", fields: &["code"] }];

    fn sample() -> Self {
        let (full, none) = (Number(8.0), Number(0.0));
        Calendar {
            code: "NL".into(),
            name: "Netherlands, office".into(),
            time_zone: "Europe/Amsterdam".into(),
            week: WeekHours { monday: full, tuesday: full, wednesday: full, thursday: full, friday: full, saturday: none, sunday: none },
            exceptions: vec![CalendarException { on: Date::sample("2026-04-27"), hours: none, name: Some("King's Day".into()) }],
            description: Some("Forty hours, with the public holidays.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.time_zone.parse::<Tz>().is_ok(), "time_zone", "time_zone", "Expected a name such as Europe/Amsterdam (IANA).");
        let WeekHours { monday, tuesday, wednesday, thursday, friday, saturday, sunday } = self.week;
        let worked = [monday, tuesday, wednesday, thursday, friday, saturday, sunday].iter().any(|hours| hours.0 > 0.0);
        faults.require(worked, "week", "empty", "A week has working hours on some day. Give those of a usual week; free days stand among the exceptions.");
        let twice = self.exceptions.iter().enumerate().any(|(at, each)| self.exceptions.iter().take(at).any(|other| other.on == each.on));
        faults.require(!twice, "exceptions", "duplicate", "A day stands once among the exceptions.");
    }
}
