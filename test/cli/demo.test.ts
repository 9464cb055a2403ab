import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const main = join(import.meta.dir, "../../src/main.ts");

/** Longest time the issue allows, in ms. */
const LIMIT_MS = 30_000;

test(
  "the demo plays the whole hub and finds all as it should be",
  async () => {
    const cwd = mkdtempSync(join(tmpdir(), "lanehook-test-demo-"));
    try {
      const demo = Bun.spawn([process.execPath, main, "demo", "--once", "--fast"], {
        cwd,
        env: { ...process.env, TMPDIR: cwd, PORT: "1", HTTP_PROXY: "http://127.0.0.1:1" },
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, err, exitCode] = await Promise.all([demo.stdout.text(), demo.stderr.text(), demo.exited]);

      expect(err).toBe("");
      expect(out).not.toContain("not ok");
      expect(out).toMatch(/published +77 +events/);
      expect(out).toMatch(/delivered +\d+ +deliveries/);
      expect(out).toMatch(/retried +\d+ +deliveries/);
      expect(out).toMatch(/dead +1 +dead letter/);
      expect(out).toMatch(/replayed +1 +dead letter/);
      const [, right, all] = /signatures verified +(\d+) +of (\d+) webhooks/.exec(out) ?? [];
      expect(right).toBe(all as string);
      expect(out).toMatch(/All \d+ checks are ok\./);
      expect(out).toMatch(/http:\/\/127\.0\.0\.1:\d+\/docs/);
      expect(out).not.toContain("\x1b");
      expect(exitCode).toBe(0);
      expect(readdirSync(cwd)).toEqual([]);
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  },
  LIMIT_MS,
);

test(
  "an interrupted demo leaves nothing behind",
  async () => {
    const cwd = mkdtempSync(join(tmpdir(), "lanehook-test-demo-"));
    try {
      const demo = Bun.spawn([process.execPath, main, "demo"], {
        cwd,
        env: { ...process.env, TMPDIR: cwd },
        stdout: "pipe",
      });
      for await (const chunk of demo.stdout)
        if (Buffer.from(chunk).includes("delivering")) demo.kill("SIGINT");
      expect(await demo.exited).toBe(130);
      expect(readdirSync(cwd)).toEqual([]);
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  },
  LIMIT_MS,
);
