/** What must not outlive the bench: its folders and processes, also when it is interrupted. */
const leftovers = new Set<() => void>();

/** Clears this at the end of the bench, however it ends; call the result once it is cleared already. */
export function clearAtExit(clear: () => void): () => void {
  leftovers.add(clear);
  return () => leftovers.delete(clear);
}

process.on("exit", () => {
  for (const clear of [...leftovers].reverse()) clear(); // programs before the folders they write to
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));
