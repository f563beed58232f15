/** What answers carry: the first two are the same as in `dynamic/app.py`. */

export const HARDENED = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
  "Vary": "Accept-Encoding",
};
export const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; " +
  "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'";

/** Heard by the cache in front of the Worker and by nobody else. */
export const FOR_EDGE = "Cloudflare-CDN-Cache-Control";
/** An edit shows within a second; an R2 that fails does not show for a day. */
export const HELD = "max-age=1, stale-if-error=86400";
