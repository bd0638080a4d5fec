const { appendFileSync } = require('node:fs');
const { join } = require('node:path');
const functionCompute = require('./function-compute.js');
const schema = require('./schema.js');

/**
 * Stands in for the component `fc3` of Serverless Devs: the CLI hands it what it would have
 * deployed, and it writes that down, one JSON line a resource. The real one needs the network and
 * an account, and checks less: misspelt properties and wrong triggers pass it. Where the variable is set
 * that directs the real one to another address, it makes the same calls there.
 */
module.exports = class RecordingComponent {
  /** `s verify` checks every resource against it. */
  async getSchema() {
    return JSON.stringify(schema);
  }

  async getShownProps() {
    return {};
  }

  /** `props` are rendered: variables, environment and `extend` are resolved. */
  async deploy({ resource, props }) {
    const line = JSON.stringify({ resource: resource.name, props });
    appendFileSync(join(process.cwd(), 'deployed.jsonl'), `${line}\n`);
    await functionCompute.deploy(props);
    return { functionName: props.functionName };
  }

  async remove({ props }) {
    await functionCompute.remove(props);
  }
};
