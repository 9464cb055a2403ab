import { Failure, Loading } from "../parts/states.tsx";
import { useSession } from "../session/session.ts";
import { SignIn } from "../session/sign-in.tsx";
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
  if (session.data === null) return <SignIn />;
  if (session.data !== undefined) return <Shell session={session.data} />;
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
