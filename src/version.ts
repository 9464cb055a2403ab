import packageJson from "../package.json" with { type: "json" };

/** The hub's version, as webhooks, the documentation and `--version` tell it. */
export const VERSION: string = packageJson.version;
