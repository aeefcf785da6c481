//! Threats: who or what may act against what the organisation has.

use crate::choice;
use crate::resource::value::{Code, Note, Text, Title, Url};
use crate::resource::{Faults, Resource, Scope, Unique};
use serde_json::json;

choice! {
    /// Where a threat is described.
    pub enum ThreatKind {
        /// The organisation described it itself.
        Own = "own",
        /// It is a technique of MITRE ATT&CK.
        AttackTechnique = "attack_technique",
    }
}

choice! {
    /// Where a threat comes from (ISO/IEC 27005).
    pub enum ThreatSource {
        /// Somebody wants it.
        Deliberate = "deliberate",
        /// Somebody errs, or something breaks.
        Accidental = "accidental",
        /// Nature.
        Environmental = "environmental",
    }
}

crate::resource! {
    /// Who or what may act, and how: a description of the organisation's own, or a technique of MITRE ATT&CK.
    pub struct Threat {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Where it is described.
        #[field(default(|| json!("own")))]
        pub kind: ThreatKind,
        /// Where it comes from.
        pub source: Option<ThreatSource>,
        /// The technique of ATT&CK, such as T1566 or T1566.001; of a technique it is required.
        #[field(search)]
        pub technique: Option<Text<5, 9>>,
        /// The tactic of ATT&CK that it serves, such as initial access.
        #[field(search)]
        pub tactic: Option<Title>,
        /// What happens.
        #[field(search)]
        pub description: Option<Note>,
        /// Where more can be read.
        pub url: Option<Url>,
    }
}

impl Resource for Threat {
    const PATH: &'static str = "security/threats";
    type Table = steward_schema::security::threats::table;
    const SCOPE: Scope = Scope::Shared;
    const UNIQUE: &'static [Unique] = &[Unique { index: "threats_code_key", fields: &["code"] }];

    fn sample() -> Self {
        Threat {
            code: "T1566.001".into(),
            name: "Spearphishing attachment".into(),
            kind: ThreatKind::AttackTechnique,
            source: Some(ThreatSource::Deliberate),
            technique: Some("T1566.001".into()),
            tactic: Some("Initial access".into()),
            description: Some("A message with an attachment that runs when it is opened.".into()),
            url: Some(Url("https://attack.mitre.org/techniques/T1566/001".to_owned())),
        }
    }

    fn rules(&self, faults: &mut Faults) {
        let technique = self.kind == ThreatKind::AttackTechnique;
        faults.require(!technique || self.technique.is_some(), "technique", "required", "Name the technique, such as T1566.");
        let shaped = self.technique.as_ref().is_none_or(|text| is_technique(text));
        faults.require(shaped, "technique", "format", "Expected a technique of ATT&CK, such as T1566 or T1566.001.");
    }
}

fn is_technique(text: &str) -> bool {
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|digit| digit.is_ascii_digit());
    let Some(rest) = text.strip_prefix('T') else { return false };
    rest.split_once('.').map_or(digits(rest, 4), |(technique, sub)| digits(technique, 4) && digits(sub, 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_technique_has_four_digits_and_a_sub_technique_three_more() {
        assert!(is_technique("T1566") && is_technique("T1566.001"));
        assert!(!["1566", "T156", "T1566.1", "T1566.", "t1566", "TA0001"].iter().any(|text| is_technique(text)));
    }
}
