import { type AnyElysia, Elysia } from "elysia";
import swaggerStyle from "swagger-ui-dist/swagger-ui.css" with { type: "file" };
import swaggerScript from "swagger-ui-dist/swagger-ui-bundle.js" with { type: "file" };
import { problems } from "../problems.ts";
import { VERSION } from "../version.ts";
import { openApiDocument } from "./openapi-document.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import { escapeHtml, pageResponse } from "./web-page.ts";

/**
 * The documentation: /openapi.json, Swagger UI at /docs and the table of problems at /docs/problems.
 * Everything comes out of the executable; no page asks another host for anything.
 */
export function docsRoutes(app: AnyElysia) {
  let document: { plain: string; gzipped: Uint8Array<ArrayBuffer> } | undefined;
  const read = () => {
    document ??= bothForms(JSON.stringify(openApiDocument(app))); // when first asked for: a start does not wait for it
    return document;
  };
  return new Elysia({ detail: { hide: true } })
    .get("/openapi.json", ({ request }) => {
      const isGzipped = /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
      const headers = {
        ...SECURITY_HEADERS,
        "content-type": "application/json",
        "cache-control": "no-cache",
        vary: "accept-encoding",
        ...(isGzipped && { "content-encoding": "gzip" }),
      };
      return new Response(isGzipped ? read().gzipped : read().plain, { headers });
    })
    .get("/docs", () => pageResponse(DOCS_PAGE))
    .get("/docs/problems", () => pageResponse(problemsPage()))
    .get("/docs/swagger-ui.js", () => file(swaggerScript, "text/javascript; charset=utf-8"))
    .get("/docs/swagger-ui.css", () => file(swaggerStyle, "text/css; charset=utf-8"))
    .get("/docs/start.js", () => text(START_SCRIPT, "text/javascript; charset=utf-8"))
    .get("/docs/page.css", () => text(PAGE_STYLE, "text/css; charset=utf-8"))
    .get("/favicon.svg", () => text(FAVICON, "image/svg+xml"));
}

/** More than half a megabyte of JSON goes out as a fifteenth of that. */
const bothForms = (plain: string) => ({ plain, gzipped: Bun.gzipSync(Buffer.from(plain)) });

/** Addresses carry the version, so a browser may keep what it has until the next one. */
const VERSIONED = `?v=${VERSION}`;

const file = (path: string, contentType: string) =>
  new Response(Bun.file(path), { headers: cached(contentType) });

const text = (content: string, contentType: string) =>
  new Response(content, { headers: cached(contentType) });

const cached = (contentType: string) => ({
  ...SECURITY_HEADERS,
  "content-type": contentType,
  "cache-control": "public, max-age=86400",
});

const DOCS_PAGE = {
  title: "lanehook API",
  body: '<div id="swagger-ui"></div>\n<noscript>The document is at <a href="/openapi.json">/openapi.json</a>.</noscript>',
  styles: [`/docs/swagger-ui.css${VERSIONED}`],
  scripts: [`/docs/swagger-ui.js${VERSIONED}`, `/docs/start.js${VERSIONED}`],
};

/** `validatorUrl: null`, because Swagger UI would ask a public validator about the document. */
const START_SCRIPT = `SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
  defaultModelsExpandDepth: 0,
});
`;

function problemsPage() {
  const rows = Object.entries(problems).map(
    ([code, { status, title }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${escapeHtml(title)}</td></tr>`,
  );
  return {
    title: "lanehook: problems",
    body: `<main>
<h1>Problems</h1>
<p>Every mistake is answered as <code>application/problem+json</code> (RFC 9457). The <code>code</code> is stable and meant for programs. Back to the <a href="/docs">API</a>.</p>
<table><thead><tr><th>code</th><th>status</th><th>meaning</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table>
</main>`,
    styles: [`/docs/page.css${VERSIONED}`],
  };
}

const PAGE_STYLE = `body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 56rem; padding: 0 1rem; color: #1b1f24; background: #fff; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.4rem 0.8rem 0.4rem 0; border-bottom: 1px solid #d8dee4; }
tr:target { background: #fff8c5; }
@media (prefers-color-scheme: dark) {
  body { color: #e6edf3; background: #0d1117; }
  a { color: #6cb6ff; }
  th, td { border-color: #30363d; }
  tr:target { background: #3b2e00; }
}
`;

const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0b5fff"/><path d="M4 3v6a4 4 0 0 0 8 0V7" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>
`;
