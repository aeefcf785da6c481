//! Which rule assigns a charge: a pure function of its dimensions.

use super::cloud_charge::CloudTag;
use diesel::prelude::*;
use steward_core::database::Dialect;
use steward_core::resource::Id;
use steward_core::resource::value::Date;
use steward_schema::finance::cloud_assignment_rules;

/// The dimensions of charges by which they are assigned.
#[derive(Debug, Clone, Default)]
pub struct Dimensions {
    /// Provider.
    pub provider: String,
    /// Billing account.
    pub billing_account: String,
    /// Sub account.
    pub sub_account: Option<String>,
    /// Category of the provider's service.
    pub service_category: String,
    /// Provider's service.
    pub service_name: String,
    /// Region.
    pub region: Option<String>,
    /// Resource.
    pub resource: Option<String>,
    /// Tags.
    pub tags: Vec<CloudTag>,
}

/// A rule as it decides.
#[derive(Debug, Clone, Default, Queryable, Selectable)]
#[diesel(table_name = cloud_assignment_rules, check_for_backend(Dialect))]
pub struct Assignment {
    /// The dimensions that must agree; those that are none do not matter.
    pub provider: Option<String>,
    /// Billing account.
    pub billing_account: Option<String>,
    /// Sub account.
    pub sub_account: Option<String>,
    /// Category of the provider's service.
    pub service_category: Option<String>,
    /// Provider's service.
    pub service_name: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Beginning of the resource.
    pub resource_prefix: Option<String>,
    /// Key of a tag.
    pub tag_key: Option<String>,
    /// Value of that tag.
    pub tag_value: Option<String>,
    /// First day.
    pub starts_on: Option<Date>,
    /// Last day.
    pub ends_on: Option<Date>,
    /// The service that it names.
    #[diesel(column_name = service_id)]
    pub service: Option<Id>,
    /// The cost center that it names.
    #[diesel(column_name = cost_center_id)]
    pub cost_center: Option<Id>,
}

impl Assignment {
    /// Whether charges of a day fit.
    pub fn fits(&self, of: &Dimensions, day: Date) -> bool {
        let same = |wanted: &Option<String>, has: Option<&str>| wanted.as_deref().is_none_or(|wanted| has == Some(wanted));
        let tagged = self.tag_key.as_ref().is_none_or(|key| {
            let value = |tag: &CloudTag| self.tag_value.as_ref().is_none_or(|wanted| tag.value.as_ref().is_some_and(|value| value.0 == *wanted));
            of.tags.iter().any(|tag| tag.key.0 == *key && value(tag))
        });
        same(&self.provider, Some(&of.provider))
            && same(&self.billing_account, Some(&of.billing_account))
            && same(&self.sub_account, of.sub_account.as_deref())
            && same(&self.service_category, Some(&of.service_category))
            && same(&self.service_name, Some(&of.service_name))
            && same(&self.region, of.region.as_deref())
            && self.resource_prefix.as_ref().is_none_or(|prefix| of.resource.as_ref().is_some_and(|resource| resource.starts_with(prefix)))
            && tagged
            && self.starts_on.is_none_or(|first| first <= day)
            && self.ends_on.is_none_or(|last| day <= last)
    }
}

/// The service and the cost center that rules give charges of a day, each by the first rule that fits and names one.
pub fn assigned(rules: &[Assignment], of: &Dimensions, day: Date) -> (Option<Id>, Option<Id>) {
    let fitting = || rules.iter().filter(|rule| rule.fits(of, day));
    (fitting().find_map(|rule| rule.service), fitting().find_map(|rule| rule.cost_center))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_fits_assigns_service_and_cost_center_each() {
        let (shop, center, other) = (Id::new(), Id::new(), Id::new());
        let tag = |key: &str, value: &str| CloudTag { key: key.into(), value: Some(value.into()) };
        let of = Dimensions { provider: "AWS".into(), resource: Some("vm/shop-1".into()), tags: vec![tag("env", "prod")], ..Dimensions::default() };
        let rules = [
            Assignment { tag_key: Some("env".into()), tag_value: Some("dev".into()), service: Some(other), ..Assignment::default() },
            Assignment { resource_prefix: Some("vm/shop-".into()), service: Some(shop), ..Assignment::default() },
            Assignment {
                provider: Some("AWS".into()),
                service: Some(other),
                cost_center: Some(center),
                ends_on: Date::parse("2026-06-30"),
                ..Assignment::default()
            },
        ];
        assert_eq!(assigned(&rules, &of, Date::sample("2026-06-30")), (Some(shop), Some(center)));
        assert_eq!(assigned(&rules, &of, Date::sample("2026-07-01")), (Some(shop), None));
        assert_eq!(assigned(&rules[..1], &of, Date::sample("2026-07-01")), (None, None));
    }
}
