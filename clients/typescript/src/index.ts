import createClient, { type Client } from "openapi-fetch";
import { Collection } from "./collection.js";
import { events, type EventOptions, type StewardEvent } from "./events.js";
import { Login } from "./login.js";
import { ProblemError } from "./problem.js";
import { Transport } from "./transport.js";
import type { CollectionName } from "./types.js";

export { Collection, etag, type PostOptions, type Version, type WriteOptions } from "./collection.js";
export { type EventOptions, type StewardEvent } from "./events.js";
export { Login, type LoginClient, type Store } from "./login.js";
export { type FieldProblem, type ProblemDocument, ProblemError, type TransitionOption } from "./problem.js";
export * from "./types.js";

/** A connection to a service. `Paths` are those of a domain, such as `import type { paths } from "steward-client/vendors"`. */
export class Steward<Paths extends {}> {
  readonly login: Login;
  /** Every operation of the domain, one to one: `steward.api.GET("/api/v1/vendors/renewals-due", …)`. */
  readonly api: Client<Paths>;
  readonly #transport: Transport;

  /** The origin of the service, such as `https://steward.example.org`. */
  constructor(baseUrl: string, login?: Login) {
    const origin = baseUrl.replace(/\/+$/, "");
    this.login = login ?? new Login(origin);
    this.#transport = new Transport(origin, this.login);
    this.api = createClient<Paths>({ baseUrl: origin, fetch: this.#transport.fetch });
  }

  /** The records of one kind: `steward.collection("vendors/contracts")`. */
  collection<Name extends CollectionName<Paths> & string>(name: Name): Collection<Paths, Name> {
    return new Collection(this.#transport, name);
  }

  /** The same login, with the types of another domain. */
  as<Other extends {}>(): Steward<Other> {
    return new Steward<Other>(this.#transport.baseUrl, this.login);
  }

  /** Events as they happen. */
  events(options?: EventOptions): AsyncGenerator<StewardEvent> {
    return events(this.#transport, options);
  }
}

/** The data of an answer of `steward.api`; a refusal is thrown as a ProblemError. */
export async function unwrap<Data>(answer: Promise<{ data?: Data; error?: unknown; response: Response }>): Promise<Data> {
  const { data, error, response } = await answer;
  if (!response.ok) throw await ProblemError.from(new Response(JSON.stringify(error ?? {}), { status: response.status, headers: response.headers }));
  return data as Data;
}
