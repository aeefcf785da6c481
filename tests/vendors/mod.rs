//! Vendors: their identifiers, their tree, their people.

use crate::on_both;
use serde_json::json;

on_both! {
    a_vendor_has_a_sound_identifier_and_is_not_its_own_owner(house) {
        let wrong = json!({"code": "V1", "name": "V1", "lei": "5493001KJTIIGC8Y1R13"});
        assert_eq!(house.post(&house.admin, "/api/v1/vendors/vendors", &wrong).await.broken(), ["/lei check_digits"]);
        let top = house.make("vendors/vendors", &json!({"code": "V1", "name": "V1", "lei": "5493001KJTIIGC8Y1R12"})).await;
        let below = house.make("vendors/vendors", &json!({"code": "V2", "name": "V2", "parent_id": top["id"]})).await;
        let path = format!("/api/v1/vendors/vendors/{}", top["id"].as_str().unwrap());
        let circle = house.patch(&house.admin, &path, "*", &json!({"parent_id": below["id"]})).await;
        assert_eq!((circle.status, circle.broken()), (409, vec!["/parent_id circle".to_owned()]));
    }

    the_people_of_a_vendor_go_and_come_back_with_it(house) {
        let vendor = house.make("vendors/vendors", &json!({"code": "V", "name": "V"})).await["id"].as_str().unwrap().to_owned();
        house.make("vendors/vendor-contacts", &json!({"vendor_id": vendor, "name": "Ann", "role": "Support", "email": "ann@example.org"})).await;
        let count = async || house.get(&house.admin, "/api/v1/vendors/vendor-contacts?include_total=true").await.body["total_count"].clone();
        assert_eq!(house.delete(&house.admin, &format!("/api/v1/vendors/vendors/{vendor}"), "*").await.status, 204);
        assert_eq!(count().await, json!(0));
        let restored = house.post(&house.admin, &format!("/api/v1/platform/resources/{vendor}/restore"), &json!({})).await;
        assert!(matches!(restored.status, 200 | 201), "{}", restored.text);
        assert_eq!(count().await, json!(1));
    }
}
