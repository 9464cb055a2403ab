// The receivers nobody wants as neighbours, in a process of their own so that what they do costs the healthy nothing.
import { createServer, type Socket } from "node:net";

/** Where they listen. */
export interface HostilePorts {
  /** Accepts and never answers. */
  hangs: number;
  /** Answers a byte a second. */
  drips: number;
  /** Answers 50 MB. */
  floods: number;
}

/** Accepts connections and does something else than answering. */
function hostile(behave: (socket: Socket) => void): Promise<number> {
  return new Promise((resolve) => {
    const listener = createServer((socket) => {
      socket.on("error", () => {});
      behave(socket);
    });
    listener.listen(0, "127.0.0.1", () => resolve((listener.address() as { port: number }).port));
  });
}

const hangs = await hostile(() => {});
const drips = await hostile((socket) => {
  socket.write("HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n");
  const drip = setInterval(() => socket.write("."), 1000);
  socket.on("close", () => clearInterval(drip));
});
const FLOOD_BYTES = 50 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, ".");
const floods = await hostile((socket) => {
  let left = 0;
  /** As fast as it is taken, and no faster: copies of 50 MB would cost the healthy a core. */
  const pour = () => {
    while (left > 0 && !socket.destroyed) {
      left -= CHUNK.length;
      if (!socket.write(CHUNK)) return;
    }
  };
  socket.on("drain", pour);
  socket.on("data", () => {
    if (left > 0) return; // the rest of a request that is being answered
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${FLOOD_BYTES}\r\n\r\n`);
    left = FLOOD_BYTES;
    pour();
  });
});

process.on("disconnect", () => process.exit());
process.send?.({ hangs, drips, floods } satisfies HostilePorts);
