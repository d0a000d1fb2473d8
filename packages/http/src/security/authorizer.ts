import { HoldfastError } from "@holdfast/core";

import type { Holdfast } from "@holdfast/core";
import type { RouteName } from "@holdfast/core/routes";
import type { Authorize, HttpAction } from "../handler-options.ts";

type Place = NonNullable<HttpAction["location"]>;

const lists: ReadonlySet<RouteName> = new Set(["sessions.list", "sessions.active", "asks.list", "locations.list"]);

/** Asks the host whether one request may do what it is about to do. Without a host's function everything may. */
export class Authorizer {
  readonly #authorize: Authorize;
  readonly #request: Request;
  readonly #method: RouteName;
  readonly #holdfast: Holdfast;
  readonly #locations = new Map<string, Promise<Place | undefined>>();

  constructor(
    authorize: Authorize,
    call: { readonly request: Request; readonly method: RouteName; readonly holdfast: Holdfast },
  ) {
    this.#authorize = authorize;
    this.#request = call.request;
    this.#method = call.method;
    this.#holdfast = call.holdfast;
  }

  /**
   * Asks for what the argument names: its session, where that is, and where it is to be.
   *
   * @throws http.forbidden
   */
  async assert(argument: {
    readonly sessionId?: string | undefined;
    readonly location?: Place | undefined;
    readonly directory?: string | undefined;
    readonly workspaceId?: string | undefined;
    readonly project?: string | undefined;
  }): Promise<void> {
    const { sessionId, project, directory, workspaceId } = argument;
    const named = argument.location ?? (directory === undefined ? undefined : { directory, workspaceId });
    const actions: Omit<HttpAction, "method">[] = [];
    if (sessionId !== undefined) actions.push(await this.#ofSession(sessionId));
    if (named !== undefined) actions.push({ ...(sessionId === undefined ? {} : { sessionId }), location: named });
    if (project !== undefined) actions.push({ project });
    // A list that names nothing is asked for entry by entry.
    if (actions.length === 0 && !lists.has(this.#method)) actions.push({});
    for (const action of actions) {
      if (!(await this.#permits(action))) throw forbidden(this.#method);
    }
  }

  /** The entries of a list that may be told. */
  async permitted<T>(
    entries: readonly T[],
    about: (entry: T) => { readonly sessionId?: string; readonly location?: Place; readonly project?: string },
  ): Promise<readonly T[]> {
    const verdicts = await Promise.all(
      entries.map(async (entry) => {
        const { sessionId, location, project } = about(entry);
        const place = sessionId === undefined || location !== undefined ? {} : await this.#ofSession(sessionId);
        return this.#permits({
          ...place,
          ...(sessionId === undefined ? {} : { sessionId }),
          ...(location === undefined ? {} : { location }),
          ...(project === undefined ? {} : { project }),
        });
      }),
    );
    return entries.filter((_, index) => verdicts[index]);
  }

  async #permits(action: Omit<HttpAction, "method">): Promise<boolean> {
    // A host in JavaScript may answer anything: nothing but true permits.
    const verdict: unknown = await this.#authorize(this.#request, { method: this.#method, ...action });
    return verdict === true;
  }

  async #ofSession(sessionId: string): Promise<Omit<HttpAction, "method">> {
    let known = this.#locations.get(sessionId);
    if (known === undefined) {
      known = this.#holdfast.sessions.get({ sessionId }).then((session) => session?.location);
      this.#locations.set(sessionId, known);
    }
    const location = await known;
    return { sessionId, ...(location === undefined ? {} : { location }) };
  }
}

const forbidden = (method: string): HoldfastError<"http.forbidden"> =>
  new HoldfastError("http.forbidden", {
    message: `Expected a call that the server's host permits, found ${method}, which it does not. Ask whoever runs the server.`,
  });
