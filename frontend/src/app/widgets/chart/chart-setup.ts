import {
  ActiveElement,
  CategoryScale,
  Chart,
  ChartConfiguration,
  ChartDataset,
  ChartEvent,
  Interaction,
  InteractionItem,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  Plugin,
  PointElement,
  Tooltip,
} from 'chart.js';
import zoomPlugin from 'chartjs-plugin-zoom';
import type {StepUnit} from '../../run-data/wire';
import {capitalised, formatCount, formatValue} from '../format';
import type {LineStyle} from './colours';
import {DrawnPoint} from './thinning';

export type LineDataset = ChartDataset<'line', DrawnPoint[]>;
export type LineChartJs = Chart<'line', DrawnPoint[]>;

/** A vertical mark at a step, such as where a run was put back after a crash. */
export interface Marker {
  readonly step: number;
  readonly label: string;
}

export interface Ink {
  readonly line: string;
  readonly muted: string;
  readonly card: string;
  readonly text: string;
  readonly bad: string;
}

declare module 'chart.js' {
  interface InteractionModeMap {
    eachNearest: (chart: Chart, event: ChartEvent) => InteractionItem[];
  }
}

/** The nearest point of every trend line: the lines of a chart need not have equal steps. */
Interaction.modes.eachNearest = (chart, event) => {
  const items: InteractionItem[] = [];
  for (const meta of chart.getSortedVisibleDatasetMetas()) {
    if (meta.index % 2 === 1) continue;
    let nearest = -1;
    let distance = Infinity;
    meta.data.forEach((element, index) => {
      const away = Math.abs(element.x - (event.x ?? 0));
      if (away < distance && Number.isFinite(element.y)) [nearest, distance] = [index, away];
    });
    const element = meta.data[nearest];
    if (element) items.push({element, datasetIndex: meta.index, index: nearest} satisfies ActiveElement);
  }
  return items;
};

Chart.register(
  LineController,
  LineElement,
  PointElement,
  LinearScale,
  LogarithmicScale,
  CategoryScale,
  Tooltip,
  zoomPlugin,
);

/**
 * Two datasets for each line: even index the trend, odd index the extremes. Trends lie above all extremes, and later
 * lines above earlier ones, since what a system declares later is mostly a mean of what it declares first.
 */
export function datasetPair(label: string, {colour, dash}: LineStyle, place: number): [LineDataset, LineDataset] {
  const shared = {pointRadius: 0, pointHoverRadius: 3, tension: 0, spanGaps: false, data: []};
  return [
    {
      ...shared,
      label,
      borderColor: colour,
      backgroundColor: colour,
      borderDash: [...dash],
      borderWidth: 1.75,
      order: -place,
    },
    {...shared, label, borderColor: faded(colour), borderWidth: 1, order: 1, pointHoverRadius: 0, pointHitRadius: 0},
  ];
}

export function configuration(
  ink: () => Ink,
  unit: () => StepUnit,
  markers: () => readonly Marker[],
  zoomed: (from: number, to: number) => void,
): ChartConfiguration<'line', DrawnPoint[]> {
  const fine = window.matchMedia('(pointer: fine)').matches;
  const grid = {color: () => ink().line, drawTicks: false};
  const ticks = {color: () => ink().muted, padding: 6, font: {size: 11}, maxRotation: 0, autoSkipPadding: 18};
  const settled = ({chart}: {chart: Chart}): void => {
    const x = chart.scales['x'];
    if (x) zoomed(Math.floor(x.min), Math.ceil(x.max));
  };
  return {
    type: 'line',
    data: {datasets: []},
    plugins: [markerPlugin(ink, markers)],
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      resizeDelay: 60,
      interaction: {mode: 'eachNearest', intersect: false},
      layout: {padding: {top: 6, right: 4}},
      scales: {
        x: {
          type: 'linear',
          grid,
          border: {display: false},
          ticks: {...ticks, precision: 0, callback: (value) => formatStepMark(Number(value))},
        },
        y: {
          type: 'linear',
          grid,
          border: {display: false},
          ticks: {...ticks, maxTicksLimit: 6, callback: (value) => formatValue(Number(value))},
        },
      },
      plugins: {
        legend: {display: false},
        tooltip: {
          backgroundColor: () => ink().card,
          borderColor: () => ink().line,
          titleColor: () => ink().muted,
          bodyColor: () => ink().text,
          borderWidth: 1,
          padding: 10,
          boxWidth: 8,
          boxHeight: 8,
          usePointStyle: true,
          callbacks: {
            title: (items) => `${capitalised(unit().one)} ${formatCount(Math.round(items[0]?.parsed.x ?? 0))}`,
            label: (item) => ` ${item.dataset.label ?? ''}: ${formatValue(item.parsed.y)}`,
          },
        },
        zoom: {
          limits: {x: {minRange: 2}},
          pan: {enabled: fine, mode: 'x', modifierKey: 'shift', onPanComplete: settled},
          zoom: {
            mode: 'x',
            drag: {enabled: fine, backgroundColor: 'rgb(20 113 108 / 18%)', threshold: 6},
            wheel: {enabled: true, modifierKey: 'ctrl'},
            pinch: {enabled: true},
            onZoomComplete: settled,
          },
        },
      },
    },
  };
}

export function markerPlugin(ink: () => Ink, markers: () => readonly Marker[]): Plugin<'line'> {
  return {
    id: 'markers',
    beforeDatasetsDraw: (chart) => {
      const {ctx, chartArea, scales} = chart;
      const x = scales['x'];
      if (!x) return;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = ink().bad;
      ctx.font = '10px "Inter Variable", sans-serif';
      ctx.setLineDash([4, 3]);
      for (const {step, label} of markers()) {
        if (step < x.min || step > x.max) continue;
        const at = x.getPixelForValue(step);
        ctx.beginPath();
        ctx.moveTo(at, chartArea.top);
        ctx.lineTo(at, chartArea.bottom);
        ctx.stroke();
        const left = at + ctx.measureText(label).width + 6 > chartArea.right;
        ctx.textAlign = left ? 'right' : 'left';
        ctx.fillText(label, at + (left ? -4 : 4), chartArea.top + 9);
      }
      ctx.restore();
    },
  };
}

const COMPACT = new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 2});

/** What stands at the end of the axis of steps. */
export function stepTitle(unit: StepUnit, ink: Ink): object {
  return {display: true, text: unit.many, align: 'end', color: ink.muted, font: {size: 11}, padding: 0};
}

/** A mark of the axis of steps. */
export function formatStepMark(step: number): string {
  return COMPACT.format(step);
}

function faded(colour: string): string {
  return `color-mix(in srgb, ${colour} 42%, transparent)`;
}
