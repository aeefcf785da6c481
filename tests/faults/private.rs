//! What other accounts of the machine, and readers of the database, can do with it: nothing.

use crate::harness::process::{EMAIL, PASSWORD, Place, Running, binary, refusal};
use crate::on_each;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

const KEY: &str = "a secret of at least thirty-two characters";

fn file(place: &Place) -> PathBuf {
    place.url.strip_prefix("sqlite://").unwrap().into()
}

fn modes(place: &Place) -> Vec<u32> {
    let name = file(place).display().to_string();
    ["", "-wal", "-shm", ".lock"].iter().map(|suffix| std::fs::metadata(format!("{name}{suffix}")).unwrap().permissions().mode() & 0o777).collect()
}

#[test]
fn the_files_of_a_database_are_their_owner_s_alone_those_of_an_older_version_too() {
    let place = Place::sqlite();
    let running = Running::start(&place.url, true);
    assert_eq!(modes(&place), [0o600; 4]);
    running.kill();
    std::fs::set_permissions(file(&place), PermissionsExt::from_mode(0o644)).unwrap();
    let running = Running::start(&place.url, true);
    assert_eq!(modes(&place), [0o600; 4]);
    assert_eq!(running.get(None, "/readyz").0, 200);
}

#[test]
fn a_second_process_on_the_same_file_by_another_name_is_refused() {
    let place = Place::sqlite();
    let _first = Running::start(&place.url, true);
    let other = tempfile::tempdir().unwrap();
    let (link, folder) = (other.path().join("linked.db"), other.path().join("folder"));
    symlink(file(&place), &link).unwrap();
    symlink(file(&place).parent().unwrap(), &folder).unwrap();
    for path in [link, folder.join("steward.db")] {
        let said = refusal(&format!("sqlite://{}", path.display()));
        assert!(said.contains("is in use by another Steward process"), "{said}");
    }
}

on_each! {
    signing_keys_that_were_in_clear_are_sealed_and_good_for_who_has_the_key_only(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        running.ask_to_stop();
        assert_eq!(running.end(), Some(0));
        let key_file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(key_file.path(), format!("{KEY}\n")).unwrap();
        let running = Running::start_with(&place.url, &[("STEWARD_KEY_FILE", &key_file.path().display().to_string())]);
        assert_eq!(running.get(Some(&token), "/api/v1/auth/me").0, 200, "what was signed before stays good");
        let rotated = binary(&place.url).env("STEWARD_KEY", KEY).args(["keys", "rotate"]).output().unwrap();
        assert!(rotated.status.success(), "{}", String::from_utf8_lossy(&rotated.stderr));
        running.kill();
        let said = refusal(&place.url);
        assert!(said.contains("sealed") && said.contains("STEWARD_KEY_FILE"), "{said}");
        let running = Running::start_with(&place.url, &[("STEWARD_KEY", KEY)]);
        assert_eq!(running.get(Some(&token), "/api/v1/auth/me").0, 200);
        assert!(running.log_in(EMAIL, PASSWORD).is_some());
    }
}

#[test]
fn a_key_that_is_too_short_is_refused_in_a_sentence() {
    let place = Place::sqlite();
    let output = binary(&place.url).env("STEWARD_KEY", "short").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("fewer than 32 characters"), "{said}");
}
