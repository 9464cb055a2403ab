/** Columns stand this far apart. */
const GAP = "  ";

/** Prints an answer for people, or as JSON for scripts. */
export function print(answer: object, { json, text }: { json: boolean | undefined; text: string }): void {
  process.stdout.write(`${json ? JSON.stringify(answer, null, 2) : text}\n`);
}

/** Rows under a head, each column as wide as its widest cell on a terminal. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => Bun.stringWidth(row[column] ?? ""))));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => padded(cell, widths[column] ?? 0)).join(GAP);
  return all.map((row) => line(row).trimEnd()).join("\n");
}

/** Facts below each other: what it is, and what it is here. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => padded(name, width) + GAP + value).join("\n");
}

const padded = (text: string, width: number) => text + " ".repeat(width - Bun.stringWidth(text));
