import { SECURITY_HEADERS } from "./security-headers.ts";

/** Only what the hub itself serves is loaded, no script stands in the page, and no other site may frame it. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Answers a whole page; its scripts and styles are files of the hub. */
export function pageResponse(page: WebPage): Response {
  return new Response(html(page), {
    headers: {
      ...SECURITY_HEADERS,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "cache-control": "no-cache",
    },
  });
}

/** What differs from page to page. */
export interface WebPage {
  title: string;
  /** HTML, escaped by who writes it. */
  body: string;
  styles?: string[];
  scripts?: string[];
}

const html = ({ title, body, styles = [], scripts = [] }: WebPage) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
${styles.map((path) => `<link rel="stylesheet" href="${path}">`).join("\n")}
</head>
<body>
${body}
${scripts.map((path) => `<script src="${path}"></script>`).join("\n")}
</body>
</html>
`;

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes text safe to stand in HTML. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
