// Loaded before the hub's own code: its time of day is the system's, moved by the seconds that a file tells.
import { readFileSync } from "node:fs";

const file = process.env.CLOCK_OFFSET_FILE ?? "";
const systemNow = Date.now;

/** How long what the file tells stands, ms. */
const READ_EVERY_MS = 5;

let readAt = Number.NEGATIVE_INFINITY;
let offsetMs = 0;

Date.now = () => {
  if (performance.now() - readAt > READ_EVERY_MS) {
    readAt = performance.now();
    offsetMs = 1000 * Number.parseInt(readFileSync(file, "utf8"), 10) || 0;
  }
  return systemNow() + offsetMs;
};
