import { useMutation } from "@tanstack/react-query";
import { type ChangeEvent, type FormEvent, useState } from "react";
import { queries } from "../api/queries.ts";
import { Button } from "../parts/button.tsx";
import { Field, TextArea } from "../parts/field.tsx";
import { signingSecretQuery } from "../settings/settings.ts";
import { canVerify, verify, type Webhook } from "./verify.ts";

/** Checks a signature in the browser; nothing that is typed here leaves it. */
export function VerifyBox(props: { body?: string; eventId?: string; headers?: Record<string, string> }) {
  const { body = "", eventId = "", headers = {} } = props;
  const [webhook, setWebhook] = useState<Webhook>({
    body,
    eventId,
    timestamp: header(headers, "x-webhook-timestamp"),
    signature: header(headers, "x-webhook-signature"),
  });
  const [secret, setSecret] = useState("");
  const check = useMutation({ mutationFn: () => verify(secret.trim(), webhook) });
  if (!canVerify())
    return (
      <p className="muted">This browser verifies only on https or on the hub's own machine (localhost).</p>
    );
  const change = (changed: Partial<Webhook>) => {
    check.reset();
    setWebhook({ ...webhook, ...changed });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    check.mutate();
  };
  return (
    <form className="stack tight verify" onSubmit={submit} aria-label="Verify a signature">
      <p className="help">Computed in this browser; nothing typed here is sent anywhere.</p>
      <SecretField secret={secret} onChange={setSecret} />
      <WebhookFields webhook={webhook} onChange={change} />
      <div className="line">
        <Button type="submit" isBusy={check.isPending}>
          Verify
        </Button>
        <output className="grow">{check.isSuccess && <Verdict form={check.data} />}</output>
      </div>
    </form>
  );
}

/** The secret, typed or taken from the hub. */
function SecretField({ secret, onChange }: { secret: string; onChange: (secret: string) => void }) {
  const useMine = useMutation({
    mutationFn: () => queries.fetchQuery(signingSecretQuery),
    onSuccess: ({ signingSecret }) => onChange(signingSecret),
  });
  return (
    <div className="line bottom">
      <Field
        label="Signing secret"
        className="mono"
        value={secret}
        onChange={(event) => onChange(event.target.value)}
        placeholder="whsec_…"
        autoComplete="off"
        required
      />
      <Button isBusy={useMine.isPending} onClick={() => useMine.mutate()}>
        Use mine
      </Button>
    </div>
  );
}

function WebhookFields(props: { webhook: Webhook; onChange: (changed: Partial<Webhook>) => void }) {
  const { webhook, onChange } = props;
  const text = (name: keyof Webhook) => ({
    className: "mono",
    value: webhook[name],
    onChange: (event: ChangeEvent<HTMLInputElement>) => onChange({ [name]: event.target.value }),
  });
  return (
    <>
      <div className="pair">
        <Field label="Timestamp" {...text("timestamp")} required />
        <Field label="Event id (webhook-id)" {...text("eventId")} />
      </div>
      <Field label="Signature" placeholder="sha256=… or v1,…" {...text("signature")} required />
      <TextArea
        label="Body, byte for byte"
        rows={3}
        value={webhook.body}
        onChange={(body) => onChange({ body })}
      />
    </>
  );
}

function Verdict({ form }: { form: string | null }) {
  if (form === null) return <strong className="bad-text">Not signed with this secret.</strong>;
  return <strong className="good-text">Genuine: this is the right {form}.</strong>;
}

const header = (headers: Record<string, string>, wanted: string) =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1] ?? "";
