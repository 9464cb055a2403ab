import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCatalog } from "../../src/catalog/catalog.ts";
import { readConfig } from "../../src/config.ts";
import { openAccounts } from "../../src/customers/accounts.ts";
import { openAuctionIds } from "../../src/customers/auction-ids.ts";
import type { Customer } from "../../src/customers/customers.ts";
import { openHealth } from "../../src/customers/health.ts";
import { openLimits } from "../../src/customers/limits.ts";
import { openOperator } from "../../src/customers/operator.ts";
import type { Passwords } from "../../src/customers/passwords.ts";
import { openPublishers } from "../../src/customers/publishers.ts";
import { openSigningSecrets } from "../../src/customers/signing-secrets.ts";
import { type CheckTarget, openSubscriptions } from "../../src/customers/subscriptions.ts";
import { GroupCommit } from "../../src/database/commit.ts";
import { openStore } from "../../src/database/open.ts";
import { type Problem, problems } from "../../src/problems.ts";
import { sealerFrom } from "../../src/sealer.ts";
import { realSeams } from "../../src/seams.ts";
import { TestClock } from "../support/test-clock.ts";

/** Where calls come from, unless a test says otherwise. */
export const ADDRESS = "192.0.2.7";

/** The password of every customer that a test is given. */
export const PASSWORD = "correct horse";

const START = Date.UTC(2025, 0, 1);

/** The customers' part of a hub on a database of its own, in the given environment. */
export function openTestCustomers(env: Record<string, string> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), "lanehook-customers-"));
  const clock = new TestClock(START);
  const seams = { ...realSeams(), clock };
  const sealer = sealerFrom("a secret key of more than 32 characters", seams.randomBytes);
  const store = openStore(dataDir, { now: START, fingerprint: sealer.fingerprint });
  const config = readConfig(env);
  const told: string[] = [];
  const aftermath = {
    deleted: (subscriptionId: number) => void told.push(`deleted ${subscriptionId}`),
    recoversByHand: (subscriptionId: number) => void told.push(`recoversByHand ${subscriptionId}`),
    changed: (customerId: number) => void told.push(`changed ${customerId}`),
    committed: (customerId: number) => void told.push(`committed ${customerId}`),
  };
  const target: { check: CheckTarget } = { check: async () => ({ ok: true }) };
  const base = { store, commits: new GroupCommit(store.sqlite), sealer, seams, config, aftermath };
  const passwords = countedPasswords();
  const limits = openLimits({ clock: seams.clock, config });
  const signingSecrets = openSigningSecrets(base);
  const auctionIds = openAuctionIds(base);
  const checkTarget: CheckTarget = (url) => target.check(url);
  const accounts = openAccounts({ ...base, passwords, limits, signingSecrets, auctionIds });

  return {
    ...base,
    clock,
    /** What the rest of the hub was told, in order. */
    told,
    target,
    passwords,
    signingSecrets,
    auctionIds,
    accounts,
    operator: openOperator({ ...base, passwords, signingSecrets, auctionIds }),
    publishers: openPublishers(base),
    subscriptions: openSubscriptions({
      ...base,
      catalog: openCatalog(),
      auctionIds,
      checkTarget,
      health: openHealth(store.sqlite),
    }),
    givenCustomer: (email = "ann@example.com"): Promise<Customer> =>
      accounts.signUp({ email, name: "Ann's Autos", password: PASSWORD }, ADDRESS),
    changeRows: () => store.sqlite.query("SELECT * FROM changes ORDER BY id").all(),
    [Symbol.dispose]() {
      store.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** What is open in a test. */
export type TestCustomers = ReturnType<typeof openTestCustomers>;

/** The code of the problem that a promise or a call ends with. */
export async function problemOf(failing: Promise<unknown> | (() => unknown)): Promise<Problem> {
  try {
    await (typeof failing === "function" ? failing() : failing);
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && String(error.code) in problems) {
      return error as Problem;
    }
    throw error;
  }
  throw new Error("no problem was thrown");
}

/** Stands for argon2id, which has a test of its own, and counts what it is asked. */
function countedPasswords(): Passwords & { asked: (string | null)[] } {
  const asked: (string | null)[] = [];
  let salt = 0;
  return {
    asked,
    async hash(password) {
      await Bun.sleep(0);
      salt += 1;
      return `${salt}:${password}`;
    },
    async verify(password, hash) {
      asked.push(hash);
      await Bun.sleep(0);
      return hash !== null && hash.slice(hash.indexOf(":") + 1) === password;
    },
  };
}
