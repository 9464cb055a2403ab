import type { KeptFile } from "../connectors/connector.ts";
import { UpstreamError, type UpstreamFault } from "../connectors/upstream-error.ts";
import type { Disk } from "../database/disk.ts";
import { type DocumentFiles, MAX_DOCUMENT_BYTES, UnfitFile } from "../documents/files.ts";
import { Problem } from "../problems.ts";
import type { Upstreams } from "./upstream.ts";

/** For a whole download, ms: 25 MiB over a slow link. */
const DOWNLOAD_WITHIN_MS = 300_000;

/** When a download may be tried again that found the disk too full: space is made by a person. */
const DISK_RETRY_SECONDS = 300;

/** Fetches and keeps the file that a link leads to. @throws UpstreamError; Problem disk_low */
export type Download = (customerId: number, url: string, signal: AbortSignal) => Promise<KeptFile>;

/** Opens the downloads. */
export function openDownload(parts: { upstreams: Upstreams; files: DocumentFiles; disk: Disk }): Download {
  const { upstreams, files, disk } = parts;
  return async (customerId, url, signal) => {
    if (disk.isLow()) throw new Problem("disk_low", { retryAfterSeconds: DISK_RETRY_SECONDS });
    const link = { url, signal, timeoutMs: DOWNLOAD_WITHIN_MS };
    return upstreams.follow(customerId, link, async (response) => {
      const { status, headers } = response;
      if (status !== 200) {
        response.body?.cancel().catch(() => {}); // not waited for: nobody wants it
        throw new UpstreamError(faultOf(status), `the file's link answered ${status}`, { status });
      }
      const announced = Number(headers.get("content-length") ?? 0);
      if (announced > MAX_DOCUMENT_BYTES) throw tooLarge();
      return files.keep(response).catch((error: unknown) => {
        throw error instanceof UnfitFile ? refused(error) : error;
      });
    });
  };
}

function faultOf(status: number): UpstreamFault {
  if (status === 429) return "rate_limited";
  return status >= 500 ? "server_error" : "refused";
}

const tooLarge = () =>
  new UpstreamError("too_large", `the file has more than ${MAX_DOCUMENT_BYTES / 1024 / 1024} MiB`);

const refused = ({ reason }: UnfitFile) =>
  reason === "too_large" ? tooLarge() : new UpstreamError("malformed", "the file is no PDF and no picture");
