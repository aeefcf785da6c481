/** One broken field of a problem document. */
export interface FieldProblem {
  /** JSON pointer into the request body; empty for the record as a whole. */
  pointer: string;
  /** Stable name of the rule. */
  code: string;
  /** Expected value, in words. */
  detail: string;
  /** Limits of the rule, such as `min`, `max` and `allowed`. */
  params?: Record<string, unknown>;
}

/** A transition that a record could make, and the conditions that it does not meet yet. */
export interface TransitionOption {
  to: string;
  name: string;
  label: string;
  permitted: boolean;
  unmet: FieldProblem[];
}

/** A problem document (RFC 9457). */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  errors: FieldProblem[];
  allowed?: TransitionOption[];
}

/** An answer of 400 or above. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(
    readonly problem: ProblemDocument,
    /** Seconds to wait before the next try, where the service says so. */
    readonly retryAfter: number | null = null,
  ) {
    super(problem.detail || problem.title);
  }

  get status(): number {
    return this.problem.status;
  }

  /** Every broken field. */
  get errors(): FieldProblem[] {
    return this.problem.errors;
  }

  /** The record has changed since it was read: read it again. */
  get stale(): boolean {
    return this.status === 412;
  }

  /** The broken rules of one field, by JSON pointer or by the name of a top-level field. */
  at(field: string): FieldProblem[] {
    const pointer = field === "" || field.startsWith("/") ? field : `/${field}`;
    return this.errors.filter((error) => error.pointer === pointer);
  }

  /** Reads a failed answer, a problem document or not: a proxy, or the token endpoint (RFC 6749), may have answered. */
  static async from(response: Response): Promise<ProblemError> {
    const retryAfter = Number(response.headers.get("Retry-After") ?? NaN);
    const body = (await response.json().catch(() => ({}))) as Partial<ProblemDocument> & { error?: string; error_description?: string };
    const problem = {
      ...body,
      type: body.type ?? "about:blank",
      title: body.title ?? body.error ?? response.statusText,
      status: response.status,
      detail: body.detail ?? body.error_description ?? `The answer is ${response.status} ${response.statusText}.`,
      instance: body.instance ?? response.headers.get("X-Request-Id") ?? "",
      errors: body.errors ?? [],
    };
    return new ProblemError(problem, Number.isFinite(retryAfter) ? retryAfter : null);
  }
}
