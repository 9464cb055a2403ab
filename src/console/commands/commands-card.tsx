import { useState } from "react";
import { Button } from "../parts/button.tsx";
import { Reading } from "../parts/states.tsx";
import { CommandDialog } from "./command-dialog.tsx";
import { CommandRow } from "./command-row.tsx";
import { useCommands } from "./commands.ts";
import { type Offer, offersOf } from "./offers.ts";

/** What can be asked of a connector's upstream, what was asked, and what became of it; none is ever sent twice. */
export function CommandsCard({ name, kind }: { name: string; kind: string }) {
  const kept = useCommands(name);
  const offers = offersOf(kind);
  const commands = kept.data?.pages.flatMap((page) => page.commands) ?? [];
  if (offers.length === 0 && commands.length === 0) return null;
  return (
    <section className="card" aria-label="Commands">
      <header>
        <h2>Commands</h2>
      </header>
      {offers.length > 0 && <Offers connector={name} offers={offers} />}
      <Reading query={kept} what="the commands">
        {() =>
          commands.length === 0 ? (
            <p className="card-body muted">None was sent yet. Each is kept here with what became of it.</p>
          ) : (
            <ul className="rows">
              {commands.map((command) => (
                <CommandRow key={command.commandId} command={command} kind={kind} />
              ))}
            </ul>
          )
        }
      </Reading>
      {kept.hasNextPage && (
        <div className="card-foot">
          <Button isBusy={kept.isFetchingNextPage} onClick={() => void kept.fetchNextPage()}>
            Show older commands
          </Button>
        </div>
      )}
    </section>
  );
}

function Offers({ connector, offers }: { connector: string; offers: readonly Offer[] }) {
  const [chosen, setChosen] = useState<Offer | null>(null);
  const isQuestion = (offer: Offer) => offer.isQuestion === true;
  const button = (offer: Offer) => (
    <button key={offer.name} type="button" className="small" onClick={() => setChosen(offer)}>
      {offer.label}
    </button>
  );
  return (
    <div className="card-body offers">
      <div className="actions">{offers.filter((offer) => !isQuestion(offer)).map(button)}</div>
      {offers.some(isQuestion) && (
        <div className="actions">
          <span className="muted small">Not listed below:</span>
          {offers.filter(isQuestion).map(button)}
        </div>
      )}
      {chosen !== null && (
        <CommandDialog connector={connector} offer={chosen} onClose={() => setChosen(null)} />
      )}
    </div>
  );
}
