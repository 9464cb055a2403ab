import type { CommonSettings } from "../connectors/connector.ts";
import type { AnyConnector, Registry } from "../connectors/registry.ts";
import { commitOrProblem } from "../customers/commit-or-problem.ts";
import type { CheckTarget } from "../customers/subscriptions.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { Environment } from "../database/schema.ts";
import type { SteadyTime } from "../delivery/steady-time.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import type { ConnectorRow, ConnectorRows } from "./connector-rows.ts";
import type { GivenSettings, SettingsKeeper } from "./connector-settings.ts";
import type { ErrandRows } from "./errand-rows.ts";
import { DEFAULT_SCHEDULE, nextRunAt, scheduleMistake } from "./schedule.ts";

/** Connectors that a customer may have. */
export const MAX_CONNECTORS_PER_CUSTOMER = 100;

/** What a `PUT` says of a connector. */
export interface GivenConnector {
  kind: string;
  environment: Environment;
  /** Left out: as it is, or the default. */
  schedule?: string | undefined;
  /** Secrets that are left out stay as they are. */
  settings: GivenSettings;
}

/** What a save has done: the row as it is now, and the one that it changed or took the place of. */
export interface Saved {
  row: ConnectorRow;
  before: ConnectorRow | null;
}

/**
 * Makes a connector or changes it. Where kind, environment or host differ, another takes its place: with its own id,
 * remembering nothing, and with all its secrets given, so that none goes to a host it was not given for.
 * @throws Problem invalid_input, refused_upstream
 */
export type SaveConnector = (customerId: number, name: string, given: GivenConnector) => Promise<Saved>;

/** What is to be saved, checked. */
interface Plan {
  kind: AnyConnector;
  settings: CommonSettings;
  schedule: string;
  /** Null: a new one. */
  changed: ConnectorRow | null;
}

/** Opens what saves connectors. */
export function openSaveConnector(parts: {
  kinds: Registry;
  rows: ConnectorRows;
  errandRows: Pick<ErrandRows, "hasten">;
  settings: SettingsKeeper;
  checkTarget: CheckTarget;
  commits: GroupCommit;
  seams: Pick<Seams, "clock" | "randomBytes">;
  /** What the times of coming runs are told in. */
  time: SteadyTime;
}): SaveConnector {
  const { kinds, rows, errandRows, settings: keeper, checkTarget, commits, seams } = parts;

  return async (customerId, name, given) => {
    for (;;) {
      const before = rows.named(customerId, name);
      const plan = planOf(given, before);
      const target = await checkTarget(plan.kind.baseUrl(plan.settings, given.environment));
      if (!target.ok) throw refusedUpstream(target.detail);
      const row = await commitOrProblem(commits, () => {
        if (!isSame(rows.named(customerId, name), before)) return null; // changed meanwhile: once more
        return write(plan, { customerId, name, environment: given.environment, before });
      });
      if (row !== null) return { row, before };
    }
  };

  function planOf(given: GivenConnector, before: ConnectorRow | null): Plan {
    const kind = kinds.get(given.kind);
    if (kind === undefined) throw invalid("kind", `must be one of: ${[...kinds.keys()].join(", ")}`);
    const schedule = scheduleOf(kind, given, before);
    if (before?.kind === given.kind && before.environment === given.environment) {
      const settings = keeper.check(kind, given.settings, keeper.secrets(before));
      const host = hostOf(kind, settings, given.environment);
      if (host === hostOf(kind, JSON.parse(before.settings), given.environment)) {
        return { kind, settings, schedule, changed: before };
      }
    }
    return { kind, settings: keeper.check(kind, given.settings, {}), schedule, changed: null };
  }

  function scheduleOf(kind: AnyConnector, given: GivenConnector, before: ConnectorRow | null): string {
    const { scheduleSetting = "" } = kind;
    const own = given.settings[scheduleSetting];
    const schedule = typeof own === "string" ? own : (given.schedule ?? before?.schedule ?? DEFAULT_SCHEDULE);
    const mistake = scheduleMistake(schedule, seams.clock.now());
    if (mistake !== null)
      throw invalid(schedule === own ? `settings.${scheduleSetting}` : "schedule", mistake);
    return schedule;
  }

  /** Inside a commit. */
  function write(plan: Plan, place: Place): ConnectorRow | Problem {
    const { kind, settings, schedule, changed } = plan;
    const { customerId, name, environment, before } = place;
    if (before === null && rows.count(customerId) >= MAX_CONNECTORS_PER_CUSTOMER) return tooMany();
    const now = seams.clock.now();
    const publicId = changed?.publicId ?? unguessableId(seams.randomBytes);
    const kept = keeper.seal(kind, settings, publicId);
    const next = { publicId, customerId, name, kind: kind.kind, environment, schedule, ...kept };
    const at = { now, nextRunAt: nextRunAt(schedule, publicId, parts.time.now()) };
    if (changed !== null) {
      rows.change(changed.id, next, at);
      errandRows.hasten(changed.id, now);
    } else {
      if (before !== null) rows.remove(before.id, now);
      rows.add(next, at);
    }
    const row = rows.named(customerId, name);
    if (row === null) throw new Error("a connector that was just written is there");
    if (changed === null && before?.status === "paused") {
      rows.setStatus(row.id, "paused", { now, nextRunAt: null });
    }
    return row;
  }
}

const isSame = (one: ConnectorRow | null, other: ConnectorRow | null) =>
  one?.id === other?.id && one?.version === other?.version;

interface Place {
  customerId: number;
  name: string;
  environment: Environment;
  before: ConnectorRow | null;
}

/** Scheme, name and port of an upstream; null for what is no URL. */
function hostOf(kind: AnyConnector, settings: CommonSettings, environment: Environment): string | null {
  return URL.parse(kind.baseUrl(settings, environment))?.origin ?? null;
}

/** A UUID of 122 random bits (version 4). */
function unguessableId(randomBytes: Seams["randomBytes"]): string {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const invalid = (path: string, message: string) =>
  new Problem("invalid_input", { errors: [{ path, message }] });

const tooMany = () => invalid("name", `you may have at most ${MAX_CONNECTORS_PER_CUSTOMER} connectors`);

const refusedUpstream = (detail: string) =>
  new Problem("refused_upstream", { detail, errors: [{ path: "settings.baseUrl", message: detail }] });
