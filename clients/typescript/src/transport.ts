import { createQuerySerializer } from "openapi-fetch";
import type { Login } from "./login.js";
import { ProblemError } from "./problem.js";

const serialize = createQuerySerializer();

/** Sends requests with the token of a login. */
export class Transport {
  constructor(
    readonly baseUrl: string,
    readonly login: Login,
  ) {}

  /** `fetch` with the access token; a token that has ended early is refreshed, and the request sent once more. */
  fetch = async (request: Request): Promise<Response> => {
    const again = request.clone();
    const token = await this.login.token();
    const response = await fetch(authorized(request, token));
    if (response.status !== 401 || token === null) return response;
    try {
      await this.login.refresh();
    } catch {
      return response;
    }
    return fetch(authorized(again, await this.login.token()));
  };

  /** A request and its JSON answer; a refusal is thrown as a ProblemError. */
  async json<Result>(method: string, path: string, options: { query?: unknown; body?: unknown; headers?: Record<string, string> } = {}): Promise<Result> {
    const query = options.query ? serialize(options.query) : "";
    const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
    const init: RequestInit = { method, headers };
    if (options.body !== undefined) {
      headers["Content-Type"] = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      init.body = JSON.stringify(options.body);
    }
    const response = await this.fetch(new Request(`${this.baseUrl}${path}${query && `?${query}`}`, init));
    if (!response.ok) throw await ProblemError.from(response);
    return (response.status === 204 ? undefined : await response.json()) as Result;
  }
}

function authorized(request: Request, token: string | null): Request {
  if (token !== null) request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}
