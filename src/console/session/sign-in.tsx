import { type FormEvent, useState } from "react";
import { CallError } from "../api/client.ts";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/field.tsx";
import { Mark } from "../shell/mark.tsx";
import { useEnter, useSessionOptions } from "./session.ts";

/** Signing in and signing up. */
export function SignIn() {
  const options = useSessionOptions();
  const [isNew, setIsNew] = useState(false);
  const isOpen = options.data?.signup === "open";
  return (
    <main className="entry">
      <div className="card entry-card">
        <Mark />
        <h1>{isNew ? "Create an account" : "Sign in"}</h1>
        <p className="muted">See every event's way, and act on it.</p>
        <EntryForm key={String(isNew)} isNew={isNew} />
        {isOpen && (
          <p className="entry-switch">
            {isNew ? "You have an account?" : "New here?"}{" "}
            <button type="button" className="link" onClick={() => setIsNew(!isNew)}>
              {isNew ? "Sign in" : "Create an account"}
            </button>
          </p>
        )}
        {options.data !== undefined && !isOpen && (
          <p className="muted entry-switch">The operator of this hub makes the accounts.</p>
        )}
      </div>
      <p className="muted small">
        {options.data && <>lanehook {options.data.version} · </>}
        <a href="/docs">API documentation</a>
      </p>
    </main>
  );
}

/** The form of signing in, or up; the address that is known stands there already. */
export function EntryForm({ isNew, email }: { isNew: boolean; email?: string }) {
  const enter = useEnter();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? "");
    enter.mutate({
      email: text("email"),
      password: text("password"),
      ...(isNew && { name: text("name") }),
    });
  };
  const wrong = (path: string) =>
    enter.error instanceof CallError
      ? enter.error.errors.find((each) => each.path === path)?.message
      : undefined;
  const hasPlace = ["email", "password", "name"].some((path) => wrong(path) !== undefined);
  return (
    <form className="stack" onSubmit={submit}>
      {isNew && (
        <Field
          label="Name"
          name="name"
          autoComplete="organization"
          required
          autoFocus
          mistake={wrong("name")}
        />
      )}
      <Field
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        required
        autoFocus={!isNew && email === undefined}
        defaultValue={email}
        mistake={wrong("email")}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete={isNew ? "new-password" : "current-password"}
        required
        minLength={isNew ? 8 : undefined}
        help={isNew ? "8 characters or more." : undefined}
        mistake={wrong("password")}
      />
      {enter.error !== null && !hasPlace && (
        <p className="mistake" role="alert">
          {messageOf(enter.error)}
        </p>
      )}
      <Button type="submit" className="primary block" isBusy={enter.isPending}>
        {isNew ? "Create account" : "Sign in"}
      </Button>
    </form>
  );
}

function messageOf(error: Error): string {
  if (error instanceof CallError && error.code === "invalid_credentials")
    return "No account has this e-mail address and password.";
  return error.message;
}
