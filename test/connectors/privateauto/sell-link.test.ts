import { expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { sellLink } from "../../../src/connectors/privateauto/sell-link.ts";
import { keyOf, mintToken } from "../../../src/connectors/privateauto/tokens.ts";
import { problemIn } from "../../support/problem.ts";
import { givenDeals, VIN } from "./given.ts";

const now = Date.parse("2026-04-21T14:00:00.750Z");
const SECRET = "a secret, shared: ü";
const signer = {
  partnerId: "my partner",
  sharedSecret: Buffer.from(SECRET).toString("base64"),
  algorithm: "HS256",
} as const;
const baseUrl = "https://partner-api.example.com/";
const claimsIn = (token: string) =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

test("a token is the partner's, was issued a little ago, and ends within five minutes", () => {
  for (const [algorithm, hash] of [
    ["HS256", "sha256"],
    ["HS384", "sha384"],
    ["HS512", "sha512"],
  ] as const) {
    const { token, expiresAt } = mintToken({ ...signer, algorithm }, now);
    const [header = "", payload = "", signature] = token.split(".");
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({ alg: algorithm, typ: "JWT" });
    const iat = Math.floor(now / 1000) - 30;
    expect(claimsIn(token)).toEqual({ p: "my partner", iat, exp: iat + 300 });
    expect(expiresAt).toBe((iat + 300) * 1000);
    expect(signature).toBe(createHmac(hash, SECRET).update(`${header}.${payload}`).digest("base64url"));
  }
});

test("the key is the text that the secret decodes to, as the upstream decodes it", () => {
  expect(keyOf(Buffer.from([0x61, 0xff, 0x62]).toString("base64"))).toBe("a\ufffdb");
});

test("a link is a token, a token in place of the VIN, or short keys that are signed", () => {
  const request = {
    vin: VIN,
    amount: 18_500,
    buyerEmail: "b+c@example.com",
    redirectUrl: "https://a.example/x?y=z w",
  };
  const path = "https://partner-api.example.com/sell/my%20partner";
  for (const [format, parameter] of [
    ["jwt", "jwt"],
    ["vin-jwt", "v"],
  ] as const) {
    const { url } = sellLink(request, { format, baseUrl, signer, now });
    const [before, token = ""] = url.split(`?${parameter}=`);
    expect(before).toBe(path);
    expect(claimsIn(token)).toMatchObject({ p: "my partner", ...request });
  }
  const { url, expiresAt } = sellLink(request, { format: "signed", baseUrl, signer, now });
  const ts = Math.floor(now / 1000);
  const canonical = `a=18500&be=b%2Bc%40example.com&r=https%3A%2F%2Fa.example%2Fx%3Fy%3Dz%20w&ts=${ts}&v=${VIN}`;
  const sig = createHmac("sha256", SECRET).update(canonical).digest("hex");
  expect(url).toBe(`${path}?${canonical}&sig=${sig}`);
  expect(expiresAt).toBe(ts * 1000 + 300_000);
});

test("every field has its short key", () => {
  const { url } = sellLink(
    {
      vin: VIN,
      year: 2021,
      make: "Honda",
      model: "Civic",
      trim: "EX",
      amount: 1,
      buyerName: "B",
      buyerEmail: "b@example.com",
      buyerSendLink: true,
      sellerName: "S",
      sellerEmail: "s@example.com",
      sellerSendLink: false,
      redirectUrl: "https://a.example/",
      role: "seller",
    },
    { format: "signed", baseUrl, signer, now },
  );
  const { ts, sig, ...short } = Object.fromEntries(new URL(url).searchParams);
  expect(short).toEqual({
    v: VIN,
    y: "2021",
    m: "Honda",
    o: "Civic",
    t: "EX",
    a: "1",
    bn: "B",
    be: "b@example.com",
    bl: "true",
    sn: "S",
    se: "s@example.com",
    sl: "false",
    r: "https://a.example/",
    ro: "seller",
  });
});

test("a customer gets a link by the API, and the upstream is not asked", async () => {
  await using hub = await givenDeals({ isConnected: false });
  hub.simulator.requests.length = 0;
  const post = (body: object) =>
    hub.app.call("POST", "/connectors/deals/sell-link", { auth: hub.token, body });
  const { url, expiresAt } = (await post({ vin: VIN, amount: 18_500 })).json();
  expect(url).toStartWith(`${hub.simulator.url}/sell/partner-acme?jwt=ey`);
  expect(Date.parse(expiresAt) - hub.clock.now()).toBe(270_000);
  expect(hub.simulator.requests).toEqual([]);
  expect(problemIn(await post({ vin: VIN, format: "other" }))).toBe("422 invalid_input");
  expect(problemIn(await post({ vin: VIN, redirectUrl: "javascript:alert(1)" }))).toBe("422 invalid_input");
});

test("the upstream starts the deal by a link of each format, until the link has ended", async () => {
  await using hub = await givenDeals({ settings: { enrich: false } });
  const post = (body: object) =>
    hub.app.call("POST", "/connectors/deals/sell-link", { auth: hub.token, body });
  const formats = ["jwt", "vin-jwt", "signed"];
  for (const format of formats) {
    const redirectUrl = "https://dealer.example/thanks?a=b c";
    const { url } = (await post({ vin: VIN, amount: 18_500, format, redirectUrl })).json();
    const answer = await fetch(url, { redirect: "manual" });
    expect([format, answer.status, answer.headers.get("location")]).toEqual([format, 302, redirectUrl]);
    hub.clock.advance(301_000);
    expect((await fetch(url, { redirect: "manual" })).status).toBe(401);
    expect((await fetch(url.replace(/.$/, "_"), { redirect: "manual" })).status).toBe(401);
  }
  expect([...hub.world.deals.values()].map(({ vin, amount }) => [vin, amount])).toEqual(
    formats.map(() => [VIN, 18_500]),
  );
});
