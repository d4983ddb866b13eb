#!/usr/bin/env node
// Plain JavaScript: the machine's Node.js may be too old for TypeScript, and the bootstrap goes on with one that is not.
process.argv.splice(2, 0, 'cli');
await import('../../../deploy/bootstrap.mjs');
