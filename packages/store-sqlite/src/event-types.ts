import type { Connection, Statement } from "./driver.ts";

/**
 * The numbers of types of events: a log repeats a few names. One that is new is given a number in the transaction that writes its
 * first event, which may be rolled back, so it is not remembered before the next one begins. None is ever removed.
 */
export class EventTypes {
  readonly #find: Statement;
  readonly #insert: Statement;
  readonly #name: Statement;
  readonly #keys = new Map<string, number>();
  readonly #names = new Map<number, string>();
  readonly #fresh = new Set<string>();

  constructor(connection: Connection) {
    this.#find = connection.prepare("select typeKey from eventType where name = ?").pluck();
    this.#insert = connection.prepare("insert into eventType (name) values (?) returning typeKey").pluck();
    this.#name = connection.prepare("select name from eventType where typeKey = ?").pluck();
  }

  /** To be called when a transaction that writes begins. */
  begin(): void {
    if (this.#fresh.size > 0) this.#fresh.clear();
  }

  /** The number of a type, inside a transaction that writes. */
  keyOf(name: string): number {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const found = this.#find.get(name) as number | undefined;
    if (found === undefined) {
      this.#fresh.add(name);
      return this.#insert.get(name) as number;
    }
    if (!this.#fresh.has(name)) this.#keys.set(name, found);
    return found;
  }

  /** The name of a type, outside of transactions that write. A number without one is damage, which the event's hash then tells. */
  nameOf(key: number): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const found = this.#name.get(key) as string | undefined;
    if (found !== undefined) this.#names.set(key, found);
    return found ?? `unknown.${key}`;
  }
}
