import type { Errand, Running, Step } from "../connector.ts";
import { UpstreamError } from "../upstream-error.ts";
import type { Client, Parts } from "./client.ts";
import { type DealFile, filesInDeal } from "./files.ts";

/** Links that end this soon are asked for anew, ms: a download takes its time. */
const ENDS_SOON_MS = 60_000;

/** Answers of a signed link that has run out, or leads nowhere any more. */
const RUN_OUT = [400, 401, 403, 404, 410];

/** An errand for each file, to be fetched at once: its link lives four hours (seed 001). */
export function archiveErrandsOf(dealId: string, files: readonly DealFile[]): Errand[] {
  return files.map((file) => ({
    name: "archive",
    key: `${dealId}/${file.source}`,
    request: JSON.stringify({ dealId, file }),
  }));
}

/** What a file is remembered by once it is archived. */
export const archivedAs = ({ source }: Pick<DealFile, "source">) => `file/${source}`;

/** Fetches one file; by a new link where the one that was given has run out. @throws UpstreamError */
export function openArchiving({ client, clock }: Pick<Parts, "clock"> & { client: Client }) {
  return async ({ request }: Errand, running: Running): Promise<Step> => {
    const { dealId, file: given } = JSON.parse(request) as { dealId: string; file: DealFile };
    const { file, kept } = await obtain(given, dealId, running);
    const { documentId, classification, name } = file;
    return {
      drafts: [],
      documents: [{ file: kept, dealId, documentId, classification, name }],
      remember: [[archivedAs(file), kept.sha256]],
    };
  };

  async function obtain(file: DealFile, dealId: string, { download, signal }: Running) {
    const isRunOut = file.expiresAt !== null && file.expiresAt - ENDS_SOON_MS <= clock.now();
    if (!isRunOut) {
      try {
        return { file, kept: await download(file.url) };
      } catch (error) {
        if (!(error instanceof UpstreamError) || !RUN_OUT.includes(error.status ?? 0)) throw error;
      }
    }
    const again = await linkedAnew(file, dealId, signal);
    return { file: again, kept: await download(again.url) };
  }

  async function linkedAnew(file: DealFile, dealId: string, signal: AbortSignal): Promise<DealFile> {
    const { body } = await client.record({ signal }, "deals", dealId, "documents");
    const files = filesInDeal(body);
    const found =
      files.find(({ source }) => source === file.source) ?? files.find(({ name }) => name === file.name);
    if (found === undefined) throw new UpstreamError("refused", "the deal shows this file no more");
    const { documentId, classification, name } = file;
    return {
      ...found,
      documentId: documentId ?? found.documentId,
      classification: classification ?? found.classification,
      name,
    };
  }
}
