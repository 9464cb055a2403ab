import type { Connection } from "../connectors/connector.ts";
import type { Registry } from "../connectors/registry.ts";
import type { Seams } from "../seams.ts";
import type { ConnectorRow } from "./connector-rows.ts";
import type { SettingsKeeper } from "./connector-settings.ts";
import type { Upstreams } from "./upstream.ts";

/** A connection that is open, for as long as the settings stay as they are. */
export interface OpenConnection {
  connection: Connection;
  /** How many exchanges it has made. */
  readonly requests: number;
}

/** The connections of all connectors. */
export interface Connections {
  /** The one of this row, opened where it is not yet: it may hold a token that is good for the next run, too. */
  of(row: ConnectorRow): OpenConnection;
  /** A new one is opened for the next that asks. */
  forget(connectorId: number): void;
}

/** Connections kept open, some kilobytes each. */
const MAX_OPEN = 1000;

/** Opens what opens connections. */
export function openConnections(parts: {
  kinds: Registry;
  settings: SettingsKeeper;
  upstreams: Upstreams;
  seams: Pick<Seams, "clock" | "random" | "randomBytes">;
}): Connections {
  const { kinds, settings: keeper, upstreams, seams } = parts;
  const { clock, random, randomBytes } = seams;
  const open = new Map<number, OpenConnection & { version: number }>();

  function connect(row: ConnectorRow): OpenConnection & { version: number } {
    const kind = kinds.get(row.kind);
    if (kind === undefined) throw new Error(`this lanehook knows no connectors of the kind ${row.kind}`);
    const { environment, customerId, version } = row;
    const settings = keeper.open(kind, row);
    const way = upstreams.open(kind.baseUrl(settings, environment), customerId);
    const opened = {
      version,
      requests: 0,
      connection: kind.open({
        settings,
        environment,
        clock,
        random,
        randomBytes,
        upstream: {
          exchange(call) {
            opened.requests += 1;
            return way.exchange(call);
          },
        },
      }),
    };
    return opened;
  }

  return {
    of(row) {
      const known = open.get(row.id);
      if (known?.version === row.version) return known;
      const [longestOpen] = open.size < MAX_OPEN ? [] : open.keys();
      if (longestOpen !== undefined) open.delete(longestOpen);
      const fresh = connect(row);
      open.set(row.id, fresh);
      return fresh;
    },
    forget: (connectorId) => void open.delete(connectorId),
  };
}
