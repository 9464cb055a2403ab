import { expect, test } from "bun:test";
import { startTestApp } from "../support/test-app.ts";

/** All that a first visit loads, compressed. */
const MAX_BYTES = 250 * 1024;

test("the console comes whole from the hub: small, compressed, kept for good, under a strict policy", async () => {
  await using app = await startTestApp();
  const page = await raw(`${app.origin}/`);
  const html = Buffer.from(Bun.gunzipSync(page.bytes)).toString();
  expect(page.headers.get("cache-control")).toBe("no-cache");
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toContain("unsafe");
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=/);

  const paths = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path);
  const assets = paths.filter((path) => /\.(?:js|css|svg)$/.test(path));
  expect(assets.length).toBeGreaterThanOrEqual(2);
  let bytes = page.bytes.length;
  for (const path of assets) {
    expect(path).toMatch(/^\/[\w-]+-[\w]{8}\.\w+$/); // its content's hash stands in its name
    const asset = await raw(app.origin + path);
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(asset.headers.get("x-content-type-options")).toBe("nosniff");
    bytes += asset.bytes.length;
  }
  expect(bytes).toBeLessThan(MAX_BYTES);

  const plain = await fetch(`${app.origin}/`, { headers: { "accept-encoding": "identity" } });
  expect(plain.headers.get("content-encoding")).toBeNull();
  expect(await plain.text()).toBe(html);
  expect((await fetch(`${app.origin}/nothing.js`)).status).toBe(404);
});

/** As it goes over the wire. */
async function raw(url: string) {
  const answer = await fetch(url, { headers: { "accept-encoding": "gzip" }, decompress: false });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-encoding")).toBe("gzip");
  return { headers: answer.headers, bytes: new Uint8Array(await answer.arrayBuffer()) };
}
