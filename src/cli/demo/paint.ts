import { styleText } from "node:util";

/** Colours text where standard output is a terminal that takes colours. */
export const paint = (style: "bold" | "dim" | "green" | "red" | "cyan", text: string): string =>
  process.stdout.isTTY ? styleText(style, text, { stream: process.stdout }) : text;
