import type { Transport } from "./transport.js";
import type { CreateOf, PageOf, QueryOf, RecordOf, StateOf, TransitionsOf, UpdateOf } from "./types.js";
import { ProblemError } from "./problem.js";

/** A record as it was read: its id, and its revision, which is its ETag. */
export interface Version {
  id: string;
  revision: number;
}

/** What every write can carry. */
export interface WriteOptions {
  /** Reason that the history keeps. */
  reason?: string;
  /** Answers as the real call would, and changes nothing. */
  dryRun?: boolean;
}

/** What a POST can carry. */
export interface PostOptions extends WriteOptions {
  /** Makes a repeated request happen once. */
  idempotencyKey?: string;
}

type Element<Page> = Page extends { data: (infer Item)[] } ? Item : never;

/** The `ETag` of a record that was read, from a list as well. */
export function etag(version: Version): string {
  return `"${version.revision}"`;
}

/** The operations that every collection has. Each throws a ProblemError where the service refuses. */
export class Collection<Paths, Name extends string> {
  readonly #path: string;

  constructor(
    readonly transport: Transport,
    readonly name: Name,
  ) {
    this.#path = `/api/v1/${name}`;
  }

  /** One page. */
  list(query?: QueryOf<Paths, Name>): Promise<PageOf<Paths, Name>> {
    return this.transport.json("GET", this.#path, { query });
  }

  /** Every record that matches, page by page as they are asked for. */
  async *all(query?: QueryOf<Paths, Name>): AsyncGenerator<Element<PageOf<Paths, Name>>> {
    type Page = { data: Element<PageOf<Paths, Name>>[]; next_cursor: string | null };
    let cursor: string | null = null;
    do {
      const page: Page = await this.transport.json("GET", this.#path, { query: { ...query, ...(cursor ? { cursor } : {}) } });
      yield* page.data;
      cursor = page.next_cursor;
    } while (cursor !== null);
  }

  get(id: string): Promise<RecordOf<Paths, Name>> {
    return this.transport.json("GET", this.#one(id));
  }

  create(body: CreateOf<Paths, Name>, options: PostOptions = {}): Promise<RecordOf<Paths, Name>> {
    return this.#write("POST", this.#path, body, options);
  }

  /** Changes the record if it is still the version that was read; ProblemError.stale where it is not. */
  update(version: Version, patch: UpdateOf<Paths, Name>, options: WriteOptions = {}): Promise<RecordOf<Paths, Name>> {
    return this.#write("PATCH", this.#one(version.id), patch, options, version);
  }

  /** Reads the record, changes it by what `patch` makes of it, and begins again where somebody else was faster. */
  async edit(id: string, patch: (record: RecordOf<Paths, Name>) => UpdateOf<Paths, Name>, options: WriteOptions = {}): Promise<RecordOf<Paths, Name>> {
    for (let attempt = 1; ; attempt++) {
      const record = await this.get(id);
      try {
        return await this.update(record as Version, patch(record), options);
      } catch (error) {
        if (!(error instanceof ProblemError && error.stale) || attempt === 5) throw error;
      }
    }
  }

  async delete(version: Version, options: WriteOptions = {}): Promise<void> {
    await this.#write("DELETE", this.#one(version.id), undefined, options, version);
  }

  /** Transitions that leave the record's state: whether the caller may make each, and what is still unmet. */
  transitions(id: string): Promise<TransitionsOf<Paths, Name>> {
    return this.transport.json("GET", `${this.#one(id)}/transitions`);
  }

  /** Moves the record to another state; where that is refused, `problem.allowed` lists the possible transitions. */
  transition(version: Version, to: StateOf<Paths, Name>, options: PostOptions = {}): Promise<RecordOf<Paths, Name>> {
    const { reason, ...rest } = options;
    return this.#write("POST", `${this.#one(version.id)}/transitions`, { to, ...(reason === undefined ? {} : { reason }) }, rest, version);
  }

  #one(id: string): string {
    return `${this.#path}/${encodeURIComponent(id)}`;
  }

  #write<Result>(method: string, path: string, body: unknown, options: PostOptions, version?: Version): Promise<Result> {
    const headers: Record<string, string> = {};
    if (version) headers["If-Match"] = etag(version);
    if (options.reason !== undefined) headers["Change-Reason"] = options.reason;
    if (options.idempotencyKey !== undefined) headers["Idempotency-Key"] = options.idempotencyKey;
    return this.transport.json(method, path, { body, headers, query: options.dryRun ? { dry_run: true } : undefined });
  }
}
