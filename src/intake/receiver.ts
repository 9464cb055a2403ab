import { createHmac } from "node:crypto";
import type { Connection, Received, ReceivedRequest } from "../connectors/connector.ts";
import { describeError, type Log } from "../log.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import type { Connections } from "./connections.ts";
import type { ConnectorMemory } from "./connector-memory.ts";
import type { ConnectorRow, ConnectorRows } from "./connector-rows.ts";
import type { FollowUps } from "./follow-ups.ts";
import type { Publish } from "./publish.ts";
import type { Refusals } from "./refusals.ts";
import { doorOf, toDraft } from "./run.ts";

/** The largest webhook that is taken. */
export const MAX_WEBHOOK_BYTES = 1024 * 1024;

/** When an upstream may send again what waits for a person. */
const RETRY_SECONDS = 300;

/** Takes the webhooks of upstreams. */
export interface Receiver {
  /**
   * Judges a webhook and keeps what it brings; resolves with the answer's body, undefined for none, once that is on
   * disk. Nothing is asked of anyone meanwhile.
   * @throws Problem not_found, unverified_webhook, unreadable_webhook, connector_paused, disk_low, backlog_full, not_ready
   */
  receive(publicId: string, request: ReceivedRequest): Promise<unknown>;
}

/** Judges anew each time it is called, by what is remembered then. */
type Judge = () => Received;

interface Judged {
  first: Received & { ok: true };
  /** Of the memory that it was judged by. */
  revision: number;
  judge: Judge;
}

/** Opens the receiving door. */
export function openReceiver(parts: {
  rows: ConnectorRows;
  connections: Connections;
  memory: ConnectorMemory;
  publish: Publish;
  followUps: FollowUps;
  /** Something is left to be done for this connector. */
  wake(connectorId: number): void;
  refusals: Refusals;
  seams: Pick<Seams, "clock" | "randomBytes">;
  log: Log;
}): Receiver {
  const { rows, connections, memory, publish, followUps, refusals, seams, log } = parts;
  const decoyKey = seams.randomBytes(32);

  /** Null: nobody's, or of a kind without webhooks. */
  function judgeFor(row: ConnectorRow | null, request: ReceivedRequest): Judge | null {
    const connection = row && connectionOf(row);
    if (row === null || connection === null || connection.receive === undefined) return null;
    const receive = connection.receive.bind(connection);
    return () => receive(request, { recall: (entity) => memory.recall(row.id, entity) });
  }

  function connectionOf(row: ConnectorRow): Connection {
    try {
      return connections.of(row).connection;
    } catch (error) {
      log.error("connector.broken", describeError(error)); // its settings are of another version
      throw new Problem("not_ready", { retryAfterSeconds: RETRY_SECONDS });
    }
  }

  function refuse(row: ConnectorRow, { status, reason }: Received & { ok: false }): Problem {
    refusals.note(row.id, reason);
    return new Problem(status === 401 ? "unverified_webhook" : "unreadable_webhook");
  }

  /** Judged again where anything was kept since `revision`: two webhooks of one thing come side by side. */
  async function keep(row: ConnectorRow, { first, revision, judge }: Judged): Promise<unknown> {
    let received = first;
    let isMoreToDo = false;
    const drafts = () => {
      if (!rows.isLive(row.id)) throw new Problem("not_found");
      const latest = memory.revision(row.id) === revision ? first : judge();
      if (!latest.ok) throw refuse(row, latest);
      received = latest;
      return received.step.drafts.map((draft) => toDraft(draft, row));
    };
    await publish(drafts, doorOf(row), (admitted) => {
      const { step } = received;
      memory.keepReceived(row.id, step);
      isMoreToDo = followUps.keep(row, { step, drafts: step.drafts, admitted });
      rows.received(row.id, seams.clock.now());
    });
    if (isMoreToDo) parts.wake(row.id);
    return received.answer;
  }

  return {
    async receive(publicId, request) {
      const row = rows.inbound(publicId);
      const judge = judgeFor(row, request);
      if (row === null || judge === null) {
        createHmac("sha256", decoyKey).update(request.body).digest(); // as long as a signature's check takes
        throw new Problem("not_found");
      }
      const revision = memory.revision(row.id);
      const received = judge();
      if (!received.ok) throw refuse(row, received);
      if (row.status === "paused") {
        throw new Problem("connector_paused", { retryAfterSeconds: RETRY_SECONDS });
      }
      return keep(row, { first: received, revision, judge });
    },
  };
}
