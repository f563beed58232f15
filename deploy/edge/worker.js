/** One host for the whole site: pages from R2, answered as `dynamic/origin.py` answers them; the rest is Flask's. */

import { DYNAMIC, decoded, keyOf, pathOf } from "./addresses.js";
import { FOR_EDGE, HARDENED, HELD, POLICY } from "./headers.js";

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    try {
      if (DYNAMIC.test(url.pathname)) return await flask(request, url, env.ORIGIN);
      if (!/^(GET|HEAD)$/.test(request.method)) return plain("405 Method Not Allowed", 405, { Allow: "HEAD, GET" });
      return asAsked(request, await Promise.race([page(url.pathname, env.PAGES), tooLate()]));
    } catch (error) {
      console.error(error);
      return plain("This page is not available just now. Please try again shortly.", 503, { "Retry-After": "10" });
    }
  },
};

async function flask(request, url, origin) {
  const asked = new Request(origin + url.pathname + url.search, request);
  asked.headers.set("X-Forwarded-Host", url.host);
  asked.headers.set("X-Reader-Address", request.headers.get("CF-Connecting-IP") ?? "");
  const said = await fetch(asked, { redirect: "manual", cache: "no-store" });
  const answer = new Response(said.body, said);
  answer.headers.set(FOR_EDGE, "no-store"); // the edge keeps for two hours what forbids it nowhere
  return answer;
}

async function page(pathname, bucket) {
  const key = keyOf(pathname);
  if (!key) return missing(bucket);
  if (pathname !== pathOf(key)) return moved(pathOf(key), "public, max-age=3600");
  const found = await bucket.get(key);
  return found ? stored(found) : elsewhere(key, bucket);
}

/** A picture not drawn yet has a generic one; a page below one that has moved or is gone shares its fate. */
async function elsewhere(key, bucket) {
  const [, drawn] = /^(share|posters)\/.+\.[0-9a-f]{10}\.jpg$/.exec(key) ?? [];
  const generic = drawn && (await bucket.get(`${drawn}/site.jpg`));
  if (generic) return answer(generic, 200, "public, max-age=300");
  const [, top, rest] = /^([^/]+\/[^/]+)\/(.+)$/.exec(key) ?? [];
  const above = top && (await bucket.get(top));
  if (!above?.customMetadata.status) return missing(bucket);
  if (above.customMetadata.status !== "301") return stored(above);
  const there = `${decoded(above.customMetadata.location).slice(1)}/${rest}`;
  return (await bucket.head(there)) ? moved(pathOf(there), above.httpMetadata.cacheControl) : missing(bucket);
}

function stored(found) {
  if (!found) return plain("404 Not Found", 404);
  const { httpMetadata: http, customMetadata: { status = "200", location, digest } } = found;
  if (status === "301") return moved(pathOf(decoded(location).slice(1)), http.cacheControl);
  return answer(found, Number(status), http.cacheControl, status === "200" && digest ? { ETag: `W/"${digest}"` } : {});
}

const missing = async (bucket) => stored(await bucket.get("404"));
const moved = (to, cacheControl) => answer(text(""), 301, cacheControl, { Location: to });
const plain = (line, status, more) => answer(text(`${line}\n`), status, "no-store", more);
const text = (body) => ({ body, size: body.length, httpMetadata: { contentType: "text/plain; charset=utf-8" } });
const tooLate = () => scheduler.wait(5000).then(() => Promise.reject(new Error("R2 does not answer")));

function answer({ body, size, httpMetadata: { contentType } }, status, cacheControl, more = {}) {
  const headers = new Headers({ ...HARDENED, "Content-Type": contentType, "Content-Length": size, ...more });
  if (cacheControl) headers.set("Cache-Control", cacheControl);
  if (!/immutable|no-store/.test(cacheControl)) headers.set(FOR_EDGE, HELD);
  if (contentType.startsWith("text/html")) headers.set("Content-Security-Policy", POLICY);
  return new Response(body, { status, headers });
}

/** What the reader has already is not sent again, and HEAD has no body. */
function asAsked({ method, headers }, answer) {
  const had = headers.get("If-None-Match")?.match(/\*|"[^"]*"/g) ?? [];
  const tag = answer.headers.get("ETag")?.slice(2);
  const status = tag && (had.includes("*") || had.includes(tag)) ? 304 : answer.status;
  if (status === 304) ["Content-Type", "Content-Length"].forEach((name) => answer.headers.delete(name));
  return status === 304 || method === "HEAD" ? new Response(null, { status, headers: answer.headers }) : answer;
}
