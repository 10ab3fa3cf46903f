import {HttpErrorResponse} from '@angular/common/http';

/** Why a request failed, as the server told it, or that it could not be reached (status 0). */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly field: string | null = null,
    readonly hint: string | null = null,
    /** Errors of other fields of the same config. */
    readonly more: readonly ApiError[] = [],
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** The message followed by the hint, as one text for people. */
  get text(): string {
    return this.hint ? `${this.message} ${this.hint}` : this.message;
  }

  /** The path of the field it is about: as named by the server, or as its message begins ("rover.speed: ..."). */
  get path(): string | null {
    return this.field?.replace(/^config\./, '') ?? /^([A-Za-z_][\w.]*): /.exec(this.message)?.[1] ?? null;
  }

  /** Read whatever an HTTP call threw. */
  static from(thrown: unknown): ApiError {
    if (thrown instanceof ApiError) return thrown;
    if (!(thrown instanceof HttpErrorResponse)) {
      return new ApiError(thrown instanceof Error ? thrown.message : String(thrown), 0, 'unexpected');
    }
    if (thrown.status === 0) return new ApiError('The server cannot be reached.', 0, 'unreachable');
    const body = thrown.error as {error?: ErrorBody} | null;
    return read(body?.error ?? {}, thrown.status);
  }
}

interface ErrorBody {
  readonly code?: string;
  readonly message?: string;
  readonly field?: string;
  readonly hint?: string;
  readonly more?: readonly ErrorBody[];
}

function read(error: ErrorBody, status: number): ApiError {
  return new ApiError(
    error.message ?? `The server answered with status ${String(status)}.`,
    status,
    error.code ?? 'http',
    error.field ?? null,
    error.hint ?? null,
    error.more?.map((each) => read(each, status)),
  );
}
