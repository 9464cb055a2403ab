import { useQuery } from "@tanstack/react-query";
import { useState, useSyncExternalStore } from "react";
import { liveStore } from "../api/live.ts";
import { overviewQuery } from "../overview/overview.ts";
import { Button } from "../parts/button.tsx";
import { count } from "../parts/numbers.ts";
import { Switch } from "../parts/switch.tsx";
import { useSignOut } from "../session/session.ts";
import { ICONS } from "./icons.tsx";
import { Mark } from "./mark.tsx";
import { addressOf, usePlace, type View } from "./router.ts";
import { useSignedIn } from "./session-context.ts";
import { chooseTheme, chosenTheme, themes } from "./theme.ts";

/** What each view is called. */
export const VIEW_NAMES: Record<View, string> = {
  overview: "Overview",
  subscriptions: "Subscriptions",
  deliveries: "Deliveries",
  "dead-letters": "Dead letters",
  explain: "Why not delivered?",
  catalog: "Catalog",
  connectors: "Connectors",
  settings: "Settings",
};

/** The way to every view; below, who is signed in. On a narrow page it opens from a button. */
export function Side(props: { isMenuOpen: boolean; setIsMenuOpen: (isOpen: boolean) => void }) {
  const { isMenuOpen, setIsMenuOpen } = props;
  return (
    <div className={isMenuOpen ? "side" : "side closed"}>
      <header className="side-head">
        <Mark />
        <LiveState />
        <button
          type="button"
          className="menu-button"
          aria-expanded={isMenuOpen}
          onClick={() => setIsMenuOpen(!isMenuOpen)}
        >
          Menu
        </button>
      </header>
      <Nav />
      <Foot />
    </div>
  );
}

function Nav() {
  const { view } = usePlace();
  const { data } = useQuery(overviewQuery);
  const deadLetters = data?.deadLetters ?? 0;
  return (
    <nav className="nav" aria-label="Views">
      {(Object.keys(VIEW_NAMES) as View[]).map((each) => (
        <a key={each} href={addressOf(each)} aria-current={each === view ? "page" : undefined}>
          {ICONS[each]}
          {VIEW_NAMES[each]}
          {each === "dead-letters" && deadLetters > 0 && <span className="count">{count(deadLetters)}</span>}
        </a>
      ))}
    </nav>
  );
}

function LiveState() {
  const live = useSyncExternalStore(liveStore.subscribe, liveStore.read);
  const [tone, text] = {
    live: ["live-on", "Live"],
    connecting: ["", "Connecting"],
    lost: ["live-lost", "Offline"],
  }[live];
  return <span className={`live ${tone}`}>{text}</span>;
}

function Foot() {
  const { customer, version } = useSignedIn();
  const signOut = useSignOut();
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <footer className="side-foot">
      <Switch
        label="Theme"
        options={themes.map((each) => [
          each,
          each === "system" ? "Auto" : each === "light" ? "Light" : "Dark",
        ])}
        value={theme}
        onChange={(next) => {
          chooseTheme(next);
          setTheme(next);
        }}
      />
      <div>
        <div className="who">{customer.name}</div>
        <div className="who muted small" title={customer.email}>
          {customer.email}
        </div>
      </div>
      <Button className="small" onClick={() => signOut.mutate()} isBusy={signOut.isPending}>
        Sign out
      </Button>
      <p className="muted small">
        <a href="/docs">API</a> · {version}
      </p>
    </footer>
  );
}
