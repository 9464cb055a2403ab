import { queries, SESSION } from "./queries.ts";

/** A delivery that was made or has changed, as the stream tells it; not every one is told. */
export interface DeliveryNews {
  deliveryId: string;
  status: "pending" | "retrying" | "success" | "failed" | "cancelled";
  eventType: string;
  environment: "sandbox" | "production";
}

/** `lost`: the hub does not answer; it is tried again and again. */
export type LiveState = "connecting" | "live" | "lost";

/** The key that the newest overview is kept under. */
export const OVERVIEW = ["overview"] as const;

/** The hub says something each 15 s; a stream that is silent for this long, in ms, is dead. */
const SILENCE_MS = 40_000;

/** Waits before a new stream is tried, ms; the last one for ever. */
const WAITS_MS = [500, 1_000, 2_000, 4_000];

let state: LiveState = "connecting";
const stateListeners = new Set<() => void>();
const newsListeners = new Set<(news: DeliveryNews) => void>();

/** For `useSyncExternalStore`. */
export const liveStore = {
  subscribe(listener: () => void) {
    stateListeners.add(listener);
    return () => stateListeners.delete(listener);
  },
  read: () => state,
};

/** Hears of deliveries until the function that it gives back is called. */
export function onDeliveryNews(listener: (news: DeliveryNews) => void): () => void {
  newsListeners.add(listener);
  return () => newsListeners.delete(listener);
}

/** Keeps a stream open, through restarts of the hub, until the function that it gives back is called. */
export function keepLive(): () => void {
  let source: EventSource | null = null;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const wait = (ms: number, then: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  };

  const heard = () => {
    if (state === "lost") void queries.invalidateQueries(); // what was missed meanwhile
    failures = 0;
    become("live");
    wait(SILENCE_MS, again);
  };

  function again(): void {
    source?.close();
    become("lost");
    wait(WAITS_MS[Math.min(failures++, WAITS_MS.length - 1)] ?? 0, () => {
      void queries.invalidateQueries({ queryKey: SESSION }); // a refused stream may mean that it has ended
      open();
    });
  }

  function open(): void {
    source = new EventSource("/api/stream");
    for (const event of ["open", "ping", "overview", "delivery"]) source.addEventListener(event, heard);
    source.addEventListener("error", again);
    takeFrom(source);
  }

  become("connecting");
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

/** Keeps what a stream tells. */
function takeFrom(source: EventSource): void {
  source.addEventListener("overview", ({ data }) => queries.setQueryData(OVERVIEW, JSON.parse(data)));
  source.addEventListener("delivery", ({ data }) => {
    const news: DeliveryNews = JSON.parse(data);
    for (const tell of newsListeners) tell(news);
  });
  source.addEventListener("expired", () => queries.setQueryData(SESSION, null));
}

function become(next: LiveState): void {
  if (next === state) return;
  state = next;
  for (const tell of stateListeners) tell();
}
