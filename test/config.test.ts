import { describe, expect, test } from "bun:test";
import { ConfigError, publicUrlOf, readConfig } from "../src/config.ts";

describe("PUBLIC_URL", () => {
  test.each([
    ["https://hub.example.com", "https://hub.example.com"],
    ["https://hub.example.com/", "https://hub.example.com"],
    ["http://10.0.0.7:8080/lane/", "http://10.0.0.7:8080/lane"],
  ])("%s stands before the paths as %s", (given, expected) => {
    const config = readConfig({ PUBLIC_URL: given });
    expect(publicUrlOf(config, 1)).toBe(expected);
  });

  test.each([
    [{}, "http://127.0.0.1:8099"],
    [{ HOST: "::1" }, "http://[::1]:8099"],
  ])("left out with %j, it is %s", (env, expected) => {
    expect(publicUrlOf(readConfig(env), 8099)).toBe(expected);
  });

  test.each([
    "hub.example.com",
    "ftp://hub.example.com",
    "https://a:b@hub.example.com",
    "https://h.example/?a=1",
  ])("%s is refused by its name", (given) => {
    expect(() => readConfig({ PUBLIC_URL: given })).toThrow(ConfigError);
    expect(() => readConfig({ PUBLIC_URL: given })).toThrow(/^PUBLIC_URL must be/);
  });
});

test("RUN_DEADLINE is seconds, from one to a day", () => {
  expect(readConfig({}).runDeadlineMs).toBe(1_800_000);
  expect(readConfig({ RUN_DEADLINE: "1.5" }).runDeadlineMs).toBe(1500);
  for (const wrong of ["0", "86401", "soon"]) {
    expect(() => readConfig({ RUN_DEADLINE: wrong })).toThrow(/^RUN_DEADLINE must be/);
  }
});
