import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import { serverKey } from "./certificates.ts";

/** One request as it came over the wire. */
export interface RawRequest {
  socket: Socket;
  /** Request line and headers. */
  head: string;
  /** The name asked for in the TLS handshake; null where there was none. */
  serverName: string | null;
}

/** A server that may break every rule, on a port of loopback. */
export interface RawServer extends AsyncDisposable {
  port: number;
  requests: RawRequest[];
  /** Connections accepted so far (with TLS: handshakes done). */
  connections: number;
}

/** How a raw server behaves; without `onRequest` it answers `200 ok`. */
export interface RawBehaviour {
  host?: string;
  /** Left out: one that the system chooses. */
  port?: number;
  /** With these options it speaks TLS. */
  tls?: TlsOptions;
  onConnection?: (socket: Socket) => void;
  onRequest?: (request: RawRequest) => void;
}

/** Starts a server that hands out its sockets. */
export async function startRawServer(behaviour: RawBehaviour = {}): Promise<RawServer> {
  const { host = "127.0.0.1", port = 0, tls, onConnection } = behaviour;
  const { onRequest = ({ socket }) => socket.write(OK) } = behaviour;
  const sockets = new Set<Socket>();
  const requests: RawRequest[] = [];
  const accept = (socket: Socket) => {
    sockets.add(socket);
    raw.connections++;
    let text = "";
    socket.on("error", () => {}); // breaking off is what these tests are about
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      if (end === -1) return;
      const request = { socket, head: text.slice(0, end), serverName: serverNameOf(socket) };
      text = "";
      requests.push(request);
      onRequest(request);
    });
    onConnection?.(socket);
  };
  const server: Server = tls ? createTlsServer({ key: serverKey, ...tls }, accept) : createServer(accept);
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const address = server.address();
  const raw: RawServer = {
    port: typeof address === "object" && address !== null ? address.port : 0,
    requests,
    connections: 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return raw;
}

/** A complete answer that leaves the connection open. */
export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

function serverNameOf(socket: Socket): string | null {
  const { servername } = socket as TLSSocket & { servername?: string | false };
  return servername || null;
}
