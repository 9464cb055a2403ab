import { expect, test } from "bun:test";
import { startTestApp } from "../support/test-app.ts";

/** What may go over the wire, compressed: all that the console has, and what signing in needs of it. */
const [MAX_BYTES, MAX_FIRST_BYTES] = [250 * 1024, 110 * 1024];

/** The page, and beside it at most this many files until one can sign in. */
const MAX_FIRST_FILES = 7;

test("the console comes whole from the hub: small, compressed, kept for good, under a strict policy", async () => {
  await using app = await startTestApp();
  const page = await raw(`${app.origin}/`);
  const html = textOf(page);
  expect(page.headers.get("cache-control")).toBe("no-cache");
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toContain("unsafe");
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=/);

  let bytes = page.bytes.length;
  const paths = new Set(filesIn(html));
  for (const path of paths) {
    expect(path).toMatch(/^\/[\w-]+-[\w]{8}\.\w+$/); // its content's hash stands in its name
    const asset = await raw(app.origin + path);
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(asset.headers.get("x-content-type-options")).toBe("nosniff");
    bytes += asset.bytes.length;
    for (const named of filesIn(textOf(asset))) paths.add(named); // what is loaded when it is first shown
  }
  expect(paths.size).toBeGreaterThan(12);
  expect(bytes).toBeLessThan(MAX_BYTES);
  expect((await fetch(`${app.origin}/nothing.js`)).status).toBe(404);
});

test("the page names all that the first view needs, and that is little", async () => {
  await using app = await startTestApp();
  const page = await raw(`${app.origin}/`);
  const [first = ""] = textOf(page).split("<template"); // what follows is for later
  const named = filesIn(first);
  expect(named.length).toBeLessThanOrEqual(MAX_FIRST_FILES);
  const files = await Promise.all(named.map((path) => raw(app.origin + path)));
  const sizes = [page, ...files].map(({ bytes }) => bytes.length);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(MAX_FIRST_BYTES);
  const imported = files.flatMap((file) => textOf(file).match(/(?<=from"|import")\/[^"]+/g) ?? []);
  expect(imported.filter((path) => !named.includes(path))).toEqual([]); // nothing is found out on the way
});

test("each browser gets the smallest form that it takes", async () => {
  await using app = await startTestApp();
  const accepting = async (encodings: string) => {
    const answer = await fetch(`${app.origin}/`, { headers: { "accept-encoding": encodings } });
    return [answer.headers.get("content-encoding"), answer.headers.get("vary"), await answer.text()];
  };
  const [, , html] = await accepting("identity");
  expect(await accepting("identity")).toEqual([null, "accept-encoding", html ?? ""]);
  expect(await accepting("gzip, deflate")).toEqual(["gzip", "accept-encoding", html ?? ""]);
  expect(await accepting("gzip, deflate, br, zstd")).toEqual(["br", "accept-encoding", html ?? ""]);
});

interface Raw {
  headers: Headers;
  bytes: Uint8Array<ArrayBuffer>;
}

/** As it goes over the wire to a browser that is not on https. */
async function raw(url: string): Promise<Raw> {
  const answer = await fetch(url, { headers: { "accept-encoding": "gzip" }, decompress: false });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-encoding")).toBe("gzip");
  return { headers: answer.headers, bytes: new Uint8Array(await answer.arrayBuffer()) };
}

const textOf = ({ bytes }: Raw) => Buffer.from(Bun.gunzipSync(bytes)).toString();

/** The addresses of the console's files that a page or a script names. */
const filesIn = (text: string): string[] => [...new Set(text.match(/(?<=")\/[\w-]+\.(?:js|css|svg)(?=")/g))];
