/** Fails for endpoints that no test called: node check_endpoints.js FOLDER */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const known = new Set<string>();
const called = new Set<string>();
const folder = process.argv[2]!;

for (const name of readdirSync(folder)) {
  const calls = JSON.parse(readFileSync(join(folder, name), "utf8"));
  for (const endpoint of calls.known) known.add(endpoint);
  for (const endpoint of calls.called) called.add(endpoint);
}

const missing = [...known].filter((endpoint) => !called.has(endpoint)).sort();
for (const endpoint of missing) console.log(`nobody called ${endpoint}`);
console.log(`${known.size} endpoints, ${missing.length} not called`);
process.exitCode = missing.length > 0 || known.size === 0 ? 1 : 0;
