// Entry "./fault": for processes that a test kills, stops or fails. Loads nothing but itself.
export { faultPointsFrom, faultPointsFromEnvironment } from "./fault/fault-points.ts";
