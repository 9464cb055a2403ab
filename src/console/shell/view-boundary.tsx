import { Component, type ReactNode } from "react";
import { liveStore } from "../api/live.ts";
import { NotLoaded } from "../parts/later.ts";
import { Failure } from "../parts/states.tsx";

/** Keeps a view's bug inside the view: the way to the others stays. React knows this only as a class. */
export class ViewBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };
  #stopWaiting = () => {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidCatch(error: Error): void {
    if (error instanceof NotLoaded && liveStore.read() === "lost") this.#stopWaiting = onceLive(reload);
  }

  override componentWillUnmount(): void {
    this.#stopWaiting();
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const retry = error instanceof NotLoaded ? reload : () => this.setState({ error: null });
    return <Failure what="this view" error={error} retry={retry} />;
  }
}

const reload = () => location.reload();

/** Calls back when the hub answers again, unless the function that it gives back was called before. */
function onceLive(then: () => void): () => void {
  const stop = liveStore.subscribe(() => {
    if (liveStore.read() !== "live") return;
    stop();
    then();
  });
  return stop;
}
