import type { Database } from "bun:sqlite";
import type { UpstreamCommand, Verdict } from "../connectors/command.ts";
import type { Customer } from "../customers/customers.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { PageKeys } from "../delivery/page-keys.ts";
import { type Page, takePage } from "../delivery/pages.ts";
import type { Retention } from "../delivery/sweep.ts";
import { describeError, type Log } from "../log.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import { openCommandRetention } from "./command-retention.ts";
import { type CommandRow, openCommandRows, verdictOf } from "./command-rows.ts";
import { inTime, Stopped } from "./in-time.ts";
import { openLookUps } from "./look-ups.ts";
import { type ShownCommand, shownCommand } from "./shown-command.ts";
import { isForeseen, verdictOn } from "./verdicts.ts";

/** When the hub stops, commands under way may take this long to end, ms. */
const STOP_WITHIN_MS = 4000;

/** When one that was refused because the hub stops may be asked for again. */
const STOPPING_RETRY_SECONDS = 5;

/** What is asked of an upstream. */
export interface Asked<Request extends object> {
  customer: Pick<Customer, "id" | "email">;
  connectorId: string;
  /** Of the command, such as `mark-as-sold`. */
  name: string;
  /** What it is about: two commands for the same are not performed side by side. */
  target: string;
  request: Request;
  idempotencyKey: string | null;
  command: UpstreamCommand<Request>;
}

/** A command and what became of it. */
export interface Executed {
  commandId: string;
  verdict: Verdict;
}

/** Commands to upstreams: kept, performed once each, and listed. */
export interface Commands {
  /**
   * Performs it. One with a known key is not performed again: it gets the first outcome, and where that is not known
   * what a look-up tells. @throws Problem idempotency_key_reused, command_running, earlier_command, not_ready
   */
  execute<Request extends object>(asked: Asked<Request>): Promise<Executed>;
  /** A connector's, newest first, a page at a time. @throws Problem invalid_page_key */
  page(
    of: { customerId: number; connectorId: string },
    at: { limit: number; lastKey?: string | undefined },
  ): Promise<Page<ShownCommand>>;
  /** Looks up what became of those that the last hub left open. */
  start(): void;
  /** Ends what is under way; what was sent by then is looked up after the next start. */
  stop(): Promise<void>;
  /** Those that ended long ago. */
  retention: Retention;
}

/** As it is carried out: of its own request, only its command knows the form. */
type AnyAsked = Omit<Asked<object>, "command"> & { command: UpstreamCommand };

interface UnderWay {
  asked: AnyAsked;
  done: Promise<Executed>;
}

/** Opens the commands. */
export function openCommands(parts: {
  sqlite: Database;
  commits: GroupCommit;
  pageKeys: PageKeys;
  seams: Pick<Seams, "clock" | "newId">;
  log: Log;
  /** The commands of a connector, for look-ups; null: it is gone. */
  commandsOf(connectorId: string): Readonly<Record<string, UpstreamCommand>> | null;
}): Commands {
  const { commits, pageKeys, seams, log, commandsOf } = parts;
  const { clock } = seams;
  const rows = openCommandRows(parts.sqlite);
  const underWay = new Map<string, UnderWay>();
  const ending = new AbortController();
  let isStopping = false;
  const bounds = { clock, stopping: ending.signal };
  const isUnderWay = (commandId: string) => underWay.has(commandId);
  const lookUps = openLookUps({ ...bounds, rows, log, keep, commandsOf, isUnderWay });

  /** The one with this key, on disk or on its way there. @throws Problem idempotency_key_reused */
  function withSameKey(asked: AnyAsked): { row: CommandRow | null; current: UnderWay | null } {
    const { connectorId, idempotencyKey } = asked;
    if (idempotencyKey === null) return { row: null, current: null };
    const row = rows.byKey(connectorId, idempotencyKey);
    const isIt = (each: AnyAsked) =>
      each.connectorId === connectorId && each.idempotencyKey === idempotencyKey;
    const current = [...underWay.values()].find((each) => isIt(each.asked)) ?? null;
    const first = row ?? (current && rowFor("", current.asked));
    if (first !== null && !isSame(first, rowFor("", asked))) throw new Problem("idempotency_key_reused");
    return { row, current };
  }

  function refuseWhereBusy({ connectorId, target }: AnyAsked): void {
    for (const { asked } of underWay.values()) {
      if (asked.connectorId === connectorId && asked.target === target) throw new Problem("command_running");
    }
  }

  function begin(asked: AnyAsked, known: CommandRow | null): Promise<Executed> {
    const commandId = known?.publicId ?? seams.newId();
    const done = carryOut(commandId, asked, known).finally(() => underWay.delete(commandId));
    underWay.set(commandId, { asked, done });
    return done;
  }

  async function carryOut(commandId: string, asked: AnyAsked, known: CommandRow | null): Promise<Executed> {
    if (known?.status === "sent") {
      return { commandId, verdict: await lookUps.lookUp(known, asked.command) };
    }
    if (known === null && asked.command.makesAnew) await refuseWhereUnsettled(asked);
    if (known === null) await commits.run(() => rows.add(rowFor(commandId, asked), clock.now()));
    const { verdict, isFinal } = await perform(commandId, asked);
    const isKept = isFinal && (await keep({ publicId: commandId, name: asked.name }, verdict));
    if (isFinal && (!isKept || verdict.outcome === "unknown")) lookUps.watch(commandId, "soon");
    return { commandId, verdict };
  }

  /** @throws Problem earlier_command where one for the same target was sent and is, or may be, done */
  async function refuseWhereUnsettled({ connectorId, name, target, command }: AnyAsked): Promise<void> {
    const earlier = rows.unsettledFor(connectorId, name, target);
    if (earlier === null) return;
    const { outcome } = await lookUps.lookUp(earlier, command);
    if (outcome === "not-done" || outcome === "refused") return;
    throw new Problem("earlier_command", { more: { commandId: earlier.publicId, outcome } });
  }

  /** Not final: the hub stops, and the next one will look it up. */
  async function perform(commandId: string, { command, request }: AnyAsked) {
    let isSent = false;
    const sending = async (before: string) => {
      await commits.run(() => rows.send(commandId, before, clock.now()));
      isSent = true;
    };
    try {
      const work = (signal: AbortSignal) => command.perform(request, { sending, signal });
      return { verdict: await inTime(bounds, work), isFinal: true };
    } catch (error) {
      const isStopped = error instanceof Stopped;
      if (isStopped && !isSent) throw stopping();
      if (!isForeseen(error) && !isSent) throw error;
      if (!isForeseen(error)) log.error("command.failed", describeError(error));
      return { verdict: verdictOn(error, isSent), isFinal: !isStopped };
    }
  }

  /** The sale is made, or is not, whether that can be written or not: the answer goes out in any case. */
  async function keep(
    { publicId: commandId, name }: Pick<CommandRow, "publicId" | "name">,
    verdict: Verdict,
  ): Promise<boolean> {
    const { outcome } = verdict;
    try {
      await commits.run(() => rows.answer(commandId, verdict, clock.now()));
      log.info("command.answered", { commandId, name, outcome });
      return true;
    } catch (error) {
      log.error("command.unwritten", { commandId, name, outcome, ...describeError(error) });
      return false;
    }
  }

  return {
    async execute(given) {
      const asked = given as unknown as AnyAsked;
      if (isStopping) throw stopping();
      // Nothing is waited for from here to `begin`, so that no other comes in between.
      const { row, current } = withSameKey(asked);
      if (current !== null) return current.done;
      const verdict = row?.status === "settled" ? verdictOf(row) : null;
      if (row !== null && verdict !== null) return { commandId: row.publicId, verdict };
      refuseWhereBusy(asked);
      return begin(asked, row);
    },
    async page({ customerId, connectorId }, { limit, lastKey }) {
      const list = `commands/${connectorId}`;
      const place = pageKeys.placeOf(list, customerId, lastKey);
      const show = (row: CommandRow) => shownCommand(row, isUnderWay(row.publicId));
      const { page, lastId } = await takePage(rows.list(connectorId, place), limit, show);
      return { items: page, nextKey: lastId === null ? null : pageKeys.keyFor(list, customerId, lastId) };
    },
    start() {
      for (const commandId of rows.unsettled()) lookUps.watch(commandId, "now");
    },
    async stop() {
      isStopping = true;
      const allDone = () => Promise.allSettled([...underWay.values()].map(({ done }) => done));
      const isOver = new AbortController();
      const late = clock.sleep(STOP_WITHIN_MS, isOver.signal);
      await Promise.race([allDone(), late]);
      isOver.abort();
      ending.abort();
      await allDone();
      await lookUps.ended();
    },
    retention: openCommandRetention({ ...parts, isUnderWay }),
  };
}

function rowFor(publicId: string, asked: AnyAsked) {
  const { customer, connectorId, name, target, idempotencyKey, request } = asked;
  return {
    publicId,
    customerId: customer.id,
    askedBy: customer.email,
    connectorId,
    name,
    target,
    idempotencyKey,
    request: JSON.stringify(request),
  };
}

type Compared = Pick<CommandRow, "name" | "target" | "request">;

const isSame = (one: Compared, other: Compared) =>
  one.name === other.name && one.target === other.target && one.request === other.request;

const stopping = () => new Problem("not_ready", { retryAfterSeconds: STOPPING_RETRY_SECONDS });
