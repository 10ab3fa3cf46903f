import {Chart, ChartConfiguration, Legend, Plugin, SubTitle, Title} from 'chart.js';
import type {StepUnit} from '../../run-data/wire';
import {formatValue} from '../format';
import {datasetPair, formatStepMark, Ink, Marker, markerPlugin} from './chart-setup';
import type {LineStyle} from './colours';
import {loneRadii, parted} from './parts';
import {Columns, DrawnPoint, thin} from './thinning';

Chart.register(Legend, SubTitle, Title);

const WIDTH = 1600;
const HEIGHT = 900;
const FONT = '"Inter Variable", system-ui, sans-serif';

/** A line of a picture. */
export interface PictureLine {
  readonly label: string;
  readonly unit: string;
  readonly columns: Columns | undefined;
  readonly breaks?: readonly number[];
  readonly style: LineStyle;
}

/** What a picture shows, and by which file name it is saved. */
export interface Picture {
  readonly file: string;
  readonly title: string;
  /** Whose lines these are. */
  readonly subject: string;
  readonly unit: StepUnit;
  readonly ink: Ink;
  readonly logarithmic: boolean;
  readonly range: {readonly from: number; readonly to: number};
  readonly markers: readonly Marker[];
  readonly lines: readonly PictureLine[];
}

/** Draw a chart large enough for a report, with all that a reader without the page needs, and save it as a PNG file. */
export async function savePicture(picture: Picture): Promise<void> {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const chart = new Chart<'line', DrawnPoint[]>(canvas, pictureConfiguration(picture));
  const file = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, 'image/png');
  });
  chart.destroy();
  if (!file) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `${picture.file}.png`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** What the axis of values is called: the chart, or its only line, with the unit; several units each with their line. */
export function valueTitle(title: string, lines: readonly Pick<PictureLine, 'label' | 'unit'>[]): string {
  const units = new Set(lines.map(({unit}) => unit));
  if (units.size > 1) {
    return lines.map(({label, unit}) => (unit ? `${label} (${unit})` : label)).join(', ');
  }
  const [only] = lines;
  const name = only && lines.length === 1 ? only.label : title;
  return only?.unit ? `${name} (${only.unit})` : name;
}

function pictureConfiguration(picture: Picture): ChartConfiguration<'line', DrawnPoint[]> {
  const {ink, lines, range, unit} = picture;
  const ticks = {color: ink.text, padding: 8, font: {size: 18, family: FONT}, maxRotation: 0, autoSkipPadding: 30};
  const axisTitle = (text: string) => ({
    display: text !== '',
    text,
    color: ink.text,
    font: {size: 20, family: FONT, weight: 600 as const},
  });
  const keep = picture.logarithmic ? (y: number): number => (y > 0 ? y : NaN) : (y: number): number => y;
  const datasets = lines.flatMap(({label, columns, breaks, style}, place) => {
    const [trend, extremes] = datasetPair(label, style, place);
    const all = columns ? thin(columns, range.from, range.to, WIDTH) : {trend: [], extremes: []};
    const thinned = parted(all, breaks ?? []);
    trend.data = thinned.trend.map(({x, y}) => ({x, y: keep(y)}));
    extremes.data = thinned.extremes.map(({x, y}) => ({x, y: keep(y)}));
    trend.borderWidth = 3;
    trend.pointRadius = loneRadii(trend.data).map((radius) => 2 * radius);
    return [trend, extremes];
  });
  return {
    type: 'line',
    data: {datasets},
    plugins: [
      ground(ink.card),
      markerPlugin(
        () => ink,
        () => picture.markers,
      ),
    ],
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: false,
      devicePixelRatio: 1,
      layout: {padding: 32},
      scales: {
        x: {
          type: 'linear',
          min: range.from,
          max: range.to > range.from ? range.to : range.from + 1,
          grid: {color: ink.line},
          border: {color: ink.muted},
          title: axisTitle(unit.many),
          ticks: {...ticks, precision: 0, callback: (value) => formatStepMark(Number(value))},
        },
        y: {
          type: picture.logarithmic ? 'logarithmic' : 'linear',
          grid: {color: ink.line},
          border: {color: ink.muted},
          title: axisTitle(valueTitle(picture.title, lines)),
          ticks: {...ticks, callback: (value) => formatValue(Number(value))},
        },
      },
      plugins: {
        title: {
          display: true,
          text: picture.title,
          align: 'start',
          color: ink.text,
          font: {size: 34, family: FONT, weight: 650 as unknown as 'bold'},
          padding: {bottom: 6},
        },
        subtitle: {
          display: picture.subject !== '',
          text: picture.subject,
          align: 'start',
          color: ink.muted,
          font: {size: 22, family: FONT},
          padding: {bottom: 20},
        },
        legend: {
          display: true,
          position: 'bottom',
          labels: {
            color: ink.text,
            font: {size: 20, family: FONT},
            boxWidth: 44,
            boxHeight: 0,
            padding: 24,
            // The extremes of a line are no line of their own.
            filter: ({datasetIndex = 0}) => datasetIndex % 2 === 0,
            sort: (a, b) => (a.datasetIndex ?? 0) - (b.datasetIndex ?? 0),
          },
        },
        tooltip: {enabled: false},
        zoom: {pan: {enabled: false}, zoom: {drag: {enabled: false}, wheel: {enabled: false}, pinch: {enabled: false}}},
      },
    },
  };
}

/** A ground below everything: without one a picture cannot be read on paper of another colour. */
function ground(colour: string): Plugin<'line'> {
  return {
    id: 'ground',
    beforeDraw: ({ctx, width, height}) => {
      ctx.save();
      ctx.fillStyle = colour;
      ctx.fillRect(0, 0, width, height);
      ctx.restore();
    },
  };
}
