//! Who you are and what you may do.
//!
//! It reads users, roles and grants, and uses `resource` and `database` alone: what a permission reaches is decided here, what is
//! then done with it in `store`.
//!
//! A [`Session`] is an authenticated principal with its grants; nothing in the store can be reached without one. What it
//! may do is a [`Reach`]: everything, the subtrees of some units, what is its person's own, or nothing. The default is nothing, and for
//! whoever is a person's account what the role `employee` holds on what is one's own.

pub mod api_token;
pub mod authority;
pub mod authorization;
pub mod change;
pub mod credential;
pub mod key;
pub mod key_wrap;
pub mod lockout;
pub mod login;
pub mod password;
mod permission;
mod principal;
pub mod role;
pub mod secret;
pub mod security_event;
pub mod statement;
pub mod token;
mod unit_tree;

use crate::database::{Connection, Dialect, RawValue};
use crate::error::Result;
use crate::resource::Id;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::prelude::*;
use diesel::sql_types::{Jsonb, Nullable, Uuid};
use permission::{Grant, Grants};
pub use permission::{Granted, Pattern, Reach};
pub use principal::{
    account_of, accounts_of, accounts_of_person, active_users_of, address_of, granted_roles, has_left, holders, person_of, role_holds, roles_in, users_of,
};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use steward_schema::identity::{grants, roles, service_accounts, users};
pub use unit_tree::{ReachedUnit, parents, parents_above, reached, top_units, unit_and_above, units_above, units_within, within_units};

/// What everybody may do with what is their own who is linked to a person.
pub static EMPLOYEE: LazyLock<Vec<Pattern>> = LazyLock::new(|| role::OF_EMPLOYEE.iter().filter_map(|permission| Pattern::parse(permission)).collect());

/// True if an account that is linked to a person has [`EMPLOYEE`] without a grant.
static IS_IMPLIED: AtomicBool = AtomicBool::new(true);

/// Says, once for the process, whether whoever is linked to a person has the role `employee` on what is their own without a grant.
pub fn imply_employee(implied: bool) {
    IS_IMPLIED.store(implied, Ordering::Relaxed);
}

/// Permissions of an account that is linked to a person on what is their own, without a grant.
pub fn implied() -> &'static [Pattern] {
    if IS_IMPLIED.load(Ordering::Relaxed) { &EMPLOYEE } else { &[] }
}

/// An authenticated principal and what it was granted.
#[derive(Debug, Clone)]
pub struct Session {
    /// The user or the service account.
    pub principal: Id,
    /// The person whose account it is: what is private to that person is open to it. A service account is nobody's.
    pub person: Option<Id>,
    /// The login behind the request; none where no token was.
    pub login: Option<Id>,
    /// The person who answers for what it does: the one whose account it is, or who owns the service account. Four eyes are two of these.
    pub answers: Option<Id>,
    grants: Arc<Grants>,
    token: Option<Token>,
}

/// The API token behind a session, and what it is for.
#[derive(Debug, Clone)]
struct Token {
    id: Id,
    scopes: Vec<Pattern>,
}

impl Session {
    /// The service itself, which may do everything: for what no client asked for.
    pub fn system() -> Self {
        let everything = Grant { place: Granted::Everything, permissions: vec![Pattern::all()] };
        Session { principal: Id::system(), person: None, answers: None, login: None, grants: Grants::shared(vec![everything]), token: None }
    }

    /// True for the service itself.
    pub fn is_house(&self) -> bool {
        self.principal == Id::system()
    }

    /// The session of an active user or service account; none for one that is absent or disabled.
    pub fn load(connection: &mut Connection, principal: Id) -> Result<Option<Self>> {
        let of_user = users::table
            .left_join(grants::table.on(grants::principal_id.eq(users::id)))
            .left_join(roles::table.on(roles::id.eq(grants::role_id)))
            .filter(users::id.eq(principal).and(users::state.eq("active")))
            .select((users::person_id, users::person_id, grants::unit_id.nullable(), grants::own.nullable(), roles::permissions.nullable()));
        let of_service_account = service_accounts::table
            .left_join(grants::table.on(grants::principal_id.eq(service_accounts::id)))
            .left_join(roles::table.on(roles::id.eq(grants::role_id)))
            .filter(service_accounts::id.eq(principal).and(service_accounts::state.eq("active")))
            .select((
                None::<Id>.into_sql::<Nullable<Uuid>>(),
                service_accounts::owner_id.nullable(),
                grants::unit_id.nullable(),
                grants::own.nullable(),
                roles::permissions.nullable(),
            ));
        let rows: Vec<Row> = of_user.union_all(of_service_account).load(connection)?;
        let Some((person, answers, ..)) = rows.first() else { return Ok(None) };
        let (person, answers) = (*person, *answers);
        let granted = |(_, _, unit, own, permissions): Row| Some(Grant { place: Granted::of(unit, own == Some(true)), permissions: permissions?.0 });
        let mut grants: Vec<Grant> = rows.into_iter().filter_map(granted).collect();
        if person.is_some() && !implied().is_empty() {
            grants.push(Grant { place: Granted::Own, permissions: implied().to_vec() });
        }
        Ok(Some(Session { principal, person, answers, login: None, grants: Grants::shared(grants), token: None }))
    }

    /// The same for who shows an API token: of what its owner holds, as much as its scopes name.
    pub fn narrowed(mut self, token: Id, scopes: Vec<Pattern>) -> Self {
        let met = |held: &Pattern| scopes.iter().filter_map(|scope| held.meet(scope)).collect::<Vec<_>>();
        let narrowed = self.grants.iter().map(|grant| Grant { place: grant.place, permissions: grant.permissions.iter().flat_map(met).collect() });
        self.grants = Grants::shared(narrowed.collect());
        self.token = Some(Token { id: token, scopes });
        self
    }

    /// The API token behind it, if there is one.
    pub fn token(&self) -> Option<Id> {
        self.token.as_ref().map(|token| token.id)
    }

    /// Whether it may do something to what it has made itself and what nobody needs a permission for: an API token only what its scopes name.
    pub fn owns(&self, permission: &str) -> bool {
        let Some(token) = &self.token else { return true };
        Pattern::parse(permission).is_some_and(|wanted| token.scopes.iter().any(|scope| scope.covers(&wanted)))
    }

    /// The same with these permissions everywhere: for what everybody may do to their own, where it is made sure of that
    /// nothing else is done with it.
    pub fn permitting(&self, permissions: &[&str]) -> Session {
        let more = Grant { place: Granted::Everything, permissions: permissions.iter().filter_map(|text| Pattern::parse(text)).collect() };
        let grants = self.grants.iter().cloned().chain([more]).collect();
        Session { grants: Grants::shared(grants), ..self.clone() }
    }

    /// Where it holds a permission, written `domain.collection:verb`.
    pub fn reach(&self, permission: &str) -> Reach {
        self.grants.reach(permission, || Pattern::parse(permission).map_or(Reach::Nothing, |wanted| self.reach_of(&wanted)))
    }

    /// Where it holds all that a pattern stands for.
    pub fn reach_of(&self, wanted: &Pattern) -> Reach {
        self.reach_by(|grant| grant.permissions.iter().any(|held| held.covers(wanted)))
    }

    fn reach_by(&self, counts: impl Fn(&Grant) -> bool) -> Reach {
        let (mut units, mut own) = (Vec::new(), false);
        for grant in self.grants.iter().filter(|grant| counts(grant)) {
            match grant.place {
                Granted::Everything => return Reach::Everything,
                Granted::Unit(unit) => units.push(unit),
                // A service account is nobody's, and nothing is its own.
                Granted::Own => own |= self.person.is_some(),
            }
        }
        units.sort();
        units.dedup();
        if units.is_empty() && !own { Reach::Nothing } else { Reach::Part { units, own } }
    }

    /// Where it holds anything at all.
    pub fn reach_of_any(&self) -> Reach {
        self.reach_by(|grant| !grant.permissions.is_empty())
    }

    /// Every permission with where it was granted.
    pub fn permissions(&self) -> Vec<(String, Granted)> {
        let mut all: Vec<_> = self.grants.iter().flat_map(|grant| grant.permissions.iter().map(|held| (held.to_string(), grant.place))).collect();
        all.sort();
        all.dedup();
        all
    }
}

/// What is read of a principal: its person, who answers for it, the unit of a grant, whether that is on what is one's own, and its role's
/// permissions.
type Row = (Option<Id>, Option<Id>, Option<Id>, Option<bool>, Option<Permissions>);

/// Permissions as they are stored: a list of patterns.
#[derive(Debug, Clone, PartialEq, Eq, FromSqlRow)]
pub struct Permissions(pub Vec<Pattern>);

impl FromSql<Jsonb, Dialect> for Permissions {
    fn from_sql(raw: RawValue<'_>) -> deserialize::Result<Self> {
        let texts: Vec<String> = serde_json::from_value(FromSql::<Jsonb, Dialect>::from_sql(raw)?)?;
        let pattern = |text: &String| Pattern::parse(text).ok_or_else(|| format!("{text} is no permission").into());
        Ok(Permissions(texts.iter().map(pattern).collect::<deserialize::Result<_>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(grants: &[(Option<Id>, &str)]) -> Session {
        let grant = |(unit, held): &(Option<Id>, &str)| Grant { place: Granted::of(*unit, false), permissions: vec![Pattern::parse(held).unwrap()] };
        holding(None, grants.iter().map(grant).collect())
    }

    fn holding(person: Option<Id>, grants: Vec<Grant>) -> Session {
        Session { principal: Id::sample(), person, answers: None, login: None, grants: Grants::shared(grants), token: None }
    }

    fn on(unit: Id) -> Reach {
        Reach::Part { units: vec![unit], own: false }
    }

    #[test]
    fn what_is_ones_own_is_reached_by_who_is_a_person_and_widens_what_a_unit_gives() {
        let unit = Id::new();
        let own = Grant { place: Granted::Own, permissions: vec![Pattern::parse("a.b:read").unwrap()] };
        let on_unit = Grant { place: Granted::Unit(unit), permissions: own.permissions.clone() };
        let nobody = holding(None, vec![on_unit.clone(), own.clone()]);
        assert_eq!((nobody.reach("a.b:read"), nobody.reach("a.b:update")), (on(unit), Reach::Nothing));
        assert_eq!(holding(Some(Id::new()), vec![on_unit, own.clone()]).reach("a.b:read"), Reach::Part { units: vec![unit], own: true });
        let alone = holding(Some(Id::new()), vec![own]).reach("a.b:read");
        assert!(alone.takes_own() && !alone.beyond_own() && !alone.covers(&[unit]));
    }

    #[test]
    fn what_a_session_was_found_to_reach_is_not_carried_over_to_one_that_holds_more_or_less() {
        let session = session(&[(None, "a.*:read")]);
        assert_eq!((session.reach("a.b:read"), session.reach("a.b:update")), (Reach::Everything, Reach::Nothing));
        assert_eq!(session.permitting(&["a.b:update"]).reach("a.b:update"), Reach::Everything);
        assert_eq!(session.clone().narrowed(Id::new(), Vec::new()).reach("a.b:read"), Reach::Nothing);
        assert_eq!((session.reach("a.b:read"), session.reach("a.b:update")), (Reach::Everything, Reach::Nothing));
    }

    #[test]
    fn a_token_reaches_what_its_owner_holds_and_its_scopes_name() {
        let unit = Id::new();
        let scopes = |list: &[&str]| list.iter().map(|scope| Pattern::parse(scope).unwrap()).collect();
        let owner = session(&[(Some(unit), "a.*:read"), (None, "b.c:*")]);
        let token = owner.clone().narrowed(Id::new(), scopes(&["*.c:read", "a.b:*"]));
        assert_eq!(token.reach("a.b:read"), on(unit));
        assert_eq!(token.reach("a.c:read"), on(unit));
        assert_eq!(token.reach("b.c:read"), Reach::Everything);
        for lacking in ["a.d:read", "b.c:update", "a.b:update", "z.c:read"] {
            assert_eq!(token.reach(lacking), Reach::Nothing, "{lacking}");
        }
        assert!(token.owns("z.c:read") && !token.owns("z.c:delete") && owner.owns("z.c:delete"));
        assert_eq!(owner.narrowed(Id::new(), Vec::new()).permissions(), []);
    }

    #[test]
    fn a_grant_on_everything_outweighs_those_on_units() {
        let unit = Id::new();
        let held = session(&[(Some(unit), "a.b:read"), (None, "a.*:read")]);
        assert_eq!(held.reach("a.b:read"), Reach::Everything);
        assert_eq!(session(&[(Some(unit), "a.b:read")]).reach("a.b:read"), on(unit));
        assert_eq!(session(&[]).reach("a.b:read"), Reach::Nothing);
    }
}
