import { SECURITY_HEADERS } from "./security-headers.ts";

/** A stream of server-sent events (the HTML standard's section 9.2) to one reader. */
export interface EventStream {
  response: Response;
  /** False where the reader is gone or far behind: nothing was written. */
  send(event: string, data: unknown): boolean;
  end(): void;
}

/** A reader that is this far behind gets nothing more until it has caught up, bytes; the network holds some more. */
const MAX_QUEUED_BYTES = 256 * 1024;

/** When a browser connects again after the stream has ended, ms. */
const RETRY_MS = 2000;

/** What a stream is announced with. */
export const STREAM_HEADERS = {
  ...SECURITY_HEADERS,
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-accel-buffering": "no", // nginx would hold events back until it has a page full
};

const utf8 = new TextEncoder();

/** Opens a stream; `drained` tells that the reader takes more, `closed`, once, that it is gone or the stream ended. */
export function openEventStream(hears: { drained(): void; closed(): void }): EventStream {
  let queue: ReadableStreamDefaultController<Uint8Array> | null = null;
  const close = () => {
    if (queue === null) return;
    queue = null;
    hears.closed();
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        queue = controller;
        controller.enqueue(utf8.encode(`retry: ${RETRY_MS}\n\n`));
      },
      pull: () => hears.drained(),
      cancel: close,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_QUEUED_BYTES }),
  );
  return {
    response: new Response(stream, { headers: STREAM_HEADERS }),
    send(event, data) {
      if (queue === null || (queue.desiredSize ?? 0) <= 0) return false;
      queue.enqueue(utf8.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
      return true;
    },
    end() {
      queue?.close();
      close();
    },
  };
}
