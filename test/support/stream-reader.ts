/** One server-sent event. */
export interface StreamEvent {
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect in it
  data: any;
}

/** A reader of the hub's stream, as a browser's EventSource is one. */
export interface StreamReader extends AsyncDisposable {
  /** What has come so far. */
  events: StreamEvent[];
  /** The reconnection time that the stream asked for, ms. */
  retryMs: number | null;
  /** Resolves with the first event of this name that passes, among those to come and those that came. */
  next(event: string, passes?: (data: StreamEvent["data"]) => boolean): Promise<StreamEvent["data"]>;
  /** Resolves when the stream has ended. */
  ended: Promise<void>;
  headers: Headers;
}

/** Opens a stream and reads it until it is disposed of. */
export async function openStream(api: string, headers: Record<string, string>): Promise<StreamReader> {
  const leaving = new AbortController();
  const answer = await fetch(`${api}/stream`, { headers, signal: leaving.signal });
  if (answer.status !== 200 || answer.body === null) throw new Error(`the stream answered ${answer.status}`);
  const events: StreamEvent[] = [];
  let waiting: (() => void)[] = [];
  const reader: StreamReader = {
    events,
    retryMs: null,
    headers: answer.headers,
    async next(event, passes = () => true) {
      for (;;) {
        const found = events.find((each) => each.event === event && passes(each.data));
        if (found !== undefined) return found.data;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    ended: read(answer.body.pipeThrough(new TextDecoderStream())),
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await reader.ended;
    },
  };
  return reader;

  async function read(body: ReadableStream<string>): Promise<void> {
    let rest = "";
    try {
      for await (const chunk of body) {
        const blocks = (rest + chunk).split("\n\n");
        rest = blocks.pop() ?? "";
        blocks.forEach(take);
      }
    } catch {
      // the connection was cut, by the hub or by the test
    }
  }

  function take(block: string): void {
    const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s, 2)));
    if (fields.retry) reader.retryMs = Number(fields.retry);
    if (fields.event) events.push({ event: fields.event, data: JSON.parse(fields.data) });
    const told = waiting;
    waiting = [];
    for (const each of told) each();
  }
}
