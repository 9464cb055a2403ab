import { askFirst } from "./shell/first-answers.ts";

// React is most of what is loaded: while it comes, the hub is asked what the first view shows.
const app = import("./shell/app.tsx");

async function start(): Promise<void> {
  await askFirst();
  const { show } = await app;
  const root = document.getElementById("root");
  if (root === null) throw new Error("the page has no #root");
  show(root);
}

void start();
