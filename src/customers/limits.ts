import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import type { Config } from "../config.ts";
import { Problem } from "../problems.ts";
import type { Clock } from "../seams.ts";

/**
 * Keys one window keeps, some 150 bytes each. Each failed login costs a hash, at most 30 a second, so that no
 * stranger can push a count out before its 15 minutes are over.
 */
const MAX_KEYS = 50_000;

/** Test events one customer may send in a minute: each calls a machine that is not ours. */
const TEST_EVENTS = { limit: 10, lengthMs: 60_000 };

/** A login that was counted. */
export interface Counted {
  /** Takes the count back: the try turned out not to be a failure. */
  forgive(): void;
}

/** How often strangers may try, and customers may make the hub call out. */
export interface Limits {
  /** Counts a signup, whatever becomes of it. @throws Problem too_many_requests */
  signup(address: string): void;
  /**
   * Counts a login while it is under way, so that a burst cannot pass, and after it unless it is forgiven.
   * @throws Problem too_many_requests
   */
  login(who: { address: string; emailKey: string }): Counted;
  /** Counts a test event of a customer. @throws Problem too_many_requests */
  testEvent(customerId: number): void;
}

/** Opens the limits, with nothing counted yet. */
export function openLimits(parts: {
  clock: Clock;
  config: Pick<Config, "signupLimit" | "loginLimit">;
}): Limits {
  const { clock, config } = parts;
  const { signupLimit, loginLimit } = config;
  const signups = openWindow(clock, { limit: signupLimit.perAddress, lengthMs: signupLimit.windowMs });
  const loginsByAddress = openWindow(clock, { limit: loginLimit.perAddress, lengthMs: loginLimit.windowMs });
  const loginsByEmail = openWindow(clock, { limit: loginLimit.perEmail, lengthMs: loginLimit.windowMs });

  const testEvents = openWindow(clock, TEST_EVENTS);

  return {
    testEvent(customerId) {
      const key = String(customerId);
      testEvents.refuseIfFull(key);
      testEvents.count(key);
    },
    signup(address) {
      const key = addressKey(address);
      signups.refuseIfFull(key);
      signups.count(key);
    },
    login({ address, emailKey }) {
      const key = addressKey(address);
      loginsByAddress.refuseIfFull(key);
      loginsByEmail.refuseIfFull(emailKey);
      const counted = [loginsByAddress.count(key), loginsByEmail.count(emailKey)];
      return {
        forgive() {
          for (const each of counted) each.forgive();
        },
      };
    },
  };
}

interface Entry {
  count: number;
  endsAt: number;
}

/** Counts by key; a key's window begins with its first try, so entries end in the order in which they stand. */
function openWindow(clock: Clock, { limit, lengthMs }: { limit: number; lengthMs: number }) {
  const entries = new Map<string, Entry>();

  function dropEnded(now: number): void {
    for (const [key, { endsAt }] of entries) {
      if (endsAt > now) return;
      entries.delete(key);
    }
  }

  function begin(key: string, now: number): Entry {
    const [oldest] = entries.size < MAX_KEYS ? [] : entries.keys();
    if (oldest !== undefined) entries.delete(oldest);
    const entry = { count: 0, endsAt: now + lengthMs };
    entries.set(key, entry);
    return entry;
  }

  return {
    refuseIfFull(key: string): void {
      const now = clock.monotonic();
      dropEnded(now);
      const entry = entries.get(key);
      if (entry === undefined || entry.count < limit) return;
      throw new Problem("too_many_requests", { retryAfterSeconds: Math.ceil((entry.endsAt - now) / 1000) });
    },
    count(key: string): Counted {
      const entry = entries.get(key) ?? begin(key, clock.monotonic());
      entry.count += 1;
      return {
        forgive() {
          entry.count -= 1;
          if (entry.count === 0 && entries.get(key) === entry) entries.delete(key);
        },
      };
    },
  };
}

/** One customer's line has a whole /64 of IPv6 addresses, so these count as one. */
function addressKey(address: string): string {
  const bare = address.replace(/%.*$/, "");
  if (isIP(bare) === 0) return address;
  const parsed = ipaddr.process(bare); // an IPv4-mapped address counts as its IPv4
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${Buffer.from(parsed.toByteArray().slice(0, 8)).toString("hex")}/64`;
}
