import { expect, test } from "bun:test";
import { ORIGIN, openStubServer } from "./stub-server.ts";

const server = openStubServer();
const get = (path: string) => server.handle(new Request(ORIGIN + path));
const PAGES = ["/", "/docs", "/docs/", "/docs/problems"];

test.each(PAGES)("%s is a page whose every file is the hub's own", async (path) => {
  const page = await get(path);
  const html = await page.text();
  expect(page.status).toBe(200);
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const files = [...html.matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map(([, address]) => address as string);
  expect(files.some((file) => /^\/favicon[\w-]*\.svg$/.test(file))).toBe(true);
  for (const file of files) {
    expect(file).toStartWith("/");
    expect((await get(file)).status).toBe(200);
  }
});

test.each(PAGES)("%s allows no script in the page and nothing from elsewhere", async (path) => {
  const page = await get(path);
  const policy = page.headers.get("content-security-policy");
  expect(policy).toStartWith("default-src 'self';");
  expect(policy).not.toContain("unsafe");
  expect(policy).not.toContain("http");
  const html = await page.text();
  expect(html).not.toMatch(/<script>|<style|\son\w+=|style=/);
});

test("Swagger UI is served whole, and asks no validator", async () => {
  const script = await get("/docs/swagger-ui.js");
  expect(script.headers.get("content-type")).toStartWith("text/javascript");
  expect(await script.text()).toContain("SwaggerUIBundle");
  expect((await get("/docs/swagger-ui.css")).headers.get("content-type")).toStartWith("text/css");
  expect(await (await get("/docs/start.js")).text()).toContain("validatorUrl: null");
});

test("the document is the same each time", async () => {
  const [first, second] = await Promise.all([get("/openapi.json"), get("/openapi.json")]);
  expect(first.headers.get("content-type")).toBe("application/json");
  expect(await first.text()).toBe(await second.text());
});

test("a problem's type leads to where it is explained", async () => {
  const { type } = (await (await get("/nowhere")).json()) as { type: string };
  const [path = "", fragment = ""] = type.split("#");
  expect(await (await get(path)).text()).toContain(`id="${fragment}"`);
});

test("the document comes compressed to who takes that, and is the same", async () => {
  const request = new Request(`${ORIGIN}/openapi.json`, { headers: { "accept-encoding": "br, gzip" } });
  const answer = await server.handle(request);
  expect(answer.headers.get("content-encoding")).toBe("gzip");
  const gzipped = new Uint8Array(await answer.arrayBuffer());
  const plain = await (await get("/openapi.json")).text();
  expect(new TextDecoder().decode(Bun.gunzipSync(gzipped))).toBe(plain);
  expect(gzipped.length).toBeLessThan(plain.length / 10);
});
