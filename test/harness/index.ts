/** What API tests import: everything of the harness. */
export * from "./batch.js";
export * from "./client.js";
export { execute, forEachTable, isPostgres, psql, tablesOf } from "./database.js";
export { useDns } from "./dns.js";
export * from "./history.js";
export * from "./job.js";
export * from "./lock.js";
export * from "./mail.js";
export * from "./mailing.js";
export * from "./passage.js";
export * from "./proxy.js";
export * from "./random.js";
export * from "./receiver.js";
export * from "./relay.js";
export * from "./rows.js";
export * from "./server.js";
export { testCertificate } from "./tls.js";
export * from "./wait.js";
