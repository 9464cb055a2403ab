import type { z } from "zod";
import type { Clock, Seams } from "../seams.ts";
import type { UpstreamCommand } from "./command.ts";

/**
 * The contract between lanehook and what speaks to one kind of upstream. A connector reads, compares and returns;
 * it knows no database, no publishing, no timer of its own and no clock but the one handed in. Everything that
 * it returns is kept by intake, a step at a time, each in one transaction.
 */
export interface Connector<
  Settings extends CommonSettings = CommonSettings,
  C extends Connection = Connection,
> {
  /** The `kind` of `PUT /api/connectors/{name}`; also the first part of its event types. */
  kind: string;
  /** What it may be set to: strict, with every default in it. */
  settings: z.ZodType<Settings>;
  /** The settings that are never shown: kept encrypted. */
  secrets: readonly (keyof Settings & string)[];
  /** Where the upstream is; a path in it stands before every path that is asked for. */
  baseUrl(settings: Settings, environment: "sandbox" | "production"): string;
  /** The setting that says when to poll, for kinds that have one; it stands before the connector's own schedule. */
  scheduleSetting?: keyof Settings & string;
  /** Ready to ask; asks nothing yet. */
  open(parts: ConnectionParts<Settings>): C;
}

/** Settings that every kind has. */
export interface CommonSettings {
  /**
   * Whether what the first complete run finds becomes events; `emit` by default. Intake leaves the drafts of its
   * steps out; a kind tells them all the same.
   */
  initialScan: "emit" | "silent";
}

/** What a connection works with. */
export interface ConnectionParts<Settings> {
  settings: Settings;
  environment: "sandbox" | "production";
  upstream: Upstream;
  clock: Pick<Clock, "now" | "sleep">;
  /** From 0 to below 1. */
  random: () => number;
  /** Fit for keys. */
  randomBytes: Seams["randomBytes"];
}

/** One customer's way into one upstream; each kind adds its own look-ups and commands to it. */
export interface Connection {
  /** The cheapest request that shows whether the credentials work, sent once: a person waits. @throws UpstreamError */
  check(signal: AbortSignal): Promise<void>;
  /**
   * Reads what the upstream has now and tells, step by step, what is new: `memory` is what all steps before this one
   * left. Returning ends a complete run; throwing ends a partial one, whose steps so far are kept all the same.
   * The same step told twice, after a crash, must give drafts with the same keys. Begun anew within a run where a
   * webhook has changed what a step was about to remember. @throws UpstreamError
   */
  poll(memory: Memory, signal: AbortSignal): AsyncIterable<Step>;
  /** What cannot be taken back, by its name, for a customer to ask; kinds that only read have none. */
  commands?: Readonly<Record<string, UpstreamCommand>>;
  /**
   * Does what a step has left to be done, and may do it again after a crash. What it returns is kept like a step of a
   * run; throwing has it done again later. @throws UpstreamError
   */
  run?(errand: Errand, parts: Running): Promise<Step>;
  /** Judges and reads a webhook of the upstream, at once and without asking anyone; kinds without webhooks have none. */
  receive?(request: ReceivedRequest, memory: Pick<Memory, "recall">): Received;
}

/** What the connector knows of the upstream's things from earlier steps; kept on disk, read as asked for. */
export interface Memory {
  /** What was remembered of a thing, as `remember` gave it; null: it was never seen, or forgotten. */
  recall(entity: string): string | null;
  /** Things remembered that no step of this run has named in `seen` or `remember`; only a complete scan may ask. */
  unseen(): Iterable<string>;
  /** The cursor of the last step that had one. */
  readonly cursor: string | null;
  /** True until a run was complete for the first time. */
  readonly isFirst: boolean;
}

/** What one page, or one thing, of a run came to; kept in one transaction. */
export interface Step {
  drafts: ConnectorDraft[];
  /** Things that are as they were. */
  seen?: readonly string[];
  /** Things by their key (such as `consignment/<id>`), and what to know of them next time: short text, JSON mostly. */
  remember?: readonly (readonly [entity: string, state: string])[];
  /** Things that are gone. */
  forget?: readonly string[];
  /** From where the next run goes on; only once everything before it was told. */
  cursor?: string;
  /** What is left to be done after it. */
  errands?: readonly Errand[];
  /** Files that were downloaded for it. */
  documents?: readonly ConnectorDocument[];
  /** What was read of the upstream for this step, for the run's record. */
  pages?: number;
  items?: number;
  /** Items that were older than what is known of them, and left as they are; the run's record counts them. */
  stale?: number;
}

/** An event that is not yet admitted; the environment is the connector's, the owner its customer. */
export interface ConnectorDraft {
  eventType: string;
  /** The JSON text of an object. */
  payload: string;
  /**
   * Thing, kind of change and version: the same change always has the same key, and is admitted once, for good. What
   * can happen to a thing again, such as coming back, needs a key of its own each time.
   */
  key: string;
  /** What is left to be done after it, where it is admitted and was not before. */
  errands?: readonly Errand[];
}

/**
 * Something to do once what asks for it is on disk, such as to look up what a webhook only names: kept until it is
 * done, and tried again when it fails.
 */
export interface Errand {
  /** Of what is to be done, such as `archive`. */
  name: string;
  /**
   * What it is about. Two of the same name and key are never under way side by side; one that waits already is done
   * once for all who ask, by the latest request.
   */
  key: string;
  /** JSON text. */
  request: string;
}

/** What an errand is done with. */
export interface Running {
  memory: Pick<Memory, "recall">;
  /** Keeps the file that a link leads to, whatever host that is; no credential goes along. @throws UpstreamError */
  download(url: string): Promise<KeptFile>;
  signal: AbortSignal;
}

/** A file that was downloaded and kept. */
export interface KeptFile {
  /** Of its content, hex. */
  sha256: string;
  /** Bytes. */
  size: number;
  /** By its first bytes, whatever the server calls it. */
  contentType: string;
}

/** A file for its customer to fetch; the same content is kept once for each deal. */
export interface ConnectorDocument {
  file: KeptFile;
  dealId: string;
  /** The upstream's own id and kind of it, where it gives them. */
  documentId: string | null;
  classification: string | null;
  /** As the upstream calls the file. */
  name: string;
}

/** A webhook as it came in. */
export interface ReceivedRequest {
  headers: Headers;
  body: Uint8Array;
}

/** What became of it. */
export type Received =
  /** `answer`: the body of the 200, JSON; none: 204. */
  | { ok: true; step: Step; answer?: unknown }
  /** 401: not from the upstream; 400: from it, but unreadable. `reason` shows in the connector's status. */
  | { ok: false; status: 400 | 401; reason: string };

/** A way to the one host of a connector, through the egress guard; credentials never leave for another. */
export interface Upstream {
  /**
   * One exchange, without retries, however it is answered. A redirect is an answer like any other.
   * @throws UpstreamError blocked, foreign_link, unreachable, timeout, too_large
   */
  exchange(call: UpstreamCall): Promise<UpstreamAnswer>;
}

/** A request to the upstream. */
export interface UpstreamCall {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the base URL, beginning with "/"; or a whole URL that the upstream gave, of the same origin and path prefix. */
  url: string;
  /** Repeated where the value is an array. */
  query?: Record<string, string | number | readonly (string | number)[] | undefined>;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  signal: AbortSignal;
  /** For the whole exchange, ms; 60,000 by default. */
  timeoutMs?: number;
  /** Of the answer's body, more is not read; 10 MiB by default. */
  maxAnswerBytes?: number;
  /** A person waits for it: it does not queue behind what runs ask. By default all but GETs. */
  isUrgent?: boolean;
}

/** What the upstream answered; its body is read to the end, as long as the call allows. */
export interface UpstreamAnswer {
  status: number;
  headers: Headers;
  body: Uint8Array<ArrayBuffer>;
  /** The upstream's own time by its `Date` header, ms UTC; null: none that can be read. */
  date: number | null;
}
