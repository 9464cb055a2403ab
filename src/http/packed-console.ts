import { packConsole } from "./console-packing.ts" with { type: "macro" };

/** The console as it was when the executable was built. */
export const PACKED = packConsole();
