import { useEffect, useRef } from "react";
import uPlot, { type AlignedData, type Options } from "uplot";
import "uplot/dist/uPlot.min.css";
import { once } from "../parts/once.ts";
import { THEME_CHANGED } from "../shell/theme.ts";
import type { Overview, Span } from "./overview.ts";

type Buckets = Overview["hour"]["buckets"];

const HEIGHT = 220;

/** How many events came in and deliveries went out, over time. */
export function RateChart({ buckets, span, label }: { buckets: Buckets; span: Span; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const data = useRef<AlignedData>([[], [], [], []]);
  data.current = aligned(buckets);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsFor(element, span), data.current, element);
    };
    draw();
    const resize = () => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT });
    const stop = watchLooks(element, { onSize: resize, onColours: draw });
    return () => {
      stop();
      plot.current?.destroy();
    };
  }, [span]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn follows the buckets
  useEffect(() => plot.current?.setData(data.current), [buckets]);

  return <div ref={box} className="chart" role="img" aria-label={label} />;
}

/** Tells when an element's size or the page's colours change, until the function that it gives back is called. */
function watchLooks(element: Element, told: { onSize: () => void; onColours: () => void }): () => void {
  const { onSize, onColours } = told;
  const resized = new ResizeObserver(onSize);
  resized.observe(element);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", onColours);
  addEventListener(THEME_CHANGED, onColours);
  return () => {
    resized.disconnect();
    scheme.removeEventListener("change", onColours);
    removeEventListener(THEME_CHANGED, onColours);
  };
}

function aligned(buckets: Buckets): AlignedData {
  return [
    buckets.map(({ at }) => Date.parse(at) / 1000),
    buckets.map(({ eventsIn }) => eventsIn),
    buckets.map(({ delivered }) => delivered),
    buckets.map(({ failed }) => failed),
  ];
}

function optionsFor(element: HTMLElement, span: Span): Options {
  const ink = (name: string) => colorOf(element, name);
  const axis = {
    stroke: ink("--muted"),
    grid: { stroke: ink("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const line = (label: string, color: string, fill?: string) => ({
    label,
    stroke: ink(color),
    width: 2,
    points: { show: false },
    ...(fill !== undefined && { fill: ink(fill) }),
  });
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: true, live: true },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_, __, max) => [0, Math.max(4, max * 1.1)] } },
    padding: [8, 16, 0, 0], // px: top, right, bottom, left
    axes: [
      { ...axis, size: 26, space: span === "hour" ? 60 : 80, values: timesOf },
      {
        ...axis,
        size: 52,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6],
      },
    ],
    series: [
      { value: (_, at) => (at === null ? "" : clockTime(at)) },
      line("Events in", "--accent", "--accent-soft"),
      line("Delivered", "--good"),
      line("Failed", "--bad"),
    ],
  };
}

const clock = once(() => new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }));
const clockTime = (seconds: number) => clock().format(seconds * 1000);
const timesOf = (_: uPlot, splits: number[]) => splits.map(clockTime);

/** The canvas knows no variables: a colour is read from an element that wears it. */
function colorOf(element: HTMLElement, variable: string): string {
  element.style.color = `var(${variable})`;
  const { color } = getComputedStyle(element);
  element.style.color = "";
  return color;
}
