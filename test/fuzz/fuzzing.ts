import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { call, givenCustomer, type Hub, PUBLISH_KEY, startHub, until } from "../torture/world.ts";
import { readDocument } from "./document.ts";
import { type FuzzRequest, type Known, requestsTo } from "./requests.ts";
import { judgeBy, type Verdict } from "./verdict.ts";

/** Requests under way at once. */
const AT_ONCE = 8;

/** Each round goes to all operations; memory is read after each. */
const ROUNDS = 10;

/** What fuzzing found. */
export interface Findings {
  requests: number;
  byStatus: Record<string, number>;
  /** Each with the request that showed it. */
  mistakes: string[];
  /** Resident memory after each round, MiB. */
  residentMiB: number[];
}

/** A hub whose limits on strangers do not get in the way. */
export async function startFuzzedHub(): Promise<{ hub: Hub } & AsyncDisposable> {
  const folder = mkdtempSync(join(tmpdir(), "lanehook-fuzz-"));
  const most = "1000000";
  const limits = { SIGNUP_LIMIT: most, LOGIN_LIMIT_PER_ADDRESS: most, LOGIN_LIMIT_PER_EMAIL: most };
  const hub = await startHub({ dataDir: join(folder, "data"), logs: folder, env: limits });
  return {
    hub,
    async [Symbol.asyncDispose]() {
      await hub.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Sends requests made from the hub's own document to every operation, and judges every answer by it. */
export async function fuzz(
  hub: Hub,
  { seed, requests }: { seed: number; requests: number },
): Promise<Findings> {
  const { operations, schemas } = await readDocument(hub.api.replace("/api", ""));
  const { known, secrets } = await makeKnown(hub);
  const verdict = judgeBy(schemas, secrets);
  const findings: Findings = { requests: 0, byStatus: {}, mistakes: [], residentMiB: [] };
  const shares = operations.map((operation) => ({ operation, share: isCostly(operation.path) ? 0.15 : 1 }));
  const total = shares.reduce((sum, { share }) => sum + share, 0);
  for (let round = 0; round < ROUNDS; round++) {
    const made = shares.flatMap(({ operation, share }, n) => {
      const numRuns = Math.max(1, Math.ceil((requests * share) / total / ROUNDS));
      return fc.sample(requestsTo(operation, known), { seed: seed + round * 1000 + n, numRuns });
    });
    await sendAll(hub, made, { verdict, findings });
    findings.residentMiB.push(residentMiB(hub.pid));
  }
  return findings;
}

/** Hashing a password costs as much as a thousand other requests. */
const isCostly = (path: string) => /^\/api\/(?:auth|session)/.test(path);

/** Two customers, one with dead letters, deliveries under way and a recovery, and all that tells callers apart. */
async function makeKnown(hub: Hub): Promise<{ known: Known; secrets: string[] }> {
  const nowhere = { webhookUrl: "http://127.0.0.1:1/" };
  const ours = await givenCustomer(hub, "ours", nowhere);
  const theirs = await givenCustomer(hub, "theirs", nowhere);
  const asOurs = { auth: ours.token };
  const event = { eventType: "ae.asset.deal.sold.ams", payload: { "auction-id": "daanw" } };
  await call(hub, "POST", "/events", { auth: PUBLISH_KEY, body: Array.from({ length: 20 }, () => event) });
  const entries = async () => (await call(hub, "GET", "/deliveries/dlq?limit=5", asOurs)).entries;
  await until(async () => (await entries()).length === 5, 10_000, "some are dead letters");
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const { recoveryId } = await call(hub, "POST", "/subscriptions/production/*/recover", {
    ...asOurs,
    body: { since },
  });
  const { deliveries, nextKey } = await call(hub, "GET", "/deliveries?limit=5", asOurs);
  const ids = [...deliveries, ...(await entries())].map(({ deliveryId }) => deliveryId as string);
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  return {
    known: {
      credentials: {
        customer: [
          bearer(ours.token),
          bearer(ours.token),
          { "x-api-key": ours.apiKey },
          bearer(theirs.token),
          { cookie: `lanehook_session=${theirs.token}` },
          { cookie: `lanehook_session=${theirs.token}`, "x-requested-with": "lanehook" },
        ],
        publisher: [
          bearer(PUBLISH_KEY),
          { "x-api-key": PUBLISH_KEY },
          { authorization: `Basic ${btoa(`x:${PUBLISH_KEY}`)}` },
        ],
        nobody: [{}, bearer("bad"), { "x-api-key": "bad" }, { authorization: "Digest bad" }],
      },
      parameters: {
        deliveryId: ids,
        eventId: deliveries.map(({ eventId }: { eventId: string }) => eventId),
        recoveryId: [recoveryId],
        lastKey: [nextKey],
        eventType: ["*"],
        environment: ["production"],
        since: [since],
      },
    },
    secrets: [ours.token, theirs.token, PUBLISH_KEY, ours.signingSecret, ours.apiKey],
  };
}

async function sendAll(
  hub: Hub,
  made: FuzzRequest[],
  to: { verdict: Verdict; findings: Findings },
): Promise<void> {
  let next = 0;
  const sendOn = async () => {
    for (let request = made[next++]; request !== undefined; request = made[next++])
      await send(hub, request, to);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
}

async function send(
  hub: Hub,
  { operation, path, headers, body }: FuzzRequest,
  { verdict, findings }: { verdict: Verdict; findings: Findings },
): Promise<void> {
  const url = hub.api.replace("/api", "") + path;
  findings.requests += 1;
  let mistake: string | null;
  try {
    const answer = await fetch(url, {
      method: operation.method,
      headers,
      body: body as Uint8Array<ArrayBuffer> | null,
      redirect: "manual",
    });
    const text = await textOf(answer);
    findings.byStatus[answer.status] = (findings.byStatus[answer.status] ?? 0) + 1;
    mistake = verdict(operation, {
      status: answer.status,
      type: answer.headers.get("content-type") ?? "",
      text,
    });
  } catch (error) {
    mistake = `no answer: ${error}`;
  }
  if (mistake === null) return;
  const shown =
    body === null
      ? ""
      : ` --data-binary ${JSON.stringify(Buffer.from(body).toString("latin1").slice(0, 300))}`;
  const named = Object.keys(headers).join(", ");
  findings.mistakes.push(`${mistake}\n    ${operation.method} ${path.slice(0, 300)} (${named})${shown}`);
}

/** A stream of events has no end: its beginning is looked at. */
async function textOf(answer: Response): Promise<string> {
  if (answer.headers.get("content-type") !== "text/event-stream") return answer.text();
  const reader = answer.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return new TextDecoder().decode(value);
}

function residentMiB(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)?.[1]) / 1024;
}
