/** One measured figure. */
export interface Figure {
  figure: string;
  value: number;
  unit: string;
  /** The same measured of the program without features, or of the state compared with, in the same run. */
  against?: number;
  /** `value` divided by `against`: what to quote, because machines differ. */
  ratio?: number;
  /** What the ratio, or else the value, should be. */
  goal?: string;
}

const figures: Figure[] = [];

/** Notes a figure, and prints it at once as a JSON line. */
export function note(figure: Figure): void {
  const rounded = { ...figure, value: round(figure.value) };
  if (figure.against !== undefined) {
    rounded.against = round(figure.against);
    rounded.ratio = round(figure.value / figure.against);
  }
  figures.push(rounded);
  console.log(JSON.stringify(rounded));
}

/** Prints all figures for people. */
export function printTable(): void {
  if (figures.length === 0) return;
  const rows = [
    ["figure", "value", "", "against", "ratio", "goal"],
    ...figures.map(({ figure, value, unit, against, ratio, goal }) => [
      figure,
      value.toLocaleString("en"),
      unit,
      against?.toLocaleString("en") ?? "",
      ratio?.toString() ?? "",
      goal ?? "",
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  console.log("\nThe hub's value; against: the bare program, or the hub without what the figure names.");
  console.log("Accept counts from when a request was due to be sent; first byte: at the receiver's door.\n");
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0, column))
        .join("  ")
        .trimEnd(),
    );
  }
}

/** Numbers stand at the right. */
const pad = (cell: string, width: number, column: number) =>
  [1, 3, 4].includes(column) ? cell.padStart(width) : cell.padEnd(width);

/** Three digits are as much as is true. */
function round(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/** The value below which this share of all values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** The middle value: one noisy round does not move it. */
export const median = (values: readonly number[]): number => percentile(values, 0.5);
