/** The hub's sign and name. */
export const Mark = () => (
  <span className="mark">
    <svg viewBox="0 0 16 16" width="22" height="22" aria-hidden="true">
      <rect width="16" height="16" rx="3.5" className="mark-ground" />
      <path d="M4 3v6a4 4 0 0 0 8 0V7" fill="none" stroke="#fff" strokeWidth="2" strokeLinecap="round" />
    </svg>
    lanehook
  </span>
);
