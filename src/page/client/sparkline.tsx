import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";

interface SparklineProps {
  /** One value for each stretch of time, the oldest first; null where there is none. */
  values: (number | null)[];
  tone: "plain" | "warn" | "bad";
  isBars?: boolean;
}

const HEIGHT = 40;

/** A curve or bars without axes: it shows a course, and the figure beside it says how much. */
export function Sparkline({ values, tone, isBars = false }: SparklineProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const data = useRef<UPlot.AlignedData>([[], []]);
  data.current = [values.map((_value, index) => index), values];

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new UPlot(options(element, tone, isBars), data.current, element);
    };
    draw();
    const resizing = new ResizeObserver(() => {
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    resizing.observe(element);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", draw);
    return () => {
      resizing.disconnect();
      dark.removeEventListener("change", draw);
      plot.current?.destroy();
    };
  }, [tone, isBars]);
  useEffect(() => plot.current?.setData(data.current), [values]);
  return <div ref={place} />;
}

function options(element: HTMLElement, tone: string, isBars: boolean): UPlot.Options {
  const color = getComputedStyle(element).getPropertyValue(`--${tone}`).trim() || "gray";
  const bars = UPlot.paths.bars?.({ size: [0.7, 12] });
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [4, 0, 0, 0],
    cursor: { show: false },
    legend: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: {
      x: { time: false, range: (_plot, _first, last) => [-0.6, Math.max(1, last) + 0.6] },
      y: { range: (_plot, _low, high) => [0, Math.max(1, high)] },
    },
    series: [
      {},
      {
        stroke: color,
        width: isBars ? 0 : 1.5,
        fill: isBars ? color : `color-mix(in srgb, ${color} 15%, transparent)`,
        points: { show: false },
        spanGaps: true,
        ...(isBars && bars !== undefined ? { paths: bars } : {}),
      },
    ],
  };
}
