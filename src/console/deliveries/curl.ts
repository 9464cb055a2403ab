import type { Delivery } from "./deliveries.ts";

/** A command that sends what the last attempt sent. */
export function curlOf({ webhookUrl, payload, attemptLog }: Delivery): string {
  const headers = attemptLog.at(-1)?.requestHeaders ?? { "content-type": "application/json" };
  const given = Object.entries(headers)
    .filter(([name]) => !/^(?:host|content-length|connection)$/i.test(name))
    .map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  return ["curl -i -X POST", quoted(webhookUrl), ...given, `--data-raw ${quoted(payload)}`].join(" \\\n  ");
}

/** For a POSIX shell, which takes everything between single quotes as it is. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
