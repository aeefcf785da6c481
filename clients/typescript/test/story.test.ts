// Stories told to a running service: STEWARD_URL, with the first administrator's password in STEWARD_ADMIN_PASSWORD.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ProblemError, Steward, unwrap } from "../src/index.js";
import type { paths } from "../src/generated/vendors.js";

const url = process.env["STEWARD_URL"] ?? "http://127.0.0.1:8080";
const steward = new Steward<paths>(url);
const vendors = steward.collection("vendors/vendors");
const run = `TS-${Date.now()}`;

const refusal = async (promise: Promise<unknown>): Promise<ProblemError> => {
  const error = await promise.then(() => assert.fail("not refused"), (error: unknown) => error);
  assert.ok(error instanceof ProblemError, String(error));
  return error;
};

before(() => steward.login.password("admin@steward.local", process.env["STEWARD_ADMIN_PASSWORD"] ?? ""));

test("a list is read page by page", async () => {
  for (let number = 1; number <= 5; number++) await vendors.create({ code: `${run}-${number}`, name: `${run} vendor` });
  const codes: string[] = [];
  for await (const vendor of vendors.all({ limit: 2, sort: "-code", filter: `name : "${run}"` })) codes.push(vendor.code);
  assert.deepEqual(codes, [5, 4, 3, 2, 1].map((number) => `${run}-${number}`));
  const page = await vendors.list({ facets: "state", limit: 1, filter: `name : "${run}"` });
  assert.deepEqual(page.facets, { state: { prospect: 5 } });
});

test("a change of an old version is refused, and an edit begins again", async () => {
  const made = await vendors.create({ code: `${run}-E`, name: "First" });
  const changed = await vendors.update(made, { name: "Second" }, { reason: "A better name." });
  assert.deepEqual([changed.name, changed.revision], ["Second", made.revision + 1]);
  assert.ok((await refusal(vendors.update(made, { name: "Third" }))).stale);
  let interfered = false;
  const edited = await vendors.edit(made.id, (vendor) => ({ name: `${vendor.name}!` }));
  assert.equal(edited.name, "Second!");
  // Somebody else changes the record between reading and writing.
  const read = vendors.get.bind(vendors);
  vendors.get = async (id) => {
    const record = await read(id);
    if (!interfered) await vendors.update(record, { name: "Other" });
    interfered = true;
    return record;
  };
  assert.equal((await vendors.edit(made.id, (vendor) => ({ name: `${vendor.name}?` }))).name, "Other?");
});

test("a refusal names every broken field with the limits of its rule", async () => {
  const problem = await refusal(vendors.create({ code: "", name: "", tier: "nothing" as "strategic" }));
  assert.equal(problem.status, 422);
  assert.equal(problem.at("name")[0]?.params?.["max"], 200);
  assert.ok((problem.at("/tier")[0]?.params?.["allowed"] as string[]).includes("strategic"));
});

test("a record moves where its lifecycle allows it", async () => {
  const made = await vendors.create({ code: `${run}-M`, name: "Mover" });
  const { state, data } = await vendors.transitions(made.id);
  assert.equal(state, "prospect");
  assert.ok(data.some((option) => option.to === "onboarding" && option.permitted));
  const moved = await vendors.transition(made, "onboarding", { reason: "Chosen." });
  assert.equal(moved.state, "onboarding");
  // @ts-expect-error: the types know the states.
  assert.equal((await refusal(vendors.transition(moved, "flying"))).at("to").length, 1);
  const problem = await refusal(vendors.transition(moved, "prospect"));
  assert.equal(problem.status, 409);
  assert.ok(problem.problem.allowed?.every((option) => option.to !== "prospect"));
});

test("a rehearsal and a repeated request change nothing more", async () => {
  const body = { code: `${run}-D`, name: "Once" };
  assert.equal((await vendors.create(body, { dryRun: true })).code, body.code);
  assert.equal((await vendors.list({ code: [body.code] })).data.length, 0);
  const first = await vendors.create(body, { idempotencyKey: `${run}-key` });
  assert.equal((await vendors.create(body, { idempotencyKey: `${run}-key` })).id, first.id);
  await vendors.delete(first);
  assert.equal((await refusal(vendors.get(first.id))).status, 404);
});

test("the types know the collections and fields of the domain", async () => {
  const page = await vendors.list({ limit: 1 });
  const tier: "strategic" | "preferred" | "standard" | "occasional" | null | undefined = page.data[0]?.tier;
  assert.notEqual(tier, undefined);
  // @ts-expect-error: not a collection of the vendors' domain.
  assert.equal(steward.collection("finance/budgets").name, "finance/budgets");
  // @ts-expect-error: not a field.
  assert.equal(page.data[0]?.nothing, undefined);
  // @ts-expect-error: not a parameter.
  assert.equal((await refusal(vendors.list({ nothing: true }))).status, 400);
});

test("every other operation is called by its path", async () => {
  const due = await unwrap(steward.api.GET("/api/v1/vendors/renewals-due", { params: { query: { before: "2027-12-31" } } }));
  assert.ok(Array.isArray(due.data));
  const missing = steward.api.GET("/api/v1/vendors/vendors/{id}", { params: { path: { id: "01900000-0000-7000-8000-000000000000" } } });
  assert.equal((await refusal(unwrap(missing))).status, 404);
});

test("a login is refreshed once for all who ask, and ends with the logout", async () => {
  const own = new Steward<paths>(url);
  await own.login.password("admin@steward.local", process.env["STEWARD_ADMIN_PASSWORD"] ?? "");
  await Promise.all([own.login.refresh(), own.login.refresh(), own.login.refresh()]);
  await own.collection("vendors/vendors").list({ limit: 1 });
  await own.login.logout();
  assert.equal(own.login.loggedIn, false);
  assert.equal((await refusal(own.collection("vendors/vendors").list())).status, 401);
  assert.ok((await refusal(own.login.password("admin@steward.local", "wrong"))).status >= 400);
});

test("events come as they happen", { timeout: 30_000 }, async () => {
  const made = await vendors.create({ code: `${run}-S`, name: "Seen" });
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const event of steward.events({ subjectId: made.id, signal: stop.signal })) {
    seen.push(event.event);
    if (seen.length === 1) await vendors.update(made, { name: "Seen again" });
    else stop.abort();
  }
  assert.deepEqual(seen, ["vendors.vendor.created", "vendors.vendor.updated"]);
});
