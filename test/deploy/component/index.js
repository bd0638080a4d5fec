const { appendFileSync } = require('node:fs');
const { join } = require('node:path');
const schema = require('./schema.js');

/**
 * Stands in for the component `fc3` of Serverless Devs: the CLI hands it what it would have
 * deployed, and it writes that down, one JSON line a resource. The real one needs the network and
 * an account, and checks less: misspelt properties and wrong triggers pass it.
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
    return { functionName: props.functionName };
  }
};
