import { expect, test } from "bun:test";
import { readConfig } from "../../src/config.ts";
import { openClientAddress } from "../../src/http/client-address.ts";

test.each([
  { trusted: "", peer: "203.0.113.9", forwarded: "198.51.100.1", is: "203.0.113.9" },
  { trusted: "10.0.0.0/8", peer: "203.0.113.9", forwarded: "198.51.100.1", is: "203.0.113.9" },
  { trusted: "10.0.0.0/8", peer: "10.0.0.1", forwarded: null, is: "10.0.0.1" },
  { trusted: "10.0.0.0/8", peer: "10.0.0.1", forwarded: "198.51.100.1", is: "198.51.100.1" },
  { trusted: "10.0.0.0/8", peer: "::ffff:10.0.0.1", forwarded: "198.51.100.1", is: "198.51.100.1" },
  { trusted: "10.0.0.0/8", peer: "10.0.0.1", forwarded: "1.1.1.1, 198.51.100.1", is: "198.51.100.1" },
  {
    trusted: "10.0.0.0/8",
    peer: "10.0.0.1",
    forwarded: "1.1.1.1,198.51.100.1, 10.9.9.9",
    is: "198.51.100.1",
  },
  { trusted: "10.0.0.0/8", peer: "10.0.0.1", forwarded: "10.0.0.3, 10.0.0.2", is: "10.0.0.3" },
  { trusted: "10.0.0.0/8", peer: "10.0.0.1", forwarded: "1.1.1.1, unknown", is: "10.0.0.1" },
  { trusted: "10.0.0.0/8", peer: "10.0.0.1", forwarded: "198.51.100.1:4711", is: "198.51.100.1" },
  { trusted: "fd00::/8", peer: "fd00::1", forwarded: "[2001:db8::7]:4711", is: "2001:db8::7" },
  { trusted: "fd00::/8", peer: "fd00::1", forwarded: "2001:db8::7", is: "2001:db8::7" },
])("$forwarded by $peer, with $trusted trusted, comes from $is", ({ trusted, peer, forwarded, is }) => {
  const clientAddress = openClientAddress({ config: readConfig({ TRUST_PROXY: trusted }) });
  const headers: Record<string, string> = forwarded === null ? {} : { "X-Forwarded-For": forwarded };
  const request = new Request("http://localhost/", { headers });
  expect(clientAddress({ request, server: { requestIP: () => ({ address: peer }) } })).toBe(is);
});

test("without a socket a call is local", () => {
  const clientAddress = openClientAddress({ config: readConfig({}) });
  expect(clientAddress({ request: new Request("http://localhost/"), server: null })).toBe("local");
});
