import { Component, type ReactNode } from "react";
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
    return <Failure what="this view" error={error} retry={() => this.setState({ error: null })} />;
  }
}
