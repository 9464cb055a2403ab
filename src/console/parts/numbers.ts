// Written out, because the first `Intl` of a page costs a slow machine a tenth of a second before it shows anything.

/** `1,234` */
export function count(value: number): string {
  const [whole = "", fraction] = String(value).split(".");
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Three digits are as much as a person reads. */
const short = (value: number): string => count(Number(value.toPrecision(3)));

/** `3 deliveries`, `1 delivery`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** `99.9%`, and never 100% where something failed. */
export const percent = (value: number): string =>
  value < 1 ? `${Math.min(Math.round(value * 1000) / 10, 99.9)}%` : "100%";

/** A length of time: `0.4 ms`, `41 ms`, `1.25 s`, `2 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${short(ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms))} ms`;
  if (ms < 60_000) return `${short(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${short(ms / 3_600_000)} h`;
}

const KIB = 1024;

/** The size of a text in UTF-8: `812 B`, `1.2 KiB`. */
export const bytesOf = (text: string): string => size(new TextEncoder().encode(text).length);

/** A number of bytes: `812 B`, `1.2 KiB`, `3 MiB`. */
export function size(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`;
  if (bytes < KIB * KIB) return `${short(bytes / KIB)} KiB`;
  return `${short(bytes / KIB / KIB)} MiB`;
}
