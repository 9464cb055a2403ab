import { z } from "zod";
import type {
  Connection,
  ConnectionParts,
  Connector,
  ConnectorDraft,
  Memory,
  Received,
  ReceivedRequest,
  Step,
  UpstreamAnswer,
} from "../../src/connectors/connector.ts";
import { registryOf } from "../../src/connectors/registry.ts";
import { getRetrying, retryAtOf } from "../../src/connectors/retrying.ts";
import { UpstreamError, type UpstreamFault } from "../../src/connectors/upstream-error.ts";
import type { ToyItem } from "./toy-upstream.ts";

const toySettings = z.strictObject({
  initialScan: z.enum(["emit", "silent"]).default("emit"),
  baseUrl: z.string().default("https://toys.example.com"),
  token: z.string().min(1),
  webhookKey: z.string().optional(),
  pageSize: z.int().min(1).max(100).default(2),
  /** Asks for each new item by itself after it was compared, as kinds do that need more than a page tells. */
  details: z.boolean().default(false),
  /** Leaves it to errands to look up what a webhook brings. */
  errands: z.boolean().default(false),
});

type ToySettings = z.infer<typeof toySettings>;

/** A kind for tests of the frame: it scans pages of items, tells what is new, changed or gone, and takes webhooks. */
export const toyKind: Connector<ToySettings, ToyConnection> = {
  kind: "toy",
  settings: toySettings,
  secrets: ["token", "webhookKey"],
  baseUrl: ({ baseUrl }) => baseUrl,
  open: openToy,
};

/** The registry of a test's hub. */
export const toyKinds = registryOf(toyKind);

interface ToyConnection extends Connection {
  lookUp(id: string, signal: AbortSignal): Promise<ToyItem>;
}

function openToy(parts: ConnectionParts<ToySettings>): ToyConnection {
  const { settings, upstream, clock } = parts;
  const headers = { authorization: `Bearer ${settings.token}` };

  const get = async (url: string, signal: AbortSignal, query = {}): Promise<UpstreamAnswer> =>
    getRetrying(parts, { url, query, headers, signal });

  async function* poll(memory: Memory, signal: AbortSignal): AsyncIterable<Step> {
    let url: string | undefined = "/items";
    for (let page = 1; url !== undefined; page++) {
      const query = page === 1 ? { page, size: settings.pageSize } : {};
      const answer = await get(url, signal, query);
      const body = read<{ items: ToyItem[]; next?: string }>(answer, clock.now());
      const step = compare(body.items, memory);
      for (const [entity] of settings.details ? step.remember : []) await get(pathOf(entity), signal);
      yield { ...step, pages: 1, items: body.items.length, cursor: `page ${page}` };
      url = body.next;
    }
    for (const entity of memory.unseen()) {
      const answer = await get(pathOf(entity), signal);
      if (answer.status === 404) yield { drafts: [removed(entity, memory)], forget: [entity] };
    }
  }

  return {
    async check(signal) {
      read(await upstream.exchange({ url: "/me", headers, signal }), clock.now());
    },
    poll,
    receive(request, memory) {
      const received = receive(request, memory, settings.webhookKey);
      if (received.ok && settings.errands) received.step.drafts = received.step.drafts.map(withErrand);
      return received;
    },
    async run({ key, request }, { signal }) {
      const item = read<ToyItem>(await get(pathOf(key), signal), clock.now());
      const { askedFor } = JSON.parse(request);
      return { drafts: [draftOf("looked-up", item)], remember: [[`looked-up/${item.id}`, String(askedFor)]] };
    },
    async lookUp(id, signal) {
      return read(
        await upstream.exchange({ url: `/items/${id}`, headers, signal, isUrgent: true }),
        clock.now(),
      );
    },
  };
}

const withErrand = (draft: ConnectorDraft): ConnectorDraft => {
  const { id, version } = JSON.parse(draft.payload);
  const request = JSON.stringify({ askedFor: version });
  return { ...draft, errands: [{ name: "look-up", key: `item/${id}`, request }] };
};

const pathOf = (entity: string) => `/items/${entity.slice("item/".length)}`;

function compare(items: ToyItem[], memory: Pick<Memory, "recall">) {
  const drafts: ConnectorDraft[] = [];
  const seen: string[] = [];
  const remember: [string, string][] = [];
  for (const item of items) {
    const entity = `item/${item.id}`;
    const known = memory.recall(entity);
    if (known !== null && Number(known) >= item.version) seen.push(entity);
    else {
      drafts.push(draftOf(known === null ? "created" : "updated", item));
      remember.push([entity, String(item.version)]);
    }
  }
  return { drafts, seen, remember };
}

function draftOf(change: string, item: ToyItem): ConnectorDraft {
  const key = `item/${item.id}/${change}/${item.version}`;
  return { eventType: `toy.item.${change}`, payload: JSON.stringify(item), key };
}

function removed(entity: string, memory: Pick<Memory, "recall">): ConnectorDraft {
  return draftOf("removed", { id: entity.slice("item/".length), version: Number(memory.recall(entity)) });
}

function receive(
  { headers, body }: ReceivedRequest,
  memory: Pick<Memory, "recall">,
  key: string | undefined,
): Received {
  if (key === undefined || headers.get("x-toy-key") !== key) {
    return { ok: false, status: 401, reason: "the key in X-Toy-Key is wrong" };
  }
  const item = itemIn(body);
  if (item === null) return { ok: false, status: 400, reason: "the body is no item" };
  return {
    ok: true,
    step: compare([item], memory),
    ...(item.id === "echo" && { answer: { version: item.version } }),
  };
}

function itemIn(body: Uint8Array): ToyItem | null {
  try {
    return z.object({ id: z.string(), version: z.int() }).parse(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    return null;
  }
}

/** The JSON of a good answer. @throws UpstreamError */
function read<T>(answer: UpstreamAnswer, now: number): T {
  const { status, body } = answer;
  if (status !== 200) {
    const retryAt = retryAtOf(answer, now);
    throw new UpstreamError(faultOf(status), `HTTP ${status}`, {
      status,
      ...(retryAt !== null && { retryAt }),
    });
  }
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new UpstreamError("malformed", "it is no JSON", { status });
  }
}

function faultOf(status: number): UpstreamFault {
  if (status === 401) return "bad_credentials";
  if (status === 404) return "not_a_service";
  if (status === 429) return "rate_limited";
  return status >= 500 ? "server_error" : "refused";
}
