import type { Log } from "../log.ts";
import type { Seams } from "../seams.ts";

/** How long an answer of the file system stands, ms. */
const LOOK_EVERY_MS = 1000;

/** Says when the disk under the data folder is too full to take more in. */
export interface Disk {
  isLow(): boolean;
}

/** Looks at the file system when asked, at most once a second; tells the log when it becomes low and when it ends. */
export function openDisk(parts: {
  dataDir: string;
  minFreeBytes: number;
  seams: Pick<Seams, "clock" | "freeBytes">;
  log: Log;
}): Disk {
  const { dataDir, minFreeBytes, seams, log } = parts;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let isLow = false;
  return {
    isLow() {
      if (minFreeBytes === 0) return false;
      const now = seams.clock.monotonic();
      if (now - lookedAt < LOOK_EVERY_MS) return isLow;
      lookedAt = now;
      const freeBytes = seams.freeBytes(dataDir);
      if (freeBytes < minFreeBytes !== isLow) {
        isLow = !isLow;
        if (isLow) log.error("disk.low", { freeBytes, minFreeBytes });
        else log.info("disk.enough", { freeBytes, minFreeBytes });
      }
      return isLow;
    },
  };
}
