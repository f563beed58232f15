// One template paginates over all documents; nothing else of Eleventy is in the way.
export default function (config) {
  config.setQuietMode(true);
  config.setUseGitIgnore(false);
}

export const config = { dir: { input: ".", output: process.env.BENCH_OUTPUT }, templateFormats: ["11ty.js"] };
