import { connect, type Socket } from "node:net";

/** A connection on which a test writes bytes as it likes. */
export interface RawClient {
  write(bytes: string | Uint8Array): void;
  /** Drops the connection in the middle of whatever it is at. */
  abort(): void;
  /** What came back, once it holds the text or the connection is closed. */
  receivedUntil(text: string): Promise<string>;
}

/** Connects to loopback. */
export async function connectRaw(port: number): Promise<RawClient> {
  const socket = await connected(port);
  let received = "";
  let check = () => {};
  socket.on("data", (data) => {
    received += data.toString("latin1");
    check();
  });
  socket.on("error", () => {}); // a server that refuses may close while we write
  return {
    write: (bytes) => void socket.write(bytes),
    abort: () => void socket.destroy(),
    receivedUntil: (text) =>
      new Promise((resolve) => {
        check = () => {
          if (received.includes(text) || socket.closed) resolve(received);
        };
        socket.once("close", check);
        check();
      }),
  };
}

const connected = (port: number) =>
  new Promise<Socket>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket));
    socket.once("error", reject);
  });
