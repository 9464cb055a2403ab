import { useEffect } from "react";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Exchange } from "../parts/exchange.tsx";
import { Payload } from "../parts/payload.tsx";
import { Failure, Loading } from "../parts/states.tsx";
import { type Subscription, type TestResult, useTest } from "./subscriptions.ts";

/** Sends the catalog's example to a subscription's receiver, and shows what came back. */
export function TestDialog({ subscription, onClose }: { subscription: Subscription; onClose: () => void }) {
  const test = useTest();
  const { mutate } = test;
  const send = () => mutate(subscription);
  // biome-ignore lint/correctness/useExhaustiveDependencies: one is sent as the dialog opens
  useEffect(send, []);
  return (
    <Dialog title="Test event" onClose={onClose} isWide>
      <p className="muted">
        The catalog's example, signed, sent once to{" "}
        <span className="mono break">{subscription.webhookUrl}</span>. It stands in no list and counts
        nowhere.
      </p>
      <div aria-live="polite" className="stack">
        {test.isPending && <Loading what="the answer" />}
        {test.error !== null && <Failure what="the answer" error={test.error} />}
        {test.data !== undefined && !test.isPending && <Result result={test.data} />}
      </div>
      <footer>
        <button type="button" onClick={onClose}>
          Close
        </button>
        <Button className="primary" onClick={send} isBusy={test.isPending}>
          Send again
        </Button>
      </footer>
    </Dialog>
  );
}

function Result({ result }: { result: TestResult }) {
  const isGood = result.outcome === "accepted";
  return (
    <>
      <p>
        <Badge tone={isGood ? "good" : "bad"}>{isGood ? "delivered" : "failed"}</Badge>{" "}
        {isGood ? "The receiver took it." : (result.reason ?? "The receiver did not take it.")}
      </p>
      <Exchange exchange={result} />
      <Payload text={result.payload} />
    </>
  );
}
