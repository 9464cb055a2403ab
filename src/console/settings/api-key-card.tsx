import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answerOf, api, CallError } from "../api/client.ts";
import { Button } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Field } from "../parts/field.tsx";
import { confirm } from "../shell/confirm.ts";
import { useSignedIn } from "../shell/session-context.ts";
import { useRotateApiKey } from "./settings.ts";

/** The key for programs; shown only to who knows the password. */
export function ApiKeyCard() {
  const [apiKey, setApiKey] = useState<string | null>(null);
  const rotate = useRotateApiKey();
  const askToRotate = async () => {
    const isSure = await confirm({
      title: "Make a new API key?",
      text: "The key before it stops working at once.",
      action: "Make a new one",
      isDangerous: true,
    });
    if (isSure) rotate.mutate(undefined, { onSuccess: ({ apiKey }) => setApiKey(apiKey) });
  };
  return (
    <section className="card" aria-label="API key">
      <header>
        <h2>API key</h2>
        <Button className="small" isBusy={rotate.isPending} onClick={askToRotate}>
          Rotate
        </Button>
      </header>
      <div className="card-body">
        <p className="muted">
          For programs: it goes into the header <code>X-API-Key</code>. What it can do is described at{" "}
          <a href="/docs">/docs</a>.
        </p>
        {apiKey === null ? (
          <ShowForm onShown={setApiKey} />
        ) : (
          <div className="line">
            <code className="break">{apiKey}</code>
            <span className="actions">
              <CopyButton text={apiKey} />
              <button type="button" className="small" onClick={() => setApiKey(null)}>
                Hide
              </button>
            </span>
          </div>
        )}
      </div>
    </section>
  );
}

function ShowForm({ onShown }: { onShown: (apiKey: string) => void }) {
  const { customer } = useSignedIn();
  const [password, setPassword] = useState("");
  const show = useMutation({
    mutationFn: () => answerOf(api.auth.login.post({ email: customer.email, password })),
    meta: { isQuiet: true, isPasswordCheck: true },
    gcTime: 0,
    onSuccess: (answer) => onShown(answer.customer.apiKey),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    show.mutate();
  };
  return (
    <form onSubmit={submit}>
      <input
        type="text"
        className="unseen"
        autoComplete="username"
        value={customer.email}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <Field
        label="Your password"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        required
        help="The key alone opens this account, so it is shown only to who knows the password."
        mistake={show.error === null ? undefined : messageOf(show.error)}
        action={
          <Button type="submit" isBusy={show.isPending}>
            Show the key
          </Button>
        }
      />
    </form>
  );
}

function messageOf(error: Error): string {
  if (error instanceof CallError && error.code === "invalid_credentials") return "This is not the password.";
  return error.message;
}
