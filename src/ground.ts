import type { Config } from "./config.ts";
import type { Aftermath } from "./customers/aftermath.ts";
import { openOperatorSide } from "./customers/operator-side.ts";
import type { OperatorSide } from "./customers/operator-wishes.ts";
import { DEFAULT_PUBLISHER, type Publishers } from "./customers/publishers.ts";
import { openSigningSecrets } from "./customers/signing-secrets.ts";
import { type Checkpoints, openCheckpoints } from "./database/checkpoints.ts";
import { GroupCommit } from "./database/commit.ts";
import { lockDataDir, openDataDir } from "./database/data-dir.ts";
import { keptPublishKey, secretKeyFor } from "./database/keys.ts";
import { openStore, type Store } from "./database/open.ts";
import { type Sealer, sealerFrom } from "./sealer.ts";
import type { Seams } from "./seams.ts";

/** What the hub stands on: an open, locked data folder. */
export interface Ground {
  store: Store;
  sealer: Sealer;
  commits: GroupCommit;
  checkpoints: Checkpoints;
  /** Closes the database and gives the folder back. */
  close(): Promise<void>;
}

/**
 * Opens the data folder for this process alone.
 * @throws DatabaseError when another process has it or the database is not ours.
 */
export function openGround(config: Config, seams: Seams): Ground {
  openDataDir(config.dataDir);
  const lock = lockDataDir(config.dataDir);
  try {
    const secretKey = secretKeyFor(config, seams.randomBytes);
    const sealer = sealerFrom(secretKey, seams.randomBytes);
    const store = openStore(config.dataDir, { now: seams.clock.now(), fingerprint: sealer.fingerprint });
    const commits = new GroupCommit(store.sqlite);
    const checkpoints = openCheckpoints(store, openCheckpointThread);
    commits.listen(checkpoints);
    const close = async () => {
      await checkpoints.stop();
      store.close();
      lock.release();
    };
    return { store, sealer, commits, checkpoints, close };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Opens the thread of the checkpoints. It is named from here because in the executable a thread's file is found by its
 * way from the folder of main.ts.
 */
export const openCheckpointThread = () =>
  new Worker(new URL("./database/checkpoint-thread.ts", import.meta.url), { smol: true });

/**
 * Opens the data folder for the operator alone, where no hub runs; nothing is delivered.
 * @throws DatabaseError as `openGround` does.
 */
export function openOperatorAlone(
  config: Config,
  seams: Seams,
): { side: OperatorSide; close(): Promise<void> } {
  const ground = openGround(config, seams);
  const aftermath: Aftermath = { deleted() {}, recoversByHand() {}, changed() {}, committed() {} };
  const base = { ...ground, seams, config };
  const side = openOperatorSide({ ...base, signingSecrets: openSigningSecrets(base), aftermath });
  return { side, close: ground.close };
}

/** PUBLISH_KEY where it is set; else the key in the data folder, made at the first start. */
export async function keepPublishKey(config: Config, publishers: Publishers): Promise<string | null> {
  if (config.publishKey !== null) {
    await publishers.setDefault(config.publishKey);
    return null;
  }
  if (publishers.list().some(({ name }) => name === DEFAULT_PUBLISHER)) return null;
  const { key, isNew } = keptPublishKey(config.dataDir, publishers.generateKey);
  await publishers.setDefault(key);
  return isNew ? key : null;
}
