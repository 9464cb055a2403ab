import { type FormEvent, useState } from "react";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/field.tsx";
import { Reading } from "../parts/states.tsx";
import { confirm } from "../shell/confirm.ts";
import { useSignedIn } from "../shell/session-context.ts";
import { toast } from "../shell/toasts.ts";
import { useAuctionIds, useReplaceAuctionIds } from "./settings.ts";

/** The auctions whose events come to the customer. */
export function AuctionIdsCard() {
  const auctionIds = useAuctionIds();
  const isOperators = useSignedIn().auctionIdsMode === "operator";
  return (
    <section className="card" aria-label="Auction ids">
      <header>
        <h2>Auction ids</h2>
      </header>
      <div className="card-body">
        <p className="muted">
          {isOperators
            ? "The hub's operator assigns them; you may give some up. Events that name one of these auctions come to you."
            : "Events that name one of these auctions come to you."}
        </p>
        <Reading query={auctionIds} what="the auction ids">
          {({ auctionIds }) => <Ids ids={auctionIds} isOperators={isOperators} />}
        </Reading>
      </div>
    </section>
  );
}

function Ids({ ids, isOperators }: { ids: string[]; isOperators: boolean }) {
  const replace = useReplaceAuctionIds();
  const [text, setText] = useState("");
  const add = (event: FormEvent) => {
    event.preventDefault();
    const added = text.split(/[\s,;]+/).filter(Boolean);
    if (added.length === 0) return;
    replace.mutate([...ids, ...added], {
      onSuccess() {
        setText("");
        toast.success("The auction ids are saved.");
      },
    });
  };
  const remove = async (id: string) => {
    const isSure = await confirm({
      title: `Give up the auction ${id}?`,
      text: isOperators
        ? "Its events no longer come to you, and only the hub's operator can give it back."
        : "Its events no longer come to you.",
      action: "Give up",
      isDangerous: true,
    });
    if (isSure) replace.mutate(ids.filter((each) => each !== id));
  };
  return (
    <>
      {ids.length === 0 ? (
        <p>
          {isOperators
            ? "None is assigned."
            : "None yet: add one, or events that name an auction pass you by."}
        </p>
      ) : (
        <ul className="chips">
          {ids.map((id) => (
            <li key={id} className="chip mono">
              {id}
              <button
                type="button"
                className="ghost icon"
                aria-label={`Give up ${id}`}
                onClick={() => remove(id)}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      {!isOperators && (
        <form onSubmit={add}>
          <Field
            label="Add auction ids"
            className="mono"
            placeholder="daanw, cpaa"
            value={text}
            onChange={(event) => setText(event.target.value)}
            autoComplete="off"
            action={
              <Button type="submit" isBusy={replace.isPending}>
                Add
              </Button>
            }
          />
        </form>
      )}
    </>
  );
}
