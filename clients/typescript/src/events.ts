import type { Transport } from "./transport.js";
import { ProblemError } from "./problem.js";

/** Something that happened to a record. */
export interface StewardEvent {
  /** Place in the order of commits. */
  position: number;
  /** Such as `vendors.contract.signed`. */
  event: string;
  collection: string;
  subject_id: string;
  revision: number;
  at: string;
  actor_id: string;
  request_id: string | null;
  reason: string | null;
  changes: { pointer: string; before: unknown; after: unknown }[];
}

export interface EventOptions {
  /** Position after which events are wanted; from the first if left out. */
  after?: number;
  /** As `domain/collection`. */
  collection?: string;
  subjectId?: string;
  /** Ends the feed. */
  signal?: AbortSignal;
}

/** Events as they happen. An interrupted feed is opened again behind the last event that came. */
export async function* events(transport: Transport, options: EventOptions = {}): AsyncGenerator<StewardEvent> {
  const query = new URLSearchParams();
  if (options.collection !== undefined) query.set("collection", options.collection);
  if (options.subjectId !== undefined) query.set("subject_id", options.subjectId);
  let after = options.after;
  for (let wait = 500; !options.signal?.aborted; wait = Math.min(wait * 2, 15_000)) {
    if (after !== undefined) query.set("after", String(after));
    try {
      const request = new Request(`${transport.baseUrl}/api/v1/platform/events?${query}`, {
        headers: { Accept: "text/event-stream" },
        signal: options.signal ?? null,
      });
      const response = await transport.fetch(request);
      if (!response.ok || response.body === null) throw await ProblemError.from(response);
      for await (const event of parse(response.body)) {
        after = event.position;
        wait = 500;
        yield event;
      }
    } catch (error) {
      if (options.signal?.aborted) return;
      if (error instanceof ProblemError && error.status < 500 && error.status !== 429) throw error;
    }
    await pause(wait, options.signal);
  }
}

/** The events of a stream (HTML, 9.2.6); comments and all fields but `data` say nothing that the event does not. */
export async function* parse(body: ReadableStream<Uint8Array>): AsyncGenerator<StewardEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines.map((each) => each.replace(/\r$/, ""))) {
        if (line.startsWith("data:")) {
          data.push(line.slice(5).replace(/^ /, ""));
        } else if (line === "" && data.length > 0) {
          yield JSON.parse(data.join("\n")) as StewardEvent;
          data = [];
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
