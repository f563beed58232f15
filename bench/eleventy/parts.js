// What several pages share, as template strings; `escape` is called on every value, as our own templates do.
const url = process.env.BENCH_URL;
const name = process.env.BENCH_NAME;
const special = /[&<>"']/;
const signs = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };

export const site = { url, name };
export const escape = (value) =>
  typeof value === "string" && special.test(value) ? value.replace(/[&<>"']/g, (sign) => signs[sign]) : value;
export const each = (items, show) => items.map(show).join("");
export const some = (items) => items && items.length > 0;

const crumb = (step) => `<li><a href="${escape(step[1])}">${escape(step[0])}</a></li>\n`;

const block = (text) => `<script type="application/ld+json">${text}</script>\n`;

export const base = (main) => (page) => {
  const head = page.head;
  const [title, description, address] = [escape(head.title), escape(head.description), escape(url + head.path)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title} · ${name}</title>
<meta name="description" content="${description}">
${head.indexable ? "" : '<meta name="robots" content="noindex,follow">\n'}<link rel="canonical" href="${address}">
<meta property="og:site_name" content="${name}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
<meta property="og:url" content="${address}">
<meta property="og:type" content="website">
<meta name="twitter:card" content="summary">
${each(head.json_ld, block)}</head>
<body>
<a href="#main">Skip to content</a>
<header>
<nav aria-label="Site">
<a href="/">${name}</a>
<a href="/browse">Browse</a>
<a href="/seasons">Seasons</a>
<a href="/genres">Genres</a>
<a href="/studios">Studios</a>
<a href="/where-to-watch">Where to watch</a>
</nav>
${head.here ? `<nav aria-label="Breadcrumb"><ol>\n<li><a href="/">Home</a></li>\n${each(head.trail, crumb)}<li><span aria-current="page">${escape(head.here)}</span></li>\n</ol></nav>\n` : ""}</header>
<main id="main">
${main(page)}</main>
<footer>
<p><a href="/about-the-data">About the data</a> · <a href="/privacy">Privacy</a></p>
</footer>
</body>
</html>
`;
};

const card = (card) =>
  `<li><a href="${escape(card.path)}">${escape(card.title)}</a>${card.native ? ` <span lang="ja">${escape(card.native)}</span>` : ""} <small>${escape(card.format)}${card.year ? ` · ${card.year}` : ""}${card.episodes ? ` · ${card.episodes} ep` : ""}${card.airing ? " · airing" : ""}</small></li>\n`;

export const cards = (items) => `<ul class="cards">\n${each(items, card)}</ul>\n`;

const link = (entry) => `<li><a href="${escape(entry[2])}">${escape(entry[0])}</a> <small>${escape(entry[1])}</small></li>\n`;

export const links = (items) => `<ul>\n${each(items, link)}</ul>\n`;

const slot = (card) =>
  `<li>${card.slot[1] ? `${escape(card.slot[1])} JST ` : ""}<a href="${escape(card.path)}">${escape(card.title)}</a></li>\n`;

export const slots = (items) => `<ul>\n${each(items, slot)}</ul>\n`;

export const titles = (titles) => {
  const japanese = titles.japanese ? `<span lang="ja">${escape(titles.japanese)}</span>` : "";
  const romaji = titles.romaji ? `<span lang="ja-Latn">${escape(titles.romaji)}</span>` : "";
  const others = japanese || romaji ? `<p>${japanese}${japanese && romaji ? " · " : ""}${romaji}</p>\n` : "";
  return `<h1 lang="${escape(titles.lang)}">${escape(titles.main)}</h1>\n${others}`;
};

const episode = (line) =>
  `<tr><th scope="row">${line.number}</th><td>${escape(line.title)}${line.japanese ? ` <span lang="ja">${escape(line.japanese)}</span>` : ""}</td><td>${line.day ? `<time datetime="${escape(line.at || line.day)}">${escape(line.shown)}</time>${line.out ? "" : " (to come)"}` : ""}</td></tr>\n`;

export const episodes = (lines) =>
  `<table>\n<thead><tr><th scope="col">No.</th><th scope="col">Title</th><th scope="col">Aired</th></tr></thead>\n<tbody>\n${each(lines, episode)}</tbody>\n</table>\n`;

export const section = (title, content) => `<section>\n<h2>${title}</h2>\n${content}</section>\n`;
