import { pageResponse } from "./web-page.ts";

/** The page at `/`: where to go from here. */
export const startPage = (): Response =>
  pageResponse({
    title: "lanehook",
    styles: ["/docs/page.css"],
    body: `<main>
<h1>lanehook</h1>
<p>This event hub is up. Its API is described at <a href="/docs">/docs</a>, as a document at <a href="/openapi.json">/openapi.json</a>.</p>
</main>`,
  });
