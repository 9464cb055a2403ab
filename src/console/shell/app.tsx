import { useEffect } from "react";
import { Failure, Loading } from "../parts/states.tsx";
import { holdSession, useHeldSession } from "../session/held-session.ts";
import { useSession } from "../session/session.ts";
import { SignIn } from "../session/sign-in.tsx";
import { SignInAgain } from "../session/sign-in-again.tsx";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { Shell } from "./shell.tsx";
import { ToastList } from "./toast-list.tsx";

/** The console: the views for who is signed in, the way in for who is not. */
export function App() {
  return (
    <>
      <Inside />
      <ConfirmDialog />
      <ToastList />
    </>
  );
}

function Inside() {
  const session = useSession();
  const held = useHeldSession();
  useEffect(() => {
    if (session.data) holdSession(session.data);
  }, [session.data]);
  const shown = session.data ?? held;
  if (shown !== null)
    return (
      <>
        <Shell key={shown.customer.customerId} session={shown} hasEnded={session.data === null} />
        {session.data === null && <SignInAgain session={shown} />}
      </>
    );
  if (session.data === null) return <SignIn />;
  return (
    <main className="entry">
      {session.error === null ? (
        <Loading what="the session" />
      ) : (
        <Failure what="your session" error={session.error} retry={() => void session.refetch()} />
      )}
    </main>
  );
}
