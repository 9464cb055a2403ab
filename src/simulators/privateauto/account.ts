import type { DeliveryLog } from "./deliveries.ts";
import type { World } from "./world.ts";

/** What an operation is asked with. */
export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: string;
}

/** Whose world it is. */
export interface Account {
  world: World;
  partnerId: string;
  /** base64. */
  sharedSecret: string;
  /** Dealers that leads may be handed in for. */
  allowlist: readonly string[];
  log: readonly DeliveryLog[];
  now: () => number;
}
