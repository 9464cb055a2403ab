import type { Command } from "commander";
import type { Config } from "../config.ts";
import { askAdmin } from "./admin.ts";
import { facts, print, table } from "./print.ts";

interface Format {
  json?: true;
}

/** Adds `lanehook publisher …`: who may publish. */
export function addPublisherCommands(program: Command, config: () => Config): void {
  const publisher = program.command("publisher").description("add, list and remove who may publish events");
  publisher
    .command("add <name>")
    .description("let a system publish; prints its key, this once")
    .option("--json", "print JSON")
    .action(async (name: string, { json }: Format) => {
      const added = await askAdmin(config(), "publisher.add", { name });
      const text = facts([
        ["publisher", added.name],
        ["key", `${added.key}  (shown only now)`],
      ]);
      print(added, { json, text });
    });
  publisher
    .command("list")
    .description("list all publishers")
    .option("--json", "print JSON")
    .action(async ({ json }: Format) => {
      const { publishers } = await askAdmin(config(), "publisher.list", {});
      const rows = publishers.map(({ name, status, createdAt }) => [name, status, createdAt]);
      const text = rows.length === 0 ? "No publishers yet." : table(["NAME", "STATUS", "CREATED"], rows);
      print(publishers, { json, text });
    });
  publisher
    .command("remove <name>")
    .description("end a publisher's key at once")
    .option("--json", "print JSON")
    .action(async (name: string, { json }: Format) => {
      const removed = await askAdmin(config(), "publisher.remove", { name });
      print(removed, { json, text: `Publisher ${name} is removed; its key no longer works.` });
    });
}
