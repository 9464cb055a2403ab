import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Choice } from "../parts/field.tsx";
import { Reading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { toast } from "../shell/toasts.ts";
import { signingSecretQuery, useRotateSecret } from "./settings.ts";

/** The secret that webhooks are signed with, and how it is changed without a webhook being refused. */
export function SecretCard() {
  const [isShown, setIsShown] = useState(false);
  const [isRotating, setIsRotating] = useState(false);
  const secret = useQuery(signingSecretQuery);
  return (
    <section className="card" aria-label="Signing secret">
      <header>
        <h2>Signing secret</h2>
        <div className="actions">
          <button type="button" className="small" aria-pressed={isShown} onClick={() => setIsShown(!isShown)}>
            {isShown ? "Hide" : "Show"}
          </button>
          <button type="button" className="small" onClick={() => setIsRotating(true)}>
            Rotate
          </button>
        </div>
      </header>
      <div className="card-body">
        <p className="muted">Your receivers verify with it that a webhook comes from this hub.</p>
        <Reading query={secret} what="the signing secret" rows={1}>
          {({ signingSecret, previous }) => (
            <>
              <div className="line">
                <code className="break">{isShown ? signingSecret : "whsec_••••••••••••••••••••"}</code>
                <CopyButton text={signingSecret} />
              </div>
              {previous && (
                <p className="notice" role="status">
                  The secret before it still signs beside it; it ends <Time at={previous.expiresAt} />.
                </p>
              )}
            </>
          )}
        </Reading>
      </div>
      {isRotating && <RotateDialog onClose={() => setIsRotating(false)} />}
    </section>
  );
}

const OVERLAPS = [
  ["86400", "24 hours"],
  ["3600", "1 hour"],
  ["604800", "7 days"],
  ["0", "No overlap: end the old one now"],
] as const;

function RotateDialog({ onClose }: { onClose: () => void }) {
  const rotate = useRotateSecret();
  const [overlap, setOverlap] = useState("86400");
  const go = () =>
    rotate.mutate(Number(overlap), {
      onSuccess() {
        toast.success("There is a new signing secret.");
        onClose();
      },
    });
  return (
    <Dialog title="Rotate the signing secret" onClose={onClose}>
      <div className="stack">
        <p>
          <code>X-Webhook-Signature</code> uses the new secret at once. <code>webhook-signature</code> carries
          signatures of both until the overlap ends.
        </p>
        <Choice
          label="Overlap"
          value={overlap}
          onChange={(event) => setOverlap(event.target.value)}
          options={OVERLAPS}
        />
      </div>
      <footer>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <Button className="danger" isBusy={rotate.isPending} onClick={go}>
          Rotate
        </Button>
      </footer>
    </Dialog>
  );
}
