import { Component, type ReactNode } from "react";
import { NotLoaded } from "../parts/later.ts";
import { Failure } from "../parts/states.tsx";

/** Keeps a view's bug inside the view: the way to the others stays. React knows this only as a class. */
export class ViewBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const retry = () => {
      if (error instanceof NotLoaded)
        location.reload(); // only the page knows under which name it is to be had now
      else this.setState({ error: null });
    };
    return <Failure what="this view" error={error} retry={retry} />;
  }
}
