import type { CommonSettings } from "../connectors/connector.ts";
import type { AnyConnector } from "../connectors/registry.ts";
import { Problem, toInputErrors } from "../problems.ts";
import type { Sealer } from "../sealer.ts";
import type { ConnectorRow } from "./connector-rows.ts";

/** Settings by name, as JSON gives them. */
export type GivenSettings = Record<string, unknown>;

/** Settings as a row keeps them. */
export type KeptSettings = Pick<ConnectorRow, "settings" | "secrets">;

/** What a connector's settings are, in the clear and at rest. */
export interface SettingsKeeper {
  /**
   * Checks settings; a secret that is left out stays as it was, one that is null goes.
   * @throws Problem invalid_input
   */
  check(kind: AnyConnector, given: GivenSettings, kept: GivenSettings): CommonSettings;
  /** For the row: the secret ones sealed for this connector alone. */
  seal(kind: AnyConnector, settings: CommonSettings, publicId: string): KeptSettings;
  /** All of a row's, the secret ones, too; checked again, because a newer version may know more of them. @throws Problem */
  open(kind: AnyConnector, row: Kept): CommonSettings;
  /** A row's secret ones alone. */
  secrets(row: Kept): GivenSettings;
}

type Kept = KeptSettings & Pick<ConnectorRow, "publicId">;

/** Opens what keeps settings. */
export function openSettingsKeeper(sealer: Sealer): SettingsKeeper {
  function check(kind: AnyConnector, given: GivenSettings, kept: GivenSettings): CommonSettings {
    const result = kind.settings.safeParse(withoutNulls({ ...kept, ...given }, kind.secrets));
    if (result.success) return result.data;
    throw new Problem("invalid_input", { errors: toInputErrors(result.error.issues, "settings") });
  }

  function secrets({ secrets, publicId }: Kept): GivenSettings {
    const opened = sealer.open(secrets, purposeFor(publicId));
    if (opened === null) throw new Error(`the secrets of connector ${publicId} do not open under SECRET_KEY`);
    return JSON.parse(opened);
  }

  return {
    check,
    seal(kind, settings, publicId) {
      const entries = Object.entries(settings);
      const only = (isWanted: (name: string) => boolean) =>
        JSON.stringify(Object.fromEntries(entries.filter(([name]) => isWanted(name))));
      return {
        settings: only((name) => !kind.secrets.includes(name)),
        secrets: sealer.seal(
          only((name) => kind.secrets.includes(name)),
          purposeFor(publicId),
        ),
      };
    },
    open: (kind, row) => check(kind, JSON.parse(row.settings), secrets(row)),
    secrets,
  };
}

function withoutNulls(settings: GivenSettings, names: readonly string[]): GivenSettings {
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => value !== null || !names.includes(name)),
  );
}

/** Binds sealed settings to their connector: copied to another's row they do not open. */
const purposeFor = (publicId: string) => `connector/${publicId}`;
