/** One field that the server did not accept. */
export interface FieldError {
  /** A JSON pointer into the body that was sent, such as `/questions/0/field`. */
  pointer: string;
  code: string;
  message: string;
}

interface Body {
  status: number;
  code: string;
  title?: string;
  detail?: string;
  hint?: string;
  errors?: FieldError[];
  [more: string]: unknown;
}

/** An answer of the API that is not what was asked for (RFC 9457). */
export class ApiProblem extends Error {
  readonly status: number;
  /** Stays the same across releases: `stale`, `invalid`, `taken`, … */
  readonly code: string;
  readonly hint: string | undefined;
  readonly fields: FieldError[];
  /** Everything else that the problem carries, such as `current` of `stale` or `checkup` of `check_failed`. */
  readonly more: Record<string, unknown>;

  constructor(body: Body) {
    super(body.detail || body.title || body.code);
    this.name = "ApiProblem";
    this.status = body.status;
    this.code = body.code;
    this.hint = body.hint;
    this.fields = body.errors ?? [];
    this.more = body;
  }
}

/** Whether it is a problem of the API, and of this code if one is given. */
export function isProblem(error: unknown, code?: string): error is ApiProblem {
  return error instanceof ApiProblem && (code === undefined || error.code === code);
}

/** Reads the problem of an answer. What is not a problem document becomes one, by its status. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body === "object" && body !== null && "code" in body && typeof body.code === "string") {
    return new ApiProblem({ ...body, code: body.code, status: response.status });
  }
  return new ApiProblem({ status: response.status, code: response.status >= 500 ? "server" : "unreadable" });
}

/** The server could not be reached at all. */
export function unreachable(): ApiProblem {
  return new ApiProblem({ status: 0, code: "unreachable" });
}

/** A JSON pointer as the path of a form's field: `/questions/0/field` is `questions.0.field`. */
export function fieldOf(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .join(".");
}
