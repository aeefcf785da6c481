//! Published policies by the day of their next review.

use crate::policy::policy::Policy;
use crate::policy::policy_version::PolicyVersion;
use crate::policy::review_date::review_due;
use steward_core::resource::value::{Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::security::{policies, policy_versions};

/// Parameters of the reviews.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct Query {
    /// Only reviews due before this day, as YYYY-MM-DD; all if left out.
    #[param(inline)]
    pub before: Option<Date>,
    /// Day from which the days left are counted, as YYYY-MM-DD; today if left out.
    #[param(inline)]
    pub as_of: Option<Date>,
}

/// Review of a published policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyReviewDue {
    /// Policy to review.
    pub policy: Ref<Policy>,
    /// Published version of the policy.
    pub policy_version_id: IdOf<PolicyVersion>,
    /// Number of the version, as major.minor.
    pub version: String,
    /// Accountable owner of the policy; null if it has none.
    pub owner_id: Option<Id>,
    /// Last review of the version; null before the first, where the interval counts from the day on which it took effect.
    pub reviewed_on: Option<Date>,
    /// Interval between reviews in months.
    pub review_interval_months: Whole<1, 120>,
    /// Day by which the review is due.
    pub due_on: Date,
    /// Days until the review is due; negative once it is overdue.
    pub days_left: i64,
}

/// A version: its id, number, interval, last review and first day.
type Version = (Id, i64, i64, i64, Option<Date>, Option<Date>);
/// Its policy: the id, title and owner.
type Held = (Id, Title, Option<Id>);

impl View for PolicyReviewDue {
    const PATH: &'static str = "security/policies/reviews-due";
    const OPERATION_ID: &'static str = "list_policy_reviews_due";
    const SUMMARY: &'static str = "List policies by their next review";
    const DESCRIPTION: &'static str = "Published policies that you may see, the review that is due first at the top. A review without a change is recorded in `reviewed_on` of the published version.";
    const FORMULA: &'static str = "due_on = reviewed_on, or effective_on before the first review, + review_interval_months; days_left = due_on − as_of";
    const SOURCE: &'static str = "ISO/IEC 27002:2022, 5.1 (review at planned intervals)";
    type Reads = (Policy, PolicyVersion);
    type Query = Query;
    type Answer = Listed<Self>;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Listed<Self>> {
        use policy_versions::{effective_on, id, major, minor, review_interval_months, reviewed_on, state};
        let as_of = query.as_of.unwrap_or_else(|| cx.today());
        let (seen, policy_seen) = (cx.sees::<PolicyVersion>()?, cx.sees::<Policy>()?);
        let published = policy_versions::table.inner_join(policies::table).filter(state.eq("published")).filter(seen.clone()).filter(policy_seen);
        let version = (id, major, minor, review_interval_months, reviewed_on, effective_on);
        let rows: Vec<(Version, Held)> = published.select((version, (policies::id, policies::title, policies::owner_id))).load(cx.within(&seen))?;
        let mut reviews: Vec<Self> = rows.into_iter().filter_map(|(version, policy)| review(version, policy, as_of)).collect();
        reviews.retain(|review| query.before.is_none_or(|before| review.due_on < before));
        reviews.sort_by_key(|review| (review.due_on, review.policy_version_id.id));
        Ok(reviews.into_iter().collect())
    }
}

/// The review of a version; none without a day from which its interval counts.
fn review((id, major, minor, months, reviewed, effective): Version, (policy, title, owner): Held, as_of: Date) -> Option<PolicyReviewDue> {
    let due_on = review_due(effective, reviewed, months)?;
    Some(PolicyReviewDue {
        policy: Ref::new(policy, &title, None),
        policy_version_id: id.into(),
        version: format!("{major}.{minor}"),
        owner_id: owner,
        reviewed_on: reviewed,
        review_interval_months: Whole(months),
        due_on,
        days_left: (due_on.0 - as_of.0).num_days(),
    })
}
