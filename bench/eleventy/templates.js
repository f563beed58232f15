// Template name → function from a document to a page; the names are those of our own templates.
import { anime, whereToWatch } from "./anime.js";
import { base, cards, each, episodes, escape, links, section, site, slots, some } from "./parts.js";

const start = (page) => `<h1>${escape(page.title)}</h1>\n<p>${escape(page.sentence)}</p>\n`;
const anchor = (to) => `<li><a href="${escape(to[1])}">${escape(to[0])}</a></li>\n`;
const shelved = (group) => section(escape(group[0]), cards(group[1]));

const episodePage = (number) =>
  `<li>${number[2] ? `<span aria-current="page">${number[0]}</span>` : `<a href="${escape(number[1])}">${number[0]}</a>`}</li>\n`;
const episodesPage = (page) =>
  `<h1><a href="${escape(page.path)}">${escape(page.title)}</a>: episodes ${escape(page.span)}</h1>\n${episodes(page.episodes)}<nav aria-label="Episode pages"><ul>\n${each(page.pages, episodePage)}</ul></nav>\n`;

const day = (day) => `<h3>${escape(day[0])}</h3>\n${slots(day[1])}`;
const season = (page) =>
  `<h1>${escape(page.title)} anime</h1>\n<p>${escape(page.sentence)}</p>\n` +
  (some(page.neighbours) ? `<nav aria-label="Seasons"><ul>\n${each(page.neighbours, anchor)}</ul></nav>\n` : "") +
  each(page.formats, shelved) +
  (some(page.week) ? section("The week", each(page.week, day)) : "") +
  (some(page.leftovers) ? section("Still airing from before", cards(page.leftovers)) : "");

const genre = (page) =>
  `<h1>${escape(page.title)} anime</h1>\n<p>${escape(page.kind)}. ${escape(page.sentence)}</p>\n` +
  section("Most popular", cards(page.best)) +
  section("By year", links(page.years));

const shelf = (page) =>
  `<h1>${escape(page.title)}</h1>\n<p>${escape(page.sentence)} <a href="${escape(page.up[1])}">${escape(page.up[0])}</a></p>\n${cards(page.cards)}`;

const group = (group) =>
  `<section>\n${group[0] ? `<h2>${escape(group[0])}</h2>\n` : ""}${links(group[1])}</section>\n`;

const letter = (letter) => `<h3>${escape(letter[0])}</h3>\n${links(letter[1])}`;
const browse = (page) =>
  `<h1>Browse</h1>\n<p>${escape(page.sentence)} <a href="${escape(page.airing)}">Airing now</a></p>\n` +
  section("A–Z", each(page.letters, letter)) +
  section("By year", links(page.years)) +
  section("By format", links(page.formats));

const home = (page) =>
  `<h1>${site.name}</h1>\n<p>${escape(page.sentence)}</p>\n` +
  (some(page.today) ? section(`Airing today, ${escape(page.day)}`, slots(page.today)) : "") +
  section(`<a href="${escape(page.season[1])}">${escape(page.season[0])}</a>`, cards(page.cards)) +
  section("Where to start", cards(page.best));

const service = (entry) => `<li>${escape(entry[0])} <small>${escape(entry[1])}</small></li>\n`;
const best = (entry) => anchor([entry[0].title, entry[1]]);
const watchIndex = (page) =>
  `<h1>Where to watch</h1>\n<p>${escape(page.sentence)}</p>\n` +
  section("Services", `<ul>\n${each(page.platforms, service)}</ul>\n`) +
  section("Most popular titles", `<ul>\n${each(page.best, best)}</ul>\n`);

const entries = (list, name) => (page) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${list} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n` +
  each(page.entries, (entry) => `<${name}><loc>${escape(site.url + entry[0])}</loc><lastmod>${entry[1]}</lastmod></${name}>\n`) +
  `</${list}>\n`;

const notFound = `<h1>Nothing here</h1>
<p>This address leads nowhere. Perhaps one of these does: <a href="/">home</a>, <a href="/browse">all anime from A to Z</a>, <a href="/seasons">seasons</a>.</p>
`;

const said = (page) => `<h1>${escape(page.head.title)}</h1>\n`;

export const templates = {
  anime: base(anime),
  where_to_watch: base(whereToWatch),
  episodes: base(episodesPage),
  studio: base((page) => start(page) + each(page.years, shelved)),
  season: base(season),
  genre: base(genre),
  shelf: base(shelf),
  index: base((page) => start(page) + each(page.groups, group)),
  browse: base(browse),
  home: base(home),
  watch_index: base(watchIndex),
  not_found: base(() => notFound),
  about: base(said),
  privacy: base(said),
  sitemap: entries("urlset", "url"),
  sitemap_index: entries("sitemapindex", "sitemap"),
  robots: () => `User-agent: *\nAllow: /\n\nSitemap: ${site.url}/sitemap.xml\n`,
};
