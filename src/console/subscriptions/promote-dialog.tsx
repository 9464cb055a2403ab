import { Badge, type Tone } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { counted } from "../parts/numbers.ts";
import { Scroll } from "../parts/scroll.tsx";
import { Empty, Reading } from "../parts/states.tsx";
import { toast } from "../shell/toasts.ts";
import { usePromote, usePromotePreview } from "./subscriptions.ts";

const TONES: Record<string, Tone> = { create: "good", update: "wait", none: "quiet" };
const WORDS: Record<string, string> = { create: "new", update: "changes", none: "as it is" };

/** Shows what promoting would change in production, and does it. */
export function PromoteDialog({ onClose }: { onClose: () => void }) {
  const preview = usePromotePreview();
  const promote = usePromote();
  const changes = preview.data?.changes ?? [];
  const isAny = changes.some(({ change }) => change !== "none");
  const go = () =>
    promote.mutate(undefined, {
      onSuccess({ count }) {
        toast.success(`${counted(count, "subscription")} promoted to production.`);
        onClose();
      },
    });
  return (
    <Dialog title="Promote sandbox to production" onClose={onClose} isWide>
      <p className="muted">
        Active sandbox subscriptions are copied; production keeps what the sandbox does not have.
      </p>
      <Reading query={preview} what="what would change">
        {({ changes }) =>
          changes.length === 0 ? (
            <Empty title="The sandbox has no active subscription" />
          ) : (
            <Scroll label="What would change">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Event type</th>
                    <th scope="col">Change</th>
                    <th scope="col">Production now</th>
                    <th scope="col">Production then</th>
                  </tr>
                </thead>
                <tbody>
                  {changes.map(({ eventType, change, before, after }) => (
                    <tr key={eventType}>
                      <td className="mono">{eventType}</td>
                      <td>
                        <Badge tone={TONES[change] ?? "quiet"}>{WORDS[change] ?? change}</Badge>
                      </td>
                      <td>
                        <Target side={before} />
                      </td>
                      <td>
                        <Target side={after} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Reading>
      <footer>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <Button className="primary" disabled={!isAny} isBusy={promote.isPending} onClick={go}>
          Promote
        </Button>
      </footer>
    </Dialog>
  );
}

function Target({ side }: { side: { webhookUrl: string; status: string } | null }) {
  if (side === null) return <span className="muted">–</span>;
  return (
    <>
      <div className="mono break">{side.webhookUrl}</div>
      <div className="muted small">{side.status}</div>
    </>
  );
}
