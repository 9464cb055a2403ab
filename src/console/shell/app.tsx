import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { queries } from "../api/queries.ts";
import { Failure, Loading } from "../parts/states.tsx";
import { holdSession, useHeldSession } from "../session/held-session.ts";
import { useSession } from "../session/session.ts";
import { SignIn } from "../session/sign-in.tsx";
import { SignInAgain } from "../session/sign-in-again.tsx";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { Shell } from "./shell.tsx";
import { ToastList } from "./toast-list.tsx";
import { fetchViewsSoon } from "./views.ts";
import { keepVisit } from "./visit.ts";

/** Shows the console: the views for who is signed in, the way in for who is not. */
export function show(root: HTMLElement): void {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Inside />
        <ConfirmDialog />
        <ToastList />
      </QueryClientProvider>
    </StrictMode>,
  );
}

function Inside() {
  const session = useSession();
  const held = useHeldSession();
  useEffect(fetchViewsSoon, []);
  useEffect(() => {
    if (session.data === undefined) return; // not known yet
    keepVisit(session.data === null ? "guest" : "customer");
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
