import { VerifyBox } from "../deliveries/verify-box.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Time } from "../parts/time.tsx";
import { useSignedIn } from "../shell/session-context.ts";
import { ApiKeyCard } from "./api-key-card.tsx";
import { AuctionIdsCard } from "./auction-ids-card.tsx";
import { PasswordCard } from "./password-card.tsx";
import { SecretCard } from "./secret-card.tsx";

/** What belongs to the account: its auctions, its keys, its password. */
export function SettingsView() {
  const { customer, expiresAt } = useSignedIn();
  return (
    <>
      <PageHead title="Settings" about={`${customer.name}, ${customer.email}`} />
      <div className="columns">
        <div className="stack">
          <AuctionIdsCard />
          <SecretCard />
          <section className="card" aria-label="Verify a signature">
            <header>
              <h2>Verify a signature</h2>
            </header>
            <div className="card-body">
              <VerifyBox />
            </div>
          </section>
        </div>
        <div className="stack">
          <ApiKeyCard />
          <PasswordCard />
          <section className="card" aria-label="Account">
            <header>
              <h2>Account</h2>
            </header>
            <dl className="facts card-body">
              <dt>Customer id</dt>
              <dd className="mono">{customer.customerId}</dd>
              {expiresAt !== null && (
                <>
                  <dt>Session ends</dt>
                  <dd>
                    <Time at={expiresAt} />
                  </dd>
                </>
              )}
            </dl>
          </section>
        </div>
      </div>
    </>
  );
}
