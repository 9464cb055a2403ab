import { beginTuned } from "./cli/engine-options.ts";

process.exitCode = await begin(process.argv.slice(2), process.env);

async function begin(argv: string[], env: Record<string, string | undefined>): Promise<number> {
  beginTuned(argv, env);
  const { run } = await import("./cli/run.ts"); // only now: a process that begins again loads nothing twice
  return run(argv, env);
}
