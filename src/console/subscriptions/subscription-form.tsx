import { type FormEvent, useState } from "react";
import { CallError } from "../api/client.ts";
import { EventTypePicker } from "../catalog/event-type-picker.tsx";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { Switch } from "../parts/switch.tsx";
import { toast } from "../shell/toasts.ts";
import { type Environment, type Subscription, type SubscriptionEntry, useSave } from "./subscriptions.ts";

/** Makes a subscription, or changes the present one. */
export function SubscriptionForm(props: {
  environment: Environment;
  present?: Subscription;
  onClose: () => void;
}) {
  const { environment, present, onClose } = props;
  const save = useSave();
  const [entry, setEntry] = useState<SubscriptionEntry>({
    environment,
    eventType: present?.eventType ?? "",
    webhookUrl: present?.webhookUrl ?? "",
    recovery: present?.recovery ?? "manual",
  });
  const set = (change: Partial<SubscriptionEntry>) => setEntry({ ...entry, ...change });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(entry, {
      onSuccess({ eventType, warning }) {
        if (warning !== undefined) return;
        toast.success(`${eventType} is subscribed.`);
        onClose();
      },
    });
  };
  const warning = save.data?.warning;
  return (
    <Dialog
      title={present === undefined ? "New subscription" : "Change subscription"}
      onClose={onClose}
      isWide
    >
      <form onSubmit={submit} className="stack">
        {present === undefined ? (
          <NewParts {...{ entry, set }} mistake={mistakeAt(save.error, "eventType")} />
        ) : (
          <p className="mono strong">{present.eventType}</p>
        )}
        <Field
          label="Webhook URL"
          name="webhookUrl"
          type="url"
          placeholder="https://example.com/webhook"
          value={entry.webhookUrl}
          onChange={(event) => set({ webhookUrl: event.target.value })}
          required
          mistake={mistakeAt(save.error, "webhookUrl")}
        />
        <label className="tick">
          <input
            type="checkbox"
            checked={entry.recovery === "automatic"}
            onChange={(event) => set({ recovery: event.target.checked ? "automatic" : "manual" })}
          />
          Replay dead letters by itself once the receiver answers again
        </label>
        {save.error !== null && !isPlaced(save.error) && (
          <p className="mistake" role="alert">
            {save.error.message}
          </p>
        )}
        {warning !== undefined && (
          <p className="notice" role="status">
            <strong>Saved.</strong> {warning}
          </p>
        )}
        <footer>
          <button type="button" onClick={onClose}>
            {warning === undefined ? "Cancel" : "Done"}
          </button>
          {warning === undefined && (
            <Button type="submit" className="primary" isBusy={save.isPending}>
              {present === undefined ? "Create" : "Save"}
            </Button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}

function NewParts(props: {
  entry: SubscriptionEntry;
  set: (change: Partial<SubscriptionEntry>) => void;
  mistake: string | undefined;
}) {
  const { entry, set, mistake } = props;
  return (
    <>
      <div>
        <Switch
          label="Environment"
          options={[
            ["sandbox", "Sandbox"],
            ["production", "Production"],
          ]}
          value={entry.environment}
          onChange={(environment) => set({ environment })}
        />
      </div>
      <EventTypePicker
        value={entry.eventType}
        onChange={(eventType) => set({ eventType })}
        mistake={mistake}
      />
    </>
  );
}

const PLACES = ["eventType", "webhookUrl"];

const mistakeAt = (error: Error | null, place: string) =>
  error instanceof CallError ? error.errors.find(({ path }) => path === place)?.message : undefined;

const isPlaced = (error: Error) => PLACES.some((place) => mistakeAt(error, place) !== undefined);
