import type { FormEvent } from "react";
import { CallError } from "../api/client.ts";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/field.tsx";
import { leave } from "../session/session.ts";
import { toast } from "../shell/toasts.ts";
import { useChangePassword } from "./settings.ts";

/** Changes the password. */
export function PasswordCard() {
  const change = useChangePassword();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? "");
    change.mutate(
      { currentPassword: text("currentPassword"), newPassword: text("newPassword") },
      {
        onSuccess() {
          toast.success("The password is changed. Sign in with the new one.");
          leave();
        },
      },
    );
  };
  return (
    <section className="card" aria-label="Password">
      <header>
        <h2>Password</h2>
      </header>
      <form className="card-body" onSubmit={submit}>
        <p className="muted">A new password ends every session of this account; the API key stays.</p>
        <div className="pair">
          <Field
            label="Present password"
            name="currentPassword"
            type="password"
            autoComplete="current-password"
            required
          />
          <Field
            label="New password"
            name="newPassword"
            type="password"
            autoComplete="new-password"
            minLength={8}
            required
          />
        </div>
        {change.error !== null && (
          <p className="mistake" role="alert">
            {messageOf(change.error)}
          </p>
        )}
        <div>
          <Button type="submit" isBusy={change.isPending}>
            Change the password
          </Button>
        </div>
      </form>
    </section>
  );
}

function messageOf(error: Error): string {
  if (error instanceof CallError && error.code === "invalid_credentials")
    return "The present password is another.";
  return error.message;
}
