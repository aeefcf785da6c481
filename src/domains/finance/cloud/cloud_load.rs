//! Cloud loads: the rows that one import brought, which a restatement replaces as a whole.

use steward_core::resource::value::{Instant, Note, Text, Whole};
use steward_core::resource::{Id, Lifecycle, Resource, Scope, ValidationErrors};

steward_core::resource! {
    /// Load of cloud charges imported together: those of a billing period, or of a batch named by the import. A restatement is a new load
    /// of the same batch and replaces the old one, whose charges are kept but no longer count.
    pub struct CloudLoad {
        /// Name of the batch; among loads with one name, the last counts.
        #[field(search)]
        pub batch: Text<1, 200>,
        /// Provider, if all rows have the same.
        pub provider: Option<Text<1, 200>>,
        /// Billing account, if all rows have the same.
        pub billing_account: Option<Text<1, 200>>,
        /// Start of the billing period, if all rows have the same; included.
        pub billing_starts_at: Option<Instant>,
        /// End of the billing period, not included.
        pub billing_ends_at: Option<Instant>,
        /// Number of rows.
        pub row_count: Whole<0, 1_000_000_000>,
        /// Digest of the rows: SHA-256 in hexadecimal.
        pub digest: Text<64, 64>,
        /// Load to be replaced.
        #[field(refers_to(&["finance/cloud-loads"]))]
        pub replaces_id: Option<Id>,
        /// Reason of the restatement, or other notes.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for CloudLoad {
    const PATH: &'static str = "finance/cloud-loads";
    type Table = steward_schema::finance::cloud_loads::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "batch";
    const EDITABLE_IN: &'static [&'static str] = &["loaded"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("loaded→replaced:replace").given_up(&["replaced"]))
    }

    fn sample() -> Self {
        CloudLoad {
            batch: "Example Cloud 471100815 2026-01".into(),
            provider: Some("Example Cloud".into()),
            billing_account: Some("471100815".into()),
            billing_starts_at: Instant::parse("2026-01-01T00:00:00Z"),
            billing_ends_at: Instant::parse("2026-02-01T00:00:00Z"),
            row_count: Whole(48_112),
            digest: Text("0".repeat(64)),
            replaces_id: None,
            description: Some("The export of 3 February, with the credits of January.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.billing_starts_at, self.billing_ends_at, "billing_ends_at");
    }
}
