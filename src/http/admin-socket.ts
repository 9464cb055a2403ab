import { rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { grantWish, isWishName, type OperatorSide, type WishName } from "../customers/operator-wishes.ts";
import { validInput } from "../customers/valid-input.ts";
import { describeError, type Log } from "../log.ts";
import { Problem } from "../problems.ts";
import { afterReadyIo } from "../seams.ts";
import { problemResponse } from "./problem-answers.ts";

const SOCKET_FILE = "admin.sock";

/** A thousand auction ids take a tenth of this. */
const MAX_REQUEST_BYTES = 1024 * 1024;

const requestSchema = z.object({ wish: z.string(), input: z.unknown() });

/** Where the operator's commands find the hub that runs on this data folder. */
export function adminSocketPath(dataDir: string): string {
  return join(dataDir, SOCKET_FILE);
}

/** The operator's door to a running hub. */
export interface AdminSocket {
  /** Only for the process that holds the data folder's lock. A hub whose folder takes no socket runs without. */
  listen(): void;
  /** Lets the wishes under way be granted and closes. */
  stop(): Promise<void>;
}

/** Opens the operator's door: HTTP on a socket that only the hub's own user may use, one POST for each wish. */
export function openAdminSocket(parts: { dataDir: string; side: OperatorSide; log: Log }): AdminSocket {
  const { dataDir, side, log } = parts;
  const path = adminSocketPath(dataDir);
  const underWay = new Set<Promise<unknown>>();
  let server: Bun.Server<undefined> | null = null;

  async function answer(request: Request): Promise<Response> {
    let wish: WishName | undefined;
    try {
      const asked = await readAsked(request);
      wish = asked.wish;
      const granted = grantWish(side, wish, asked.input);
      underWay.add(granted);
      const response = Response.json(await granted.finally(() => underWay.delete(granted)));
      log.info("admin.granted", { wish });
      return response;
    } catch (error) {
      return refusal(error, { wish, log });
    }
  }

  return {
    listen() {
      try {
        rmSync(path, { force: true }); // left behind by a kill: the lock says that nobody else listens
        server = bind(path, answer);
      } catch (error) {
        log.warn("admin.closed", { path, ...describeError(error) });
      }
    },
    async stop() {
      server?.stop();
      await Promise.allSettled(underWay);
      await new Promise<void>((resolve) => afterReadyIo(resolve)); // the last answer leaves
      await server?.stop(true); // who has connected and asks nothing is not waited for
    },
  };
}

/** Under this umask the socket is its owner's alone (0600) from the first moment. */
const OWNER_ONLY = 0o177;

/** Passwords may stand in line before they are hashed. */
const IDLE_TIMEOUT = { idleTimeout: 60 };

function bind(path: string, answer: (request: Request) => Promise<Response>): Bun.Server<undefined> {
  const before = process.umask(OWNER_ONLY);
  try {
    return Bun.serve({
      unix: path,
      fetch: answer,
      maxRequestBodySize: MAX_REQUEST_BYTES,
      development: false,
      ...(IDLE_TIMEOUT as object), // honoured, though Bun's types know it for ports only
    });
  } finally {
    process.umask(before);
  }
}

async function readAsked(request: Request): Promise<{ wish: WishName; input: unknown }> {
  const { wish, input } = validInput(requestSchema, await bodyOf(request));
  if (isWishName(wish)) return { wish, input };
  throw new Problem("not_found", { detail: "The hub that runs is of a version that does not know this" });
}

function refusal(error: unknown, { wish, log }: { wish: WishName | undefined; log: Log }): Response {
  if (error instanceof Problem) {
    log.info("admin.refused", { wish, code: error.code });
    return problemResponse(error);
  }
  log.error("admin.failed", { wish, ...describeError(error) });
  return problemResponse(new Problem("internal_error"));
}

async function bodyOf(request: Request): Promise<unknown> {
  if (request.method !== "POST") throw new Problem("not_found");
  try {
    return await request.json();
  } catch {
    throw new Problem("malformed_json");
  }
}
