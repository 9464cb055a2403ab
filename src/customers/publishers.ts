import { asc, eq } from "drizzle-orm";
import { ConfigError } from "../config.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { Store } from "../database/open.ts";
import { publishers } from "../database/schema.ts";
import { Problem } from "../problems.ts";
import { hashKey } from "../sealer.ts";
import type { Seams } from "../seams.ts";
import { commitOrProblem } from "./commit-or-problem.ts";

/** The publisher whose key is PUBLISH_KEY. */
export const DEFAULT_PUBLISHER = "default";

const KEY_PREFIX = "lhp_";
const KEY_BYTES = 32;
const NAME = /^[a-z0-9-]{1,64}$/;

/** A system that may publish events. */
export interface Publisher {
  id: number;
  name: string;
}

/** A publisher as its operator sees it. */
export interface ListedPublisher {
  name: string;
  status: "active" | "removed";
  createdAt: string;
}

/** Who may publish. */
export interface Publishers {
  /** Answers the key this once; only its hash is kept. A removed name comes back with its dedupe keys. */
  add(name: string): Promise<{ name: string; key: string }>;
  list(): ListedPublisher[];
  /** The key stops working at once. @throws Problem publisher_not_found */
  remove(name: string): Promise<void>;
  /** Asked at each publish, so answered from memory. */
  findByKey(key: string): Publisher | null;
  /** A new random key, for the first start. */
  generateKey(): string;
  /** Makes this the one key of publisher `default`. @throws ConfigError when it is another publisher's key. */
  setDefault(key: string): Promise<void>;
}

/** Opens the publishers. */
export function openPublishers(parts: { store: Store; commits: GroupCommit; seams: Seams }): Publishers {
  const { store, commits, seams } = parts;
  let byKeyHash = load();

  function load(): Map<string, Publisher> {
    const rows = store.drizzle.select().from(publishers).where(eq(publishers.status, "active")).all();
    return new Map(rows.map(({ id, name, keyHash }) => [keyHash.toString("hex"), { id, name }]));
  }

  function find(name: string) {
    return store.drizzle.select().from(publishers).where(eq(publishers.name, name)).get();
  }

  async function change(work: () => Problem | undefined): Promise<void> {
    try {
      await commitOrProblem(commits, work);
    } finally {
      byKeyHash = load();
    }
  }

  function write(name: string, keyHash: Buffer, now: number): void {
    store.drizzle
      .insert(publishers)
      .values({ name, keyHash, createdAt: now })
      .onConflictDoUpdate({ target: publishers.name, set: { keyHash, status: "active", createdAt: now } })
      .run();
  }

  const generateKey = () => KEY_PREFIX + Buffer.from(seams.randomBytes(KEY_BYTES)).toString("base64url");

  return {
    async add(name) {
      if (!NAME.test(name)) throw wrongName();
      const key = generateKey();
      const now = seams.clock.now();
      await change(() => {
        if (find(name)?.status === "active") return new Problem("publisher_exists");
        write(name, hashKey(key), now);
      });
      return { name, key };
    },
    list: () =>
      store.drizzle
        .select()
        .from(publishers)
        .orderBy(asc(publishers.id))
        .all()
        .map(({ name, status, createdAt }) => ({
          name,
          status,
          createdAt: new Date(createdAt).toISOString(),
        })),
    remove: (name) =>
      change(() => {
        if (find(name)?.status !== "active") return new Problem("publisher_not_found");
        store.drizzle.update(publishers).set({ status: "removed" }).where(eq(publishers.name, name)).run();
      }),
    findByKey: (key) => byKeyHash.get(hashKey(key).toString("hex")) ?? null,
    generateKey,
    async setDefault(key) {
      const keyHash = hashKey(key);
      const now = seams.clock.now();
      const holder = store.drizzle.select().from(publishers).where(eq(publishers.keyHash, keyHash)).get();
      if (holder?.name === DEFAULT_PUBLISHER && holder.status === "active") return;
      if (holder !== undefined && holder.name !== DEFAULT_PUBLISHER) {
        throw new ConfigError("PUBLISH_KEY", `is the key of publisher ${holder.name}; take another`);
      }
      await change(() => {
        write(DEFAULT_PUBLISHER, keyHash, now);
      });
    },
  };
}

function wrongName(): Problem {
  const message = "must be 1 to 64 small letters, digits and -";
  return new Problem("invalid_input", { errors: [{ path: "name", message }] });
}
