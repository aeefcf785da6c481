import { find, h, say } from "./dom.js";
import { edit } from "./edit.js";
import type { Labels } from "./labels.js";
import { type Vendor, vendors } from "./steward.js";

type Query = NonNullable<Parameters<typeof vendors.list>[0]>;
const FACETS = ["state", "tier"] as const;
const PAGE = 10;

/** The list of vendors: full text, facets with counts, and pages. */
export class VendorList {
  #q = "";
  readonly #chosen: Record<(typeof FACETS)[number], Set<string>> = { state: new Set(), tier: new Set() };
  /** Cursors of the pages before this one; the first page has none. */
  readonly #cursors: (string | null)[] = [null];
  #asked = 0;

  constructor(readonly labels: Labels) {}

  view(): HTMLElement {
    const search = h("input", { id: "q", type: "search", name: "q", maxlength: 200 });
    const submit = (event: Event) => {
      event.preventDefault();
      this.#q = search.value.trim();
      void this.#restart();
    };
    const form = h("form", { role: "search", onsubmit: submit }, h("label", { for: "q" }, "Search "), search, " ", h("button", {}, "Search"));
    return h("section", { "aria-label": "Vendors" }, form, h("div", { class: "browse" }, h("div", { id: "facets" }), h("div", { id: "page" })));
  }

  /** Asks for the page and shows it. Only the answer to the last question counts. */
  async show(): Promise<void> {
    const asked = ++this.#asked;
    const cursor = this.#cursors.at(-1);
    const query: Query = { limit: PAGE, include_total: "true", facets: FACETS.join(","), ...(this.#q ? { q: this.#q } : {}), ...(cursor ? { cursor } : {}) };
    // Full text without an order gives the best first.
    if (!this.#q) query.sort = "name";
    if (this.#chosen.state.size > 0) query.state = [...this.#chosen.state] as NonNullable<Query["state"]>;
    if (this.#chosen.tier.size > 0) query.tier = [...this.#chosen.tier] as NonNullable<Query["tier"]>;
    const page = await vendors.list(query);
    if (asked !== this.#asked) return;
    const focused = document.activeElement?.id;
    find("#facets").replaceChildren(...FACETS.map((field) => this.#facet(field, page.facets?.[field] ?? {})));
    find("#page").replaceChildren(this.#table(page.data), this.#pages(page.next_cursor));
    // What was drawn anew keeps the keyboard's place.
    if (focused) document.getElementById(focused)?.focus();
    say(`${page.total_count} vendors, page ${this.#cursors.length}`);
  }

  #restart(): Promise<void> {
    this.#cursors.length = 1;
    return this.show();
  }

  #facet(field: (typeof FACETS)[number], counts: Record<string, number>): HTMLElement {
    const chosen = this.#chosen[field];
    const boxes = this.labels.values(field).map(([word, label]) => {
      const change = (event: Event) => {
        if ((event.target as HTMLInputElement).checked) chosen.add(word);
        else chosen.delete(word);
        void this.#restart();
      };
      const box = h("input", { type: "checkbox", id: `${field}-${word}`, checked: chosen.has(word), onchange: change });
      return h("label", {}, box, label, h("span", { class: "count" }, String(counts[word] ?? 0)));
    });
    return h("fieldset", {}, h("legend", {}, this.labels.field(field)), ...boxes);
  }

  #table(data: Vendor[]): HTMLElement {
    const head = ["name", "category", "tier", "state"].map((field) => h("th", { scope: "col" }, this.labels.field(field)));
    const rows = data.map((vendor) => {
      const open = h("button", { type: "button", class: "link", id: `open-${vendor.id}`, onclick: () => edit(vendor.id, this.labels, () => this.show()) }, vendor.name);
      const cells = [vendor.category ?? "–", this.labels.value("tier", vendor.tier), this.labels.value("state", vendor.state)];
      return h("tr", {}, h("th", { scope: "row" }, open), ...cells.map((cell) => h("td", {}, cell)));
    });
    const table = h("table", {}, h("caption", {}, "Open a vendor to change it"), h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows));
    return h("div", { class: "table" }, data.length > 0 ? table : "No vendor matches.");
  }

  #pages(next: string | null): HTMLElement {
    const back = () => (this.#cursors.pop(), void this.show());
    const forth = () => (this.#cursors.push(next), void this.show());
    return h(
      "nav",
      { "aria-label": "Pages" },
      h("button", { type: "button", id: "previous", disabled: this.#cursors.length === 1, onclick: back }, "Previous page"),
      h("button", { type: "button", id: "next", disabled: next === null, onclick: forth }, "Next page"),
    );
  }
}
