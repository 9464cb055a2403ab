import { expect, test } from "bun:test";
import { spawnLanehook } from "../support/hub-process.ts";

test("a PrivateAuto to try says how to reach it and where to tell it of its webhooks, and ends with SIGTERM", async () => {
  const child = spawnLanehook(["simulate", "privateauto", "--port", "0", "--every", "1"], {});
  let text = "";
  let isTold = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const [, endpoint] = /PUT (http:\S+)/.exec(text) ?? [];
    if (endpoint === undefined || isTold) continue;
    isTold = true;
    const { kind, settings } = JSON.parse(/connector +(\{.*\})/.exec(text)?.[1] ?? "");
    expect([kind, Object.keys(settings).toSorted()]).toEqual([
      "privateauto",
      ["baseUrl", "partnerId", "sharedSecret", "webhookSecrets"],
    ]);
    const put = (url: string) => fetch(endpoint, { method: "PUT", body: JSON.stringify({ url }) });
    expect((await put("http://127.0.0.1:9/api/inbound/x")).status).toBe(204);
    expect((await put("https://elsewhere.example.com/")).status).toBe(400);
    child.kill("SIGTERM");
  }
  expect(await child.exited).toBe(0);
});
