// A whole story told with a generated client: log in, create, change, be refused, move, list.
import createClient from "openapi-fetch";
import type { paths, components } from "./api.d.ts";
const base = "http://127.0.0.1:8080";
async function main() {
  const anonymous = createClient<paths>({ baseUrl: base });
  const login = await anonymous.POST("/api/v1/auth/token", {
    body: { grant_type: "password", username: "admin@steward.local", password: "correct horse battery staple" },
    bodySerializer: (body) => new URLSearchParams(body as Record<string, string>).toString(),
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  });
  if (!login.data) throw new Error(JSON.stringify(login.error));
  const client = createClient<paths>({ baseUrl: base, headers: { Authorization: `Bearer ${login.data.access_token}` } });
  const made = await client.POST("/api/v1/governance/controls", { body: { code: "TS-1", name: "From TypeScript", kind: "preventive", test_period_days: 30 } });
  if (!made.data) throw new Error(JSON.stringify(made.error));
  const control: components["schemas"]["Control"] = made.data;
  const changed = await client.PATCH("/api/v1/governance/controls/{id}", {
    params: { path: { id: control.id }, header: { "If-Match": `"${control.revision}"` } },
    body: { name: "Renamed" },
    headers: { "Content-Type": "application/merge-patch+json" },
  });
  if (changed.data?.name !== "Renamed") throw new Error(JSON.stringify(changed.error));
  const stale = await client.PATCH("/api/v1/governance/controls/{id}", {
    params: { path: { id: control.id }, header: { "If-Match": '"1"' } }, body: { name: "Again" },
  });
  if (stale.response.status !== 412 || stale.error?.type !== "/problems/stale") throw new Error("not stale");
  const moved = await client.POST("/api/v1/governance/controls/{id}/transitions", { params: { path: { id: control.id }, header: { "If-Match": "*" } }, body: { to: "implemented" } });
  const list = await client.GET("/api/v1/governance/controls", { params: { query: { state: ["implemented"], sort: "-updated_at", limit: 10 } } });
  // A list can be had as a file as well; as JSON it is a page.
  const page = list.data as components["schemas"]["ControlPage"] | undefined;
  if (moved.data?.state !== "implemented" || page?.data[0]?.id !== control.id) throw new Error("not moved");
  console.log("the TypeScript client tells the whole story");
}
main();
