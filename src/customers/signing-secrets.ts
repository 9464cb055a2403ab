import { and, desc, eq, gt, isNull, lte, or } from "drizzle-orm";
import type { GroupCommit } from "../database/commit.ts";
import type { Store } from "../database/open.ts";
import { signingSecrets } from "../database/schema.ts";
import { Problem } from "../problems.ts";
import type { Sealer } from "../sealer.ts";
import type { Seams } from "../seams.ts";

/** A day: how long the one before still signs beside the new secret, where the caller says nothing. */
export const DEFAULT_OVERLAP_SECONDS = 86_400;

/** A week. */
export const MAX_OVERLAP_SECONDS = 604_800;

const SECRET_BYTES = 32;

/** Secrets of one customer that sign at once: each adds 50 bytes to a header, and receivers refuse long ones. */
const MAX_SIGNING = 10;

/** Customers whose opened secrets are kept in memory, some 300 bytes each. */
const MAX_CACHED = 20_000;

/** One secret that signs a customer's webhooks now. */
export interface SigningSecret {
  readonly value: string;
}

/** What webhooks are signed with. */
export interface SigningSecrets {
  /** The newest secret. @throws Problem signing_secret_not_found */
  present(customerId: number): string;
  /** When the last of those before it signs no more, ms UTC; null where none signs beside it. */
  previousEndsAt(customerId: number): number | null;
  /** Makes a new secret; those before it go on for the overlap at most. */
  rotate(customerId: number, overlapSeconds: number): Promise<{ signingSecret: string; rotatedAt: string }>;
  /** All secrets that sign now, the newest first. */
  secretsFor(customerId: number, now: number): readonly SigningSecret[];
  /** A new random secret, not yet kept. */
  generate(): string;
  /** Keeps a customer's first secret; called inside the transaction that makes the customer. */
  insertFirst(customerId: number, value: string, now: number): void;
}

interface Opened {
  secrets: readonly SigningSecret[];
  /** When the first of them ends; Infinity while there is only the present one. */
  endsAt: number;
  /** When the last of those before the present one ends; null where there are none. */
  previousEndsAt: number | null;
}

/** Opens the signing secrets, encrypted at rest. */
export function openSigningSecrets(parts: {
  store: Store;
  commits: GroupCommit;
  sealer: Sealer;
  seams: Seams;
}): SigningSecrets {
  const { store, commits, sealer, seams } = parts;
  const opened = new Map<number, Opened>();

  function insert(customerId: number, value: string, now: number): void {
    const sealed = sealer.seal(value, purposeFor(customerId));
    store.drizzle.insert(signingSecrets).values({ customerId, sealed, createdAt: now }).run();
  }

  function openedFor(customerId: number, now: number): Opened {
    const known = opened.get(customerId);
    if (known !== undefined && now < known.endsAt) return known;
    const fresh = load(customerId, now);
    if (fresh.secrets.length > 0) remember(customerId, fresh);
    return fresh;
  }

  const secretsFor = (customerId: number, now: number) => openedFor(customerId, now).secrets;

  function remember(customerId: number, fresh: Opened): void {
    opened.delete(customerId);
    const [longestKept] = opened.size < MAX_CACHED ? [] : opened.keys();
    if (longestKept !== undefined) opened.delete(longestKept);
    opened.set(customerId, fresh);
  }

  function load(customerId: number, now: number): Opened {
    const rows = store.drizzle
      .select()
      .from(signingSecrets)
      .where(
        and(
          eq(signingSecrets.customerId, customerId),
          or(isNull(signingSecrets.expiresAt), gt(signingSecrets.expiresAt, now)),
        ),
      )
      .orderBy(desc(signingSecrets.id))
      .limit(MAX_SIGNING)
      .all();
    const secrets = rows.map(({ id, sealed }) => {
      const value = sealer.open(sealed, purposeFor(customerId));
      if (value === null) throw new Error(`signing secret ${id} does not open under SECRET_KEY`);
      return { value };
    });
    const ends = rows.map(({ expiresAt }) => expiresAt).filter((expiresAt) => expiresAt !== null);
    const endsAt = Math.min(Number.POSITIVE_INFINITY, ...ends);
    return { secrets, endsAt, previousEndsAt: ends.length > 0 ? Math.max(...ends) : null };
  }

  function endOlder(customerId: number, now: number, endsAt: number): void {
    const theirs = eq(signingSecrets.customerId, customerId);
    const laterOrNever = or(isNull(signingSecrets.expiresAt), gt(signingSecrets.expiresAt, endsAt));
    store.drizzle.update(signingSecrets).set({ expiresAt: endsAt }).where(and(theirs, laterOrNever)).run();
    store.drizzle
      .delete(signingSecrets)
      .where(and(theirs, lte(signingSecrets.expiresAt, now)))
      .run();
  }

  const generate = () => `whsec_${Buffer.from(seams.randomBytes(SECRET_BYTES)).toString("base64")}`;

  return {
    present(customerId) {
      const [newest] = secretsFor(customerId, seams.clock.now());
      if (newest === undefined) throw new Problem("signing_secret_not_found");
      return newest.value;
    },
    previousEndsAt: (customerId) => openedFor(customerId, seams.clock.now()).previousEndsAt,
    async rotate(customerId, overlapSeconds) {
      const signingSecret = generate();
      const now = seams.clock.now();
      try {
        await commits.run(() => {
          endOlder(customerId, now, now + overlapSeconds * 1000);
          insert(customerId, signingSecret, now);
        });
      } finally {
        opened.delete(customerId);
      }
      return { signingSecret, rotatedAt: new Date(now).toISOString() };
    },
    secretsFor,
    generate,
    insertFirst: insert,
  };
}

/** Binds a sealed secret to its owner: copied to another customer's row it does not open. */
function purposeFor(customerId: number): string {
  return `signing-secret/${customerId}`;
}
