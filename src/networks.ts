import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

declare const brand: unique symbol;

/** One block of addresses, as `ALLOW_TARGETS` and `TRUST_PROXY` name them. */
export type Network = { readonly [brand]: "network" };

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Block = [Address, number];

const MAPPED_BITS = 96; // ::ffff:0:0/96 carries an IPv4 address in its last 32 bits

/** Reads comma separated CIDRs and bare addresses; throws a sentence that quotes the part it cannot read. */
export function parseNetworks(text: string): Network[] {
  if (text.trim() === "") return [];
  return text.split(",").map((part) => blockFrom(part.trim()) as Block & Network);
}

/** True when the address lies in one of the networks; an IPv4-mapped IPv6 address counts as its IPv4. */
export function inNetworks(address: string, networks: readonly Network[]): boolean {
  const whole = parseAddress(address);
  if (whole === null) return false;
  return isWithin(unmapped(whole), networks as unknown as readonly Block[]);
}

/** True only for plain global unicast addresses: what any host on the internet could be called by. */
export function isPublicAddress(address: string): boolean {
  const whole = parseAddress(address);
  if (whole === null) return false;
  const plain = unmapped(whole);
  if (plain.kind() === "ipv4") return !isWithin(plain, notPublicV4);
  if (isWithin(plain, [nat64])) return !isWithin(lastFourBytes(plain), notPublicV4);
  return isWithin(plain, [globalV6]) && !isWithin(plain, notPublicV6);
}

/** Addresses that were parsed lately: the same few are checked at every attempt. */
const parsed = new Map<string, Address | null>();

const MAX_PARSED = 10_000;

/** Strict: four decimal parts or plain IPv6; null for names, short forms and addresses with a zone. */
function parseAddress(text: string): Address | null {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  if (parsed.size >= MAX_PARSED) parsed.clear();
  const address = parseAnew(text);
  parsed.set(text, address);
  return address;
}

function parseAnew(text: string): Address | null {
  if (isIP(text) === 0 || text.includes("%")) return null;
  return ipaddr.parse(text.includes(":") ? withoutDots(text) : text);
}

/** ipaddr.js takes `::1.2.3.4` for `::ffff:1.2.3.4`; in hexadecimal the two cannot be mistaken. */
function withoutDots(text: string): string {
  return text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const group = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16);
    return `${group(a, b)}:${group(c, d)}`;
  });
}

function unmapped(address: Address): Address {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? lastFourBytes(address) : address;
}

function lastFourBytes(address: Address): Address {
  return new ipaddr.IPv4(address.toByteArray().slice(-4));
}

function isWithin(address: Address, blocks: readonly Block[]): boolean {
  return blocks.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
}

function blockFrom(part: string): Block {
  if (part === "") throw new Error("an entry between the commas is empty");
  const [address = "", bits, ...rest] = part.split("/");
  const base = parseAddress(address);
  const width = base?.kind() === "ipv4" ? 32 : 128;
  const length = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (base === null || rest.length > 0 || !(length <= width)) {
    throw new Error(`"${part}" is not an address or a network such as 10.0.0.0/8, 192.0.2.7 or fd00::/8`);
  }
  const plain = unmapped(base);
  if (plain === base) return [base, length];
  if (length >= MAPPED_BITS) return [plain, length - MAPPED_BITS];
  throw new Error(`"${part}" reaches beyond the IPv4-mapped addresses; write the IPv4 network itself`);
}

const notPublicV4 = [
  "0.0.0.0/8", // this network
  "10.0.0.0/8",
  "100.64.0.0/10", // carrier NAT; some clouds keep their metadata here
  "127.0.0.0/8",
  "168.63.129.16/32", // Azure's host agent: a public number, but every virtual machine there reaches its own
  "169.254.0.0/16", // link local; cloud metadata
  "172.16.0.0/12",
  "192.0.0.0/24", // protocol assignments
  "192.0.2.0/24", // documentation
  "192.88.99.0/24", // 6to4 relays
  "192.168.0.0/16",
  "198.18.0.0/15", // benchmarking
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, and broadcast
].map(blockFrom);

/** All that has ever been given out as global unicast; loopback, ULA, link local and the rest lie outside. */
const globalV6 = blockFrom("2000::/3");

const notPublicV6 = [
  "2001::/23", // Teredo, benchmarking, ORCHID and other protocol assignments
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4: an IPv4 address in disguise
  "3fff::/20", // documentation
].map(blockFrom);

/** The well-known NAT64 prefix: the gateway will call the IPv4 address in its last 32 bits. */
const nat64 = blockFrom("64:ff9b::/96");
