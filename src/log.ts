import pino from "pino";
import pretty from "pino-pretty";
import type { Config } from "./config.ts";

/** Writes one wide line per fact: a dotted name such as `delivery.attempted`, then ids and numbers. */
export interface Log {
  debug(fact: string, fields?: object): void;
  info(fact: string, fields?: object): void;
  warn(fact: string, fields?: object): void;
  error(fact: string, fields?: object): void;
}

/** Never written, wherever they stand: a second wall behind not logging them at all. */
const REDACTED = [
  "password",
  "apiKey",
  "token",
  "secret",
  "signingSecret",
  "key",
  "authorization",
  "payload",
];

/** The hub's log on standard output, as JSON lines or, for people, coloured text. */
export function openLog(config: Pick<Config, "logLevel" | "logFormat">): Log {
  const options: pino.LoggerOptions = {
    level: config.logLevel,
    base: null,
    messageKey: "fact",
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: "[redacted]" },
  };
  const line = config.logFormat === "pretty" ? pino(options, prettyLines()) : pino(options);
  return {
    debug: (fact, fields) => line.debug(fields ?? {}, fact),
    info: (fact, fields) => line.info(fields ?? {}, fact),
    warn: (fact, fields) => line.warn(fields ?? {}, fact),
    error: (fact, fields) => line.error(fields ?? {}, fact),
  };
}

// A pino transport would look for a worker file that a compiled executable does not have.
const prettyLines = () => pretty({ sync: true, messageKey: "fact", colorize: process.stdout.isTTY === true });

/** What an error may say in the log: its kind and code, never its text, which can quote input. */
export function describeError(error: unknown): { error: string; code?: string; stack?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = (error as { code?: unknown }).code;
  return {
    error: error.name,
    ...(typeof code === "string" && { code }),
    ...(error.stack && { stack: frames(error.stack) }),
  };
}

const frames = (stack: string) =>
  stack
    .split("\n")
    .filter((line) => line.trimStart().startsWith("at "))
    .slice(0, 6)
    .join("\n");
