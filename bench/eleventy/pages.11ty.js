import { templates } from "./templates.js";

export const data = {
  pagination: { data: "documents", size: 1, alias: "document" },
  permalink: ({ document }) => document.url,
  eleventyExcludeFromCollections: true,
};

export function render({ document }) {
  return templates[document.template](document.page);
}
