import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { queries } from "../api/queries.ts";
import { Button } from "../parts/button.tsx";
import { Field, TextArea } from "../parts/field.tsx";
import { signingSecretQuery } from "../settings/settings.ts";
import { canVerify, verify } from "./verify.ts";

/** Checks a signature in the browser; nothing that is typed here leaves it. */
export function VerifyBox(props: { body?: string; eventId?: string; headers?: Record<string, string> }) {
  const { body = "", eventId = "", headers = {} } = props;
  const [webhook, setWebhook] = useState({
    body,
    eventId,
    timestamp: header(headers, "x-webhook-timestamp"),
    signature: header(headers, "x-webhook-signature"),
  });
  const [secret, setSecret] = useState("");
  const check = useMutation({ mutationFn: () => verify(secret.trim(), webhook) });
  const useMine = useMutation({
    mutationFn: () => queries.fetchQuery(signingSecretQuery),
    onSuccess: ({ signingSecret }) => setSecret(signingSecret),
  });
  if (!canVerify())
    return (
      <p className="muted">This browser verifies only on https or on the hub's own machine (localhost).</p>
    );
  const set = (change: Partial<typeof webhook>) => {
    check.reset();
    setWebhook({ ...webhook, ...change });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    check.mutate();
  };
  return (
    <form className="stack tight verify" onSubmit={submit} aria-label="Verify a signature">
      <p className="help">Computed in this browser; nothing typed here is sent anywhere.</p>
      <div className="line bottom">
        <Field
          label="Signing secret"
          className="mono"
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
          placeholder="whsec_…"
          autoComplete="off"
          required
        />
        <Button isBusy={useMine.isPending} onClick={() => useMine.mutate()}>
          Use mine
        </Button>
      </div>
      <div className="pair">
        <Field
          label="Timestamp"
          className="mono"
          value={webhook.timestamp}
          onChange={(event) => set({ timestamp: event.target.value })}
          required
        />
        <Field
          label="Event id (webhook-id)"
          className="mono"
          value={webhook.eventId}
          onChange={(event) => set({ eventId: event.target.value })}
        />
      </div>
      <Field
        label="Signature"
        className="mono"
        placeholder="sha256=… or v1,…"
        value={webhook.signature}
        onChange={(event) => set({ signature: event.target.value })}
        required
      />
      <TextArea
        label="Body, byte for byte"
        rows={3}
        value={webhook.body}
        onChange={(body) => set({ body })}
      />
      <div className="line">
        <Button type="submit" isBusy={check.isPending}>
          Verify
        </Button>
        <output className="grow">{check.isSuccess && <Verdict form={check.data} />}</output>
      </div>
    </form>
  );
}

function Verdict({ form }: { form: string | null }) {
  if (form === null) return <strong className="bad-text">Not signed with this secret.</strong>;
  return <strong className="good-text">Genuine: this is the right {form}.</strong>;
}

const header = (headers: Record<string, string>, wanted: string) =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1] ?? "";
