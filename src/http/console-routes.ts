import { Elysia } from "elysia";
import { Problem } from "../problems.ts";
import { readConsoleFiles } from "./console-files.ts";
import type { ConsoleFile } from "./console-packing.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import { CONTENT_SECURITY_POLICY } from "./web-page.ts";

/** The web console: its page at `/`, and beside it the files that the page names. */
export function consoleRoutes() {
  let reading: Promise<ReadonlyMap<string, ConsoleFile>> | undefined; // a start does not wait for it
  const files = () => {
    reading ??= readByName();
    return reading;
  };
  return new Elysia({ detail: { hide: true } })
    .get("/", async ({ request }) => answer(request, (await files()).get(PAGE)))
    .get("/:file", async ({ request, params }) => answer(request, (await files()).get(params.file)));
}

const PAGE = "";

async function readByName(): Promise<ReadonlyMap<string, ConsoleFile>> {
  const files = await readConsoleFiles();
  return new Map(files.map((file) => [file.isPage ? PAGE : file.name, file]));
}

function answer(request: Request, file: ConsoleFile | undefined): Response {
  if (file === undefined) throw new Problem("not_found");
  const { encoding, bytes } = formFor(request, file);
  return new Response(bytes, {
    headers: {
      ...SECURITY_HEADERS,
      "content-type": file.contentType.replace(/;(?=\S)/, "; "),
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "cache-control": file.isPage ? "no-cache" : "public, max-age=31536000, immutable",
      vary: "accept-encoding",
      ...(encoding !== null && { "content-encoding": encoding }),
    },
  });
}

/** The smallest form that the browser takes; brotli is offered by browsers on https and on the hub's own machine. */
function formFor({ headers }: Request, { bytes, gzipped, brotli }: ConsoleFile) {
  const accepted = headers.get("accept-encoding") ?? "";
  if (/\bbr\b/.test(accepted)) return { encoding: "br", bytes: brotli };
  if (/\bgzip\b/.test(accepted)) return { encoding: "gzip", bytes: gzipped };
  return { encoding: null, bytes };
}
