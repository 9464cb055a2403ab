import { isIP } from "node:net";
import { inNetworks, isPublicAddress, type Network } from "../networks.ts";

/** Why a target is refused, in words that can stand alone and after `blocked:`. */
export const targetRefusals = {
  not_a_url: "not a full URL such as https://hooks.example.com/path",
  too_long: "a URL longer than 2048 characters",
  stray_characters: "a space or control character in the URL",
  scheme: "a URL that is neither http nor https",
  credentials: "a user name or password in the URL",
  port_zero: "port 0",
  private_address: "private address",
  local_name: "a name of a local network",
  plain_http: "plain http, which passes only inside ALLOW_TARGETS; use https",
} as const;

/** The short name of a refusal. */
export type TargetRefusal = keyof typeof targetRefusals;

/** What the text of a URL alone says about it. */
export type TargetVerdict =
  | {
      ok: true;
      url: URL;
      /** Lower case, without the brackets of IPv6. */
      hostname: string;
      /** The address, where the host is one and no name. */
      literal: string | null;
      /** True for names that only a local network knows; they count only inside ALLOW_TARGETS. */
      isLocal: boolean;
    }
  | { ok: false; reason: TargetRefusal };

/** The one address to call, or why none is. */
export type ResolvedTarget =
  | { ok: true; address: string; family: 4 | 6 }
  | { ok: false; reason: "dns" | TargetRefusal };

const MAX_URL_LENGTH = 2048;

/** Judges a URL without asking anyone; a name that passes is only as good as what it resolves to. */
export function checkTargetUrl(raw: string, allow: readonly Network[]): TargetVerdict {
  if (raw.length > MAX_URL_LENGTH) return refused("too_long");
  if (/[\s\p{Cc}]/u.test(raw)) return refused("stray_characters"); // URL would quietly drop or encode them
  const url = URL.parse(raw);
  if (url === null) return refused("not_a_url");
  if (url.protocol !== "http:" && url.protocol !== "https:") return refused("scheme");
  if (!/^https?:\/\/[^/\\]/i.test(raw)) return refused("not_a_url"); // "https:host" and the like mend themselves
  if (hasCredentials(url, raw)) return refused("credentials");
  if (url.port === "0") return refused("port_zero");
  return checkHost(url, allow);
}

/** Resolves the name anew and checks every address it has; what is called must be the address given here. */
export async function resolveTarget(
  verdict: TargetVerdict,
  resolve: (hostname: string) => Promise<string[]>,
  allow: readonly Network[],
): Promise<ResolvedTarget> {
  if (!verdict.ok) return verdict;
  const addresses = await addressesOf(verdict, resolve);
  const [first] = addresses;
  if (first === undefined) return { ok: false, reason: "dns" };
  const outside = addresses.filter((address) => !inNetworks(address, allow));
  if (!outside.every(isPublicAddress)) return refused("private_address");
  if (outside.length > 0 && verdict.isLocal) return refused("local_name");
  if (outside.length > 0 && verdict.url.protocol === "http:") return refused("plain_http");
  return { ok: true, address: first, family: isIP(first) === 6 ? 6 : 4 };
}

function checkHost(url: URL, allow: readonly Network[]): TargetVerdict {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const isLiteral = isIP(hostname) !== 0;
  const isLocal = !isLiteral && isLocalName(hostname);
  const isAllowed = isLiteral ? inNetworks(hostname, allow) : allow.length > 0;
  if (!isAllowed) {
    if (isLiteral && !isPublicAddress(hostname)) return refused("private_address");
    if (isLocal) return refused("local_name");
    if (url.protocol === "http:") return refused("plain_http");
  }
  return { ok: true, url, hostname, literal: isLiteral ? hostname : null, isLocal };
}

/** Names without a dot, and those under the suffixes that stand for one network each. */
function isLocalName(hostname: string): boolean {
  const name = hostname.replace(/\.+$/, "");
  return !name.includes(".") || /\.(localhost|local|internal|home\.arpa)$/.test(name);
}

/** Also an empty user name: what stands before an @ is there to mislead. */
function hasCredentials(url: URL, raw: string): boolean {
  return url.username !== "" || url.password !== "" || /^[^:]+:\/\/[^/?#\\]*@/.test(raw);
}

async function addressesOf(
  { literal, hostname }: { literal: string | null; hostname: string },
  resolve: (hostname: string) => Promise<string[]>,
): Promise<string[]> {
  if (literal !== null) return [literal];
  try {
    return await resolve(hostname);
  } catch {
    return []; // a name that cannot be resolved is the receiver's failure, not ours
  }
}

const refused = (reason: TargetRefusal) => ({ ok: false, reason }) as const;
