//! Calendars: on which days people work, and for how long.

use crate::resource::value::{Code, Date, Note, Number, Text, Title};
use crate::resource::{Resource, Scope, Unique, ValidationErrors};
use chrono_tz::Tz;
use serde_json::json;

crate::value! {
    /// The working hours of each day of the week, 0 for a free day.
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

crate::value! {
    /// A day that is not as its weekday says: a holiday, or a Saturday on which people work.
    pub struct CalendarException {
        /// The day.
        pub on: Date,
        /// The working hours of that day, 0 for a free day.
        pub hours: Number<0, 24>,
        /// What day it is.
        pub name: Option<Title>,
    }
}

crate::resource! {
    /// On which days people work, and for how long. Schedules and capacities count by it.
    pub struct Calendar {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// The time zone in which its days begin, by its IANA name.
        #[field(default(|| json!("UTC")))]
        pub time_zone: Text<1, 64>,
        /// The working hours of a usual week.
        pub week: WeekHours,
        /// The days that are not as their weekday says, each once.
        #[field(default(|| json!([])))]
        pub exceptions: Vec<CalendarException>,
        /// What one should know of it.
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
