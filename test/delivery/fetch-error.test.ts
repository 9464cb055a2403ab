import { describe, expect, test } from "bun:test";
import { describeFetchError, type FetchFailure } from "../../src/delivery/fetch-error.ts";
import { realSeams } from "../../src/seams.ts";
import {
  authority,
  expiredCertificate,
  namedCertificate,
  receiverCertificate,
  selfSignedCertificate,
} from "../support/certificates.ts";
import { type RawBehaviour, type RawRequest, startRawServer } from "../support/raw-server.ts";

const trusting = realSeams({ ca: authority });
const receiver = { tls: { cert: receiverCertificate } };

const RESET = { reason: "reset", detail: "connection closed before the answer was complete" } as const;
const NOT_HTTP = { reason: "network", detail: "the answer is not valid HTTP" } as const;
const TIMEOUT = { reason: "timeout", detail: "timeout" } as const;
const tls = (detail: string) => ({ reason: "tls", detail: `TLS: ${detail}` }) as const;

interface Failing extends RawBehaviour {
  url?: (port: number) => string;
  seams?: typeof trusting;
  signal?: AbortSignal;
}

/** Makes a request that must fail, in its head or in its body. */
async function failureOf({ url, seams = trusting, signal, ...behaviour }: Failing): Promise<FetchFailure> {
  await using server = await startRawServer(behaviour);
  const scheme = behaviour.tls ? "https" : "http";
  const target = url?.(server.port) ?? `${scheme}://hooks.example.com:${server.port}/path?token=secret`;
  const failed = await seams
    .fetch(
      { url: new URL(target), address: "127.0.0.1" },
      { method: "POST", headers: {}, body: "{}", signal: signal ?? AbortSignal.timeout(10_000) },
    )
    .then((response) => response.text())
    .then(
      () => null,
      (error: unknown) => ({ error }),
    );
  if (failed === null) throw new Error("the request should have failed");
  return describeFetchError(failed.error);
}

const https = (port: number) => `https://hooks.example.com:${port}/path?token=secret`;
const answer = (text: string) => ({ onRequest: ({ socket }: RawRequest) => socket.end(text) });

describe("what really fails is told by its reason", () => {
  test("connection refused", async () => {
    const server = await startRawServer();
    await server[Symbol.asyncDispose]();
    const closed = (port: number) => (port === server.port ? https(port) : https(server.port));
    expect(await failureOf({ url: closed })).toEqual({ reason: "refused", detail: "connection refused" });
  });

  test.each<[what: string, behaviour: Failing, expected: FetchFailure]>([
    ["closed at once", { onConnection: (socket) => socket.destroy() }, RESET],
    ["closed without an answer", { onRequest: ({ socket }) => socket.end() }, RESET],
    ["reset without an answer", { onRequest: ({ socket }) => socket.resetAndDestroy() }, RESET],
    ["closed in the body", answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"), RESET],
    ["closed in a chunk", answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"), RESET],
    ["closed in the handshake", { url: https, onConnection: (socket) => socket.destroy() }, RESET],
    ["http to a TLS server", { ...receiver, url: (port) => `http://127.0.0.1:${port}/` }, RESET],
    ["no HTTP", answer("SSH-2.0-OpenSSH_9.9\r\n\r\n"), NOT_HTTP],
    ["no chunk", answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"), NOT_HTTP],
    [
      "headers without end",
      answer(`HTTP/1.1 200 OK\r\nX-Long: ${"a".repeat(2_000_000)}\r\n\r\n`),
      { reason: "network", detail: "the answer's headers are too large" },
    ],
    [
      "no TLS",
      { url: https, onConnection: (socket) => socket.end("HTTP/1.1 400 Bad\r\n\r\n") },
      tls("handshake failed"),
    ],
    [
      "a client certificate wanted",
      { tls: { cert: receiverCertificate, requestCert: true, rejectUnauthorized: true } },
      tls("handshake failed"),
    ],
    ["expired", { tls: { cert: expiredCertificate } }, tls("certificate has expired")],
    ["self-signed", { tls: { cert: selfSignedCertificate } }, tls("self-signed certificate")],
    [
      "unknown authority",
      { ...receiver, seams: realSeams() },
      tls("certificate is not from a trusted authority"),
    ],
    [
      "wrong name",
      { ...receiver, url: (port) => `https://evil.example.com:${port}/` },
      tls("certificate is for another name"),
    ],
    [
      "wrong address",
      { tls: { cert: namedCertificate }, url: (port) => `https://127.0.0.1:${port}/` },
      tls("certificate is for another name"),
    ],
    ["aborted before", { signal: AbortSignal.abort() }, TIMEOUT],
  ])("%s", async (_, behaviour, expected) => {
    expect(await failureOf(behaviour)).toEqual(expected);
  });

  test("aborted by a controller, without an answer and in the body", async () => {
    for (const text of ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"]) {
      const stop = new AbortController();
      const onRequest = ({ socket }: RawRequest) => {
        socket.write(text, () => stop.abort());
      };
      expect(await failureOf({ onRequest, signal: stop.signal })).toEqual(TIMEOUT);
    }
  });

  test("a timeout of the system, waiting for the answer and in the handshake", async () => {
    const silent = () => {};
    expect(await failureOf({ onRequest: silent, signal: AbortSignal.timeout(30) })).toEqual(TIMEOUT);
    const handshake = { url: https, onRequest: silent, signal: AbortSignal.timeout(30) };
    expect(await failureOf(handshake)).toEqual(TIMEOUT);
  });
});

describe("what cannot be made to fail here", () => {
  const coded = (code: string, name = "Error") =>
    Object.assign(new Error("https://x/?token=secret"), { code, name });

  test.each<[what: string, error: unknown, reason: FetchFailure["reason"], detail: string]>([
    ["an unknown name", coded("DNS_ENOTFOUND", "DNSException"), "dns", "DNS lookup failed"],
    ["a silent name server", coded("DNS_ETIMEOUT"), "dns", "DNS lookup failed"],
    ["the system's resolver", coded("EAI_AGAIN"), "dns", "DNS lookup failed"],
    ["a connection that is not answered", coded("ETIMEDOUT"), "timeout", "timeout while connecting"],
    ["no way to the host", coded("EHOSTUNREACH"), "network", "host unreachable"],
    ["a long chain", coded("CERT_CHAIN_TOO_LONG"), "tls", "TLS: cert chain too long"],
    ["a wrong authority", coded("INVALID_CA"), "tls", "TLS: invalid ca"],
    ["another TLS code", coded("ERR_SSL_NO_CIPHER"), "tls", "TLS: err ssl no cipher"],
    ["a new code", coded("SomethingNew"), "network", "request failed (SomethingNew)"],
    ["a code that is none", coded("https://x/?token=secret"), "network", "request failed"],
    ["a code that objects inherit", coded("constructor"), "network", "request failed (constructor)"],
    ["an error without a code", new TypeError("token=secret"), "network", "request failed"],
    ["a text", "token=secret", "network", "request failed"],
    ["nothing", undefined, "network", "request failed"],
    ["null", null, "network", "request failed"],
    ["odd types", { code: 7, name: 7 }, "network", "request failed"],
  ])("%s", (_, error, reason, detail) => {
    expect(describeFetchError(error)).toEqual({ reason, detail });
  });
});
