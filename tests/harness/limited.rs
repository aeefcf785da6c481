//! Houses with limits and proxies, and calls that come from an address.

use super::{API, Actor, Answer, TestApp};
use actix_web::web::Data;
use serde_json::Value;
use steward::access::token::Keys;
use steward::domains::identity;
use steward::domains::platform::operation;
use steward::http::{AppState as Served, Later, Limits, Metrics, MetricsAccess, Origins, Proxies, Rules};
use steward::outgoing::Outgoing;

impl TestApp {
    /// The same app with these limits, behind these proxies.
    pub async fn limited(&self, rules: Rules, proxies: Proxies) -> TestApp {
        self.open_to(rules, proxies, |_| ()).await
    }

    /// The same app for pages of these origins.
    pub async fn for_pages_of(&self, rules: Rules, origins: &[&str]) -> TestApp {
        let origins = Origins::read(&origins.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
        self.open_to(rules, Proxies::default(), |served| served.origins = origins).await
    }

    /// The same app with metrics for these.
    pub async fn with_metrics(&self, access: MetricsAccess) -> TestApp {
        self.open_to(Rules::default(), Proxies::default(), |served| served.metrics = Metrics::new(access).unwrap()).await
    }

    async fn open_to(&self, rules: Rules, proxies: Proxies, change: impl FnOnce(&mut Served)) -> TestApp {
        let store = self.served.store.clone();
        let read_at = store.clock.ticks();
        let keys = Keys::new("http://steward.test".into(), identity::bootstrap::keys(&store).await.unwrap(), read_at);
        let later = Later { ask: operation::ask, bell: self.worker.bell.clone() };
        let outgoing = Outgoing::new(&[], None, self.clock.clone()).unwrap();
        let metrics = Metrics::new(MetricsAccess::Public).unwrap();
        let mut served = Served::new(&API, store, keys, Limits::new(rules, proxies, &self.clock), later, outgoing, metrics);
        change(&mut served);
        let folder = tempfile::tempdir().unwrap();
        let mut app = TestApp::around(Data::new(served), self.worker.clone(), self.clock.clone(), self.database_url.clone(), folder).await;
        app.admin = self.admin.clone();
        app
    }

    /// A call from an address.
    pub async fn call_from(&self, peer: &str, actor: &Actor, method: &str, path: &str, headers: &[(&str, &str)], body: Option<String>) -> Answer {
        self.send(Some(peer), actor, method, path, headers, body).await
    }

    /// A read from an address.
    pub async fn get_from(&self, peer: &str, actor: &Actor, path: &str) -> Answer {
        self.call_from(peer, actor, "GET", path, &[], None).await
    }

    /// A form from an address.
    pub async fn form_from(&self, peer: &str, path: &str, headers: &[(&str, &str)], form: &str) -> Answer {
        let headers: Vec<_> = headers.iter().copied().chain([("Content-Type", "application/x-www-form-urlencoded")]).collect();
        self.call_from(peer, &Actor::nobody(), "POST", path, &headers, Some(form.to_owned())).await
    }

    /// JSON from an address.
    pub async fn post_from(&self, peer: &str, actor: &Actor, path: &str, body: &Value) -> Answer {
        self.call_from(peer, actor, "POST", path, &[("Content-Type", "application/json")], Some(body.to_string())).await
    }

    /// Time passes.
    pub fn wait(&self, seconds: i64) {
        self.clock.set(self.clock.now().plus_seconds(seconds));
    }
}
