// Registers this page as a program that logs users in: node register.mjs, with the address of the service in STEWARD_URL and an
// administrator's password in STEWARD_ADMIN_PASSWORD. A second time it changes nothing.
import { ProblemError, Steward } from "steward-client";

const steward = new Steward(process.env.STEWARD_URL ?? "http://127.0.0.1:8080");
await steward.login.password(process.env.STEWARD_ADMIN_EMAIL ?? "admin@steward.local", process.env.STEWARD_ADMIN_PASSWORD ?? "");
const client = { code: "example-spa", name: "Vendors (example)", redirect_uris: ["http://127.0.0.1/"] };
try {
  await steward.collection("identity/login-clients").create(client);
  console.log("example-spa is registered");
} catch (error) {
  if (!(error instanceof ProblemError && error.status === 409)) throw error;
  console.log("example-spa is registered already");
}
await steward.login.logout();
