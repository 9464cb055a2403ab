import type { ListingStatus, World } from "../../../src/simulators/dealerauction/world.ts";

/** A world in which anything may happen next, and what has happened to each listing. */
export interface RandomWorld {
  /** Something happens. */
  act(): void;
  /** The statuses of each listing, from its first. */
  history: Map<string, ListingStatus[]>;
  /** What is there now. */
  present(): string[];
  /** What was deleted at some time. */
  removed: Set<string>;
}

const CUSTOMERS = ["10001", "10002"];

/** Lets chance change a world, within what the upstream allows. */
export function openRandomWorld(world: World, random: () => number): RandomWorld {
  const history = new Map<string, ListingStatus[]>();
  const removed = new Set<string>();
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const whole = (most: number) => 1 + Math.floor(random() * most);
  const present = () => world.stock.filter(({ deleted }) => deleted === "no").map(({ id }) => id);
  const ofStatus = (...wanted: ListingStatus[]) =>
    present()
      .map((id) => world.listingOf(id))
      .filter((listing) => listing !== null)
      .filter(({ status }) => wanted.includes(status))
      .map(({ id }) => id);
  const unlisted = () =>
    present().filter((id) => {
      const status = world.listingOf(id)?.status;
      return status !== "IN_PROGRESS" && status !== "PROVISIONAL";
    });
  const on = (id: string | undefined, run: (id: string) => unknown) => id !== undefined && run(id);

  const acts: (() => unknown)[] = [
    () => world.stock.length < 4 && world.add(pick(CUSTOMERS) ?? ""),
    () => on(pick(present()), (id) => world.change(id, { mileage: whole(100_000) })),
    () => on(pick(present()), (id) => world.setWastebin(id, random() < 0.5)),
    () => on(pick(unlisted()), (id) => world.list(id, { reservePrice: whole(100) })),
    () => on(pick(unlisted()), (id) => world.list(id, { reservePrice: whole(100) })),
    () => on(pick(ofStatus("IN_PROGRESS")), (id) => world.bid(id, whole(100))),
    () => on(pick(ofStatus("IN_PROGRESS")), (id) => world.bid(id, whole(3))),
    () => on(pick(ofStatus("IN_PROGRESS")), (id) => world.end(id)),
    () => on(pick(ofStatus("IN_PROGRESS")), (id) => world.cancel(id)),
    () => on(pick(ofStatus("PROVISIONAL")), (id) => world.markAsSold(id, whole(3))),
    () => on(pick(ofStatus("PROVISIONAL", "SOLD")), (id) => world.markAsNotSold(id)),
    () => on(pick(ofStatus("SOLD", "NOT_SOLD")), (id) => world.markAsProvisional(id)),
    () =>
      random() < 0.3 &&
      on(pick(present()), (id) => {
        removed.add(id);
        world.remove(id, random() < 0.5 ? "gone" : "deleted");
      }),
    () => on(pick([...removed].filter((id) => !present().includes(id))), (id) => world.restore(id)),
  ];

  function record(): void {
    for (const { id } of world.stock) {
      const listing = world.listingOf(id);
      if (listing === null) continue;
      const so = history.get(listing.id) ?? [];
      // A listing is looked at after every act, and each act moves it once at most.
      if (so.at(-1) !== listing.status) so.push(listing.status);
      history.set(listing.id, so);
    }
  }

  return {
    act() {
      pick(acts)?.();
      record();
    },
    history,
    present,
    removed,
  };
}
