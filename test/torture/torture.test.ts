import { expect, test } from "bun:test";
import type { Claim } from "./claims.ts";
import { setClock } from "./clock.ts";
import { damageDatabases } from "./damage.ts";
import { fileSizeLimit, fillDisk } from "./disk-full.ts";
import { killAgainAndAgain } from "./kill.ts";
import { sweepOld } from "./retention.ts";

/** The same choices every time; `bun run torture` takes others, and more of them. */
const seed = 20_260_101;

const failing = (claims: Claim[] | null) => claims?.filter(({ holds }) => !holds) ?? [];

test("killed again and again, the hub keeps what it accepted and delivers it", async () => {
  expect(failing(await killAgainAndAgain({ seed, kills: 5 }))).toEqual([]);
}, 60_000);

test("a hub that may write no more refuses what it cannot keep, and goes on when it may again", async () => {
  expect(failing(await fillDisk(fileSizeLimit, { seed }))).toEqual([]);
}, 60_000);

test("a clock that is set an hour back and forth makes nothing wait, be lost or come twice", async () => {
  expect(failing(await setClock({ seed, jumps: 6 }))).toEqual([]);
}, 60_000);

test("a damaged database ends the start with a sentence and stays as it is", async () => {
  expect(failing(await damageDatabases({ seed }))).toEqual([]);
}, 60_000);

test("what is too old goes in short commits, what a person may need stays, and the disk gets its pages back", async () => {
  expect(failing(await sweepOld({ rows: 20_000 }))).toEqual([]);
}, 60_000);
