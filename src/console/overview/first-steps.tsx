import type { ReactNode } from "react";
import { Code } from "../parts/code.tsx";
import { useAuctionIds } from "../settings/settings.ts";
import { addressOf } from "../shell/router.ts";
import { useSignedIn } from "../shell/session-context.ts";
import { useAllSubscriptions } from "../subscriptions/subscriptions.ts";
import type { Overview } from "./overview.ts";

/** For those who begin: what is still to be done until the first event arrives. Goes once one was delivered. */
export function FirstSteps({ overview }: { overview: Overview }) {
  const { auctionIdsMode } = useSignedIn();
  const subscriptions = useAllSubscriptions();
  const auctionIds = useAuctionIds();
  if (subscriptions.data === undefined || auctionIds.data === undefined) return null;
  const [first] = subscriptions.data;
  const hasDelivered =
    overview.day.delivered > 0 || subscriptions.data.some(({ lastSuccessAt }) => lastSuccessAt !== null);
  if (hasDelivered) return null;
  return (
    <section className="card" aria-label="First steps">
      <header>
        <h2>From here to the first event</h2>
      </header>
      <ol className="steps">
        <Step isDone={auctionIds.data.auctionIds.length > 0} title="Say which auctions are yours">
          {auctionIdsMode === "operator" ? (
            <>The hub's operator assigns your auction ids; events of these auctions come to you.</>
          ) : (
            <>
              Events that name an auction come to those who have its id.{" "}
              <a href={addressOf("settings")}>Set auction ids</a>
            </>
          )}
        </Step>
        <Step isDone={first !== undefined} title="Subscribe">
          Choose event types and the URL that they are sent to.{" "}
          <a href={addressOf("subscriptions", null, { new: "sandbox" })}>Create a subscription</a>
        </Step>
        <Step isDone={false} title="Let an event come">
          Send a test event from <a href={addressOf("subscriptions")}>the subscription</a>, or publish a real
          one with a publisher's key:
          <Code text={publishCommand(first, auctionIds.data.auctionIds[0])} label="Command that publishes" />
        </Step>
      </ol>
    </section>
  );
}

function Step({ isDone, title, children }: { isDone: boolean; title: string; children: ReactNode }) {
  return (
    <li className={isDone ? "done" : ""}>
      <div className="stack tight">
        <strong>
          {title}
          {isDone && <span className="unseen"> (done)</span>}
        </strong>
        <div className="muted">{children}</div>
      </div>
    </li>
  );
}

function publishCommand(
  subscription: { eventType: string; environment: string } | undefined,
  auctionId = "daanw",
): string {
  const { environment = "sandbox", eventType = "" } = subscription ?? {};
  const type = eventType === "" || eventType.endsWith("*") ? "ae.asset.deal.sold.ams" : eventType;
  const body = JSON.stringify({ eventType: type, environment, payload: { "auction-id": auctionId } });
  return `curl ${location.origin}/api/events -H "authorization: Bearer $PUBLISH_KEY" -H "content-type: application/json" \\\n  -d '${body}'`;
}
