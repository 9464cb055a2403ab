import { afterEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentTypeOf } from "../../src/documents/content-type.ts";
import { MAX_DOCUMENT_BYTES, openDocumentFiles } from "../../src/documents/files.ts";
import { openDownload } from "../../src/intake/download.ts";
import { openUpstreams } from "../../src/intake/upstream.ts";
import { parseNetworks } from "../../src/networks.ts";
import { realSeams } from "../../src/seams.ts";
import { TestClock } from "../support/test-clock.ts";

const HOUR = 3_600_000;
const folders: string[] = [];

function givenFiles(prepare: (dataDir: string) => void = () => {}) {
  const dataDir = mkdtempSync(join(tmpdir(), "lanehook-documents-"));
  folders.push(dataDir);
  prepare(dataDir);
  const clock = new TestClock();
  const files = openDocumentFiles({ dataDir, seams: { ...realSeams(), clock } });
  return { files, clock, dataDir, root: join(dataDir, "documents") };
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const pdf = (text: string) =>
  new Response(`%PDF-1.4 ${text}`, { headers: { "content-type": "application/pdf" } });

/** A body in chunks, whose length nobody announces. */
const inChunks = (chunks: number, bytes: number) => {
  let left = chunks;
  const stream = new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(new Uint8Array(bytes).fill(0x25));
      else controller.close();
    },
  });
  return new Response(stream, { headers: { "content-type": "application/pdf" } });
};

test("a file lies under the digest of its content, once, for its owner's eyes alone", async () => {
  const { files, root } = givenFiles();
  const kept = await files.keep(pdf("one"));
  expect(kept).toEqual(await files.keep(pdf("one")));
  expect(readFileSync(files.pathOf(kept.sha256), "utf8")).toBe("%PDF-1.4 one");
  expect(statSync(files.pathOf(kept.sha256)).mode & 0o777).toBe(0o600);
  expect(kept.sha256).toBe(new Bun.CryptoHasher("sha256").update("%PDF-1.4 one").digest("hex"));
  expect(readdirSync(join(root, "incoming"))).toEqual([]);
});

test("a body that never ends is dropped at the limit, and leaves nothing behind", async () => {
  const { files, root } = givenFiles();
  const endless = inChunks(Number.MAX_SAFE_INTEGER, 1024 * 1024);
  expect(files.keep(endless)).rejects.toThrow("too_large");
  await files.keep(endless).catch(() => {});
  const fits = new Uint8Array(MAX_DOCUMENT_BYTES).fill(0x20);
  fits.set(new TextEncoder().encode("%PDF-"));
  expect(await files.keep(new Response(fits))).toMatchObject({ size: MAX_DOCUMENT_BYTES });
  expect(readdirSync(join(root, "incoming"))).toEqual([]);
});

test("a body that breaks off leaves nothing behind", async () => {
  const { files, root } = givenFiles();
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("%PDF-"));
    },
    pull: () => Promise.reject(new Error("reset")),
  });
  expect(files.keep(new Response(stream))).rejects.toThrow("reset");
  await Bun.sleep(1);
  expect(readdirSync(join(root, "incoming"))).toEqual([]);
});

test("what a kill left half written goes at the next start", () => {
  const { root } = givenFiles((dataDir) => {
    mkdirSync(join(dataDir, "documents", "incoming"), { recursive: true });
    writeFileSync(join(dataDir, "documents", "incoming", "half"), "%PDF");
  });
  expect(readdirSync(root)).toEqual([]);
});

test("a content that nobody names is swept a day after it was last kept, and not before", async () => {
  const { files, clock } = givenFiles();
  const { sha256 } = await files.keep(pdf("one"));
  const folder = Number.parseInt(sha256.slice(0, 2), 16);
  clock.advance(20 * HOUR);
  await files.keep(pdf("one")); // it may get a row now
  clock.advance(20 * HOUR);
  expect(files.sweep(folder, () => false)).toBe(0);
  clock.advance(5 * HOUR);
  expect(files.sweep(folder, () => true)).toBe(0);
  expect(files.sweep(folder, () => false)).toBe(1);
  expect(files.sweep(folder, () => false)).toBe(0);
});

test("a file is what its first bytes say, unless its server calls it something else altogether", () => {
  const bytes = (...parts: (string | number)[]) =>
    new Uint8Array(
      parts.flatMap((part) => (typeof part === "number" ? [part] : [...new TextEncoder().encode(part)])),
    );
  const known: [expected: string | null, announced: string | null, beginning: Uint8Array][] = [
    ["application/pdf", "application/pdf", bytes("%PDF-1.7")],
    ["application/pdf", "binary/octet-stream", bytes("%PDF-1.7")],
    ["application/pdf", null, bytes("%PDF-1.7")],
    ["application/pdf", "image/png; charset=binary", bytes("%PDF-1.7")],
    ["image/jpeg", "image/jpg", bytes(0xff, 0xd8, 0xff, 0xe1)],
    ["image/png", "image/png", bytes(0x89, "PNG\r\n", 0x1a, 0x0a)],
    ["image/heic", "image/heic", bytes(0, 0, 0, 24, "ftypheic")],
    ["image/webp", "image/webp", bytes("RIFF", 1, 2, 3, 4, "WEBP")],
    [null, "text/html", bytes("%PDF-1.7")],
    [null, "application/json", bytes("{}")],
    [null, "application/xml", bytes("<Error>")],
    [null, "application/pdf", bytes("PK", 3, 4)],
    [null, "application/pdf", bytes("%PD")],
    [null, "application/pdf", bytes()],
  ];
  for (const [expected, announced, beginning] of known) {
    expect([announced, contentTypeOf(announced, beginning)]).toEqual([announced, expected]);
  }
});

test("nothing is fetched while the disk is nearly full", async () => {
  const { files, clock } = givenFiles();
  let asked = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch() {
      asked += 1;
      return pdf("one");
    },
  });
  let isLow = true;
  const upstreams = openUpstreams({
    seams: { ...realSeams(), clock },
    allowTargets: parseNetworks("127.0.0.0/8"),
  });
  const download = openDownload({ upstreams, files, disk: { isLow: () => isLow } });
  const { signal } = new AbortController();
  const url = `http://127.0.0.1:${server.port}/one.pdf`;
  await expect(download(1, url, signal)).rejects.toMatchObject({ code: "disk_low" });
  expect(asked).toBe(0);
  isLow = false;
  expect(await download(1, url, signal)).toMatchObject({ contentType: "application/pdf" });
  await server.stop(true);
});
