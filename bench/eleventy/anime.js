// The page of one anime, and where to watch it.
import { each, episodes, escape, some, titles } from "./parts.js";

const part = (id, title, content) => `<section aria-labelledby="${id}">\n<h2 id="${id}">${title}</h2>\n${content}</section>\n`;
const list = (items, show) => `<ul>\n${each(items, (item) => `<li>${show(item)}</li>\n`)}</ul>\n`;
const anchor = (to, text) => `<a href="${escape(to)}">${escape(text)}</a>`;
const names = (items) => items.map(escape).join(", ");

const coming = (next) =>
  `<p><strong>${escape(next.what)}</strong>: <time datetime="${escape(next.at || next.day)}">${escape(next.shown)}</time></p>\n`;

const watch = (watch) => {
  const here = some(watch.here) ? `<p>In ${escape(watch.region)}: ${names(watch.here)}.</p>\n` : "";
  const before = here ? "Elsewhere also" : "In other regions";
  const others = some(watch.others) ? `<p>${before}: ${names(watch.others)}.</p>\n` : "";
  const nobody = here || others ? "" : "<p>No service is known to offer it now.</p>\n";
  return part("watch", "Where to watch", `${here}${others}${nobody}<p><a href="${escape(watch.path)}">All regions and services</a></p>\n`);
};

const value = (value) => (value[1] ? anchor(value[1], value[0]) : escape(value[0]));
const fact = (fact) => `<dt>${escape(fact[0])}</dt>\n${each(fact[1], (one) => `<dd>${value(one)}</dd>\n`)}`;
const genre = (genre) => `<dt>${escape(genre[0])}</dt>\n<dd>${anchor(genre[2], genre[1])}</dd>\n`;

const synopsis = (page) =>
  `${each(page.synopsis, (paragraph) => `<p>${escape(paragraph)}</p>\n`)}<p><small>Source: ${escape(page.synopsis_source)}</small></p>\n`;

const allEpisodes = (page) =>
  episodes(page.episodes) +
  (some(page.more_episodes)
    ? `<p>All episodes:</p>\n${list(page.more_episodes, (span) => anchor(span[1], span[0]))}`
    : "");

const edition = (edition) => `${escape(edition[0])}: ${anchor(edition[1].path, edition[1].title)}`;
const related = ([kind, card]) =>
  `${escape(kind)}: ${anchor(card.path, card.title)} <small>${escape(card.format)}${card.year ? ` · ${card.year}` : ""}</small>`;
const alike = ([card, why]) => `${anchor(card.path, card.title)} <small>${escape(why)}</small>`;
const outside = (link) => `<a href="${escape(link[1])}" rel="nofollow noopener">${escape(link[0])}</a>`;

export const anime = (page) => `<article>
${titles(page.titles)}${page.coming ? coming(page.coming) : ""}${page.watch ? watch(page.watch) : ""}${part("facts", "Facts", `<dl>\n${each(page.facts, fact)}${each(page.genres, genre)}</dl>\n`)}${some(page.synopsis) ? part("synopsis", "Synopsis", synopsis(page)) : ""}${some(page.episodes) ? part("episodes", "Episodes", allEpisodes(page)) : ""}${some(page.specials) ? part("specials", "Specials", episodes(page.specials)) : ""}${some(page.editions) ? part("editions", "Editions", list(page.editions, edition)) : ""}${some(page.relations) ? part("relations", "Related", list(page.relations, related)) : ""}${some(page.similar) ? part("similar", "Similar", list(page.similar, alike)) : ""}${some(page.titles.synonyms) ? part("names", "Also known as", list(page.titles.synonyms, escape)) : ""}${some(page.elsewhere) ? part("elsewhere", "Elsewhere", list(page.elsewhere, outside)) : ""}</article>
`;

const offer = (offer) =>
  `${outside([offer.platform, offer.url])} <small>${escape(offer.kind)}${offer.label ? ` · ${escape(offer.label)}` : ""}${offer.checked ? ` · checked ${escape(offer.checked)}` : ""}</small>`;
const ended = (end) => `${escape(end[0])}${end[1] ? `, until ${escape(end[1])}` : ""}`;
const region = (region) => `<section>\n<h2>${escape(region[1])}</h2>\n${list(region[2], offer)}</section>\n`;

export const whereToWatch = (page) => `${titles(page.titles)}<p>${escape(page.sentence)}</p>
${each(page.regions, region)}${some(page.ended) ? `<section>\n<h2>No longer offered</h2>\n${list(page.ended, ended)}</section>\n` : ""}<p><a href="${escape(page.anime)}">Everything about ${escape(page.titles.main)}</a></p>
`;
