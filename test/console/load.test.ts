import { expect } from "bun:test";
import { consoleTest, openSubscribedConsole, SOLD, watchLongTasks } from "../support/open-console.ts";
import { startReceiver } from "../support/receiver.ts";

/** Events in one request, and requests in a second: 200 events/s together. */
const [EACH, TIMES_A_SECOND] = [10, 20];
const SECONDS = 6;

consoleTest(
  "while 200 events come in each second, the page stays responsive",
  async () => {
    await using receiver = startReceiver();
    await using console = await openSubscribedConsole(receiver.url);
    const { page } = console;
    await console.publish(1);

    const worst: Record<string, number> = {};
    for (const view of ["overview", "deliveries"]) {
      await console.open(view);
      await page.getByText("Live", { exact: true }).waitFor();
      const longTasks = await watchLongTasks(page);
      await drip(() => console.publish(EACH));
      worst[view] = (await longTasks())[0] ?? 0;
    }
    await page.getByRole("row").filter({ hasText: SOLD }).nth(15).waitFor();
    expect(Object.entries(worst).filter(([, ms]) => ms >= 200)).toEqual([]);
    expect(console.troubles).toEqual([]);
  },
  90_000,
);

/** Real time, because it is the browser's. */
async function drip(publish: () => Promise<unknown>): Promise<void> {
  for (let sent = 0; sent < SECONDS * TIMES_A_SECOND; sent++)
    await Promise.all([publish(), Bun.sleep(1000 / TIMES_A_SECOND)]);
}
