// Works with the sample page in a browser without a screen, as a user would: node spa.mjs CHROMIUM PAGE SERVICE
import { strict as assert } from "node:assert";
import { chromium } from "playwright-core";

const [executablePath, address, service] = process.argv.slice(2);
const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage();
page.setDefaultTimeout(30000);
const faults = [];
page.on("pageerror", (error) => faults.push(String(error)));
page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
page.on("requestfailed", (request) => faults.push(`${request.url()} ${request.failure()?.errorText}`));
const status = (text) => page.waitForFunction((text) => document.querySelector("#status").textContent.startsWith(text), text);
const shown = () => page.locator("tbody th button").evaluateAll((buttons) => buttons.map((each) => each.id));
/** What the page is told by refusals that are meant. */
const forgive = (status) => {
    const meant = faults.filter((fault) => fault.includes(`status of ${status} `));
    assert.equal(meant.length, 1, faults.join("\n"));
    faults.splice(faults.indexOf(meant[0]), 1);
};

// A login on the page of the service, on another origin, and back.
assert.notEqual(new URL(address).origin, new URL(service).origin);
await page.goto(address);
await page.click("#login");
await page.fill("#username", "admin@steward.local");
await page.fill("#password", process.env.STEWARD_ADMIN_PASSWORD);
assert.ok(page.url().startsWith(service), page.url());
await page.click("button[type=submit], form button");
await page.waitForSelector("tbody th button");
assert.equal(page.url(), `${address}/`, "the code stays in the address");
await page.waitForSelector("svg rect");
console.log("the page logs in");

// Pages: ten and others, and the first again.
const first = await shown();
assert.equal(first.length, 10);
await page.click("#next");
await page.waitForFunction((id) => !document.getElementById(id), first[0]);
assert.ok((await shown()).every((id) => !first.includes(id)));
await page.click("#previous");
await page.waitForSelector(`#${first[0]}`);

// A facet narrows the list to as many as it counts, and keeps the focus.
const count = Number(await page.locator("label:has(#tier-strategic) .count").textContent());
assert.ok(count > 0);
await page.check("#tier-strategic");
await status(`${count} vendors`);
assert.ok((await page.locator("#page tbody td:nth-child(3)").allTextContents()).every((tier) => tier === "Strategic"));
assert.equal(await page.evaluate(() => document.activeElement.id), "tier-strategic");
await page.uncheck("#tier-strategic");
await page.fill("#q", "hosting");
await page.press("#q", "Enter");
await page.waitForFunction(() => [...document.querySelectorAll("tbody th button")].some((each) => each.textContent.includes("Hosting")));
console.log("the page lists, pages, filters and searches");

// A prospect of our own: a refusal by field, a change, a change of somebody else, a transition.
const token = await (
    await fetch(`${service}/api/v1/auth/token`, {
        method: "POST",
        body: new URLSearchParams({ grant_type: "password", username: "admin@steward.local", password: process.env.STEWARD_ADMIN_PASSWORD }),
    })
).json();
const call = async (method, path, body) => {
    const headers = { Authorization: `Bearer ${token.access_token}`, "Content-Type": "application/json", "If-Match": "*" };
    const answer = await fetch(`${service}/api/v1/${path}`, { method, headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, await answer.clone().text());
    return answer.json();
};
const made = await call("POST", "vendors/vendors", { code: `SPA-${Date.now()}`, name: "Aardvark Quarrying" });
await page.fill("#q", "Aardvark");
await page.press("#q", "Enter");
await page.click(`#open-${made.id}`);
await page.fill("#edit-name", "");
await page.fill("#edit-website", "nowhere");
await page.click("dialog .primary");
await page.waitForFunction(() => document.querySelector("#error-name").textContent !== "" && document.querySelector("#error-website").textContent !== "");
assert.equal(await page.getAttribute("#edit-website", "aria-invalid"), "true");
assert.equal(await page.evaluate(() => document.activeElement.id), "edit-name");
forgive(422);
await page.fill("#edit-name", "Aardvark Mining");
await page.fill("#edit-website", "https://aardvark.example");
await page.selectOption("#edit-tier", "strategic");
await page.click("dialog .primary");
await page.waitForFunction(() => document.querySelector("#edit-title").textContent.startsWith("Aardvark Mining"));
await call("PATCH", `vendors/vendors/${made.id}`, { name: "Aardvark Abroad" });
await page.fill("#edit-name", "Aardvark Late");
await page.click("dialog .primary");
await page.waitForFunction(() => document.querySelector("dialog [role=alert]").textContent.startsWith("Somebody else"));
assert.equal(await page.inputValue("#edit-name"), "Aardvark Abroad");
forgive(412);
await page.click("[data-to=onboarding]");
await page.waitForFunction(() => document.querySelector("#edit-title").textContent.endsWith("Onboarding"));
await page.click("text=Close");
await page.waitForFunction((id) => document.activeElement.id === `open-${id}`, made.id);
const kept = await call("GET", `vendors/vendors/${made.id}`);
assert.deepEqual([kept.name, kept.website, kept.tier, kept.state], ["Aardvark Abroad", "https://aardvark.example", "strategic", "onboarding"]);
console.log("the page changes, is refused by field and by version, and moves");

// Every field has a label, every button a name.
const nameless = await page.evaluate(() =>
    [...document.querySelectorAll("input, select")].filter((each) => each.labels.length === 0).concat([...document.querySelectorAll("button")].filter((each) => each.textContent.trim() === "")).length,
);
assert.equal(nameless, 0);
await page.click("#logout");
await page.waitForSelector("#login");
assert.deepEqual(faults, []);
await browser.close();
console.log("the page logs out");
