import { Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { keepLive, liveStore } from "../api/live.ts";
import { Loading } from "../parts/states.tsx";
import type { Session } from "../session/session-queries.ts";
import { usePlace } from "./router.ts";
import { SessionContext } from "./session-context.ts";
import { Side } from "./side.tsx";
import { ViewBoundary } from "./view-boundary.tsx";
import { viewOf } from "./views.ts";

/** The frame around every view: the way to all others, who is signed in, and whether the hub is there. */
export function Shell({ session, hasEnded }: { session: Session; hasEnded: boolean }) {
  useEffect(() => (hasEnded ? undefined : keepLive()), [hasEnded]);
  const { view } = usePlace();
  const [isMenuOpen, setIsMenuOpen] = useState(false);
  const Shown = viewOf(view);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a view that was chosen closes the menu
  useEffect(() => setIsMenuOpen(false), [view]);
  return (
    <SessionContext value={session}>
      <button type="button" className="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the content
      </button>
      <div className="shell">
        <Side isMenuOpen={isMenuOpen} setIsMenuOpen={setIsMenuOpen} />
        <div>
          <LostBanner />
          <main id="main" className="page" tabIndex={-1}>
            <ViewBoundary key={view}>
              <Suspense fallback={<Loading what="the view" rows={8} />}>
                <Shown />
              </Suspense>
            </ViewBoundary>
          </main>
        </div>
      </div>
    </SessionContext>
  );
}

function LostBanner() {
  const live = useSyncExternalStore(liveStore.subscribe, liveStore.read);
  if (live !== "lost") return null;
  return (
    <div className="banner" role="status">
      The hub does not answer. Trying again…
    </div>
  );
}
