const whole = new Intl.NumberFormat("en");
const share = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** `1,234` */
export const count = (value: number): string => whole.format(value);

/** `3 deliveries`, `1 delivery`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** `99.9%`, and never 100% where something failed. */
export const percent = (value: number): string => share.format(value < 1 ? Math.min(value, 0.999) : 1);

/** A length of time: `0.4 ms`, `41 ms`, `1.25 s`, `2 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${short.format(ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms))} ms`;
  if (ms < 60_000) return `${short.format(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${short.format(ms / 3_600_000)} h`;
}

const KIB = 1024;

/** The size of a text in UTF-8: `812 B`, `1.2 KiB`. */
export const bytesOf = (text: string): string => size(new TextEncoder().encode(text).length);

/** A number of bytes: `812 B`, `1.2 KiB`, `3 MiB`. */
export function size(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`;
  if (bytes < KIB * KIB) return `${short.format(bytes / KIB)} KiB`;
  return `${short.format(bytes / KIB / KIB)} MiB`;
}
