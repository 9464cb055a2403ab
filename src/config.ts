import { type Network, parseNetworks } from "./networks.ts";

/** Where a customer's auction ids come from: the customer itself, or the operator. */
export type AuctionIdsMode = "self" | "operator";

/** All settings of the hub, read once at start. */
export type Config = ReturnType<typeof readConfig>;

/** A wrong setting; the message names the variable and what it takes. */
export class ConfigError extends Error {
  constructor(variable: string, sentence: string) {
    super(`${variable} ${sentence}`);
    this.name = "ConfigError";
  }
}

/** At most this many attempts under way: Bun's fetch stops at 256 in a process, and connectors need the rest. */
export const MAX_DELIVERY_CONCURRENCY = 200;

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/**
 * Reads every setting from the environment, with its default; nothing else in lanehook asks the environment.
 * @throws ConfigError naming the variable that is wrong.
 */
export function readConfig(env: Record<string, string | undefined>) {
  return Object.freeze({
    port: integer(env, "PORT", { otherwise: 8080, min: 0, max: 65_535 }),
    host: text(env, "HOST") ?? "127.0.0.1",
    /** Where the hub is reached from outside, without a slash at its end; null: at HOST and PORT. */
    publicUrl: url(env, "PUBLIC_URL"),
    /** Holds lanehook.db, secret.key, publish.key and admin.sock. */
    dataDir: text(env, "DATA_DIR") ?? "data",
    /** null: made at first start in the data folder. */
    secretKey: secret(env, "SECRET_KEY", 32),
    /** null: made at first start in the data folder. */
    publishKey: secret(env, "PUBLISH_KEY", 16),
    /** Wait before attempt 1, 2, 3 … in ms, each counted from the end of the one before. */
    retryDelaysMs: delays(env, "RETRY_DELAYS", "0,5,30"),
    /** For the whole exchange, body included. */
    deliveryTimeoutMs: 1000 * decimal(env, "DELIVERY_TIMEOUT", { otherwise: 10, min: 0.05, max: 300 }),
    deliveryConcurrency: integer(env, "DELIVERY_CONCURRENCY", {
      otherwise: 128,
      min: 1,
      max: MAX_DELIVERY_CONCURRENCY,
    }),
    /** For one run of a connector, however much there is to read. */
    runDeadlineMs: 1000 * decimal(env, "RUN_DEADLINE", { otherwise: 1800, min: 1, max: 86_400 }),
    allowTargets: networks(env, "ALLOW_TARGETS"),
    trustProxy: networks(env, "TRUST_PROXY"),
    signup: oneOf(env, "SIGNUP", ["open", "closed"] as const, "open"),
    auctionIds: oneOf(env, "AUCTION_IDS", ["self", "operator"] as const, "self"),
    /** Limits on strangers: how many in how long a window. */
    signupLimit: {
      perAddress: integer(env, "SIGNUP_LIMIT", { otherwise: 100, min: 1, max: 1_000_000 }),
      windowMs: 60_000 * integer(env, "SIGNUP_WINDOW_MINUTES", { otherwise: 10, min: 1, max: 1440 }),
    },
    loginLimit: {
      perAddress: integer(env, "LOGIN_LIMIT_PER_ADDRESS", { otherwise: 50, min: 1, max: 1_000_000 }),
      perEmail: integer(env, "LOGIN_LIMIT_PER_EMAIL", { otherwise: 10, min: 1, max: 1_000_000 }),
      windowMs: 60_000 * integer(env, "LOGIN_WINDOW_MINUTES", { otherwise: 15, min: 1, max: 1440 }),
    },
    /** How long what has ended is kept: deliveries, events, commands, runs; unreplayed dead letters; dedupe keys. */
    retentionMs: days(env, "RETENTION_DAYS", 30),
    deadLetterRetentionMs: days(env, "DLQ_RETENTION_DAYS", 90),
    dedupeMs: days(env, "DEDUPE_DAYS", 90),
    /** How long files are kept that connectors have fetched. */
    documentRetentionMs: days(env, "DOCUMENT_RETENTION_DAYS", 365),
    /** Less free than this on the data folder's disk: publishers are refused; 0 never refuses. */
    minFreeBytes: 1024 * 1024 * integer(env, "MIN_FREE_MB", { otherwise: 200, min: 0, max: 1_000_000 }),
    /** Pending deliveries past which a subscription's oldest is buried. */
    maxPendingPerSubscription: integer(env, "MAX_PENDING_PER_SUBSCRIPTION", {
      otherwise: 2_000_000,
      min: 1,
      max: 1_000_000_000,
    }),
    /** Pending deliveries in all past which publishers are refused. */
    maxPending: integer(env, "MAX_PENDING", { otherwise: 5_000_000, min: 1, max: 1_000_000_000 }),
    logLevel: oneOf(env, "LOG_LEVEL", LOG_LEVELS, "info"),
    logFormat: oneOf(env, "LOG_FORMAT", ["json", "pretty"] as const, "json"),
  });
}

/** Where the hub is reached from outside, without a slash at its end; `port` is the one it listens on. */
export function publicUrlOf({ publicUrl, host }: Pick<Config, "publicUrl" | "host">, port: number): string {
  return publicUrl ?? `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function text(env: Record<string, string | undefined>, name: string): string | null {
  const value = env[name]?.trim();
  return value ? value : null;
}

function integer(
  env: Record<string, string | undefined>,
  name: string,
  range: { otherwise: number; min: number; max: number },
): number {
  const value = decimal(env, name, range);
  if (!Number.isInteger(value)) throw new ConfigError(name, "must be a whole number");
  return value;
}

function decimal(
  env: Record<string, string | undefined>,
  name: string,
  { otherwise, min, max }: { otherwise: number; min: number; max: number },
): number {
  const given = text(env, name);
  if (given === null) return otherwise;
  const value = plainNumber(given);
  if (value === null || value < min || value > max) {
    throw new ConfigError(name, `must be a number from ${min} to ${max}`);
  }
  return value;
}

const DAY_MS = 86_400_000;

function days(env: Record<string, string | undefined>, name: string, otherwise: number): number {
  return Math.round(DAY_MS * decimal(env, name, { otherwise, min: 0.001, max: 36_500 }));
}

function plainNumber(given: string): number | null {
  return /^\d+(\.\d+)?$/.test(given) ? Number(given) : null;
}

function delays(env: Record<string, string | undefined>, name: string, otherwise: string): number[] {
  const seconds = (text(env, name) ?? otherwise).split(",").map((part) => plainNumber(part.trim()));
  if (seconds.length > 30 || seconds.some((value) => value === null || value > 604_800)) {
    throw new ConfigError(name, "must be 1 to 30 waits in seconds, separated by commas, such as 0,5,30");
  }
  return seconds.map((value) => Math.round((value ?? 0) * 1000));
}

function networks(env: Record<string, string | undefined>, name: string): Network[] {
  try {
    return parseNetworks(text(env, name) ?? "");
  } catch (error) {
    throw new ConfigError(name, `must be networks such as 10.0.0.0/8,fd00::/8: ${(error as Error).message}`);
  }
}

function secret(env: Record<string, string | undefined>, name: string, minLength: number): string | null {
  const value = text(env, name);
  if (value !== null && value.length < minLength) {
    throw new ConfigError(name, `must have at least ${minLength} characters`);
  }
  return value;
}

function url(env: Record<string, string | undefined>, name: string): string | null {
  const given = text(env, name);
  if (given === null) return null;
  const parsed = URL.parse(given);
  const isPlain = parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.search + parsed.hash === "";
  if (!isPlain || parsed.username + parsed.password !== "") {
    throw new ConfigError(name, "must be an http or https URL such as https://hub.example.com");
  }
  return parsed.href.replace(/\/$/, "");
}

function oneOf<const T extends string>(
  env: Record<string, string | undefined>,
  name: string,
  choices: readonly T[],
  otherwise: T,
): T {
  const given = text(env, name);
  if (given === null) return otherwise;
  const choice = choices.find((each) => each === given);
  if (choice === undefined) throw new ConfigError(name, `must be one of ${choices.join(", ")}`);
  return choice;
}
