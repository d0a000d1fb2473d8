import { hostRoutes } from "./host-routes.ts";
import { sessionRoutes } from "./session-routes.ts";
import { workRoutes } from "./work-routes.ts";

/** Every method of the facade that crosses the wire, by its name: the table of PROTOCOL 1. */
export const routes = { ...sessionRoutes, ...workRoutes, ...hostRoutes } as const;

/** The name of a route: the method of the facade that it stands for. */
export type RouteName = keyof typeof routes;
