/** The Worker of deploy/edge in a real workerd: `node workerd.mjs OBJECTS ORIGIN`; prints its address, then obeys.
 *
 * OBJECTS is a file of lines, each what was sent to S3: {Key, Body (base64), ContentType, CacheControl, Metadata}.
 * Each line that comes in is one more such object; each is answered by a line.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const edge = fileURLToPath(new URL("../../deploy/edge/", import.meta.url));
const { Miniflare } = createRequire(edge)("miniflare");

// R2 can be made to fail from outside: the header X-R2 names how.
const FAILING = `
  import worker from "./worker.js";
  const failures = {
    broken: async () => { throw new Error("R2: internal error 10001"); },
    silent: () => new Promise((resolve) => setTimeout(resolve, 60000)),
  };
  export default {
    fetch(request, env, context) {
      const fail = failures[request.headers.get("X-R2")];
      return worker.fetch(request, fail ? { ...env, PAGES: { get: fail, head: fail } } : env, context);
    },
  };
`;

const [objects, ORIGIN] = process.argv.slice(2);
const module = (name) => ({ type: "ESModule", path: `${edge}${name}`, contents: readFileSync(`${edge}${name}`, "utf8") });
const miniflare = new Miniflare({
  modules: [{ type: "ESModule", path: `${edge}failing.js`, contents: FAILING }, ...["worker.js", "addresses.js", "headers.js"].map(module)],
  modulesRoot: edge,
  compatibilityDate: "2026-07-30",
  r2Buckets: ["PAGES"],
  bindings: { ORIGIN },
  host: "127.0.0.1",
  port: 0,
});
const bucket = await miniflare.getR2Bucket("PAGES");

async function put(line) {
  const { Key, Body, ContentType, CacheControl, Metadata } = JSON.parse(line);
  const httpMetadata = { contentType: ContentType, cacheControl: CacheControl };
  await bucket.put(Key, Buffer.from(Body, "base64"), { httpMetadata, customMetadata: Metadata });
}

const lines = readFileSync(objects, "utf8").split("\n").filter(Boolean).values();
const writer = async () => {
  for (const line of lines) await put(line);
};
await Promise.all(Array.from({ length: 8 }, writer)); // all at once is more than workerd takes
console.log((await miniflare.ready).href);
for await (const line of createInterface({ input: process.stdin })) {
  await put(line);
  console.log("done");
}
await miniflare.dispose();
