import { unwrap } from "steward-client";
import { platform } from "./steward.js";

interface Entry {
  kind: string;
  field: string | null;
  word: string;
  label: string;
}

/** What people call the states, fields and choices of vendors, in the language of the browser where the organisation has it. */
export class Labels {
  readonly #entries: Entry[];

  private constructor(entries: Entry[]) {
    this.#entries = entries;
  }

  static async load(): Promise<Labels> {
    const query = { collection: "vendors/vendors", language: navigator.language.slice(0, 2) };
    const answer = await unwrap(platform.api.GET("/api/v1/platform/labels", { params: { query } }));
    return new Labels(answer.data);
  }

  field(word: string): string {
    return this.#entries.find((entry) => entry.kind === "field" && entry.word === word)?.label ?? word;
  }

  /** Values of a field and their labels, in the order of the API. */
  values(field: string): [string, string][] {
    const own = this.#entries.filter((entry) => (field === "state" ? entry.kind === "state" : entry.kind === "choice" && entry.field === field));
    return own.map((entry) => [entry.word, entry.label]);
  }

  value(field: string, word: string | null | undefined): string {
    if (word === null || word === undefined) return "–";
    return this.values(field).find(([known]) => known === word)?.[1] ?? word;
  }
}
