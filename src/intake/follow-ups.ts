import type { ConnectorDraft, Step } from "../connectors/connector.ts";
import type { DocumentArchive } from "../documents/archive.ts";
import type { Seams } from "../seams.ts";
import type { ConnectorRow } from "./connector-rows.ts";
import type { ErrandRows } from "./errand-rows.ts";
import type { Admitted } from "./publish.ts";

/** What a step brings beside events and memory. */
export interface FollowUps {
  /** Inside a commit: keeps its documents, its errands, and those of its drafts that were new. True: there is something to do. */
  keep(row: ConnectorRow, step: Kept): boolean;
}

/** A step, its drafts that were given to the door, and what became of each. */
interface Kept {
  step: Pick<Step, "errands" | "documents">;
  drafts: readonly ConnectorDraft[];
  admitted: readonly Admitted[];
}

/** Opens what keeps them. */
export function openFollowUps(parts: {
  errandRows: ErrandRows;
  archive: Pick<DocumentArchive, "add">;
  seams: Pick<Seams, "clock">;
}): FollowUps {
  const { errandRows, archive, seams } = parts;
  return {
    keep(row, { step, drafts, admitted }) {
      const now = seams.clock.now();
      const { customerId, publicId: connectorId, name: connector } = row;
      for (const document of step.documents ?? []) {
        archive.add({ customerId, connectorId, connector }, document);
      }
      const ofNew = drafts.filter((_, at) => admitted[at]?.duplicate === false);
      const errands = [...ofNew.flatMap(({ errands = [] }) => errands), ...(step.errands ?? [])];
      for (const errand of errands) errandRows.add(row.id, errand, now);
      return errands.length > 0;
    },
  };
}
