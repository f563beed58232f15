/** Which key an address means, and which address a key has: as in `dynamic/origin.py` and `ports/bucket.py`. */

/** What Flask answers itself: DYNAMIC in `domain/paths.py`, the same as in ../nginx/autotrack.conf. */
export const DYNAMIC = /^\/(@|(activity|api|desk|erased|join|library|media|reset|review|search|settings|sign-in|sign-out|verify)(\/|$))/;

const NO_KEY = /(^|\/)\.{1,2}(\/|$)|^\.(?!well-known\/)|[\x00-\x1f\x7f-\x9f\s\\\ufffd]/;
const KEY_BYTES = 1024;

/** The key that this path asks for, however it is spelled; null where no object can be. */
export function keyOf(pathname) {
  const key = decoded(pathname).split("/").filter(Boolean).join("/") || "index";
  return NO_KEY.test(key) || new TextEncoder().encode(key).length > KEY_BYTES ? null : key;
}

/** The one path of a key. */
export function pathOf(key) {
  return key === "index" ? "/" : `/${encodeURI(key).replace(/[?#]/g, encodeURIComponent)}`;
}

/** As WSGI does it: what is no escape stands for itself, and what is no UTF-8 for no key at all. */
export function decoded(pathname) {
  try {
    return decodeURIComponent(pathname.replace(/%(?![0-9a-f]{2})/gi, "%25"));
  } catch {
    return "\ufffd";
  }
}
