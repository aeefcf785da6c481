/** Types of a collection's operations, read from the `paths` that are generated for a domain. */

/** The types of one method of one path. */
type Operation<Paths, Path extends string, Method extends string> = Path extends keyof Paths ? (Method extends keyof Paths[Path] ? Paths[Path][Method] : never) : never;

type Answer<Of, Status extends number> = Of extends { responses: { [status in Status]: { content: { "application/json": infer Content } } } } ? Content : never;

type Body<Of> = Of extends { requestBody: { content: { "application/json": infer Content } } } ? Content : never;

/** Names of the collections of a domain, such as `vendors/contracts`: what can be listed and read by id. */
export type CollectionName<Paths> = {
  [Path in keyof Paths]: Path extends `/api/v1/${infer Name}/{id}` ? (`/api/v1/${Name}` extends keyof Paths ? Name : never) : never;
}[keyof Paths];

/** A record as it is read. */
export type RecordOf<Paths, Name extends string> = Answer<Operation<Paths, `/api/v1/${Name}/{id}`, "get">, 200>;

/** A page of a list. */
export type PageOf<Paths, Name extends string> = Answer<Operation<Paths, `/api/v1/${Name}`, "get">, 200>;

/** Parameters of a list. */
export type QueryOf<Paths, Name extends string> = Operation<Paths, `/api/v1/${Name}`, "get"> extends { parameters: { query?: infer Query } } ? NonNullable<Query> : never;

/** Body that creates a record. */
export type CreateOf<Paths, Name extends string> = Body<Operation<Paths, `/api/v1/${Name}`, "post">>;

/** Merge patch on a record. */
export type UpdateOf<Paths, Name extends string> = Body<Operation<Paths, `/api/v1/${Name}/{id}`, "patch">>;

/** Transitions that leave the state of a record. */
export type TransitionsOf<Paths, Name extends string> = Answer<Operation<Paths, `/api/v1/${Name}/{id}/transitions`, "get">, 200>;

/** States to which a record can be moved. */
export type StateOf<Paths, Name extends string> = Body<Operation<Paths, `/api/v1/${Name}/{id}/transitions`, "post">> extends { to: infer State } ? State : never;
