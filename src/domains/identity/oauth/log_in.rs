//! The grant `password`: an e-mail address and a password.

use super::super::house::address_key;
use super::asked::Asked;
use super::issue::{REFRESH_SECONDS, issue};
use super::refusal::{BAD_GRANT, Refusal, UNREADABLE};
use crate::access::login::Login;
use crate::access::password;
use crate::access::secret::new_secret;
use crate::database::{Kind, Statement};
use crate::error::Result;
use crate::http::House;
use crate::resource::Id;
use serde_json::Value;

/// Answers the grant.
pub async fn by_password(asked: Asked<'_>) -> Result<Result<Value, Refusal>> {
    let (Some(username), Some(plain)) = (asked.form.value("username"), asked.form.value("password")) else { return Ok(Err(UNREADABLE)) };
    match prove(asked.house, username, plain.to_owned()).await? {
        Some(user) => begin(asked.house, user).await,
        None => Ok(Err(BAD_GRANT)),
    }
}

/// The active user of an address and a password. It takes as long to say that there is none.
async fn prove(house: &House, username: &str, plain: String) -> Result<Option<Id>> {
    let key = address_key(username);
    let known = house
        .store
        .unauthenticated(move |connection| {
            let query = Statement::new("SELECT id, password FROM users WHERE state = 'active' AND email_key = ").with(key, "");
            Ok(query.first(connection, &[Kind::Id, Kind::Text])?)
        })
        .await?;
    let (user, hash) = known.map_or((None, None), |row| (row[0].as_id(), row[1].as_text().map(str::to_owned)));
    Ok(if password::verify(plain, hash).await { user } else { None })
}

/// Begins a login of a user who has proved who it is.
pub async fn begin(house: &House, user: Id) -> Result<Result<Value, Refusal>> {
    let (secret, now) = (new_secret(), house.store.now());
    let until = now.plus_seconds(REFRESH_SECONDS);
    let kept = secret.clone();
    let login = house
        .store
        .by_itself(move |connection| {
            let login = Login::begin(connection, user, now, until)?;
            login.keep_token(connection, &kept, until)?;
            Ok(login)
        })
        .await?;
    issue(house, &login, &user.to_string(), Some(&secret)).await
}
