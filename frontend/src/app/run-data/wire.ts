/** What the server sends and takes, as JSON. Times are Unix seconds; a number that was not finite arrives as null. */

export type RunStatus =
  | 'queued'
  | 'starting'
  | 'running'
  | 'pausing'
  | 'paused'
  | 'stopping'
  | 'stopped'
  | 'finished'
  | 'failed'
  | 'restarting';

/** Statuses in which a process trains the run, or is about to. */
export const ACTIVE: ReadonlySet<RunStatus> = new Set<RunStatus>([
  'queued',
  'starting',
  'running',
  'pausing',
  'paused',
  'stopping',
  'restarting',
]);

/** One declared metric of a training system. Metrics of the same panel share a chart; panel "" is a tile only. */
export interface MetricSpec {
  readonly name: string;
  readonly title: string;
  readonly doc: string;
  readonly unit: string;
  readonly panel: string;
  readonly better: 'higher' | 'lower' | 'neither';
  readonly aggregate: 'mean' | 'min' | 'max' | 'last' | 'sum';
  readonly deterministic: boolean;
  readonly primary: boolean;
  /** Metrics with whose change another line begins. */
  readonly begins_anew_with: readonly string[];
}

export type Values = Readonly<Record<string, number | null>>;
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export interface Best {
  readonly metric: string;
  readonly value: number;
  readonly step: number;
}

export interface RunHealth {
  readonly t: number;
  readonly level: HealthLevel;
  readonly code: string;
  readonly message: string;
  readonly step?: number | null;
}

/** What a system's steps are to people. */
export interface StepUnit {
  readonly one: string;
  readonly many: string;
}

/** A run in brief, as lists show it and as changes are told. */
export interface RunSummary {
  readonly id: string;
  readonly system: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly status_since: number;
  readonly reason: string;
  /** What is wrong with its files; empty if nothing is. */
  readonly damage: string;
  /** Since when its process has not answered, null while it does. */
  readonly silent_since?: number | null;
  /** What was done to end a silent process that was asked to stop; else empty. */
  readonly silence?: string;
  readonly created: number;
  readonly updated: number;
  /** The world of Paddock's own that its players play in, null if there is none. */
  readonly world: string | null;
  /** What `step` counts. */
  readonly unit: StepUnit;
  readonly step: number;
  readonly total_steps: number | null;
  readonly progress: number | null;
  readonly eta_s: number | null;
  /** The metric that `best` and `latest` are of. */
  readonly primary: MetricSpec | null;
  readonly latest: number | null;
  readonly best: Best | null;
  readonly notes: string;
  readonly tags: readonly string[];
  readonly pinned: boolean;
  readonly restarts: number;
  readonly last_seq: number;
}

/** A run with all that is known of it. */
export interface Run extends RunSummary {
  readonly config: JsonObject;
  readonly seed: number;
  readonly threads: number;
  readonly metrics: readonly MetricSpec[];
  readonly last: Values;
  readonly health: RunHealth | null;
  readonly pid: number | null;
  readonly parent?: {readonly run: string; readonly step: number} | null;
}

export type HealthLevel = 'info' | 'warning' | 'error';

/** One journalled event as REST shows it: the fields beside seq, t and type depend on the type. */
export interface JournalEvent {
  readonly seq: number;
  readonly t: number;
  readonly type: 'status' | 'points' | 'checkpoint' | 'health' | 'log' | 'ack' | 'result' | 'rewound' | 'set';
  readonly [key: string]: unknown;
}

/** A metric's history in buckets, in step order; a bucket of one point has min = max = mean. */
export interface MetricHistory {
  readonly step: readonly number[];
  readonly t: readonly number[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
  readonly count: readonly number[];
}

export interface MetricsAnswer {
  readonly run: string;
  readonly last_seq: number;
  readonly series: Readonly<Record<string, MetricHistory>>;
}

export interface CheckpointFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Checkpoint {
  readonly step: number;
  readonly name: string;
  readonly reason: string;
  readonly t: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly metrics: Values;
  readonly pinned: boolean;
  readonly best: boolean;
  readonly files: readonly CheckpointFile[];
}

export interface Preset {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly config: JsonObject;
}

export interface TrainingSystem {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly config_schema: JsonObject;
  readonly defaults: JsonObject;
  readonly presets: readonly Preset[];
  readonly metrics: readonly MetricSpec[];
  readonly unit: StepUnit;
}

/** A player made of numbers: a preset, a file of the server's folder of players, or RUN:best and the like. */
export interface TunedPlayer {
  readonly kind: 'preset' | 'file' | 'setting';
  readonly name: string;
  readonly summary: string;
  /** Why it cannot be played, "" if it can. */
  readonly fault: string;
}

/** A game that one click begins: who takes the seats, by name, and what differs from the usual settings. */
export interface QuickStart {
  readonly title: string;
  readonly text: string;
  readonly players: readonly string[];
  readonly settings: JsonObject;
}

/** How a world is played as a game. */
export interface GameSpec {
  readonly min_seats: number;
  readonly max_seats: number;
  /** Whether players stand on two sides; otherwise each plays for itself. */
  readonly sides: boolean;
  /** What a frame's `t` counts. */
  readonly clock: 'seconds' | 'turns';
  /** Whether its pictures are meant for the dark palette, by day too. */
  readonly dark: boolean;
  /** Whether one bout follows another by itself. */
  readonly endless: boolean;
  /** How a person plays: holding thrust, turn and fire, or by saying where to go; "" if nobody can. */
  readonly hand: '' | 'ship' | 'direction';
  readonly hand_speed: number;
  /** Fields of the world's config that a game is put together with. */
  readonly settings: readonly string[];
  readonly starts: readonly QuickStart[];
}

/** A world that can be watched; `players` are those who can play without having learned. */
export interface World {
  readonly name: string;
  readonly title: string;
  readonly env_id: string;
  readonly config_schema: JsonObject;
  readonly defaults: JsonObject;
  readonly players: readonly string[];
  /** Further players, made of numbers, from files. */
  readonly tuned: readonly TunedPlayer[];
  /** Whether pilots of it can be nudged. */
  readonly nudges: boolean;
  /** How it is played as a game, null if it is none. */
  readonly game: GameSpec | null;
  /** What its observations and actions are called, in order; empty where they have no names. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export type CommandState = 'requested' | 'accepted' | 'done' | 'refused' | 'failed' | 'timeout';

/** How a command has gone on. */
export interface CommandAck {
  readonly id: string;
  readonly name: string;
  readonly state: CommandState;
  readonly message?: string | null;
  readonly step?: number | null;
}

export interface CommandAnswer extends CommandAck {
  readonly result?: unknown;
  readonly run?: Run;
}

export interface NewRun {
  readonly system: string;
  readonly config?: JsonObject;
  readonly preset?: string;
  readonly name?: string;
  readonly notes?: string;
  readonly tags?: readonly string[];
  readonly from_checkpoint?: {readonly run: string; readonly step: number};
}

/** Who flies a seat of a game. A run left out means the newest that has any; likewise a generation or a step. */
export type Pilot =
  | {readonly kind: 'person'}
  | {readonly kind: 'elite'; readonly run?: string; readonly generation?: number}
  | {readonly kind: 'policy'; readonly run?: string; readonly step?: number}
  | {readonly kind: 'genome'; readonly genome: JsonObject; readonly name: string}
  | {readonly kind: 'preset'; readonly name: string}
  | {readonly kind: 'file'; readonly path: string}
  | {readonly kind: 'setting'; readonly name: string}
  | {readonly kind: 'scripted'; readonly name: string};

export interface NewSeat {
  readonly pilot: Pilot;
  readonly team: number;
}

export interface NewSession {
  readonly run?: string;
  readonly step?: number;
  readonly world?: string;
  readonly player?: string;
  readonly seed?: number;
  readonly speed?: number;
  readonly world_config?: JsonObject;
  /** Makes it a game: seat i of the world is flown by entry i. */
  readonly seats?: readonly NewSeat[];
  /** A game flown again: that of a session, or a recording that was downloaded. */
  readonly replay?: {readonly session: string} | {readonly recording: JsonObject};
}

export interface Seat {
  readonly seat: number;
  readonly team: number;
  readonly kind: 'person' | 'policy' | 'genome' | 'scripted' | 'tuned';
  readonly name: string;
  readonly run?: string;
  readonly generation?: number;
  readonly nudge?: Nudge | null;
}

/** What a pilot was told: it bends what the pilot senses, and is recorded with its tick. */
export interface Nudge {
  readonly kind: 'target' | 'rally' | 'hold' | 'formation';
  readonly x?: number;
  readonly y?: number;
}

export interface Session {
  readonly id: string;
  readonly run: string | null;
  readonly step: number | null;
  readonly world: string;
  readonly player: string;
  readonly seed: number;
  readonly speed: number;
  readonly kind: 'watch' | 'game' | 'replay';
  readonly seats: readonly Seat[];
}

/** How a session stands, as its commands answer. */
export interface SessionStatus {
  readonly seed: number;
  readonly speed: number;
  readonly playing: boolean;
  readonly seats?: readonly Seat[];
  /** The seat whose activations come with the frames. */
  readonly focus?: number | null;
  /** Seats whose next decisions are explained. */
  readonly inspected?: readonly number[];
  /** The nudge that was just given, as it was understood. */
  readonly nudge?: Nudge;
  readonly replay?: {
    readonly bout: number;
    readonly bouts: number;
    readonly tick: number;
    readonly ticks: number;
    /** Whether what is flown equals what was recorded; null while that is not known. */
    readonly exact: boolean | null;
  } | null;
}

export interface NetworkNode {
  readonly id: number;
  readonly kind: 'input' | 'hidden' | 'output';
  readonly layer: number;
  /** What the world calls this input or output, "" if it has no name. */
  readonly name?: string;
  readonly activation: string;
  readonly aggregation: string;
  readonly bias: number;
}

export interface NetworkLink {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
  readonly enabled: boolean;
}

/** A network that a pilot flies with. Activations come in the order of its nodes. */
export interface Network {
  readonly inputs?: number;
  readonly outputs?: number;
  readonly nodes: readonly NetworkNode[];
  readonly links: readonly NetworkLink[];
}

/** A genome in a line of descent. */
export interface Ancestor {
  readonly genome_id: string;
  readonly generation: number;
  readonly fitness: number | null;
  readonly parents: readonly string[];
}

/** The best genome of a generation, as a run left it. */
export interface Elite extends Ancestor {
  readonly run: string;
  readonly timestamp: number;
  /** Whether the run ended with it, its threshold met. */
  readonly final: boolean;
  readonly sha256: string;
  readonly species: number | null;
  readonly performance_stats: Values;
}

export interface Machine {
  readonly cpu_percent: number;
  readonly cores: number;
  readonly memory: {readonly used: number; readonly total: number};
  readonly disk: {readonly free: number; readonly total: number};
  readonly versions: Readonly<Record<string, string>>;
  readonly supervisor: boolean;
  readonly workers: readonly {
    readonly run: string;
    readonly pid: number;
    readonly cpu_percent: number;
    readonly rss: number;
  }[];
  readonly alerts: readonly {
    readonly level: string;
    readonly code: string;
    readonly message: string;
    readonly run: string | null;
  }[];
}

export interface LogSlice {
  readonly text: string;
  readonly offset: number;
  readonly size: number;
}

/** One drawing primitive in world units: y points up, angles are radians counter-clockwise. */
export interface Shape {
  readonly kind: 'circle' | 'rect' | 'polygon' | 'polyline' | 'text' | 'sprite' | 'image';
  readonly x?: number;
  readonly y?: number;
  readonly r?: number;
  readonly w?: number;
  readonly h?: number;
  readonly angle?: number;
  readonly points?: readonly (readonly [number, number])[];
  readonly text?: string;
  readonly size?: number;
  readonly fill?: string;
  readonly stroke?: string;
  readonly width?: number;
  readonly alpha?: number;
  /** A PNG or JPEG file as base64, for kind "image". */
  readonly image?: string;
  readonly id?: string;
  /** Key of the detail that it belongs to, or "key/part". */
  readonly about?: string;
}

/** A figure that is a share of something. */
export interface DetailGauge {
  readonly name: string;
  readonly value: number;
  readonly full: number;
}

/** One of the things that can be done next; shapes about "key/name" stand for it. */
export interface Choice {
  readonly name: string;
  /** What it is worth, null where it has no score. */
  readonly score: number | null;
  readonly terms: Readonly<Record<string, number>>;
  /** The sum of the terms where that is not the score. */
  readonly total: number | null;
  /** Why it is out of question, "" where it is not. */
  readonly note: string;
}

/** What will be done next, and what was compared for it. */
export interface Decision {
  readonly mode: string;
  readonly chosen: string;
  /** What the scores are. */
  readonly measure: string;
  readonly text: string;
  readonly choices: readonly Choice[];
}

/** What is known of an object in a picture. */
export interface Detail {
  readonly title: string;
  readonly seat: number | null;
  /** Palette name. */
  readonly colour: string;
  /** What became of it, "" while it is in play. */
  readonly state: string;
  readonly gauges: readonly DetailGauge[];
  readonly facts: Readonly<Record<string, string | number>>;
  /** Comes for the seat that is inspected only. */
  readonly decision?: Decision;
}

/** One picture of a world. Shapes with an id move smoothly between frames of the same episode. */
export interface ViewFrame {
  readonly t: number;
  readonly width: number;
  readonly height: number;
  readonly episode: number;
  readonly figures: Readonly<Record<string, string | number>>;
  readonly layers: readonly Layer[];
  /** By seat, what each node of its pilot's network puts out. */
  readonly activations?: Readonly<Record<string, readonly number[]>>;
  /** What is known of objects, by key. */
  readonly details?: Readonly<Record<string, Detail>>;
  /** Ticks played up to this picture, and in all: more while somebody looks back. Left out before the first. */
  readonly tick?: number;
  readonly last?: number;
}

export interface Layer {
  readonly name: string;
  readonly still: boolean;
  readonly shapes: readonly Shape[];
}

/** A frame as it is sent: a still layer that has not changed comes without its shapes. */
export interface SentFrame extends Omit<ViewFrame, 'layers'> {
  readonly layers: readonly (Omit<Layer, 'shapes'> & Partial<Pick<Layer, 'shapes'>>)[];
}

/** Messages of the Socket.IO namespace "/", server to browser. */
export interface ServerMessages {
  metrics_update: {run: string; seq: number; index?: number; step: number; t: number; values: Values};
  training_status: {run: string; seq: number; t?: number; status: RunStatus; is_training: boolean; reason?: string};
  config_updated: {run: string; seq: number; t?: number; changes: JsonObject; step?: number};
  command_ack: CommandAck & {readonly run: string; readonly seq: number};
  checkpoint: {run: string; seq: number; t?: number; step: number; name: string; reason: string; removed?: boolean};
  health: {run: string; seq: number; t: number; level: HealthLevel; code: string; message: string};
  rewound: {run: string; seq: number; t?: number; to_step: number};
  /** Too much was missed: ask for everything anew. Run null stands for the list of runs. */
  reset: {run: string | null};
  view_frame: {session: string; frame: SentFrame};
  run_changed: {run: RunSummary};
  run_deleted: {run: string};
  session_ended: {session: string; reason: string};
}

export interface JoinAnswer {
  readonly ok: boolean;
  readonly seq?: number;
  readonly reset?: boolean;
  readonly error?: {readonly code: string; readonly message: string};
}

/** What a mark of a report stands for: what goes on, succeeded, failed, is over, hardly matters. */
export type Tone = 'now' | 'good' | 'bad' | 'past' | 'faint';

export interface ReportText {
  readonly kind: 'text';
  readonly text: string;
}

export interface ReportLiveMetrics {
  readonly kind: 'live_metrics';
  readonly names: readonly string[];
  readonly title: string;
}

export interface ReportLines {
  readonly kind: 'lines';
  readonly title: string;
  readonly x_title: string;
  readonly y_title: string;
  readonly lines: readonly {
    readonly label: string;
    readonly points: readonly (readonly [number, number])[];
    /** "own" is a colour of its own, told in the legend. */
    readonly tone: Tone | 'own';
  }[];
  readonly levels: readonly {readonly y: number; readonly label: string; readonly tone: Tone}[];
  readonly intervals: readonly {
    readonly x: number;
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly label: string;
    readonly tone: Tone;
  }[];
  readonly percent: boolean;
}

export interface ReportBars {
  readonly kind: 'bars';
  readonly title: string;
  readonly bars: readonly {
    readonly label: string;
    readonly parts: readonly {readonly value: number; readonly tone: Tone}[];
    readonly note: string;
  }[];
}

export interface ReportTable {
  readonly kind: 'table';
  readonly columns: readonly {readonly title: string; readonly number: boolean}[];
  readonly rows: readonly (readonly string[])[];
  readonly empty: string;
}

export interface ReportComparison {
  readonly kind: 'comparison';
  readonly parameters: readonly {
    readonly name: string;
    readonly low: number;
    readonly high: number;
    readonly doc: string;
    readonly unit: string;
  }[];
  readonly settings: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly before: string;
  readonly after: string;
}

export interface ReportRecords {
  readonly kind: 'records';
  readonly records: readonly {
    readonly title: string;
    readonly facts: readonly (readonly [string, string])[];
    readonly tone: Tone;
  }[];
  readonly empty: string;
}

export type ReportBlock =
  ReportText | ReportLiveMetrics | ReportLines | ReportBars | ReportTable | ReportComparison | ReportRecords;

/** What a run has found out. */
export interface Report {
  readonly summary: string;
  readonly sections: readonly {readonly title: string; readonly blocks: readonly ReportBlock[]}[];
}
