import { z } from "zod";
import type { Config } from "../config.ts";
import { grantWish, type WishAnswer, type WishInput, type WishName } from "../customers/operator-wishes.ts";
import { openDataDir, tryLockDataDir } from "../database/data-dir.ts";
import { openOperatorAlone } from "../ground.ts";
import { adminSocketPath } from "../http/admin-socket.ts";
import { Problem, type ProblemCode, problems } from "../problems.ts";
import { realSeams } from "../seams.ts";

/** A hub that does not answer within this hangs, in ms. */
const PATIENCE_MS = 90_000;

/** The hub that owns the data folder cannot be asked; the message says why. */
export class AdminError extends Error {
  override name = "AdminError";
}

/**
 * Has one wish granted: by the hub that runs on the data folder, or else here, on the folder itself.
 * @throws Problem when it is refused, AdminError when a hub is there but cannot be asked.
 */
export async function askAdmin<Name extends WishName>(
  config: Config,
  wish: Name,
  input: WishInput<Name>,
): Promise<WishAnswer<Name>> {
  const answer = await askHub(config.dataDir, wish, input);
  return answer === null ? grantAlone(config, wish, input) : unpack<Name>(answer);
}

/** Connecting failed, so nothing was asked: no hub was ever started, or it was killed. */
const NOBODY_LISTENS = new Set<unknown>(["ENOENT", "ECONNREFUSED", "ENOTDIR", "ENAMETOOLONG"]);

/** null: no hub listens. */
async function askHub(dataDir: string, wish: string, input: unknown): Promise<Response | null> {
  const body = JSON.stringify({ wish, input });
  try {
    return await fetch("http://hub/", {
      method: "POST",
      unix: adminSocketPath(dataDir),
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (NOBODY_LISTENS.has(code)) return null;
    if (code === "EACCES")
      throw new AdminError(`DATA_DIR ${dataDir} is another user's; run this as that user.`);
    throw new AdminError("The hub did not answer to the end; look with `list` at what it has done.");
  }
}

async function grantAlone<Name extends WishName>(
  config: Config,
  wish: Name,
  input: WishInput<Name>,
): Promise<WishAnswer<Name>> {
  refuseOwnedFolder(config.dataDir);
  const { side, close } = openOperatorAlone(config, realSeams());
  try {
    return await grantWish(side, wish, input);
  } finally {
    await close();
  }
}

function refuseOwnedFolder(dataDir: string): void {
  openDataDir(dataDir);
  const lock = tryLockDataDir(dataDir);
  lock?.release();
  if (lock !== null) return;
  throw new AdminError(
    `DATA_DIR ${dataDir} is in use by a lanehook whose admin.sock does not answer. It may be starting or stopping: try again, or stop it first.`,
  );
}

const refusalSchema = z.object({
  code: z.enum(Object.keys(problems) as ProblemCode[]),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).exactOptional(),
});

async function unpack<Name extends WishName>(answer: Response): Promise<WishAnswer<Name>> {
  if (answer.ok) return (await answer.json()) as WishAnswer<Name>; // the hub's own, of the same table of wishes
  const refusal = refusalSchema.safeParse(await answer.json().catch(() => null));
  if (!refusal.success) throw new AdminError(`The hub did not take this: it answered ${answer.status}.`);
  const { code, detail, errors } = refusal.data;
  throw new Problem(code, errors ? { errors } : { detail });
}
