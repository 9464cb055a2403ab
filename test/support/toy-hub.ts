import { openApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { openLog } from "../../src/log.ts";
import { realSeams } from "../../src/seams.ts";
import { toyKinds } from "./toy-kind.ts";

// A hub that knows the toy kind, in a process of its own; it runs until it is killed.

const config = readConfig(process.env);
const log = openLog(config);
const app = await openApp({ config, seams: realSeams(), log, kinds: toyKinds });
log.info("hub.started", await app.start());
process.once("SIGTERM", async () => {
  await app.stop();
  process.exit(0);
});
