import { ProblemError } from "./problem.js";

/** The tokens of a login. */
export interface Tokens {
  accessToken: string;
  refreshToken: string | null;
  /** Milliseconds since 1970 after which the access token is no longer valid. */
  expiresAt: number;
}

/** Where a login by authorization code keeps its verifier until the browser is back; `sessionStorage` will do. */
export interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** A program that logs users in on the login page of the service. */
export interface LoginClient {
  /** `code` of the record in `identity/login-clients`. */
  clientId: string;
  /** One of its `redirect_uris`. */
  redirectUri: string;
}

const PENDING = "steward-login";
/** An access token that expires within this time is refreshed first. */
const MARGIN = 30_000;

/** A login: it holds the tokens, in memory alone, and refreshes them. */
export class Login {
  #tokens: Tokens | null = null;
  #refreshing: Promise<void> | null = null;
  #clientId: string | null = null;

  constructor(readonly baseUrl: string) {}

  get loggedIn(): boolean {
    return this.#tokens !== null;
  }

  /** Logs in with an address and a password: for scripts. A page sends its users to {@link authorize}. */
  async password(username: string, password: string): Promise<void> {
    this.#clientId = null;
    await this.#grant({ grant_type: "password", username, password });
  }

  /** Logs a service account in. */
  async clientCredentials(clientId: string, clientSecret: string): Promise<void> {
    this.#clientId = null;
    await this.#grant({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret });
  }

  /** The address of the login page (authorization code with PKCE), to which the caller sends the browser. */
  async authorize(client: LoginClient, store: Store): Promise<string> {
    const verifier = random();
    const state = random();
    store.setItem(PENDING, JSON.stringify({ verifier, state }));
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    const query = new URLSearchParams({
      response_type: "code",
      client_id: client.clientId,
      redirect_uri: client.redirectUri,
      state,
      code_challenge: base64(new Uint8Array(digest)),
      code_challenge_method: "S256",
    });
    return `${this.baseUrl}/api/v1/auth/authorize?${query}`;
  }

  /** Redeems the code with which the login page led back to `address`; false where the address carries none. */
  async finish(client: LoginClient, store: Store, address: string): Promise<boolean> {
    const query = new URL(address).searchParams;
    const pending = store.getItem(PENDING);
    if (!query.has("state") || pending === null) return false;
    store.removeItem(PENDING);
    const { verifier, state } = JSON.parse(pending) as { verifier: string; state: string };
    if (query.get("state") !== state) throw new Error("The login that came back is not the one that began here.");
    const code = query.get("code");
    if (code === null) throw new Error(query.get("error_description") ?? query.get("error") ?? "The login was refused.");
    this.#clientId = client.clientId;
    await this.#grant({ grant_type: "authorization_code", client_id: client.clientId, redirect_uri: client.redirectUri, code, code_verifier: verifier });
    return true;
  }

  /** Ends the login here and at the service. */
  async logout(): Promise<void> {
    const tokens = this.#tokens;
    this.#tokens = null;
    if (tokens === null) return;
    const response = await this.#post("revoke", { token: tokens.refreshToken ?? tokens.accessToken, ...(this.#clientId ? { client_id: this.#clientId } : {}) });
    // An answer that nobody reads holds its connection.
    await response.arrayBuffer();
  }

  /** A valid access token, refreshed where it is about to expire; null without a login. */
  async token(): Promise<string | null> {
    if (this.#tokens?.refreshToken && this.#tokens.expiresAt - MARGIN < Date.now()) await this.refresh();
    return this.#tokens?.accessToken ?? null;
  }

  /** Gets the next pair of tokens, once for all who ask at the same time: a refresh token that is used twice ends the login. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    const token = this.#tokens?.refreshToken;
    if (!token) throw new Error("There is no refresh token: log in again.");
    await this.#grant({ grant_type: "refresh_token", refresh_token: token, ...(this.#clientId ? { client_id: this.#clientId } : {}) });
  }

  async #grant(body: Record<string, string>): Promise<void> {
    let response: Response;
    try {
      response = await this.#post("token", body);
    } catch (error) {
      // What was refused holds no longer; where the network failed it may.
      if (error instanceof ProblemError && error.status < 429) this.#tokens = null;
      throw error;
    }
    const token = (await response.json()) as { access_token: string; refresh_token?: string; expires_in: number };
    this.#tokens = { accessToken: token.access_token, refreshToken: token.refresh_token ?? null, expiresAt: Date.now() + token.expires_in * 1000 };
  }

  async #post(operation: string, body: Record<string, string>): Promise<Response> {
    const response = await fetch(`${this.baseUrl}/api/v1/auth/${operation}`, { method: "POST", body: new URLSearchParams(body) });
    if (!response.ok) throw await ProblemError.from(response);
    return response;
  }
}

function random(): string {
  return base64(crypto.getRandomValues(new Uint8Array(32)));
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
