// What `anchor migrate` runs. It is `jettison deploy` with Anchor's cluster and wallet: one way to deploy, not two.
//
// JETTISON names the command; without it, it is the one on the path, or the source tree's by cargo.
// JETTISON_DEPLOY_ARGS are more of its arguments, such as "--apply" or "migrations/mine.toml --upgrade".

const { spawnSync } = require("child_process");
const path = require("path");

const tree = path.join(__dirname, "..");

function run(command, before, provider) {
  const more = (process.env.JETTISON_DEPLOY_ARGS || "").split(/\s+/).filter((argument) => argument !== "");
  const given = ["deploy", "--url", provider.connection.rpcEndpoint, "--keypair", process.env.ANCHOR_WALLET];
  return spawnSync(command, [...before, ...given, ...more], { cwd: tree, stdio: "inherit" });
}

module.exports = function (provider) {
  const cargo = ["run", "--quiet", "--locked", "--bin", "jettison", "--"];
  let result = run(process.env.JETTISON || "jettison", [], provider);
  if (result.error && result.error.code === "ENOENT" && !process.env.JETTISON) {
    result = run("cargo", cargo, provider);
  }
  if (result.error) {
    console.error(`error: ${result.error.message}`);
  }
  process.exitCode = result.status === null ? 2 : result.status;
};
