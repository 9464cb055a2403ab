import type { ReactNode } from "react";

/** What may be wider than the page, or longer than its place; reached and moved by keyboard, too. */
export const Scroll = ({ label, className = "scroll-x", children }: ScrollProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
  <section className={className} tabIndex={0} aria-label={label}>
    {children}
  </section>
);

interface ScrollProps {
  label: string;
  className?: string;
  children: ReactNode;
}
