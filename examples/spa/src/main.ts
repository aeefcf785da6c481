import { ProblemError } from "steward-client";
import { noticeChart } from "./chart.js";
import { find, h, say } from "./dom.js";
import { Labels } from "./labels.js";
import { VendorList } from "./list.js";
import { client, steward } from "./steward.js";

const main = find("#main");
const logout = find<HTMLButtonElement>("#logout");

function welcome(message: string): void {
  logout.hidden = true;
  const login = async () => location.assign(await steward.login.authorize(client, sessionStorage));
  main.replaceChildren(h("p", {}, message), h("button", { type: "button", class: "primary", id: "login", onclick: login }, "Log in"));
}

async function work(): Promise<void> {
  logout.hidden = false;
  const list = new VendorList(await Labels.load());
  main.replaceChildren(list.view());
  await list.show();
  main.append(await noticeChart());
}

/** What nobody has caught: a login that has ended leads back to the beginning, the rest is told. */
function failed(error: unknown): void {
  if (error instanceof ProblemError && error.status === 401) welcome("Your login has ended.");
  else say(error instanceof ProblemError ? error.message : "The service cannot be reached. Try again.");
}

window.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  console.error(event.reason);
  failed(event.reason);
});
logout.addEventListener("click", async () => {
  await steward.login.logout();
  say("");
  welcome("You are logged out.");
});

try {
  const back = await steward.login.finish(client, sessionStorage, location.href);
  // The code is spent: it need not stay in the history.
  if (back) history.replaceState(null, "", "/");
  if (back) await work();
  else welcome("Vendors, their tiers and states, and the contracts that end soon.");
} catch (error) {
  history.replaceState(null, "", "/");
  console.error(error);
  welcome(error instanceof Error ? error.message : "The login failed.");
}
