import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "../parts/button.tsx";
import { newName } from "../parts/chance.ts";
import { confirm } from "../shell/confirm.ts";
import { type Asked, useAsk } from "./commands.ts";
import type { InputField } from "./input-fields.ts";
import { InputFields } from "./input-fields-form.tsx";
import { mistakesIn } from "./input-mistakes.ts";
import { InputMistake, type InputValues, type Request, requestOf } from "./input-values.ts";
import type { Offer } from "./offers.ts";
import { unwellOf } from "./outcome.ts";
import { Answered, NotWell } from "./outcome-words.tsx";
import { filledIn } from "./summary.ts";

/** The form of an offer. What stands in it is kept nowhere else, and goes with it. */
export function CommandForm(props: {
  connector: string;
  offer: Offer;
  fields: readonly InputField[];
  hasBody: boolean;
  onClose: () => void;
}) {
  const { connector, offer, fields, hasBody, onClose } = props;
  const { ask, send, lookAgain, isOpen } = useOffer(connector, offer);
  const [values, setValues] = useState<InputValues>({});
  const [mistake, setMistake] = useState<InputMistake | null>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("input, select, textarea")?.focus(), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new mistake leads to its field
  useEffect(
    () => leadTo(form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')),
    [mistake, ask.error],
  );

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const request = requestIn(() => requestOf(fields, values, { hasBody }));
    setMistake(request instanceof InputMistake ? request : null);
    if (!(request instanceof InputMistake) && (await isMeant(offer, fields, values))) send(request);
  };
  if (ask.isSuccess) return <Answered offer={offer} answer={ask.data} onClose={onClose} />;
  const mistakes = mistakesIn(fields, mistake ?? ask.error);
  const unwell = ask.error === null ? null : unwellOf(ask.error, offer);
  return (
    <form ref={form} className="stack" onSubmit={submit} autoComplete="off">
      {offer.about !== undefined && !isOpen && <p className="muted">{offer.about}</p>}
      {!isOpen && (
        <fieldset className="plain stack" disabled={ask.isPending}>
          <InputFields
            fields={fields}
            values={values}
            onChange={(at, value) => setValues((before) => ({ ...before, [at]: value }))}
            mistakeAt={(at) => mistakes.placed.get(at)}
          />
        </fieldset>
      )}
      {mistakes.others.map((text) => (
        <p key={text} className="mistake" role="alert">
          {text}
        </p>
      ))}
      {ask.isPending && offer.isQuestion !== true && <UnderWay />}
      {unwell !== null && <NotWell unwell={unwell} />}
      <footer>
        <button type="button" onClick={onClose}>
          {unwell === null ? "Cancel" : "Close"}
        </button>
        {isOpen ? (
          <Button className="primary" onClick={lookAgain} isBusy={ask.isPending}>
            Look again
          </Button>
        ) : (
          <Button type="submit" className="primary" isBusy={ask.isPending}>
            {offer.label}
          </Button>
        )}
      </footer>
    </form>
  );
}

const UnderWay = () => (
  <p className="notice" role="status">
    Under way. The answer may take 90 seconds; the list of commands tells it, too, should you not wait.
  </p>
);

/** Sends an offer's request; while it is not known what became of one, only that one is looked up. */
function useOffer(connector: string, offer: Offer) {
  const ask = useAsk();
  const [open, setOpen] = useState<Asked | null>(null);
  const go = (asked: Asked) =>
    ask.mutate(asked, {
      onError: (error) => setOpen(unwellOf(error, offer)?.outcome === "unknown" ? asked : null),
    });
  return {
    ask,
    isOpen: open !== null,
    send: (request: Request) => go({ connector, offer, request, idempotencyKey: `console-${newName()}` }),
    lookAgain: () => open !== null && go(open),
  };
}

/** Also into what is closed. */
function leadTo(field: HTMLElement | null | undefined): void {
  const around = field?.closest("details");
  if (around) around.open = true;
  field?.focus();
}

function requestIn(make: () => Request): Request | InputMistake {
  try {
    return make();
  } catch (error) {
    if (error instanceof InputMistake) return error;
    throw error;
  }
}

/** What cannot be taken back is asked for twice. */
async function isMeant(offer: Offer, fields: readonly InputField[], values: InputValues): Promise<boolean> {
  if (offer.warning === undefined) return true;
  return confirm({
    title: `${offer.label}?`,
    text: offer.warning,
    facts: filledIn(fields, values),
    action: offer.label,
    isDangerous: true,
  });
}
