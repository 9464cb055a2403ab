import { z } from "zod";
import { Problem } from "../problems.ts";

/** Shortest password, in characters. */
export const PASSWORD_MIN_LENGTH = 8;

/** Longest password, in characters: hashing one is work. */
export const PASSWORD_MAX_LENGTH = 200;

/** A password that somebody chooses; counted in characters, not in UTF-16 units. */
export const newPasswordSchema = z
  .string()
  .max(2 * PASSWORD_MAX_LENGTH)
  .refine(
    (text) => [...text].length >= PASSWORD_MIN_LENGTH && [...text].length <= PASSWORD_MAX_LENGTH,
    `must have ${PASSWORD_MIN_LENGTH} to ${PASSWORD_MAX_LENGTH} characters`,
  )
  .meta({ minLength: PASSWORD_MIN_LENGTH, maxLength: PASSWORD_MAX_LENGTH }); // for the documentation

/** argon2id's memory in KiB and its rounds: some 70 ms of one core for each hash. */
const COST = { memoryCost: 19_456, timeCost: 2 };

/** Hashes at once: two cores at most stay busy with strangers' passwords, 19 MiB each. */
const MAX_AT_ONCE = 2;

/** Those in line behind them, some 7 s of work; more are told to come back. */
const MAX_WAITING = 200;

const BUSY_RETRY_SECONDS = 10;

/** Of the same cost as every other, and no password's: verifying takes as long for an unknown e-mail as for a known. */
const NOBODYS_HASH = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=1$${"A".repeat(43)}$${"A".repeat(43)}`;

/** Hashes and checks passwords, a few at once. */
export interface Passwords {
  /** @throws Problem not_ready when too many wait. */
  hash(password: string): Promise<string>;
  /** Without a hash, false after the same time. @throws Problem not_ready when too many wait. */
  verify(password: string, hash: string | null): Promise<boolean>;
}

/** Opens the line that password work stands in. */
export function openPasswords(): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= MAX_AT_ONCE) {
      if (waiting.length >= MAX_WAITING) {
        throw new Problem("not_ready", { retryAfterSeconds: BUSY_RETRY_SECONDS });
      }
      await new Promise<void>((resolve) => waiting.push(resolve)); // whoever ends hands its place over
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  return {
    hash: (password) =>
      inTurn(() => Bun.password.hash(asTyped(password), { algorithm: "argon2id", ...COST })),
    verify: async (password, hash) => {
      if (password === "") return false; // nobody's, and Bun throws on it
      const isRight = await inTurn(() => Bun.password.verify(asTyped(password), hash ?? NOBODYS_HASH));
      return isRight && hash !== null;
    },
  };
}

/** The same letters are the same password, however a keyboard composes them. */
function asTyped(password: string): string {
  return password.normalize("NFC");
}
