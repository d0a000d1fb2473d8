import { sqlBuilder, toSql } from "../compile.ts";

import type { OwnerId } from "@holdfast/core";
import type { OwnerRecord } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";

/** The renewal rows of runtimes: one each, whatever it owns. */
export class OwnerTable {
  readonly #renew: Statement;
  readonly #retire: Statement;

  constructor(connection: Connection) {
    this.#renew = connection.prepare(renewSql);
    this.#retire = connection.prepare(toSql(sqlBuilder.deleteFrom("owner").where("ownerId", "=", "")));
  }

  renew(owner: Omit<OwnerRecord, "counter">): void {
    this.#renew.run({ ...owner });
  }

  retire(ownerId: OwnerId): void {
    this.#retire.run(ownerId);
  }
}

const renewSql = `
  insert into owner (ownerId, runtime, host, boot, pidNamespace, pid, startTime, counter)
  values (:ownerId, :runtime, :host, :boot, :pidNamespace, :pid, :startTime, 1)
  on conflict (ownerId) do update set counter = counter + 1`;
