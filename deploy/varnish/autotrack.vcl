# Varnish 7 in front of AutoTrack Anime: pages stay for a day, or until `CDN_URL=varnish://…` purges them.
vcl 4.1;

import std;

backend default {
    .host = "127.0.0.1";
    .port = "8000";
    .connect_timeout = 2s;
    .first_byte_timeout = 10s;
    .between_bytes_timeout = 10s;
    .probe = {
        .url = "/robots.txt";
        .interval = 5s;
        .timeout = 2s;
        .window = 5;
        .threshold = 3;
        .initial = 3;
    }
}

# Who may purge: the machines that run `autotrack relay` and `autotrack worker`.
acl purgers {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.method == "PURGE" || req.method == "BAN") {
        if (client.ip !~ purgers) {
            return (synth(405, "Not from here"));
        }
        if (req.method == "PURGE") {
            return (purge);
        }
        if (std.ban("obj.http.X-Held-For == " + req.http.Host)) {
            return (synth(200, "Everything is forgotten"));
        }
        return (synth(500, std.ban_error()));
    }
    # What is for one person: never held, and its cookies reach the app.
    if (req.url ~ "^/(@|(activity|api|desk|erased|join|library|media|reset|review|search|settings|sign-in|sign-out|verify|health)(/|\?|$))" || req.http.Authorization || (req.method != "GET" && req.method != "HEAD")) {
        return (pass);
    }
    # Pages are the same for everybody, whatever cookies and queries say.
    unset req.http.Cookie;
    set req.url = regsub(req.url, "\?.*$", "");
    # A page whose day is over is answered once more while it is fetched; while the origin is away, for a day.
    if (std.healthy(req.backend_hint)) {
        set req.grace = 10m;
    }
    return (hash);
}

sub vcl_backend_response {
    # A page that is held is better than an error.
    if (beresp.status >= 500 && bereq.is_bgfetch) {
        return (abandon);
    }
    set beresp.http.X-Held-For = bereq.http.Host;
    # This header is on what is purged when it changes. Answers without it (moved by a rule, a picture that is not
    # drawn yet) and those that are no pages live as long as they say.
    if (beresp.status == 200 && beresp.http.Cache-Control ~ "stale-while-revalidate" && !beresp.http.Set-Cookie) {
        set beresp.ttl = 1d;
        set beresp.grace = 1d;
    }
}

sub vcl_deliver {
    unset resp.http.X-Held-For;
    # How long it was held here says nothing of how old it is: it would have been purged.
    if (resp.http.Cache-Control ~ "stale-while-revalidate") {
        unset resp.http.Age;
    }
}
