//! Labels: what people call the words of the API, such as states, moves and choices.

use super::ResourceType;

/// Abbreviations that keep their capitals, and names that are written in their own way.
const WRITTEN: &[(&str, &str)] = &[
    ("api", "API"),
    ("bcm", "BCM"),
    ("cpu", "CPU"),
    ("crm", "CRM"),
    ("dns", "DNS"),
    ("gdpr", "GDPR"),
    ("hr", "HR"),
    ("ict", "ICT"),
    ("id", "ID"),
    ("ip", "IP"),
    ("ipv4", "IPv4"),
    ("ipv6", "IPv6"),
    ("iso", "ISO"),
    ("it", "IT"),
    ("kpi", "KPI"),
    ("ldap", "LDAP"),
    ("nda", "NDA"),
    ("nis2", "NIS2"),
    ("oidc", "OIDC"),
    ("os", "OS"),
    ("pci", "PCI"),
    ("poe", "PoE"),
    ("qa", "QA"),
    ("rfc", "RFC"),
    ("saas", "SaaS"),
    ("iaas", "IaaS"),
    ("paas", "PaaS"),
    ("sla", "SLA"),
    ("slo", "SLO"),
    ("sms", "SMS"),
    ("sql", "SQL"),
    ("ssd", "SSD"),
    ("tls", "TLS"),
    ("ups", "UPS"),
    ("url", "URL"),
    ("usb", "USB"),
    ("vlan", "VLAN"),
    ("vm", "VM"),
    ("vpn", "VPN"),
];

/// A word of the API as people write it: `in_progress` as `In progress`.
pub fn label(word: &str) -> String {
    let written = |part: &str| WRITTEN.iter().find(|(known, _)| *known == part).map_or_else(|| part.to_owned(), |(_, written)| (*written).to_owned());
    let words: Vec<String> = word.split('_').map(written).collect();
    let text = words.join(" ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The labels of some words, in their order.
pub fn labels<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    words.into_iter().map(label).collect()
}

impl ResourceType {
    /// The words of a field that has a closed set of them; none if it has not.
    pub fn words_of(&self, name: &str) -> Vec<String> {
        let Some(field) = self.field(name) else { return Vec::new() };
        match (field.schema)() {
            utoipa::openapi::schema::Schema::Object(object) => {
                object.enum_values.unwrap_or_default().iter().filter_map(|word| word.as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_sentence_with_the_capitals_of_abbreviations() {
        for (word, expected) in [("in_progress", "In progress"), ("saas", "SaaS"), ("return_to_draft", "Return to draft"), ("ipv6_only", "IPv6 only"), ("", "")]
        {
            assert_eq!(label(word), expected, "{word}");
        }
    }
}
