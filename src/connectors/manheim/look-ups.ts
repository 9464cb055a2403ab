import type { Clock } from "../../seams.ts";
import type { JsonObject } from "../exact-json.ts";
import { UpstreamError } from "../upstream-error.ts";
import type { ManheimClient } from "./client.ts";
import { pagesOf } from "./pages.ts";
import type { ManheimSettings } from "./settings.ts";

/** A look-up that finds more than this is refused; a unit has a few. */
const MOST_FOUND = 1000;

/** A look-up that takes longer than this is given up at its next page, ms. */
const PATIENCE_MS = 60_000;

/** What a consignment is looked up by. */
export type LookUpBy = "id" | "unit" | "lifecycle";

/** Single look-ups at the upstream, which change nothing of what is known. */
export interface LookUps {
  /**
   * The consignments with this id, or of this unit or lifecycle, as they were received, from all pages of the answer;
   * null: the upstream knows none. @throws UpstreamError
   */
  lookUp(by: LookUpBy, id: string, signal: AbortSignal): Promise<JsonObject[] | null>;
}

/** Paths of the lists (seed 003, retrieving consignments for a unit and by lifecycle). */
const LISTS = { unit: "/consignments/unit", lifecycle: "/consignments/lifecycles/unit" } as const;

/** Asks nothing yet. */
export function openLookUps(parts: {
  settings: ManheimSettings;
  clock: Pick<Clock, "now">;
  client: ManheimClient;
  baseUrl: string;
}): LookUps {
  async function list(path: string, signal: AbortSignal): Promise<JsonObject[]> {
    const startedAt = parts.clock.now();
    const found: JsonObject[] = [];
    const pages = pagesOf(parts, path, { limit: parts.settings.pageSize, signal, isUrgent: true });
    for (;;) {
      const page = await pages.next();
      if (page.done && page.value) return found;
      if (page.done) throw new UpstreamError("malformed", "the list changed while it was read; ask again");
      found.push(...page.value.map(({ received }) => received));
      if (parts.clock.now() - startedAt > PATIENCE_MS) throw tooSlow();
      if (found.length > MOST_FOUND)
        throw new UpstreamError("too_large", `more than ${MOST_FOUND} consignments`);
    }
  }

  return {
    async lookUp(by, id, signal) {
      const name = encodeURIComponent(id);
      if (by === "id") {
        const { found } = await parts.client.read(`/consignments/id/${name}`, { signal, isUrgent: true });
        return found && [found];
      }
      return list(`${LISTS[by]}/${name}`, signal).catch(nullIfNone);
    },
  };
}

/** 404 is how the upstream says that it knows no such unit; any other failure is one. */
function nullIfNone(error: unknown): null {
  if (error instanceof UpstreamError && error.status === 404) return null;
  throw error;
}

const tooSlow = () => new UpstreamError("timeout", `the list takes longer than ${PATIENCE_MS / 1000} s`);
