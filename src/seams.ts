import { setServers } from "node:dns";
import { existsSync, readFileSync, statfsSync } from "node:fs";
import { isIP } from "node:net";

/** The time of day, durations and waiting. */
export interface Clock {
  /** Milliseconds UTC. */
  now(): number;
  /** Milliseconds that only grow, for durations. */
  monotonic(): number;
  /** Runs once after the delay, however long it is; returns what cancels it. */
  setTimer(delayMs: number, run: () => void): () => void;
  /** Resolves after the delay, or as soon as the signal is aborted; never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Where a request goes: the URL says what is asked of whom, the address which machine is called. */
export interface PinnedTarget {
  url: URL;
  /** An IP address, checked by the caller; no name is resolved after that. */
  address: string;
}

/** What a pinned request may say; redirects are never followed and proxies never used. */
export interface PinnedInit {
  method: string;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer> | string | null;
  signal: AbortSignal;
  /** Not over a connection that was used before: it may be dead by now, and only a GET may then be sent again. */
  ownConnection?: boolean;
}

/** Fetches from one checked address, with the Host header, SNI and certificate check of the URL's host. */
export type PinnedFetch = (target: PinnedTarget, init: PinnedInit) => Promise<Response>;

/** The ways the world comes in; tests hand in their own. */
export interface Seams {
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  /** A UUIDv7, each greater than those before it. */
  newId: () => string;
  /** All addresses of a name, in the system's order; rejects when the name has none. */
  resolve: (hostname: string) => Promise<string[]>;
  fetch: PinnedFetch;
  /** What is free for us on the file system that holds this path, bytes. */
  freeBytes: (path: string) => number;
}

/** The real world; `ca` (PEM) stands in place of the system's trusted roots. */
export function realSeams(options: { ca?: string } = {}): Seams {
  return {
    clock: realClock,
    random: Math.random,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    newId: () => Bun.randomUUIDv7(),
    resolve: openResolver(),
    fetch: pinnedFetch(options.ca),
    freeBytes(path) {
      const { bavail, bsize } = statfsSync(path);
      return bavail * bsize;
    },
  };
}

/** The longest delay a timer holds; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const realClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  setTimer,
  sleep: (delayMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const finish = () => {
        cancel();
        signal?.removeEventListener("abort", finish);
        resolve();
      };
      const cancel = setTimer(delayMs, finish);
      signal?.addEventListener("abort", finish);
    }),
};

function setTimer(delayMs: number, run: () => void): () => void {
  const dueAt = performance.now() + delayMs;
  let timer: ReturnType<typeof setTimeout>;
  const arm = (leftMs: number) => {
    if (leftMs <= LONGEST_TIMER_MS) timer = setTimeout(run, Math.max(0, leftMs));
    else timer = setTimeout(() => arm(dueAt - performance.now()), LONGEST_TIMER_MS);
  };
  arm(delayMs);
  return () => clearTimeout(timer);
}

/** c-ares reads this file once; a box that starts before its network, or changes it, must read it again. */
const NAME_SERVERS_FILE = "/etc/resolv.conf";

/**
 * Resolves with c-ares, which waits in the event loop: the system's resolver (node:dns lookup) holds one of a
 * few threads for each name, so that two names with a dead name server would stop all others, and file reads.
 */
function openResolver(): Seams["resolve"] {
  let nameServers = nameServersIn(NAME_SERVERS_FILE);
  return async (hostname) => {
    // Bun sends ".local" and ".localhost" to the threads after all, unless in upper case; DNS does not mind.
    const name = hostname.replace(/\.local(host)?$/, (suffix) => suffix.toUpperCase());
    const find = () => Bun.dns.lookup(name, { backend: "c-ares" });
    const found = await find().catch((error) => {
      const listed = nameServersIn(NAME_SERVERS_FILE);
      if (listed.length === 0 || listed.join() === nameServers.join()) throw error;
      nameServers = listed;
      setServers(listed);
      return find();
    });
    return found.map(({ address }) => address);
  };
}

function nameServersIn(file: string): string[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").matchAll(/^[ \t]*nameserver[ \t]+(\S+)/gm);
  return [...lines].map(([, address = ""]) => address).filter((address) => isIP(address) !== 0);
}

function pinnedFetch(ca: string | undefined): PinnedFetch {
  const session = new Bun.FetchSession({
    proxy: false, // a proxy would resolve the name again, and reach what the guard refuses
    keepAlive: { idleTimeout: 30 }, // Bun keeps 64 idle connections at most
  });
  const frames = new WeakMap<URL, Frame>();
  return async ({ url, address }, { method, headers, body, signal, ownConnection = false }) => {
    let frame = frames.get(url);
    if (frame?.address !== address) {
      frame = frameOf(url, address, ca);
      frames.set(url, frame);
    }
    return session.fetch(frame.pinnedUrl, {
      method,
      body,
      signal,
      redirect: "manual",
      keepalive: !ownConnection,
      decompress: false, // a small answer must not unfold into a large one
      headers: pinnedHeaders(headers, frame.host),
      tls: frame.tls,
    });
  };
}

/** What is the same for all requests to a target; worked out once, because a URL's getters cost more than the rest. */
interface Frame {
  address: string;
  pinnedUrl: string;
  host: string;
  tls: { serverName?: string; ca?: string };
}

function frameOf(url: URL, address: string, ca: string | undefined): Frame {
  const serverName = serverNameOf(url);
  return {
    address,
    pinnedUrl: pinnedUrl(url, address),
    host: url.host,
    tls: { ...(serverName && { serverName }), ...(ca && { ca }) },
  };
}

/** The guard's own two replace the caller's, in whatever case they are written. */
function pinnedHeaders(given: Record<string, string>, host: string): Record<string, string> {
  const headers: Record<string, string> = { Host: host, "Accept-Encoding": "identity" };
  for (const name in given) if (!GUARDS_OWN.test(name)) headers[name] = given[name] ?? "";
  return headers;
}

const GUARDS_OWN = /^(?:host|accept-encoding)$/i;

/** What the certificate must name; an address has no SNI, Bun then holds the certificate to the address itself. */
function serverNameOf({ hostname }: URL): string | null {
  if (hostname.startsWith("[") || isIP(hostname) !== 0) return null;
  return hostname.replace(/\.$/, "");
}

/** Built from parts, so that no credential or fragment goes along and no name can take the address's place. */
function pinnedUrl(url: URL, address: string): string {
  const family = isIP(address);
  if (family === 0) throw new TypeError("a pinned address must be an IP address");
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new TypeError("only http and https are fetched");
  const port = url.port && `:${url.port}`;
  return `${url.protocol}//${family === 6 ? `[${address}]` : address}${port}${url.pathname}${url.search}`;
}

/** Runs after the sockets that are ready now have been read: what they bring can still join. */
export const afterReadyIo = (run: () => void): void => {
  setImmediate(run);
};

/** Runs after so many real ms, whatever clock the seams hold: for waits so short that nobody drives them. */
export const afterMoment = (delayMs: number, run: () => void): void => {
  setTimeout(run, delayMs);
};
