import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// Every document of the export, with the name of its template: the name of the file that it stands in.
export default function () {
  const folder = process.env.BENCH_DOCUMENTS;
  return readdirSync(folder).flatMap((name) =>
    JSON.parse(readFileSync(join(folder, name), "utf8")).map((document) => ({
      ...document,
      template: name.replace(/\.json$/, ""),
    })),
  );
}
