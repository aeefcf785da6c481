//! Advisories: weaknesses that are known to the world.

use crate::choice;
use crate::resource::value::{Code, Date, Note, Ratio, Text, Title, Url};
use crate::resource::{Faults, Resource, Scope, Unique};
use serde_json::json;

choice! {
    /// How bad a weakness is: the words of CVSS 3 and 4.
    pub enum Severity {
        /// 0.1 to 3.9.
        Low = "low",
        /// 4.0 to 6.9.
        Medium = "medium",
        /// 7.0 to 8.9.
        High = "high",
        /// 9.0 to 10.0.
        Critical = "critical",
    }
}

crate::resource! {
    /// A weakness that is known to the world, as its CVE record or its maker's advisory describes it.
    pub struct Advisory {
        /// Its identifier, such as CVE-2024-3094, unique.
        #[field(unique, search)]
        pub code: Code,
        /// What it is, in a line.
        #[field(search)]
        pub title: Title,
        /// What it is.
        #[field(search)]
        pub description: Option<Note>,
        /// How bad it is.
        pub severity: Option<Severity>,
        /// Vector of CVSS 2, such as AV:N/AC:L/Au:N/C:P/I:P/A:P.
        pub cvss2_vector: Option<Text<10, 300>>,
        /// Vector of CVSS 3.0 or 3.1, beginning with its version.
        pub cvss3_vector: Option<Text<10, 300>>,
        /// Vector of CVSS 4.0, beginning with its version.
        pub cvss4_vector: Option<Text<10, 500>>,
        /// The probability that it is exploited within 30 days, from 0 to 1 (EPSS).
        pub epss: Option<Ratio>,
        /// The day of that probability; both belong together.
        pub epss_on: Option<Date>,
        /// Whether it is known to be exploited (CISA KEV).
        #[field(default(|| json!(false)))]
        pub known_exploited: bool,
        /// The day on which it was listed as such.
        pub known_exploited_on: Option<Date>,
        /// The day by which that list wants it fixed.
        pub known_exploited_due_on: Option<Date>,
        /// What it is found in: products and versions.
        #[field(search)]
        pub affected: Option<Note>,
        /// Where it is put right: versions, settings.
        #[field(search)]
        pub remedy: Option<Note>,
        /// The day on which it was published.
        pub published_on: Option<Date>,
        /// The day on which it was last changed.
        pub modified_on: Option<Date>,
        /// Where more can be read.
        pub url: Option<Url>,
    }
}

impl Resource for Advisory {
    const PATH: &'static str = "security/advisories";
    type Table = steward_schema::security::advisories::table;
    const SCOPE: Scope = Scope::Shared;
    const TITLE: &'static str = "title";
    const UNIQUE: &'static [Unique] = &[Unique { index: "advisories_code_key", fields: &["code"] }];
    const UNDATED: &'static [&'static str] = &["known_exploited_due_on"];

    fn sample() -> Self {
        Advisory {
            code: "CVE-2021-44228".into(),
            title: "Log4Shell: code runs from a line that is logged".into(),
            description: Some("Log4j looks up names in what it logs, and runs what it finds there.".into()),
            severity: Some(Severity::Critical),
            cvss2_vector: Some("AV:N/AC:M/Au:N/C:C/I:C/A:C".into()),
            cvss3_vector: Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H".into()),
            cvss4_vector: Some("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H".into()),
            epss: Some(crate::resource::value::Number(0.9446)),
            epss_on: Date::parse("2026-06-01"),
            known_exploited: true,
            known_exploited_on: Date::parse("2021-12-10"),
            known_exploited_due_on: Date::parse("2021-12-24"),
            affected: Some("Apache Log4j 2.0-beta9 to 2.14.1".into()),
            remedy: Some("Fixed in 2.15.0; with 2.17.1 also what was found after it.".into()),
            published_on: Date::parse("2021-12-10"),
            modified_on: Date::parse("2025-10-27"),
            url: Some(Url("https://nvd.nist.gov/vuln/detail/CVE-2021-44228".to_owned())),
        }
    }

    fn rules(&self, faults: &mut Faults) {
        let begins = |vector: Option<&str>, heads: &[&str]| vector.is_none_or(|vector| heads.iter().any(|head| vector.starts_with(head)));
        let vectors = [
            (begins(self.cvss2_vector.as_deref(), &["AV:"]), "cvss2_vector"),
            (begins(self.cvss3_vector.as_deref(), &["CVSS:3.0/AV:", "CVSS:3.1/AV:"]), "cvss3_vector"),
            (begins(self.cvss4_vector.as_deref(), &["CVSS:4.0/AV:"]), "cvss4_vector"),
        ];
        for (sound, field) in vectors {
            faults.require(sound, field, "format", "Expected a vector of that version of CVSS, its base metrics first.");
        }
        let dated = self.epss.is_some() == self.epss_on.is_some();
        faults.require(dated, if self.epss.is_some() { "epss_on" } else { "epss" }, "required", "A probability and its day belong together.");
        let listed = self.known_exploited || (self.known_exploited_on.is_none() && self.known_exploited_due_on.is_none());
        faults.require(listed, "known_exploited", "required", "What has a day on that list is known to be exploited.");
        faults.span(self.published_on, self.modified_on, "modified_on");
    }
}
