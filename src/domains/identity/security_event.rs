//! Security events: what happened at the door, for the auditor.

use steward_core::access::security_event::{LONGEST_SUBJECT, SecurityEventKind};
use steward_core::resource::value::Text;
use steward_core::resource::{Operations, Resource, Scope};

steward_core::resource! {
    /// Security-relevant event: a login, a refusal, a use of a token, a change of access, an export or a download. `created_by` is the
    /// principal concerned, or the service itself where nobody is known. The service writes them, nobody changes them, and they are kept
    /// for 400 days.
    pub struct SecurityEvent {
        /// Kind of event.
        pub kind: SecurityEventKind,
        /// Network address of the client, an IPv6 address by its network; null where the service acted by itself.
        pub address: Option<Text<1, 64>>,
        /// Subject of the event: the grant of a login, the record changed, the path refused, the collection exported or the file downloaded.
        pub subject: Option<Text<1, LONGEST_SUBJECT>>,
        /// Id of the request.
        pub request: Option<Text<1, 64>>,
    }
}

impl Resource for SecurityEvent {
    const PATH: &'static str = "identity/security-events";
    type Table = steward_schema::identity::security_events::table;
    const SCOPE: Scope = Scope::Shared;
    const TITLE: &'static str = "id";
    const FACT: bool = true;
    const OPERATIONS: Operations = Operations::NONE;

    fn sample() -> Self {
        SecurityEvent {
            kind: SecurityEventKind::LoginSucceeded,
            address: Some("192.0.2.7".into()),
            subject: Some("password".into()),
            request: Some("01890a5d-ac96-774b-bcce-b302099a8057".into()),
        }
    }
}
