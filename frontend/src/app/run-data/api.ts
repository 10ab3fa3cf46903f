import {HttpClient, HttpParams} from '@angular/common/http';
import {inject, Injectable} from '@angular/core';
import {catchError, firstValueFrom, Observable, throwError} from 'rxjs';
import {ApiError} from './api-error';
import {
  Ancestor,
  Checkpoint,
  CommandAnswer,
  Elite,
  JournalEvent,
  JsonObject,
  LogSlice,
  Machine,
  MetricsAnswer,
  Network,
  NewRun,
  NewSession,
  Report,
  Run,
  RunSummary,
  Session,
  SessionStatus,
  TrainingSystem,
  World,
} from './wire';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Which runs to list; absent means all. */
export interface RunFilter {
  readonly status?: string;
  readonly system?: string;
  readonly q?: string;
  readonly tag?: string;
  /** "newest" first, or those that are going on first. */
  readonly order?: 'newest' | 'status';
  readonly limit?: number;
  readonly offset?: number;
}

/** What people may change on a run; absent stays as it is. */
export interface RunChanges {
  readonly name?: string;
  readonly notes?: string;
  readonly tags?: readonly string[];
  readonly pinned?: boolean;
}

/** The server's REST interface. Every call rejects with an ApiError. */
@Injectable({providedIn: 'root'})
export class Api {
  private readonly http = inject(HttpClient);

  /** The training systems; `all` names those too that are not offered for new runs. */
  systems(all = false): Promise<{systems: TrainingSystem[]}> {
    return this.get('/systems', {all: all ? 1 : undefined});
  }

  worlds(): Promise<{worlds: World[]}> {
    return this.get('/worlds');
  }

  runs(filter: RunFilter = {}): Promise<{runs: RunSummary[]; total: number}> {
    return this.get('/runs', {...filter});
  }

  run(id: string): Promise<Run> {
    return this.get(`/runs/${encodeURIComponent(id)}`);
  }

  /** Look at a config as a run would have it; rejects with what is wrong with it. */
  checkConfig(system: string, config: JsonObject, preset?: string): Promise<unknown> {
    return this.send(this.http.post(url(`/systems/${encodeURIComponent(system)}/check`), {config, preset}));
  }

  createRun(run: NewRun): Promise<Run> {
    return this.send(this.http.post<Run>(url('/runs'), run));
  }

  patchRun(id: string, changes: RunChanges): Promise<Run> {
    return this.send(this.http.patch<Run>(url(`/runs/${encodeURIComponent(id)}`), changes));
  }

  deleteRun(id: string): Promise<unknown> {
    return this.send(this.http.delete(url(`/runs/${encodeURIComponent(id)}`)));
  }

  /** Give a run a command; resolves as soon as it is accepted, or done if that came first. */
  command(id: string, name: string, args: JsonObject = {}): Promise<CommandAnswer> {
    return this.send(this.http.post<CommandAnswer>(url(`/runs/${encodeURIComponent(id)}/commands`), {name, args}));
  }

  metrics(
    id: string,
    options: {names?: readonly string[]; from?: number; to?: number; points?: number} = {},
  ): Promise<MetricsAnswer> {
    const {names, ...rest} = options;
    return this.get(`/runs/${encodeURIComponent(id)}/metrics`, {...rest, names: names?.join(',')});
  }

  events(
    id: string,
    options: {since?: number; limit?: number; types?: readonly string[]} = {},
  ): Promise<{events: JournalEvent[]; last_seq: number}> {
    const {types, ...rest} = options;
    return this.get(`/runs/${encodeURIComponent(id)}/events`, {...rest, types: types?.join(',')});
  }

  log(id: string, where: {tail?: number; offset?: number}): Promise<LogSlice> {
    return this.get(`/runs/${encodeURIComponent(id)}/log`, where);
  }

  checkpoints(id: string): Promise<{checkpoints: Checkpoint[]}> {
    return this.get(`/runs/${encodeURIComponent(id)}/checkpoints`);
  }

  pinCheckpoint(id: string, step: number, pinned: boolean): Promise<unknown> {
    return this.send(this.http.patch(checkpointUrl(id, step), {pinned}));
  }

  deleteCheckpoint(id: string, step: number): Promise<unknown> {
    return this.send(this.http.delete(checkpointUrl(id, step)));
  }

  /** Address of a checkpoint as a zip file. */
  checkpointDownload(id: string, step: number): string {
    return `${checkpointUrl(id, step)}/download`;
  }

  /** What a run has found out; null if it reports nothing. */
  report(id: string): Promise<{report: Report | null}> {
    return this.get(`/runs/${encodeURIComponent(id)}/report`);
  }

  /** The newest elites of all runs, newest first. */
  allElites(): Promise<{elites: Elite[]}> {
    return this.get('/elites');
  }

  /** The elites that a run has left, newest first; none for a system that leaves no such thing. */
  elites(id: string): Promise<{elites: Elite[]}> {
    return this.get(`/runs/${encodeURIComponent(id)}/elites`);
  }

  eliteNetwork(id: string, generation: number): Promise<Network> {
    return this.get(`${elitePath(id, generation)}/network`);
  }

  /** The elite with its forebears, as far back as the run has kept them. */
  eliteLineage(id: string, generation: number): Promise<{ancestors: Ancestor[]}> {
    return this.get(`${elitePath(id, generation)}/lineage`);
  }

  eliteGenome(id: string, generation: number): Promise<JsonObject> {
    return this.get(`${elitePath(id, generation)}/genome`);
  }

  /** Address of an elite's genome as a JSON file. */
  genomeDownload(id: string, generation: number): string {
    return url(`${elitePath(id, generation)}/genome`);
  }

  /** The network of a genome that somebody brings, in Paddock's format or neat-python's own export. */
  checkGenome(genome: JsonObject): Promise<Network> {
    return this.send(this.http.post<Network>(url('/genomes/check'), {genome}));
  }

  session(id: string): Promise<Session> {
    return this.get(sessionPath(id));
  }

  /** Address of what a game recorded, as a JSON file. */
  recordingDownload(id: string): string {
    return url(`${sessionPath(id)}/recording`);
  }

  createSession(session: NewSession): Promise<Session> {
    return this.send(this.http.post<Session>(url('/sessions'), session));
  }

  deleteSession(id: string): Promise<unknown> {
    return this.send(this.http.delete(url(sessionPath(id))));
  }

  /** Give a session a command; resolves when it is done, with what it answers (mostly the session's status). */
  async sessionCommand<Result = SessionStatus>(id: string, name: string, args: JsonObject = {}): Promise<Result> {
    const answer = this.http.post<{result: Result}>(url(`${sessionPath(id)}/commands`), {name, args});
    return (await this.send(answer)).result;
  }

  machine(): Promise<Machine> {
    return this.get('/machine');
  }

  private get<T>(path: string, query: Query = {}): Promise<T> {
    let params = new HttpParams();
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined && value !== '') params = params.set(key, value);
    }
    return this.send(this.http.get<T>(url(path), {params}));
  }

  private send<T>(answer: Observable<T>): Promise<T> {
    return firstValueFrom(answer.pipe(catchError((thrown: unknown) => throwError(() => refused(thrown)))));
  }
}

/** The error to reject with. Where the server asks for its token, its login page takes over and leads back here. */
function refused(thrown: unknown): ApiError {
  const error = ApiError.from(thrown);
  if (error.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  return error;
}

function url(path: string): string {
  return `/api/v1${path}`;
}

function elitePath(id: string, generation: number): string {
  return `/runs/${encodeURIComponent(id)}/elites/${String(generation)}`;
}

function sessionPath(id: string): string {
  return `/sessions/${encodeURIComponent(id)}`;
}

function checkpointUrl(id: string, step: number): string {
  return url(`/runs/${encodeURIComponent(id)}/checkpoints/${String(step)}`);
}
