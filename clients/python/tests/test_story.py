"""Stories told to a running service: STEWARD_URL, with the first administrator's password in STEWARD_ADMIN_PASSWORD."""

import os
import time
import unittest

from steward_client import Login, ProblemError, call, change, edit, events, every, remove, vendors
from steward_client.vendors.api.vendors import (
    create_vendor,
    delete_vendor,
    get_vendor,
    list_vendor_transitions,
    list_vendors,
    transition_vendor,
    update_vendor,
)
from steward_client.vendors.models import VendorCreate, VendorTransition, VendorUpdate

URL = os.environ.get("STEWARD_URL", "http://127.0.0.1:8080")
PASSWORD = os.environ.get("STEWARD_ADMIN_PASSWORD", "")
RUN = f"PY-{time.time_ns()}"


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.login = Login(URL, username="admin@steward.local", password=PASSWORD)
        cls.client = vendors.Client(base_url=URL, httpx_args={"auth": cls.login})

    def make(self, suffix, name="Made"):
        return call(create_vendor, client=self.client, body=VendorCreate(code=f"{RUN}-{suffix}", name=name))

    def refused(self, function, *arguments, **parameters):
        with self.assertRaises(ProblemError) as caught:
            function(*arguments, client=self.client, **parameters)
        return caught.exception

    def test_a_list_is_read_page_by_page(self):
        for number in range(5):
            self.make(number, name=f"{RUN} listed")
        found = every(list_vendors, client=self.client, limit=2, sort="-code", filter_=f'name : "{RUN} listed"')
        self.assertEqual([vendor.code for vendor in found], [f"{RUN}-{number}" for number in (4, 3, 2, 1, 0)])

    def test_a_change_of_an_old_version_is_refused_and_an_edit_begins_again(self):
        made = self.make("E", name="First")
        changed = change(update_vendor, made, VendorUpdate(name="Second"), client=self.client, reason="A better name.")
        self.assertEqual((changed.name, changed.revision), ("Second", made.revision + 1))
        self.assertTrue(self.refused(change, update_vendor, made, VendorUpdate(name="Third")).stale)
        interfered = []

        def patch(vendor):
            # Somebody else changes the record between reading and writing.
            if not interfered:
                interfered.append(change(update_vendor, vendor, VendorUpdate(name="Other"), client=self.client))
            return VendorUpdate(name=f"{vendor.name}?")

        self.assertEqual(edit(get_vendor, update_vendor, made.id, patch, client=self.client).name, "Other?")

    def test_a_refusal_names_every_broken_field_with_the_limits_of_its_rule(self):
        problem = self.refused(call, create_vendor, body=VendorCreate(code="", name="", tier="nothing"))
        self.assertEqual(problem.status, 422)
        self.assertEqual(problem.at("name")[0].params["max"], 200)
        self.assertIn("strategic", problem.at("/tier")[0].params["allowed"])

    def test_a_record_moves_where_its_lifecycle_allows_it(self):
        made = self.make("M")
        moves = call(list_vendor_transitions, made.id, client=self.client)
        self.assertTrue(any(option.to == "onboarding" and option.permitted for option in moves.data))
        moved = change(transition_vendor, made, VendorTransition(to="onboarding", reason="Chosen."), client=self.client)
        self.assertEqual(moved.state, "onboarding")
        problem = self.refused(change, transition_vendor, moved, VendorTransition(to="prospect"))
        self.assertEqual(problem.status, 409)
        self.assertTrue(all(option["to"] != "prospect" for option in problem.document["allowed"]))

    def test_a_deleted_record_is_gone(self):
        made = self.make("D")
        remove(delete_vendor, made, client=self.client)
        self.assertEqual(self.refused(call, get_vendor, made.id).status, 404)

    def test_a_token_that_is_refused_is_refreshed_once(self):
        login = Login(URL, username="admin@steward.local", password=PASSWORD)
        first = login.token()
        second = login.token(refused=first)
        self.assertNotEqual(first, second)
        self.assertEqual(login.token(refused=first), second)
        login.logout()
        with self.assertRaises(ProblemError):
            login.token(refused=second)
        with self.assertRaises(ProblemError):
            Login(URL, username="admin@steward.local", password="wrong")

    def test_events_come_as_they_happen(self):
        made = self.make("S")
        feed = events(self.client, subject_id=str(made.id))
        seen = [next(feed).event]
        change(update_vendor, made, VendorUpdate(name="Seen again"), client=self.client)
        seen.append(next(feed).event)
        feed.close()
        self.assertEqual(seen, ["vendors.vendor.created", "vendors.vendor.updated"])


if __name__ == "__main__":
    unittest.main()
