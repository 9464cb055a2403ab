import type { Connector } from "./connector.ts";
import { dealerAuction } from "./dealerauction/dealerauction.ts";
import { manheim } from "./manheim/manheim.ts";
import { privateAuto } from "./privateauto/privateauto.ts";
import { roadster } from "./roadster/roadster.ts";

/** A kind whose settings and look-ups only itself knows. */
export type AnyConnector = Omit<Connector, "secrets" | "scheduleSetting"> & {
  secrets: readonly string[];
  scheduleSetting?: string;
};

/** The kinds by their name. */
export type Registry = ReadonlyMap<string, AnyConnector>;

/** Makes a registry of kinds. */
export function registryOf(...kinds: readonly AnyConnector[]): Registry {
  return new Map(kinds.map((each) => [each.kind, each]));
}

/** Every kind that lanehook brings along. */
export const allKinds: Registry = registryOf(dealerAuction, manheim, privateAuto, roadster);
