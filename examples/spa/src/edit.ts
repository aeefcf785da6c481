import { ProblemError } from "steward-client";
import { h, say } from "./dom.js";
import type { Labels } from "./labels.js";
import { type Vendor, vendors } from "./steward.js";

const FIELDS = ["name", "legal_name", "category", "website", "tier"] as const;
type Field = (typeof FIELDS)[number];

/** Opens a vendor in a dialog; `changed` is called after every change. */
export async function edit(id: string, labels: Labels, changed: () => void): Promise<void> {
  const form = new VendorForm(await vendors.get(id), labels, changed);
  await form.open();
}

class VendorForm {
  readonly #dialog = h("dialog", { "aria-labelledby": "edit-title" });
  readonly #message = h("p", { class: "error", role: "alert" });

  constructor(
    private vendor: Vendor,
    readonly labels: Labels,
    readonly changed: () => void,
  ) {}

  async open(): Promise<void> {
    this.#dialog.addEventListener("close", () => {
      this.#dialog.remove();
      // The list may have been drawn anew since: the keyboard goes on where it was.
      document.getElementById(`open-${this.vendor.id}`)?.focus();
    });
    document.body.append(this.#dialog);
    await this.#draw();
    this.#dialog.showModal();
  }

  async #draw(): Promise<void> {
    const { data } = await vendors.transitions(this.vendor.id);
    const permitted = data.filter((option) => option.permitted);
    const moves = permitted.map((option) =>
      h("button", { type: "button", "data-to": option.to, disabled: option.unmet.length > 0, onclick: () => this.#move(option.to) }, option.label),
    );
    const unmet = permitted
      .filter((option) => option.unmet.length > 0)
      .map((option) => h("li", {}, `${option.label}: ${option.unmet.map((condition) => condition.detail).join(" ")}`));
    const form = h(
      "form",
      { onsubmit: (event: Event) => (event.preventDefault(), void this.#save()), novalidate: true },
      h("h2", { id: "edit-title" }, `${this.vendor.name} – ${this.labels.value("state", this.vendor.state)}`),
      ...FIELDS.map((field) => this.#field(field)),
      this.#message,
      h("div", { class: "buttons" }, h("button", { class: "primary" }, "Save"), h("button", { type: "button", onclick: () => this.#dialog.close() }, "Close")),
      h("div", { class: "buttons", role: "group", "aria-label": "Transitions" }, ...moves),
      h("ul", {}, ...unmet),
    );
    this.#dialog.replaceChildren(form);
  }

  #field(field: Field): HTMLElement {
    const value = this.vendor[field] ?? "";
    const attributes = { id: `edit-${field}`, name: field, "aria-describedby": `error-${field}` };
    const options = ["", ...this.labels.values(field).map(([word]) => word)];
    const input =
      field === "tier"
        ? h("select", attributes, ...options.map((word) => h("option", { value: word, selected: word === value }, word ? this.labels.value(field, word) : "–")))
        : h("input", { ...attributes, value });
    return h("div", { class: "field" }, h("label", { for: `edit-${field}` }, this.labels.field(field)), input, h("p", { class: "error", id: `error-${field}` }));
  }

  #input(field: Field): HTMLInputElement {
    return this.#dialog.querySelector(`#edit-${field}`) as HTMLInputElement;
  }

  /** Sends what differs from what was read; emptied is null. */
  async #save(): Promise<void> {
    const entries = FIELDS.map((field) => [field, this.#input(field).value || (field === "name" ? "" : null)] as const);
    const patch = Object.fromEntries(entries.filter(([field, value]) => value !== (this.vendor[field] ?? null)));
    await this.#write(() => vendors.update(this.vendor, patch), "Saved.");
  }

  async #move(to: Vendor["state"]): Promise<void> {
    await this.#write(() => vendors.transition(this.vendor, to), `Now ${this.labels.value("state", to)}.`);
  }

  async #write(call: () => Promise<Vendor>, done: string): Promise<void> {
    this.#message.textContent = "";
    for (const field of FIELDS) this.#refuse(field, "");
    try {
      this.vendor = await call();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return this.#refused(error);
    }
    await this.#draw();
    this.#message.textContent = "";
    say(done);
    this.changed();
  }

  /** Shows each refusal at its field, and what belongs to none above the buttons. */
  async #refused(problem: ProblemError): Promise<void> {
    if (problem.stale) {
      this.vendor = await vendors.get(this.vendor.id);
      await this.#draw();
      this.#message.textContent = "Somebody else has changed this vendor. Its present values are shown: make your change again.";
      return;
    }
    const broken = FIELDS.filter((field) => problem.at(field).length > 0);
    for (const field of broken) this.#refuse(field, problem.at(field).map((error) => error.detail).join(" "));
    const elsewhere = problem.errors.filter((error) => !broken.some((field) => error.pointer === `/${field}`));
    if (elsewhere.length > 0 || broken.length === 0) this.#message.textContent = [problem.message, ...elsewhere.map((error) => error.detail)].join(" ");
    if (broken[0]) this.#input(broken[0]).focus();
  }

  #refuse(field: Field, detail: string): void {
    (this.#dialog.querySelector(`#error-${field}`) as HTMLElement).textContent = detail;
    this.#input(field).setAttribute("aria-invalid", String(detail !== ""));
  }
}
